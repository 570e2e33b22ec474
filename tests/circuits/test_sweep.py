"""What the passing of time brings: what is owed and late is seen, and pages nobody."""

from datetime import timedelta

from alerts.models import Alert, Category
from circuits.actions.support import record_mode
from circuits.actions.sweep import sweep
from clinical.findings import Severity
from notifications.models import Notification
from tests.factories import NOON
from tests.scenarios import running_vv

DAY = timedelta(days=1)


def paperwork():
    return set(
        Alert.objects.open().filter(category=Category.PAPERWORK).values_list("code", "severity")
    )


def test_nothing_is_late_at_once(run):
    assert sweep(run.started_at) == 0
    assert paperwork() == set()


def test_what_is_late_is_an_advisory_that_pages_nobody(run):
    told = Notification.objects.count()

    late = sweep(NOON + DAY)

    assert late == run.dues.open().filter(overdue_at__lt=NOON + DAY).count() > 0
    assert ("components_udi.overdue", Severity.ADVISORY) in paperwork()
    assert {severity for _, severity in paperwork()} == {Severity.ADVISORY}
    assert Notification.objects.count() == told


def test_sweeping_again_adds_nothing(run):
    sweep(NOON + DAY)
    before = list(Alert.objects.values_list("pk", flat=True))

    sweep(NOON + DAY)

    assert list(Alert.objects.values_list("pk", flat=True)) == before


def test_what_was_entered_is_late_no_longer(patient, specialist):
    run = running_vv(patient, specialist, mode="unknown")
    sweep(NOON)
    assert ("mode.overdue", Severity.ADVISORY) in paperwork()

    record_mode(run=run, mode="VV", starts_at=run.started_at, by=specialist, at=NOON)
    sweep(NOON)

    assert "mode.overdue" not in {code for code, _ in paperwork()}
