"""Site data, files, jobs and checklists: each mechanism once."""

import io
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from PIL import Image

from tests.factories import NOON
from web.actions import (
    accept_upload,
    approve_document,
    ask_for_job,
    cancel_job,
    claim_job,
    draft_document,
    end_checklist,
    end_job,
    report_progress,
    start_checklist,
    tap_item,
)
from web.actions.attachments import FileRefused
from web.actions.checklists import NotApproved, UnknownItem
from web.actions.documents import AlreadyApproved, NeedsSecondPerson
from web.actions.jobs import AlreadyInWork
from web.models import SiteDocument

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(centre, coordinator):
    return draft_document(
        centre=centre, kind="emergency", body={"items": [{"id": "clamp"}]}, by=coordinator, at=NOON
    )


def approved(draft, director):
    return approve_document(document=draft, valid_from=NOON, by=director, at=NOON)


def test_a_draft_holds_for_nobody(centre, draft):
    assert SiteDocument.objects.in_force(centre, "emergency", NOON) is None


def test_the_version_that_was_in_force_at_a_time_is_found_again(
    centre, draft, coordinator, director
):
    first = approved(draft, director)
    second = draft_document(centre=centre, kind="emergency", body={}, by=coordinator, at=NOON)
    approve_document(document=second, valid_from=NOON + timedelta(days=1), by=director, at=NOON)

    in_force = SiteDocument.objects.in_force
    assert in_force(centre, "emergency", NOON) == first
    assert in_force(centre, "emergency", NOON + timedelta(days=1)).version == 2
    assert in_force(centre, "emergency", NOON - timedelta(days=1)) is None


def test_the_author_cannot_approve(draft, coordinator):
    with pytest.raises(NeedsSecondPerson):
        approve_document(document=draft, valid_from=NOON, by=coordinator, at=NOON)


def test_what_is_approved_is_not_approved_again_nor_changed_nor_deleted(draft, director):
    document = approved(draft, director)

    with pytest.raises(AlreadyApproved):
        approved(document, director)
    with pytest.raises(DatabaseError), transaction.atomic():
        SiteDocument.objects.filter(pk=document.pk).update(body={})
    with pytest.raises(DatabaseError), transaction.atomic():
        document.delete()


def photo(kind="JPEG"):
    out = io.BytesIO()
    image = Image.new("RGB", (40, 20), "red")
    exif = Image.Exif()
    exif[0x010E] = "Wren Canary, bed 7"
    image.save(out, kind, exif=exif)
    return out.getvalue()


def test_a_photo_is_kept_without_what_its_camera_wrote_into_it(specialist):
    sent = photo()

    kept = accept_upload(name="../../clot.pdf", content=sent, by=specialist, at=NOON)

    assert b"Canary" in sent
    assert b"Canary" not in bytes(kept.content)
    assert (kept.media_type, kept.name) == ("image/jpeg", "clot.pdf")


def test_a_pdf_is_kept_as_it_came(specialist):
    kept = accept_upload(name="letter", content=b"%PDF-1.7 x", by=specialist, at=NOON)

    assert (kept.media_type, bytes(kept.content)) == ("application/pdf", b"%PDF-1.7 x")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(photo("GIF"), id="a-gif"),
        pytest.param(b"<html><script>alert(1)</script>", id="a-page"),
        pytest.param(b"", id="nothing"),
        pytest.param(photo()[:200], id="half-a-photo"),
        pytest.param(b"%PDF-" + b"x" * (10 * 1024 * 1024), id="too-large"),
    ],
)
def test_what_is_no_photo_and_no_pdf_is_refused(specialist, content):
    with pytest.raises(FileRefused):
        accept_upload(name="photo.jpg", content=content, by=specialist, at=NOON)


def test_one_of_two_workers_gets_the_job(specialist):
    job = ask_for_job(kind="pdf", subject="1", by=specialist, at=NOON)

    assert claim_job(job.pk, NOON) == job
    assert claim_job(job.pk, NOON) is None


def test_a_job_whose_worker_died_is_claimed_again_and_fails_in_the_end(specialist):
    job = ask_for_job(kind="pdf", subject="1", by=specialist, at=NOON)
    for hour in range(3):
        assert claim_job(job.pk, NOON + timedelta(hours=hour)) == job

    assert claim_job(job.pk, NOON + timedelta(hours=3)) is None
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "Its worker stopped three times.")


def test_the_same_work_is_not_asked_for_twice_while_it_waits(specialist):
    job = ask_for_job(kind="pdf", subject="1", by=specialist, at=NOON)
    with pytest.raises(AlreadyInWork):
        ask_for_job(kind="pdf", subject="1", by=specialist, at=NOON)
    claim_job(job.pk, NOON)
    end_job(job, NOON)

    assert ask_for_job(kind="pdf", subject="1", by=specialist, at=NOON) != job


def test_a_cancelled_job_tells_its_worker_to_stop(specialist):
    job = ask_for_job(kind="pdf", subject="1", by=specialist, at=NOON)
    claim_job(job.pk, NOON)

    assert report_progress(job, 40, NOON)
    assert cancel_job(job=job, by=specialist, at=NOON)
    assert not report_progress(job, 60, NOON)
    end_job(job, NOON)
    job.refresh_from_db()
    assert (job.state, job.progress) == ("cancelled", 40)


def test_a_checklist_takes_taps_in_any_order_and_keeps_the_first(draft, director, unit, specialist):
    checklist = start_checklist(
        unit=unit, document=approved(draft, director), subject="", by=specialist, at=NOON
    )

    for answer in ("not possible", "done"):
        tap_item(
            checklist=checklist, item="clamp", answer=answer, tapped_at=NOON, by=specialist, at=NOON
        )

    assert [tap.answer for tap in checklist.taps.all()] == ["not possible", "done"]


def test_a_checklist_refuses_an_item_it_does_not_have_and_a_draft(
    draft, director, unit, specialist
):
    with pytest.raises(NotApproved):
        start_checklist(unit=unit, document=draft, subject="", by=specialist, at=NOON)
    checklist = start_checklist(
        unit=unit, document=approved(draft, director), subject="", by=specialist, at=NOON
    )

    with pytest.raises(UnknownItem):
        tap_item(
            checklist=checklist, item="cut", answer="done", tapped_at=NOON, by=specialist, at=NOON
        )


def test_an_ended_checklist_still_takes_a_late_tap(draft, director, unit, specialist):
    checklist = start_checklist(
        unit=unit, document=approved(draft, director), subject="", by=specialist, at=NOON
    )

    end_checklist(checklist=checklist, by=specialist, at=NOON)
    tap_item(
        checklist=checklist,
        item="clamp",
        answer="done",
        tapped_at=NOON,
        by=specialist,
        at=NOON + timedelta(minutes=5),
    )

    checklist.refresh_from_db()
    assert (checklist.ended_at, checklist.taps.count()) == (NOON, 1)
