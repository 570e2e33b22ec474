"""The demo unit: what it promises is there, the data agree with themselves, and it can be repeated."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F, Q

from accounts.models import Centre, Membership, User
from accounts.permissions import Role
from alerts.models import Alert, Due
from circuits.consoles import console_lines
from circuits.lives import lives
from circuits.models import Check, ComponentUse, Console, DeviceIncident, PlannedChange, Recall
from circuits.stocklist import shelves
from ecmo.demo.building import NotEmpty, Wish, build
from ecmo.demo.catching_up import catch_up
from ecmo.demo.people import LOGINS, PASSWORD
from interop.models import Message
from labs.models import InfusionChange, Result
from notifications.models import Notification
from patients.episode import state_of
from patients.models import BleedingEvent, Infection, Procedure, Referral, Run, ScoreResult
from patients.queries import mode_problems
from reports.elso.completeness import check as completeness
from reports.models import Report
from reports.queries.cohort import cohort
from staffing.models import Shift
from staffing.queries import on_call
from web.models import SiteDocument

AT = datetime(2026, 3, 17, 14, 5, tzinfo=UTC)


@pytest.fixture(scope="module", autouse=True)
def demo_unit(django_db_setup, django_db_blocker):
    """The unit, built once for all tests here: running patients four-hourly, three closed runs."""
    with django_db_blocker.unblock(), transaction.atomic():
        build(Wish(AT, closed_runs=3, every_h=4), [].append)
        yield
        transaction.set_rollback(True)


def in_bed(bed):
    return Run.objects.running().get(patient__bed=bed)


def newest_check(run):
    return run.checks.current().order_by("-checked_at").first()


def open_codes(run):
    return dict(run.alerts.open().values_list("code", "severity"))


def late(run):
    """What is late, but for samples: they are drawn more sparsely here than the site's table asks."""
    overdue = run.dues.open().filter(overdue_at__lt=AT)
    return set(overdue.exclude(kind="sample").values_list("kind", flat=True))


def test_seven_patients_of_all_ages_and_of_several_modes_are_on_ecmo():
    runs = Run.objects.running()

    assert runs.count() == 7
    assert {run.modes.last().mode for run in runs} == {"VV", "VA", "VAV", "VVDL"}
    assert runs.filter(patient__born_at__gt=AT - timedelta(days=28)).count() == 1
    assert runs.filter(patient__born_at__lt=AT - timedelta(days=18 * 366)).count() == 5


def test_one_is_stable():
    run = in_bed("1")

    assert open_codes(run) == {}
    assert late(run) == set()


def test_one_is_critically_out_of_limits():
    assert open_codes(in_bed("2"))["p_drainage.low"] == 3


def test_one_is_due_for_a_review_and_its_oxygenator_for_a_change():
    run = in_bed("3")
    of_kind = {life.use.kind: life for life in lives(run, AT)}

    assert late(run) == {"review"}
    assert of_kind["pump_head"].is_review_due
    assert [one.rule for one in of_kind["oxygenator"].proposals] == ["resistance"]


def test_one_is_weaned_with_the_sweep_off_and_that_raises_no_alert():
    run = in_bed("4")

    assert newest_check(run).trial == "vv_sweep_off"
    assert newest_check(run).sweep_gas_flow == 0
    assert open_codes(run) == {}
    assert run.weaning_trials.get(ended_at=None).steps.count() == 2


def test_every_running_patient_but_the_newest_has_a_plan_and_one_is_old():
    planned = Run.objects.running().exclude(patient__bed="12")

    assert not planned.filter(emergency_plans=None).exists()
    assert not planned.filter(targets=None).exists()
    assert "emergency_plan" in late(in_bed("5"))


def test_one_was_taken_to_the_scanner_and_back():
    leg = in_bed("2").transport_legs.get()

    assert leg.decision == "go"
    assert leg.departed_at < leg.arrived_at <= leg.closed_at


def test_one_bleeds_and_its_heparin_is_held_until_a_review():
    run = in_bed("5")
    change = InfusionChange.objects.filter(infusion__run=run).latest("changed_at")

    assert change.kind == "hold"
    assert change.review_at > AT
    assert BleedingEvent.objects.get(run=run, ends_at=None).grade == 3


def test_one_has_an_overdue_check():
    assert late(in_bed("11")) == {"check"}


def test_one_has_just_gone_on_and_owes_nearly_everything():
    run = in_bed("12")
    owed = Due.objects.open().filter(run=run, rule__startswith="debt.")

    assert AT - run.started_at == timedelta(minutes=40)
    assert set(owed.values_list("kind", flat=True)) == {
        "weight",
        "cannulas",
        "components_udi",
        "tip_position",
    }


def test_every_role_can_sign_in():
    held = set(Membership.objects.filter(user__username__in=[one.username for one in LOGINS]))

    assert {one.role for one in held} == set(Role) - {Role.INTERFACE}
    assert all(
        User.objects.get(username=one.username).check_password(PASSWORD) for one in LOGINS[:2]
    )


def test_every_table_of_the_site_says_that_it_is_invented():
    assert not SiteDocument.objects.filter(is_fictitious=False).exists()
    assert not SiteDocument.objects.filter(approved_at=None).exists()


def test_somebody_is_on_every_duty_now_and_nobody_twice():
    shifts = Shift.objects.published()
    twice = shifts.filter(
        person__shifts__starts_at__lt=F("ends_at"), person__shifts__ends_at__gt=F("starts_at")
    ).exclude(person__shifts=F("pk"))

    assert not twice.exists()
    for unit in Centre.objects.get().units.all():
        on_now = shifts.filter(unit=unit).covering(AT)
        assert set(on_now.values_list("duty", flat=True)) == {
            "bedside",
            "perfusion",
            "physician",
            "coordinator",
        }


def test_whoever_charted_was_on_shift():
    begins = Shift.objects.earliest("starts_at").starts_at
    checks = Check.objects.filter(version=1, checked_at__gt=begins).select_related("run__unit")

    assert checks.exists()
    assert all(
        check.performed_by in on_call(check.run.unit, check.checked_at, ["bedside"])
        for check in checks
    )


def test_nothing_lies_in_the_future_or_outside_its_run():
    outside = Q(checked_at__lt=F("run__started_at")) | Q(checked_at__gt=F("run__ended_at"))

    assert not Check.objects.filter(Q(entered_at__gt=AT) | outside).exists()
    assert not Check.objects.filter(entered_at__lt=F("checked_at")).exists()
    assert not Result.objects.filter(known_at__gt=AT).exists()
    assert not Alert.objects.filter(opened_at__gt=AT).exists()


def test_parts_and_modes_fit_their_runs():
    uses = ComponentUse.objects.filter(circuit__run__ended_at__isnull=False)

    assert uses.exists()
    assert not uses.exclude(removed_at__lte=F("circuit__run__ended_at")).exists()
    assert not uses.filter(installed_at__lt=F("circuit__run__started_at")).exists()
    assert not any(mode_problems(run, AT) for run in Run.objects.all())


def test_heparin_and_anti_xa_agree():
    """Each patient's last anti-Xa on a steady rate lies near what that rate makes."""
    for bed in ("1", "4", "11"):
        run = in_bed(bed)
        result = Result.objects.filter(sample__patient=run.patient, analyte="anti_xa_ufh").latest(
            "sample__collected_at"
        )

        assert 0.25 < result.value < 0.65


def test_messages_of_the_past_have_expired():
    deliverable = Notification.objects.deliverable(AT, AT)

    assert Notification.objects.filter(queued_at__lt=AT - timedelta(hours=12)).exists()
    assert not deliverable.filter(queued_at__lt=AT - timedelta(hours=12)).exists()
    assert not deliverable.exclude(to__email__endswith="@demo.invalid").exists()


def test_the_laboratory_has_messages_that_wait_for_a_person():
    held = Message.objects.filter(state="held").values_list("outcome", flat=True)

    assert set(held) == {"unmatched", "quarantined", "partly_quarantined"}
    assert Message.objects.filter(outcome="filed").exists()


def test_closed_runs_are_fit_for_the_registry():
    runs = Run.objects.filter(ended_at__lt=AT - timedelta(days=90))

    assert runs.exists()
    for row in cohort(runs, AT):
        assert row.unreadable == ()
        assert completeness(row.record).is_exportable


def test_the_reports_of_two_months_are_asked_for():
    asked = Report.objects.order_by("month", "kind").values_list("month", "kind")

    assert [(f"{month:%Y-%m}", kind) for month, kind in asked] == [
        ("2026-01", "programme"),
        ("2026-01", "registry"),
        ("2026-02", "programme"),
        ("2026-02", "registry"),
    ]


def test_it_builds_on_an_empty_database_only(settings, capsys):
    settings.DEMO = True

    with pytest.raises(NotEmpty):
        build(Wish(AT), print)
    call_command("demo", if_empty=True, at=AT)

    assert Centre.objects.count() == 1
    assert PASSWORD in capsys.readouterr().out


def test_a_demo_that_slept_charts_what_was_missed_and_says_so():
    later = AT + timedelta(hours=26)
    before = {run.pk: newest_check(run).checked_at for run in Run.objects.running()}
    with transaction.atomic():
        at_once, after_a_day = catch_up(AT), catch_up(later)
        newest = [newest_check(run) for run in Run.objects.running()]
        transaction.set_rollback(True)

    charted = [check for check in newest if check.checked_at > before[check.run_id]]
    assert (at_once, after_a_day > len(charted) > 3) == (0, True)
    assert all(check.note.startswith("Demonstration: as the check of ") for check in charted)
    assert max(check.checked_at for check in charted) > later - timedelta(hours=4)


def test_it_makes_no_known_passwords_outside_the_demo(settings):
    settings.DEMO = False

    with pytest.raises(CommandError, match="DEMO=true"):
        call_command("demo", if_empty=True)


def test_the_sign_in_page_of_the_demo_lists_the_logins(settings, client):
    settings.DEMO = True

    page = client.get("/accounts/login/").content.decode()

    assert PASSWORD in page
    assert all(one.username in page for one in LOGINS)


def test_calls_of_today_are_accepted_declined_with_advice_and_watched():
    today = Referral.objects.filter(called_at__gt=AT - timedelta(hours=14), run=None)
    waits = Due.objects.open().filter(subject__in=[str(one.public_id) for one in today])

    assert {one.state for one in today} == {"accepted", "declined", "watch"}
    assert today.get(state="watch").review_at - AT < timedelta(hours=1)
    assert today.get(state="declined").steps.first().facts["advice"]
    assert set(waits.values_list("kind", flat=True)) == {"re_review", "call_back"}
    assert not Alert.objects.open().filter(code__startswith="referral.").exists()


def test_scores_procedures_and_cultures_are_on_record():
    scored = Run.objects.filter(scores__isnull=False).distinct()

    assert scored.count() >= 6
    assert set(ScoreResult.objects.values_list("name", flat=True)) >= {"RESP", "P/F"}
    assert Procedure.objects.exists()
    assert Infection.objects.exists()


def test_closed_runs_are_followed_up_or_dead_with_a_checklist():
    runs = {state_of(run): run for run in Run.objects.filter(ended_at__isnull=False)}

    assert set(runs) == {"died", "followup"}
    assert runs["died"].end_of_life.open_questions == []
    ahead = runs["followup"].visits.filter(seen_on=None)
    assert ahead.exists()
    assert not ahead.filter(planned_on__lt=AT.date()).exists()


def test_a_change_is_planned_by_day_with_an_owner_and_its_kit():
    change = PlannedChange.objects.get()

    assert change.run == in_bed("3")
    assert change.starts_at > AT
    assert 8 <= change.starts_at.astimezone(change.unit.centre.tz).hour < 16
    assert (change.is_kit_ready, change.kit_note) == (
        True,
        "Standby circuit Blue 2, perfusion store",
    )


def test_the_shelf_is_believable_and_two_cases_are_on_file():
    equipment = User.objects.get(username="equipment")
    found = shelves(equipment, AT)
    consoles = Console.objects.all()

    assert (found.expiring, found.expired, found.held) == (1, 0, 0)
    assert [one.model.name for one in found.products if one.missing] == ["Example Adult Tubing Set"]
    assert consoles.filter(state="out_of_service").count() == 1
    assert consoles.exclude(owner="").get().return_on > AT.date()
    in_use = [line.use for line in console_lines(consoles, equipment, AT) if line.use]
    assert len(in_use) >= 7
    assert Due.objects.open().filter(kind="disinfection", overdue_at__lt=AT).count() == 1
    removal, correction = Recall.objects.with_state().order_by("received_at")
    assert (removal.found, removal.closed_at) == (0, None)
    assert (correction.found > 0, correction.closed_at) == (True, None)
    assert DeviceIncident.objects.get().closed_at is None
