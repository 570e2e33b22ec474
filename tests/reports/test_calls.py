"""Referrals as the programme report counts them; missing is not zero."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from clinical.due import DEFAULT_CADENCE
from clinical.lifecycle import State
from episodes.actions.referrals import receive_referral, step_referral, take_back
from reports.calls import Call, Step, tally
from reports.months import Span
from reports.pdf.programme import render_programme
from reports.programme import Head, programme_of
from reports.queries.calls import calls_in
from tests.factories import NOON
from tests.reports.test_documents import text_of

CALLED = datetime(2026, 1, 5, 12, tzinfo=UTC)
JANUARY = Span(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
WORDS = {"too_well": "Conventional treatment not exhausted"}


def called(*steps, at=CALLED):
    """A call with steps as (minutes after the call, state, reason)."""
    told = [Step(State(to), at + minutes * MINUTE, *why) for minutes, to, *why in steps]
    return Call(at, tuple(told))


def counts(*calls):
    found = tally(calls, JANUARY, WORDS)
    return found.calls, found.accepted, found.declined, found.watched, found.died, found.is_open


@pytest.mark.parametrize(
    ("steps", "decision", "watched"),
    [
        ([], None, False),
        ([(5, "triage")], None, False),
        ([(5, "triage"), (9, "watch")], None, True),
        ([(5, "triage"), (9, "watch"), (60, "candidate"), (70, "accepted")], State.ACCEPTED, True),
        ([(5, "supporting")], State.ACCEPTED, False),
        ([(5, "triage"), (9, "accepted"), (30, "declined")], State.DECLINED, False),
        ([(5, "declined"), (30, "triage"), (40, "accepted")], State.ACCEPTED, False),
        ([(5, "triage"), (9, "died")], State.DIED, False),
        ([(5, "declined"), (90, "died")], State.DECLINED, False),
    ],
)
def test_the_newest_decision_counts_and_watching_counts_beside_it(steps, decision, watched):
    call = called(*steps)

    assert (call.decision, call.was_watched) == (decision, watched)


def test_calls_are_counted_by_the_time_of_the_call():
    first, last = JANUARY.starts_at, JANUARY.ends_at
    before, edge, after = (called(at=first - MINUTE), called(at=first), called(at=last))

    assert counts(before, edge, after) == (1, 0, 0, 0, 0, 1)


def test_what_nobody_did_has_no_time_and_stands_in_no_median():
    waits = tally([called(), called((4, "triage")), called((10, "triage"))], JANUARY, {})
    early = tally([called((-3, "triage"))], JANUARY, {})

    assert (waits.to_take_on.median_min, waits.to_take_on.known) == (Decimal(7), 2)
    assert (waits.to_answer.median_min, waits.to_answer.known) == (None, 0)
    assert early.to_take_on.median_min is None


def test_reasons_are_said_in_the_words_of_the_site_and_one_that_was_not_told_is_said_so():
    declined = [called((5, "declined", code)) for code in ("too_well", "too_well", "old_code", "")]

    rows = tally(declined, JANUARY, WORDS).reasons

    assert [(row.what, row.number, row.pct) for row in rows] == [
        ("Conventional treatment not exhausted", 2, Decimal("50.0")),
        ("not told", 1, Decimal("25.0")),
        ("old_code", 1, Decimal("25.0")),
    ]


def test_what_was_entered_or_taken_back_later_is_not_known_yet(unit, centre, physician):
    referral = receive_referral(unit=unit, call_back="1", called_at=NOON, by=physician, at=NOON)
    decline = {"reason": "too_well", "advice": "Prone."}
    for to, facts in ((State.TRIAGE, {}), (State.DECLINED, decline)):
        at = NOON + HOUR
        step_referral(referral=referral, to=to, happened_at=at, facts=facts, by=physician, at=at)
    take_back(referral=referral, by=physician, at=NOON + 2 * HOUR, reason="slip")
    march = Span(NOON - HOUR, NOON + HOUR)

    found = [
        [one.decision for one in calls_in(centre, march, as_of=NOON + hours * HOUR)]
        for hours in (-1, 0, 1, 2)
    ]

    assert found == [[], [None], [State.DECLINED], [None]]


def report_of(calls):
    head = Head("North", "", date(2026, 1, 1), 1, CALLED, "UTC")
    told = programme_of(head, [], {}, DEFAULT_CADENCE, calls, WORDS)
    return " ".join(text_of(render_programme(told, is_demo=True)).split())


def test_the_report_tells_of_calls_and_of_none_recorded():
    declined = called((4, "triage"), (34, "declined", "too_well"))

    told, silent = report_of([declined, called()]), report_of([])

    assert "Declined 1 1" in told
    assert "Median time until an answer 34 min 34 min" in told
    assert "1 of 2 calls have a time" in told
    assert "Conventional treatment not exhausted 1 100.0 %" in told
    assert "None recorded" in silent
    assert "That is not to say that none came." in silent
