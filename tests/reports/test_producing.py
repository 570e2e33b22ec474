"""Reports are asked for once, made once, kept with their digests, tried again, and signed off."""

import hashlib
import io
import json
import zipfile
from datetime import UTC, date, datetime, timedelta

import pypdfium2
import pytest
from django.db import IntegrityError, transaction

from accounts.models import Centre
from notifications.models import Notification
from reports import tasks
from reports.actions import (
    AlreadyInWork,
    MonthNotOver,
    NotToReview,
    SignsOwnReport,
    can_sign_off,
    produce,
    produce_last_month,
    produce_report,
    request_report,
    sign_off,
    sweep,
)
from reports.actions.contents import make
from reports.elso.writer import ExportError
from reports.models import Report, ReportState
from tests.factories import CentreFactory
from tests.reports.situations import APRIL

MARCH = date(2026, 3, 1)
MINUTE = timedelta(minutes=1)


def asked(centre, by, kind="registry", at=APRIL, month=MARCH):
    return request_report(kind=kind, centre=centre, month=month, by=by, at=at)


def made(centre, by, kind="registry", at=APRIL):
    report = asked(centre, by, kind, at)
    produce_report(report.pk, at)
    report.refresh_from_db()
    return report


def break_with(monkeypatch, failure):
    """Make every report fail."""

    def fail(report, at):
        raise failure

    monkeypatch.setattr(produce, "make", fail)


def test_an_export_holds_the_whole_runs_and_lists_the_others(told, bare, centre, coordinator):
    report = made(centre, coordinator)

    assert report.state == ReportState.TO_REVIEW
    assert (report.summary["runs"], report.summary["exported"]) == (2, 1)
    (held,) = report.summary["held_back"]
    assert held["run"] == str(bare.public_id)
    assert {"C30", "C43"} <= {finding["check"] for finding in held["findings"]}
    archive = report.files.get(name="north-registry-2026-03-r1.zip")
    with zipfile.ZipFile(io.BytesIO(archive.content)) as bundle:
        assert json.loads(bundle.read("manifest.json"))["runs"] == 1
        assert told.patient.registry_id in bundle.read("patient_run.csv").decode()


def test_files_are_kept_with_their_digests(told, centre, coordinator):
    report = made(centre, coordinator)

    for file in report.files.all():
        assert hashlib.sha256(file.content).hexdigest() == file.sha256
    assert sorted(file.media_type for file in report.files.all()) == [
        "application/xml",
        "application/zip",
    ]


def test_no_file_and_no_summary_of_an_export_names_the_patient(told, bare, centre, coordinator):
    report = made(centre, coordinator)

    written = [json.dumps(report.summary).encode()]
    for file in report.files.all():
        written.append(bytes(file.content))
        if file.media_type == "application/zip":
            with zipfile.ZipFile(io.BytesIO(file.content)) as bundle:
                written += [bundle.read(name) for name in bundle.namelist()]
    for name in (b"Canary", b"CANARY", b"Wren", b"Finch"):
        assert not [text for text in written if name in text]


def test_the_same_record_gives_the_same_bytes(told, bare, centre, coordinator):
    report = asked(centre, coordinator)

    first, second = make(report, APRIL), make(report, APRIL + timedelta(days=1))

    assert [file.content for file in first.files] == [file.content for file in second.files]


def test_a_programme_report_is_a_readable_pdf_without_names(told, bare, centre, coordinator):
    report = made(centre, coordinator, "programme")

    document = pypdfium2.PdfDocument(bytes(report.files.get().content))
    text = " ".join(page.get_textpage().get_text_bounded() for page in document)
    assert "Programme report March 2026" in text
    assert "North, centre 9001" in text
    assert "under 5" in text
    assert f"{told.patient.registry_id}, run 1" in text
    assert "Canary" not in text
    assert "CANARY" not in text


def test_a_programme_report_of_an_empty_month_says_so(centre, coordinator):
    report = made(centre, coordinator, "programme")

    document = pypdfium2.PdfDocument(bytes(report.files.get().content))
    text = " ".join(page.get_textpage().get_text_bounded() for page in document)
    assert "No run ended in these twelve months." in text
    assert "Nobody was on ECMO in the month." in text


def test_asking_twice_while_it_is_made_is_refused(centre, coordinator):
    asked(centre, coordinator)

    with pytest.raises(AlreadyInWork):
        asked(centre, coordinator)


def test_the_database_refuses_two_in_work_for_one_month(centre, coordinator):
    report = asked(centre, coordinator)

    with pytest.raises(IntegrityError, match="one_in_work"), transaction.atomic():
        Report.objects.create(
            centre=centre, kind=report.kind, month=MARCH, revision=2, asked_at=APRIL
        )


def test_a_month_that_is_not_over_at_the_centre_is_refused(centre, coordinator):
    last_minute = datetime(2026, 3, 31, 21, 59, tzinfo=UTC)

    with pytest.raises(MonthNotOver):
        asked(centre, coordinator, at=last_minute)
    assert asked(centre, coordinator, at=last_minute + MINUTE).month == MARCH


def test_of_two_workers_one_makes_it(centre, coordinator):
    report = asked(centre, coordinator)

    assert produce_report(report.pk, APRIL) == ReportState.TO_REVIEW
    assert produce_report(report.pk, APRIL) is None
    assert report.files.count() == 2


def test_a_claim_of_a_worker_that_died_lapses(centre, coordinator):
    report = asked(centre, coordinator)
    Report.objects.update(state=ReportState.RUNNING, claimed_at=APRIL)

    assert sweep(APRIL + 10 * MINUTE) == 0
    assert sweep(APRIL + 11 * MINUTE) == 1

    report.refresh_from_db()
    assert report.state == ReportState.TO_REVIEW


def test_a_worker_whose_claim_was_taken_over_stores_nothing(centre, coordinator, monkeypatch):
    report = asked(centre, coordinator)
    real = produce.make

    def slow(report, at):
        Report.objects.update(claimed_at=at + MINUTE)
        return real(report, at)

    monkeypatch.setattr(produce, "make", slow)

    assert produce_report(report.pk, APRIL) is None
    assert not report.files.exists()


def test_a_report_that_cannot_be_made_is_tried_three_times_and_says_why(
    centre, coordinator, monkeypatch
):
    break_with(monkeypatch, ExportError("A run is there twice."))
    report = asked(centre, coordinator)

    states = []
    for minute in range(4):
        sweep(APRIL + minute * MINUTE)
        report.refresh_from_db()
        states.append((report.state, report.summary["attempts"]))

    assert states == [("queued", 1), ("queued", 2), ("failed", 3), ("failed", 3)]
    assert report.error == "A run is there twice."
    assert Notification.objects.get(to=coordinator).subject.endswith("could not be made")


def test_a_failure_that_is_not_ours_shows_its_kind_and_not_its_text(
    centre, coordinator, monkeypatch
):
    break_with(monkeypatch, KeyError("Canary, Wren"))
    report = asked(centre, coordinator)

    produce_report(report.pk, APRIL)

    report.refresh_from_db()
    assert report.error == "KeyError: the worker's log says more."


def test_a_report_that_kills_its_workers_is_given_up(centre, coordinator):
    report = asked(centre, coordinator)
    Report.objects.update(
        state=ReportState.RUNNING, claimed_at=APRIL - 11 * MINUTE, summary={"attempts": 3}
    )

    assert produce_report(report.pk, APRIL) is None

    report.refresh_from_db()
    assert (report.state, report.error) == ("failed", "No worker came back with it.")


def test_a_failed_report_is_asked_for_again_under_its_revision(centre, coordinator):
    report = asked(centre, coordinator)
    Report.objects.update(state=ReportState.FAILED, error="broken", summary={"attempts": 3})

    again = asked(centre, coordinator)

    assert (again.pk, again.revision, again.error, again.summary) == (report.pk, 1, "", {})
    assert produce_report(again.pk, APRIL) == ReportState.TO_REVIEW


def test_who_asked_cannot_sign_off_and_a_second_person_can(centre, coordinator, director):
    report = made(centre, coordinator)

    assert not can_sign_off(report, coordinator)
    with pytest.raises(SignsOwnReport):
        sign_off(report=report, by=coordinator, at=APRIL)
    signed = sign_off(report=report, by=director, at=APRIL)

    assert (signed.state, signed.signed_by) == (ReportState.SIGNED, director)
    with pytest.raises(NotToReview):
        sign_off(report=signed, by=director, at=APRIL)


def test_a_new_revision_supersedes_the_one_to_review_at_once(centre, coordinator):
    first = made(centre, coordinator)
    second = made(centre, coordinator, at=APRIL + MINUTE)

    first.refresh_from_db()
    assert (first.state, second.state, second.revision) == ("superseded", "to_review", 2)


def test_a_signed_revision_holds_until_the_next_is_signed(centre, coordinator, director):
    first = sign_off(report=made(centre, coordinator), by=director, at=APRIL)
    second = made(centre, coordinator, at=APRIL + MINUTE)

    first.refresh_from_db()
    assert first.state == ReportState.SIGNED
    sign_off(report=second, by=director, at=APRIL + 2 * MINUTE)
    first.refresh_from_db()
    assert first.state == ReportState.SUPERSEDED


def test_those_who_work_on_reports_are_told_without_patient_data(
    told, centre, coordinator, director, registry_manager, specialist
):
    made(centre, coordinator)

    told_to = {row.to: row for row in Notification.objects.filter(key__startswith="report:")}
    assert set(told_to) == {coordinator, director, registry_manager}
    assert told_to[director].subject == "Registry export 2026-03 is ready to review"
    assert "Canary" not in told_to[director].text


def test_each_centre_gets_its_last_month_once(centre):
    first_of_april = datetime(2026, 4, 1, 0, 15, tzinfo=UTC)

    new = produce_last_month(at=first_of_april)

    assert {(one.kind, one.month) for one in new} == {("registry", MARCH), ("programme", MARCH)}
    assert produce_last_month(at=first_of_april + timedelta(hours=1)) == []
    assert Report.objects.count() == 2


def test_a_centre_to_the_east_gets_its_month_first(db):
    CentreFactory(code="east", timezone="Pacific/Auckland")
    CentreFactory(code="west", timezone="America/Los_Angeles")

    new = produce_last_month(at=datetime(2026, 3, 31, 12, 15, tzinfo=UTC))

    assert {(one.centre.code, one.month) for one in new if one.kind == "registry"} == {
        ("east", MARCH),
        ("west", date(2026, 2, 1)),
    }


def test_a_report_of_an_unknown_kind_is_refused(centre):
    report = Report.objects.create(centre=centre, kind="poem", month=MARCH, asked_at=APRIL)

    with pytest.raises(ValueError, match="no report of the kind poem"):
        make(report, APRIL)
    assert Centre.objects.get() == centre


def test_the_doorbells_call_their_actions(centre, coordinator):
    report = asked(centre, coordinator)

    tasks.produce(report.pk)
    tasks.sweep()
    tasks.produce_last_month()

    report.refresh_from_db()
    assert report.state == ReportState.TO_REVIEW
    assert Report.objects.count() == 3
