"""Recording and amending bedside checks."""

from datetime import timedelta
from decimal import Decimal

import pytest

from alerts.models import Alert, AlertChange
from circuits.actions.checks import (
    AmendedMeanwhile,
    CheckRefused,
    NothingInCheck,
    amend_check,
    record_check,
)
from circuits.actions.withdrawal import WithdrawnAlready, withdraw_check
from circuits.document import Typed, UnreadableCheck
from circuits.models import Check
from circuits.slips import MENDED, UNDONE
from tests.factories import NOON
from web.problems import NeedsConfirmation, RuleBroken

NORMAL = {
    "pump_speed": 3400,
    "blood_flow": "4.10",
    "sweep_gas_flow": 4,
    "fdo2": 90,
    "p_drainage": -68,
    "p_pre_membrane": 182,
    "p_post_membrane": 160,
}


def check(run, by, *, minutes=0, trial="", confirmed=(), **values):
    at = NOON + timedelta(minutes=minutes)
    typed = Typed(checked_at=at, values={**NORMAL, **values}, trial=trial)
    return record_check(
        run=run, typed=typed, by=by, at=at + timedelta(minutes=3), confirmed=confirmed
    )


def test_a_check_keeps_each_value_as_it_was_typed_and_what_follows_from_it(run, specialist):
    recorded = check(run, specialist)

    recorded.refresh_from_db()
    assert recorded.document["values"]["blood_flow"] == {"value": "4.10", "method": "typed"}
    assert recorded.document["values"]["fdo2"]["value"] == "0.9"
    assert recorded.document["values"]["fdo2"]["as_entered"]["value"] == "90"
    assert recorded.document["derived"]["delta_p"] == "22"
    assert recorded.blood_flow == Decimal("4.1")
    assert recorded.document["context"]["mode"] == "VV"


def test_an_impossible_value_is_refused_and_nothing_is_stored(run, specialist):
    with pytest.raises(CheckRefused) as refused:
        check(run, specialist, p_post_membrane=1900)

    assert refused.value.errors[0]["rule"] == "hard_range"
    assert not Check.objects.exists()


def test_sweep_off_is_asked_back_then_accepted_and_alerts_at_once(run, specialist):
    with pytest.raises(NeedsConfirmation) as asked:
        check(run, specialist, sweep_gas_flow=0)
    check(run, specialist, sweep_gas_flow=0, confirmed={"sweep_gas_flow"})

    assert [e["rule"] for e in asked.value.errors] == ["sweep_zero"]
    assert Alert.objects.get(code="sweep_off_unexpected", closed_at=None).severity == 3


def test_a_normal_check_closes_the_alert_and_the_history_tells_both(run, specialist):
    check(run, specialist, p_drainage=-118)
    check(run, specialist, minutes=60)

    assert not Alert.objects.filter(code="p_drainage.low", closed_at=None).exists()
    changes = AlertChange.objects.filter(alert__code="p_drainage.low")
    assert [one.change for one in changes] == ["opened", "closed"]


def test_a_check_without_pressures_leaves_the_alert_open(run, specialist):
    check(run, specialist, p_drainage=-118)
    at = NOON + timedelta(hours=1)
    typed = Typed(checked_at=at, values={"blood_flow": 4}, not_done={"p_drainage": "zeroing"})
    record_check(run=run, typed=typed, by=specialist, at=at)

    assert Alert.objects.filter(code="p_drainage.low", closed_at=None).exists()


def test_a_high_check_charted_late_raises_nothing(run, specialist):
    check(run, specialist, minutes=60)
    typed = Typed(checked_at=NOON, values={**NORMAL, "p_drainage": -118})
    record_check(run=run, typed=typed, by=specialist, at=NOON + timedelta(hours=3))

    assert not Alert.objects.filter(code="p_drainage.low").exists()


def test_an_amendment_keeps_the_first_value_and_closes_its_alert(run, specialist, physician):
    first = check(run, specialist, p_drainage=-118)

    second = amend_check(
        check=first,
        values={"p_drainage": -78},
        by=physician,
        at=NOON + timedelta(hours=1),
        reason="misread",
    )

    first.refresh_from_db()
    assert first.document["values"]["p_drainage"]["value"] == "-118"
    assert second.version == 2
    assert second.document["values"]["blood_flow"]["value"] == "4.10"
    assert not Alert.objects.filter(code="p_drainage.low", closed_at=None).exists()


def test_two_people_cannot_amend_the_same_version(run, specialist):
    first = check(run, specialist)
    later = NOON + timedelta(hours=1)
    amend_check(check=first, values={"blood_flow": 4.2}, by=specialist, at=later, reason="slip")

    with pytest.raises(AmendedMeanwhile):
        amend_check(check=first, values={"blood_flow": 4.3}, by=specialist, at=later, reason="x")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        pytest.param({"blood_flow": "four"}, "is not a number", id="words"),
        pytest.param({"anti_xa_ufh": 0.3}, "no value of a circuit check", id="lab-value"),
        pytest.param({"delta_p": 20}, "computed, not typed", id="derived"),
        pytest.param({"blood_flow": "NaN"}, "not a number that can be stored", id="nan"),
        pytest.param({"blood_flow": True}, "is not a number", id="boolean"),
    ],
)
def test_what_cannot_be_read_names_the_value(run, specialist, values, message):
    with pytest.raises(UnreadableCheck, match=message):
        check(run, specialist, **values)


def test_a_measured_value_can_never_be_still_the_same(run, specialist):
    typed = Typed(checked_at=NOON, values=NORMAL, methods={"p_drainage": "same"})

    with pytest.raises(UnreadableCheck, match="type what you read"):
        record_check(run=run, typed=typed, by=specialist, at=NOON)


def test_the_next_check_is_due_after_the_last(run, specialist):
    check(run, specialist)

    due = run.dues.get(kind="check", settled_at=None)
    assert due.due_at == NOON + timedelta(minutes=60)


def test_a_clot_seen_raises_an_alert_until_somebody_sees_that_it_is_gone(run, specialist):
    for minutes, grade in ((0, "grade_3"), (60, "grade_3"), (120, "grade_0")):
        at = NOON + timedelta(minutes=minutes)
        seen = Typed(checked_at=at, values={"blood_flow": 4}, findings={"clot_fibrin": grade})
        record_check(run=run, typed=seen, by=specialist, at=at)

    changes = AlertChange.objects.filter(alert__code="clot_fibrin")
    assert [one.change for one in changes] == ["opened", "closed"]


def test_what_was_not_looked_at_leaves_its_alert_open(run, specialist):
    seen = Typed(checked_at=NOON, values={}, findings={"clot_fibrin": "grade_4"})
    record_check(run=run, typed=seen, by=specialist, at=NOON)
    check(run, specialist, minutes=60)

    assert Alert.objects.open().get(code="clot_fibrin").severity == 3


def test_an_amendment_needs_a_reason(run, specialist):
    first = check(run, specialist)

    with pytest.raises(RuleBroken, match="Say why"):
        amend_check(
            check=first,
            values={"blood_flow": 4.2},
            by=specialist,
            at=NOON + timedelta(minutes=19),
            reason=" ",
        )

    assert Check.objects.count() == 1


def test_who_signed_mends_a_slip_within_a_quarter_of_an_hour_without_a_reason(
    run, specialist, nurse
):
    first = check(run, specialist)
    mend = {"check": first, "values": {"blood_flow": "4.4"}}
    with pytest.raises(RuleBroken, match="Say why"):
        amend_check(**mend, by=nurse, at=NOON + timedelta(minutes=5))
    mended = amend_check(**mend, by=specialist, at=NOON + timedelta(minutes=18))

    assert mended.reason == MENDED
    first.refresh_from_db()
    assert first.document["values"]["blood_flow"]["value"] == "4.10"


def test_a_value_typed_in_the_unit_of_the_site_is_stored_in_its_own_and_kept_as_typed(
    run, specialist
):
    typed = Typed(
        checked_at=NOON,
        values={"po2_post": "50.7", "blood_flow": "4100"},
        units={"po2_post": "kPa", "blood_flow": "mL/min"},
    )
    recorded = record_check(run=run, typed=typed, by=specialist, at=NOON)

    assert recorded.document["values"]["po2_post"] == {
        "value": "380.281",
        "method": "typed",
        "as_entered": {"value": "50.7", "unit": "kPa"},
    }
    assert Decimal(recorded.document["values"]["blood_flow"]["value"]) == Decimal("4.1")


def test_a_unit_that_is_not_offered_is_refused(run, specialist):
    typed = Typed(checked_at=NOON, values={"fdo2": 1}, units={"fdo2": "kPa"})

    with pytest.raises(UnreadableCheck, match="not taken in"):
        record_check(run=run, typed=typed, by=specialist, at=NOON)


def test_a_check_of_another_patient_is_withdrawn_and_counts_no_more(run, specialist, nurse):
    good = check(run, specialist)
    wrong = check(run, specialist, minutes=60, p_drainage=-118)
    withdraw = {"check": wrong, "by": nurse, "at": NOON + timedelta(minutes=70)}
    with pytest.raises(RuleBroken, match="Say why"):
        withdraw_check(**withdraw)
    gone = withdraw_check(**withdraw, reason="Read at bed 4.")

    assert list(run.checks.current()) == [good]
    assert list(run.checks.newest()) == [gone, good]
    assert not Alert.objects.open().filter(code="p_drainage.low").exists()
    assert run.dues.get(kind="check", settled_at=None).due_at == NOON + timedelta(minutes=60)
    with pytest.raises(WithdrawnAlready):
        withdraw_check(**{**withdraw, "check": gone}, reason="Again.")
    with pytest.raises(AmendedMeanwhile):
        withdraw_check(**withdraw, reason="Again.")
    with pytest.raises(RuleBroken, match="entered in error"):
        amend_check(check=gone, values={}, by=specialist, at=NOON, reason="But it was so.")


def test_the_only_check_undone_at_once_leaves_no_alert_resting_on_nothing(run, specialist):
    typed = Typed(
        checked_at=NOON,
        values={"p_drainage": -160},
        findings={"air": "bubble_pre_pump"},
    )
    signed = record_check(run=run, typed=typed, by=specialist, at=NOON, confirmed=["p_drainage"])
    assert Alert.objects.open().filter(severity=3).count() == 2

    undone = withdraw_check(check=signed, by=specialist, at=NOON + timedelta(seconds=15))

    assert undone.reason == UNDONE
    assert not Alert.objects.open().attention().exists()


@pytest.mark.parametrize("seconds", [16, 600])
def test_after_some_seconds_a_check_is_not_undone_without_a_reason(run, specialist, seconds):
    signed = check(run, specialist)

    with pytest.raises(RuleBroken, match="Say why"):
        withdraw_check(
            check=signed, by=specialist, at=signed.entered_at + timedelta(seconds=seconds)
        )


def test_a_check_that_says_nothing_is_refused(run, specialist):
    with pytest.raises(NothingInCheck):
        record_check(run=run, typed=Typed(checked_at=NOON, values={}), by=specialist, at=NOON)
