"""Infusions: facts are taken, slips are asked back, the impossible is refused."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from labs.actions.infusions import (
    AlreadyWithdrawn,
    Change,
    Dosing,
    change_infusion,
    start_infusion,
    withdraw_change,
)
from labs.models import Infusion, InfusionChange
from labs.queries.infusions import infusion_now, infusions_of, state_at
from patients.actions.run import end_run
from patients.actions.times import InTheFuture, OutsideRun
from tests.factories import NOON
from web.problems import NeedsConfirmation, RuleBroken
from web.questions import CannotBe

UNITS = Dosing("[IU]/kg/h", Decimal(80), "actual", Decimal(100), "[IU]/mL")


@pytest.fixture
def start(run, nurse):
    def start(rate="12", *, minutes=0, agent="ufh", dosing=UNITS, **options):
        change = Change("start", NOON + timedelta(minutes=minutes), Decimal(rate))
        return start_infusion(
            run=run,
            agent=agent,
            dosing=dosing,
            change=change,
            by=nurse,
            at=NOON + timedelta(hours=12),
            **options,
        )

    return start


@pytest.fixture
def then(nurse):
    def then(started, kind, *, minutes=60, rate=None, confirmed=(), **facts):
        rate = None if rate is None else Decimal(rate)
        change = Change(kind, NOON + timedelta(minutes=minutes), rate, **facts)
        return change_infusion(
            infusion=started.infusion,
            change=change,
            by=nurse,
            at=NOON + timedelta(hours=12),
            confirmed=confirmed,
        )

    return then


def rate_after(started, minutes):
    return state_at(started.infusion, NOON + timedelta(minutes=minutes)).rate


def questions_of(question):
    return [(one["parameter"], one["rule"]) for one in question.value.errors]


def test_a_started_infusion_runs_at_its_rate_for_the_weight(start, run):
    start()

    (infusion,) = infusions_of(run)
    now = infusion_now(infusion, NOON + timedelta(hours=1))
    assert (now.rate, now.per_hour, now.ml_per_h) == (12, 960, Decimal("9.6"))
    assert (now.unit, now.hourly_unit) == ("units/kg/hr", "units/hr")


def test_a_held_infusion_gives_nothing_until_it_is_resumed(start, then):
    started = start()
    then(started, "hold", minutes=60, review_at=NOON + timedelta(hours=2), reason="bleeding")
    held = state_at(started.infusion, NOON + timedelta(minutes=90))

    then(started, "resume", minutes=120, rate="9")

    assert (held.rate, held.is_on_hold) == (0, True)
    assert rate_after(started, 121) == 9


def test_a_bolus_changes_no_rate(start, then):
    started = start()

    given = then(started, "bolus", bolus=Decimal(50), bolus_unit="[IU]/kg")

    assert (given.rate, given.bolus) == (12, 50)
    assert rate_after(started, 90) == 12


def test_a_bolus_of_unknown_size_is_asked_back_then_taken(start, then):
    started = start()

    with pytest.raises(NeedsConfirmation) as asked:
        then(started, "bolus")
    given = then(started, "bolus", confirmed=["bolus"])

    assert [one["parameter"] for one in asked.value.errors] == ["bolus"]
    assert (given.rate, given.bolus) == (12, None)


def test_a_change_that_is_charted_late_takes_its_place_in_time(start, then):
    started = start()
    then(started, "change", minutes=120, rate="14")

    then(started, "change", minutes=60, rate="13")

    assert (rate_after(started, 90), rate_after(started, 150)) == (13, 14)


def test_a_large_change_is_asked_back_and_half_is_not(start, then):
    started = start("10")
    then(started, "change", minutes=30, rate="15")

    with pytest.raises(NeedsConfirmation) as question:
        then(started, "change", minutes=60, rate="150")

    assert questions_of(question) == [("rate", "large_change")]
    assert then(started, "change", minutes=60, rate="150", confirmed=["rate"]).rate == 150


@pytest.mark.parametrize("kind", ["change", "hold", "resume", "stop", "bolus"])
def test_what_does_not_follow_is_asked_back_never_refused(start, then, kind):
    started = start()
    then(started, "stop", minutes=30)
    facts = {"rate": "12"} if kind in {"change", "resume"} else {}
    facts |= {"bolus": Decimal(1)} if kind == "bolus" else {}
    if kind == "bolus":
        facts["minutes"] = -30

    with pytest.raises(NeedsConfirmation) as question:
        then(started, kind, **facts)

    assert questions_of(question) == [("kind", "does_not_follow")]
    assert then(started, kind, **facts, confirmed=["kind"])


def test_starting_what_runs_already_is_asked_back(start):
    start()

    with pytest.raises(NeedsConfirmation) as question:
        start(minutes=60)

    assert questions_of(question) == [("kind", "does_not_follow")]


def test_an_unusual_unit_and_another_weight_are_asked_back_together(start):
    with pytest.raises(NeedsConfirmation) as question:
        start(dosing=Dosing("[IU]/h", Decimal(8)))

    assert questions_of(question) == [
        ("rate_unit", "unit_unusual"),
        ("weight_kg", "weight_differs"),
    ]
    assert not Infusion.objects.exists()
    assert start(dosing=Dosing("[IU]/h", Decimal(8)), confirmed=["rate_unit", "weight_kg"])


def test_starting_again_brings_the_dosing_weight_up_to_date(start, then, run):
    started = start()
    then(started, "stop")

    start(minutes=120, dosing=Dosing("[IU]/kg/h", Decimal(84)))

    infusion = run.infusions.get()
    assert (infusion.weight_kg, infusion.weight_basis) == (84, "actual")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (Change("change", NOON + timedelta(hours=13), Decimal(12)), InTheFuture),
        (Change("change", NOON - timedelta(days=3), Decimal(12)), OutsideRun),
        (Change("change", NOON, None), CannotBe),
        (Change("change", NOON, Decimal(-1)), CannotBe),
        (Change("bolus", NOON, bolus=Decimal(0)), CannotBe),
        (Change("juggle", NOON, Decimal(1)), CannotBe),
    ],
    ids=["future", "before the run", "no rate", "below zero", "no bolus", "no such thing"],
)
def test_what_cannot_be_is_refused(start, nurse, change, error):
    started = start()

    with pytest.raises(error):
        change_infusion(
            infusion=started.infusion,
            change=change,
            by=nurse,
            at=NOON + timedelta(hours=12),
            confirmed=["kind", "rate"],
        )

    assert InfusionChange.objects.count() == 1


def test_a_change_after_flow_off_is_refused(start, then, run, nurse):
    started = start()
    end_run(run=run, ended_at=NOON + timedelta(minutes=30), by=nurse, at=NOON + timedelta(hours=1))

    with pytest.raises(OutsideRun):
        then(started, "change", minutes=60, rate="13")


def test_no_agent_is_no_infusion(start):
    with pytest.raises(CannotBe, match="infused"):
        start(agent="none")


def test_the_same_tap_twice_is_one_change(start, then):
    started = start()
    key = uuid4()

    first = then(started, "change", rate="13", public_id=key)

    assert then(started, "change", rate="13", public_id=key) == first
    assert InfusionChange.objects.count() == 2


def test_a_start_sent_twice_is_one_start(run, nurse):
    change = Change("start", NOON, Decimal(12), public_id=uuid4())
    common = {"run": run, "agent": "ufh", "dosing": UNITS, "change": change, "by": nurse}

    first = start_infusion(**common, at=NOON)

    assert start_infusion(**common, at=NOON) == first


def test_a_withdrawn_change_counts_no_more_and_stays_on_record(start, then, nurse):
    started = start()
    wrong = then(started, "change", rate="18")

    withdraw_change(change=wrong, by=nurse, at=NOON + timedelta(hours=2), reason="other patient")

    assert rate_after(started, 120) == 12
    assert InfusionChange.objects.filter(pk=wrong.pk).exists()
    with pytest.raises(AlreadyWithdrawn):
        withdraw_change(change=wrong, by=nurse, at=NOON + timedelta(hours=2), reason="again")


def test_a_withdrawal_says_why(start, nurse):
    with pytest.raises(RuleBroken, match="why"):
        withdraw_change(change=start(), by=nurse, at=NOON, reason="")


def test_the_database_refuses_a_rate_below_zero_and_an_edited_change(start, nurse):
    started = start()

    with pytest.raises(DatabaseError), transaction.atomic():
        InfusionChange.objects.create(
            infusion=started.infusion,
            kind="change",
            rate=-1,
            changed_at=NOON,
            entered_at=NOON,
            entered_by=nurse,
        )
    with pytest.raises(DatabaseError), transaction.atomic():
        InfusionChange.objects.filter(pk=started.pk).update(rate=99)


def test_an_infusion_started_again_without_its_dosing_keeps_the_one_it_had(start, then):
    first = start()
    then(first, "stop", minutes=60)

    again = start(minutes=120, dosing=Dosing("[IU]/kg/h"))

    assert again.infusion == first.infusion
    again.infusion.refresh_from_db()
    assert again.infusion.weight_kg == 80
