"""A device incident as a case: the part kept aside, hand to hand, reported in time, closed."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from alerts.models import Alert, Due
from circuits.actions.exchange import remove_component
from circuits.actions.incidents import (
    IncidentIsClosed,
    NothingKept,
    ReportOwed,
    close_incident,
    hand_over,
    judge_harm,
    record_incident,
    release_part,
    report_incident,
    sweep_reports,
)
from circuits.models import CustodyEntry, DeviceIncident
from circuits.passports import passport
from patients.actions.times import InTheFuture
from tests.factories import NOON
from tests.scenarios import with_circuit
from web.actions import approve_document, draft_document
from web.problems import RuleBroken

HOUR = timedelta(hours=1)


@pytest.fixture
def oxygenator(run, specialist):
    return with_circuit(run, specialist)[0]


def happened(run, by, *, use=None, harm="harm_temp", **more):
    facts = {
        "unit": run.unit,
        "run": run,
        "component": use.component if use else None,
        "happened_at": NOON - HOUR,
        "what": "The outlet cracked.",
        "harm": harm,
        "at": NOON,
        **more,
    }
    return record_incident(by=by, **facts)


def owed(incident):
    return Due.objects.open().filter(subject=str(incident.public_id)).first()


def test_an_incident_keeps_its_part_aside_and_owes_a_report_by_a_date_with_its_rule(
    run, oxygenator, specialist
):
    remove_component(use=oxygenator, removed_at=NOON - HOUR, reason="leak", by=specialist, at=NOON)

    incident = happened(run, specialist, use=oxygenator, holder="Sam", place="cupboard 3")

    oxygenator.refresh_from_db()
    assert incident.is_in_quarantine
    assert oxygenator.fate == "quarantine"
    assert [(e.holder, e.place) for e in incident.custody.all()] == [("Sam", "cupboard 3")]
    assert incident.report_by == owed(incident).due_at == NOON + timedelta(days=10)
    assert "product default" in incident.report_rule


def test_the_part_goes_from_hand_to_hand_until_it_is_let_go(run, oxygenator, specialist):
    incident = happened(run, specialist, use=oxygenator)
    take = {"incident": incident, "taken_at": NOON, "by": specialist, "at": NOON}

    hand_over(**take, holder="Ebbe Elm", place="biomedical workshop", note="seal 4711")
    with pytest.raises(RuleBroken, match="who takes the part"):
        hand_over(**take, holder=" ", place="x")
    with pytest.raises(RuleBroken, match="what became"):
        release_part(incident=incident, to=" ", released_at=NOON, by=specialist, at=NOON)
    release_part(incident=incident, to="courier", released_at=NOON, by=specialist, at=NOON)

    assert incident.custody.last().note == "seal 4711"
    with pytest.raises(NothingKept):
        hand_over(**take, holder="x", place="y")
    with pytest.raises(NothingKept):
        release_part(incident=incident, to="x", released_at=NOON, by=specialist, at=NOON)


@pytest.mark.parametrize(
    ("harm", "days"),
    [("near_miss", None), ("no_harm", None), ("harm_perm", 10), ("death", 10), ("not_known", 10)],
)
def test_the_report_is_due_by_the_harm(run, specialist, harm, days):
    incident = happened(run, specialist, harm=harm)

    assert incident.report_by == (NOON + timedelta(days=days) if days else None)
    assert bool(owed(incident)) is bool(days)


def test_the_sites_own_rules_go_before_the_product_default(
    run, centre, specialist, coordinator, director
):
    rules = [{"harm": "no_harm", "days": 3, "to": "the risk office"}]
    draft = draft_document(
        centre=centre, kind="incident_rules", body=rules, by=coordinator, at=NOON, note=""
    )
    approve_document(document=draft, valid_from=NOON, by=director, at=NOON)

    incident = happened(run, specialist, harm="not_known")
    judged = judge_harm(incident=incident, harm="death", by=specialist, at=NOON)

    assert incident.report_by == NOON + timedelta(days=3)
    assert "the risk office" in incident.report_rule
    assert judged.report_by is None
    assert owed(incident) is None


def test_a_late_report_is_an_advisory_of_paperwork_until_it_is_sent(run, specialist, coordinator):
    incident = happened(run, specialist)
    late = NOON + timedelta(days=11)

    assert sweep_reports(NOON) == 0
    assert sweep_reports(late) == 1
    alert = Alert.objects.open().get(code="incident_report.overdue")
    assert (alert.severity, alert.category) == (1, "paperwork")
    with pytest.raises(RuleBroken, match="to whom"):
        report_incident(incident=incident, to="", reported_at=late, by=coordinator, at=late)
    report_incident(incident=incident, to="Example", reported_at=late, by=coordinator, at=late)

    assert not Alert.objects.open().exists()
    assert owed(incident) is None
    assert sweep_reports(late) == 0


def test_a_case_is_closed_with_its_outcome_when_nothing_is_owed(run, oxygenator, specialist):
    incident = happened(run, specialist, use=oxygenator)
    close = {"incident": incident, "by": specialist, "at": NOON}

    with pytest.raises(ReportOwed, match="report"):
        close_incident(outcome="crack in the mould", **close)
    report_incident(incident=incident, to="Example", reported_at=NOON, by=specialist, at=NOON)
    with pytest.raises(ReportOwed, match="kept aside"):
        close_incident(outcome="crack in the mould", **close)
    release_part(incident=incident, to="Example", released_at=NOON, by=specialist, at=NOON)
    with pytest.raises(RuleBroken, match="what the case came to"):
        close_incident(outcome=" ", **close)
    closed = close_incident(outcome="crack in the mould", **close)

    assert (closed.closed_by, closed.outcome) == (specialist, "crack in the mould")
    with pytest.raises(IncidentIsClosed):
        judge_harm(incident=incident, harm="death", by=specialist, at=NOON)


def test_what_did_not_happen_yet_or_is_not_told_is_no_incident(run, specialist):
    with pytest.raises(InTheFuture):
        happened(run, specialist, happened_at=NOON + HOUR)
    with pytest.raises(RuleBroken, match="what happened"):
        happened(run, specialist, what=" ")

    assert not DeviceIncident.objects.exists()


def test_the_database_keeps_custody_and_cases_whole(run, oxygenator, specialist):
    incident = happened(run, specialist, use=oxygenator)

    with pytest.raises(IntegrityError, match="closed_with_outcome"), transaction.atomic():
        DeviceIncident.objects.update(closed_at=NOON, closed_by=specialist)
    with pytest.raises(Exception, match=r"append_only|permission denied"), transaction.atomic():
        CustodyEntry.objects.filter(incident=incident).update(holder="somebody else")


def test_the_passport_tells_every_part_of_a_circuit_in_as_many_statements_for_many(
    run, oxygenator, specialist, django_assert_num_queries
):
    circuit = oxygenator.circuit
    happened(run, specialist, use=oxygenator)

    with django_assert_num_queries(4):
        page = passport(circuit, NOON)

    assert [(line.position, line.entries[0].hours_exact) for line in page.lines] == [
        ("oxygenator", "48:00"),
        ("pump_head", "48:00"),
    ]
    assert [len(line.entries[0].incidents) for line in page.lines] == [1, 0]
    assert page.parts == 2
