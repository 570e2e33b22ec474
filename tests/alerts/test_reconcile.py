"""Alerts follow the state: what was judged and found, no more and no less."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext

from alerts.actions import close_for_end, reconcile_alerts
from alerts.models import Alert, AlertChange, Category
from alerts.queries import history, open_for
from clinical.findings import Assessment, Evidence, Finding, Severity
from notifications.models import Notification
from staffing.models import Duty
from tests.factories import NOON, PersonFactory, RunFactory, ShiftFactory

HOUR = timedelta(hours=1)
CODE = "p_drainage.low"
WARNING, CRITICAL, ADVISORY = Severity.WARNING, Severity.CRITICAL, Severity.ADVISORY


def finding(severity=WARNING, value=-118, code=CODE, source="k1"):
    evidence = Evidence(
        value=Decimal(value),
        limit=Decimal(-100),
        measured_at=NOON,
        since=NOON,
        source=source,
        unit="mm[Hg]",
    )
    parameter, _, side = code.partition(".")
    return Finding(code, severity, f"{parameter} {value}", parameter, side, evidence)


def reconcile(run, *findings, at=NOON, judged=(CODE,), **options):
    assessment = Assessment(frozenset(judged), findings)
    return reconcile_alerts(unit=run.unit, run=run, assessment=assessment, at=at, **options)


def changes(run):
    return [(c.change, c.severity, c.value) for c in history(run)]


@pytest.fixture
def on_call(unit, specialist):
    """The specialist at the bedside."""
    ShiftFactory(person=PersonFactory(unit=unit, user=specialist))
    return specialist


@pytest.fixture
def physician_on_call(unit, physician):
    ShiftFactory(person=PersonFactory(unit=unit, user=physician), duty=Duty.PHYSICIAN)
    return physician


def test_a_finding_opens_one_alert_with_its_evidence(run):
    (alert,) = reconcile(run, finding())

    alert.refresh_from_db()
    assert (alert.parameter, alert.side, alert.source) == ("p_drainage", "low", "k1")
    assert (alert.value, alert.limit, alert.value_unit) == (-118, -100, "mm[Hg]")
    assert (alert.measured_at, alert.since, alert.opened_at) == (NOON, NOON, NOON)
    assert changes(run) == [("opened", WARNING, -118)]


def test_the_same_finding_again_changes_nothing(run):
    reconcile(run, finding())

    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert reconcile(run, finding(), at=NOON + HOUR) == []

    assert len([q for q in asked if "SAVEPOINT" not in q["sql"]]) == 1
    assert len(changes(run)) == 1


def test_a_newer_value_of_the_same_severity_renews_the_evidence_without_a_change(run):
    (alert,) = reconcile(run, finding())

    assert reconcile(run, finding(value=-125, source="k2"), at=NOON + HOUR) == []

    alert.refresh_from_db()
    assert (alert.value, alert.source, alert.opened_at) == (-125, "k2", NOON)
    assert len(changes(run)) == 1


def test_an_alert_escalates_eases_and_closes_and_each_is_a_row(run):
    reconcile(run, finding())
    reconcile(run, finding(CRITICAL, -162), at=NOON + HOUR)
    reconcile(run, finding(WARNING, -110), at=NOON + 2 * HOUR)
    (alert,) = reconcile(run, at=NOON + 3 * HOUR)

    assert changes(run) == [
        ("opened", WARNING, -118),
        ("escalated", CRITICAL, -162),
        ("eased", WARNING, -110),
        ("closed", None, None),
    ]
    assert alert.closed_at == NOON + 3 * HOUR
    assert not run.alerts.open().exists()


def test_what_was_not_judged_is_left_alone(run):
    reconcile(run, finding())

    assert reconcile(run, judged=("blood_flow.low",), at=NOON + HOUR) == []

    assert run.alerts.open().exists()


def test_an_alert_that_comes_back_is_a_new_one(run):
    reconcile(run, finding())
    reconcile(run)
    reconcile(run, finding())

    assert run.alerts.count() == 2
    assert run.alerts.open().count() == 1


def test_of_two_findings_of_one_code_the_worse_counts(run):
    (alert,) = reconcile(run, finding(CRITICAL), finding(WARNING))

    assert alert.severity == CRITICAL


def test_a_finding_without_evidence_opens_an_alert_by_code(run):
    bare = Finding("check.overdue", ADVISORY, "The check is overdue.")

    (alert,) = reconcile(run, bare, judged=("check.overdue",), category=Category.PAPERWORK)

    alert.refresh_from_db()
    assert (alert.value, alert.source, alert.parameter) == (None, "", "")


def test_subjects_of_one_code_are_apart(run):
    reconcile(run, finding(), subject="a")
    reconcile(run, subject="b")

    assert run.alerts.open().get().subject == "a"


def test_runs_are_apart(run, unit):
    other = RunFactory(patient__unit=unit)
    reconcile(run, finding())

    reconcile(other)

    assert run.alerts.open().exists()


def test_a_unit_has_alerts_without_a_run(unit):
    options = {"unit": unit, "run": None, "category": Category.SAFETY, "at": NOON}
    found = Assessment(frozenset({CODE}), (finding(),))

    reconcile_alerts(assessment=found, **options)
    reconcile_alerts(assessment=found, **options)

    assert open_for(unit).count() == 1


def test_the_database_refuses_two_open_alerts_of_one_code(run):
    reconcile(run, finding())

    with pytest.raises(IntegrityError), transaction.atomic():
        Alert.objects.create(
            unit=run.unit, run=run, code=CODE, severity=2, message="again", opened_at=NOON
        )


def test_the_record_of_changes_is_never_rewritten(run):
    reconcile(run, finding())

    with pytest.raises(DatabaseError), transaction.atomic():
        AlertChange.objects.update(severity=1)


def test_the_end_of_the_run_closes_its_alerts_and_says_so(run):
    reconcile(run, finding())

    (alert,) = close_for_end(run=run, at=NOON + HOUR)

    assert alert.closed_at == NOON + HOUR
    assert history(run).last().run_ended
    assert history(run).last().change == "closed"


def test_a_warning_tells_who_is_at_the_bedside_and_only_once(run, on_call, physician_on_call):
    reconcile(run, finding())
    reconcile(run, finding(value=-120), at=NOON + HOUR)

    message = Notification.objects.get()
    assert message.to == on_call
    assert message.subject == "Warning: bed 7, icu"
    assert "13:00" in message.text


def test_an_escalation_tells_again_and_an_easing_does_not(run, on_call):
    reconcile(run, finding())
    reconcile(run, finding(CRITICAL), at=NOON + HOUR)
    reconcile(run, finding(WARNING), at=NOON + 2 * HOUR)

    assert [m.subject for m in Notification.objects.order_by("pk")] == [
        "Warning: bed 7, icu",
        "Critical: bed 7, icu",
    ]


def test_getting_worse_a_second_time_tells_a_second_time(run, on_call):
    reconcile(run, finding(CRITICAL))
    reconcile(run, finding(WARNING), at=NOON + HOUR)
    reconcile(run, finding(CRITICAL), at=NOON + 2 * HOUR)

    assert Notification.objects.filter(subject__startswith="Critical").count() == 2


def test_with_nobody_at_the_bedside_whoever_is_on_call_is_told(run, physician_on_call):
    reconcile(run, finding())

    assert Notification.objects.get().to == physician_on_call


@pytest.mark.parametrize(
    ("severity", "category"),
    [(ADVISORY, Category.PHYSIOLOGY), (CRITICAL, Category.PAPERWORK), (WARNING, Category.SAFETY)],
    ids=["advisory", "paperwork", "safety"],
)
def test_an_advisory_and_paperwork_wake_nobody(run, on_call, severity, category):
    reconcile(run, finding(severity), category=category)

    assert not Notification.objects.exists()


def test_no_word_of_the_patient_leaves_the_house(run, on_call):
    reconcile(run, finding())

    message = Notification.objects.get()
    written = f"{message.subject} {message.text} {message.link} {message.key}"
    for secret in (run.patient.family_name, run.patient.given_name, run.patient.mrn, "-118"):
        assert secret.casefold() not in written.casefold().split()
    assert "canary" not in written.casefold()


def test_many_findings_cost_few_statements(run, on_call):
    codes = [f"measure{n}.low" for n in range(20)]
    run.unit.centre  # noqa: B018 - comes with Run.objects.locked

    with CaptureQueriesContext(connection) as asked:
        reconcile(run, *[finding(code=code) for code in codes], judged=codes)

    statements = [q["sql"] for q in asked if "SAVEPOINT" not in q["sql"]]
    assert len(statements) <= 8, statements
