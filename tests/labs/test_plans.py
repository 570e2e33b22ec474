"""Targets over time, when the next sample is due, and what the page shows of a protocol."""

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest

from alerts.models import Due
from labs.actions.infusions import Change, Dosing, start_infusion
from labs.actions.plans import PlansOverlap, end_plan, set_plan
from labs.actions.results import Charted, record_results
from labs.models import AnticoagulationPlan
from labs.queries.panel import panel
from labs.queries.plans import is_titration_signed, plan_at, protocol_of
from patients.actions.times import InTheFuture, OutsideRun
from tests.factories import NOON
from tests.interop.test_filing_reference import CASES
from tests.labs.reference import site_document
from web.questions import CannotBe

CASE = json.loads(Path(CASES[0]).read_text())


@pytest.fixture
def protocols(centre):
    return site_document(centre, "anticoagulation_protocols", CASE["anticoagulation_protocols"])


@pytest.fixture
def plan(run, physician):
    def plan(*, hours=0, low="0.3", high="0.5", **facts):
        facts = {"agent": "ufh", "driver": "anti_xa_ufh", "protocol": "ufh-adult-low"} | facts
        return set_plan(
            run=run,
            target_low=Decimal(low),
            target_high=Decimal(high),
            starts_at=NOON + timedelta(hours=hours),
            by=physician,
            at=NOON + timedelta(hours=24),
            **facts,
        )

    return plan


def test_a_new_plan_ends_the_one_before(plan, run):
    first = plan()

    second = plan(hours=6, low="0.2", high="0.3")

    first.refresh_from_db()
    assert first.ends_at == second.starts_at
    assert plan_at(run, NOON + timedelta(hours=5)) == first
    assert plan_at(run, NOON + timedelta(hours=6)) == second


def test_a_plan_before_one_on_record_is_refused(plan):
    plan(hours=6)

    with pytest.raises(PlansOverlap):
        plan(hours=2)


def test_a_plan_that_ended_leaves_room(plan, run, physician):
    first = plan()
    end_plan(
        plan=first, ends_at=NOON + timedelta(hours=2), by=physician, at=NOON + timedelta(hours=3)
    )

    plan(hours=6)

    assert plan_at(run, NOON + timedelta(hours=4)) is None
    with pytest.raises(CannotBe):
        end_plan(plan=first, ends_at=NOON, by=physician, at=NOON + timedelta(hours=3))


def test_a_plan_sent_twice_is_one_plan(plan):
    key = uuid4()

    assert plan(public_id=key) == plan(public_id=key)
    assert AnticoagulationPlan.objects.count() == 1


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"agent": "water"}, CannotBe),
        ({"driver": "unobtainium"}, CannotBe),
        ({"driver": "pump_speed"}, CannotBe),
        ({"low": "0.6"}, CannotBe),
        ({"hours": 25}, InTheFuture),
        ({"hours": -72}, OutsideRun),
    ],
    ids=["agent", "test", "not of the laboratory", "upside down", "future", "before the run"],
)
def test_a_plan_that_cannot_be_is_refused(plan, facts, error):
    with pytest.raises(error):
        plan(**facts)


def test_the_first_sample_is_due_by_the_sites_protocol(protocols, plan):
    plan()

    due = Due.objects.open().get(kind="sample")
    assert due.due_at == NOON + timedelta(hours=4)
    assert "ufh-adult-low" in due.rule


def test_a_result_moves_the_next_sample(protocols, plan, run, nurse):
    plan()

    chart(run, nurse, "0.42", hours=4)

    assert Due.objects.open().get(kind="sample").due_at == NOON + timedelta(hours=10)


def test_without_a_protocol_of_the_site_no_sample_time_is_invented(plan, run, nurse):
    plan()
    chart(run, nurse, "0.42", hours=4)

    assert not Due.objects.filter(kind="sample").exists()


def test_a_heparin_free_plan_owes_no_sample(protocols, plan, run, physician):
    plan()

    set_plan(
        run=run,
        agent="none",
        starts_at=NOON + timedelta(hours=1),
        by=physician,
        at=NOON + timedelta(hours=24),
        reason="intracranial bleeding",
    )

    assert not Due.objects.open().filter(kind="sample").exists()


def test_a_protocol_that_the_site_does_not_have_is_none(protocols, plan):
    assert protocol_of(plan(protocol="of another ward"), NOON) is None


def test_titration_is_off_until_the_site_signs(centre):
    assert not is_titration_signed(centre, NOON)

    site_document(centre, "clinical_switches", {"titration": True})

    assert is_titration_signed(centre, NOON)


def test_the_panel_says_where_the_newest_result_lies(plan, run, nurse):
    plan()
    chart(run, nurse, "0.35", hours=2)
    chart(run, nurse, "0.22", hours=4)

    now = panel(run, NOON + timedelta(hours=5))

    assert (now.side, now.newest.value, now.before.value) == (
        "low",
        Decimal("0.22"),
        Decimal("0.35"),
    )
    assert "below the target 0.30 to 0.50" in now.sentence


def test_the_panel_costs_five_statements(plan, run, nurse, django_assert_num_queries):
    plan()
    for agent, unit in (("ufh", "[IU]/kg/h"), ("bivalirudin", "mg/kg/h")):
        start_infusion(
            run=run,
            agent=agent,
            dosing=Dosing(unit),
            change=Change("start", NOON, Decimal(1)),
            by=nurse,
            at=NOON,
        )
    chart(run, nurse, "0.35", hours=2)

    with django_assert_num_queries(5):
        panel(run, NOON + timedelta(hours=5))


def test_a_run_without_anticoagulation_has_an_empty_panel(run):
    now = panel(run, NOON)

    assert not now.is_started
    assert (now.plan, now.driver, now.newest, now.sentence, now.target) == (None,) * 3 + ("", "")


def chart(run, nurse, value, *, hours):
    collected_at = NOON + timedelta(hours=hours)
    typed = Charted("anti_xa_ufh", Decimal(value), "[IU]/mL")
    return record_results(
        patient=run.patient,
        collected_at=collected_at,
        results=[typed],
        by=nurse,
        at=collected_at + timedelta(minutes=40),
        confirmed=["anti_xa_ufh"],
    )
