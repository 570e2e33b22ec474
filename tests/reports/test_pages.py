"""Who sees reports, takes them, signs them; and the registry record of a run."""

import hashlib
from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from audit.models import Access
from patients.models import Run
from reports.actions import produce_report, request_report
from reports.models import Report
from tests.cast import member
from tests.factories import CentreFactory, MembershipFactory
from tests.reports.situations import APRIL

MARCH = date(2026, 3, 1)


@pytest.fixture(autouse=True)
def _in_april():
    with time_machine.travel(APRIL, tick=False):
        yield


@pytest.fixture
def report(told, bare, centre, coordinator):
    asked = request_report(kind="registry", centre=centre, month=MARCH, by=coordinator, at=APRIL)
    produce_report(asked.pk, APRIL)
    asked.refresh_from_db()
    return asked


def page(client, user, name, *args, **query):
    client.force_login(user)
    return client.get(reverse(name, args=args), query)


def sent(client, user, name, *args, **data):
    client.force_login(user)
    return client.post(reverse(name, args=args), data)


def file_of(report):
    return report.public_id, report.files.get(media_type="application/zip").public_id


def test_the_list_shows_a_report_with_what_is_held_back_and_why(client, report, bare, coordinator):
    answer = page(client, coordinator, "reports:report-list")

    text = answer.content.decode()
    assert "March 2026" in text
    assert "1 of 2 runs exported" in text
    assert reverse("reports:run-registry", args=[bare.public_id]) in text
    assert "hx-trigger" not in text


def test_a_list_without_reports_says_what_will_stand_there(client, coordinator):
    assert "No reports yet" in page(client, coordinator, "reports:report-list").content.decode()


def test_the_list_asks_for_itself_again_while_one_is_made(client, centre, coordinator):
    sent(client, coordinator, "reports:report-ask", kind="registry", month="2026-03-01", centre=centre.public_id)  # fmt: skip

    part = page(client, coordinator, "reports:report-list", part=1)

    assert 'hx-trigger="every 3s"' in part.content.decode()
    assert "<html" not in part.content.decode()


def test_asking_from_the_page_owes_a_report(client, centre, coordinator):
    answer = sent(client, coordinator, "reports:report-ask", kind="programme", month="2026-02-01", centre=centre.public_id)  # fmt: skip

    assert answer.status_code == 302
    asked = Report.objects.get()
    assert (asked.kind, asked.month, asked.asked_by) == (
        "programme",
        date(2026, 2, 1),
        coordinator,
    )


@pytest.mark.parametrize("month", ["2026-04-01", "last", ""])
def test_a_month_that_cannot_be_is_not_asked_for(client, centre, coordinator, month):
    answer = sent(client, coordinator, "reports:report-ask", kind="registry", month=month, centre=centre.public_id)  # fmt: skip

    assert answer.status_code == 422
    assert not Report.objects.exists()


def test_a_report_is_not_asked_for_another_centre(client, coordinator):
    elsewhere = CentreFactory(code="south")

    answer = sent(client, coordinator, "reports:report-ask", kind="registry", month="2026-03-01", centre=elsewhere.public_id)  # fmt: skip

    assert answer.status_code == 422


def test_a_download_has_the_bytes_of_the_digest_and_is_in_the_trail(
    client, report, told, registry_manager
):
    answer = page(client, registry_manager, "reports:report-file", *file_of(report))

    file = report.files.get(media_type="application/zip")
    assert hashlib.sha256(answer.content).hexdigest() == file.sha256
    assert answer["Content-Disposition"] == f'attachment; filename="{file.name}"'
    assert answer["Cache-Control"] == "no-store, private"
    line = Access.objects.get(what__startswith="Registry export 2026-03")
    assert (line.user_name, line.patient_key) == (
        str(registry_manager),
        str(told.patient.public_id),
    )


def test_a_download_without_a_patient_is_in_the_trail_as_well(client, centre, coordinator):
    asked = request_report(kind="registry", centre=centre, month=MARCH, by=coordinator, at=APRIL)
    produce_report(asked.pk, APRIL)

    assert page(client, coordinator, "reports:report-file", *file_of(asked)).status_code == 200

    assert Access.objects.get(subject=str(asked.public_id)).patient_key == ""


def test_nobody_of_another_centre_finds_the_report(client, report):
    elsewhere = member("eve", "coordinator", centre=CentreFactory(code="south"))

    assert page(client, elsewhere, "reports:report-file", *file_of(report)).status_code == 404
    assert "March 2026" not in page(client, elsewhere, "reports:report-list").content.decode()


def test_a_coordinator_of_one_unit_does_not_see_the_centres_reports(client, report, unit):
    local = member("lou", "coordinator", unit=unit)

    assert page(client, local, "reports:report-file", *file_of(report)).status_code == 404


def test_bedside_staff_have_no_reports(client, report, specialist):
    assert page(client, specialist, "reports:report-list").status_code == 403
    assert page(client, specialist, "reports:report-file", *file_of(report)).status_code == 403


def test_a_file_of_another_report_is_not_found_under_this_one(client, report, coordinator):
    other = Report.objects.create(
        centre=report.centre, kind="registry", month=date(2026, 2, 1), asked_at=APRIL
    )

    answer = page(client, coordinator, "reports:report-file", other.public_id, file_of(report)[1])

    assert answer.status_code == 404


def test_a_director_signs_off_and_a_coordinator_may_not(client, report, coordinator, director):
    assert sent(client, coordinator, "reports:report-sign", report.public_id).status_code == 403
    assert "Sign off" in page(client, director, "reports:report-list").content.decode()

    assert sent(client, director, "reports:report-sign", report.public_id).status_code == 302

    report.refresh_from_db()
    assert report.signed_by == director
    assert sent(client, director, "reports:report-sign", report.public_id).status_code == 409


def test_a_director_of_another_centre_may_not_sign_what_they_may_read(client, report, centre):
    reader = member("rae", "registry", centre=centre)
    from_afar = CentreFactory(code="south")
    MembershipFactory(user=reader, role="director", unit=None, centre=from_afar)

    assert sent(client, reader, "reports:report-sign", report.public_id).status_code == 403


def test_a_failed_report_says_why_and_offers_another_try(client, report, coordinator):
    Report.objects.update(state="failed", error="ValueError: a gap in the record", made_at=None)

    text = page(client, coordinator, "reports:report-list").content.decode()

    assert "a gap in the record" in text
    assert "Try again" in text


def test_statements_of_the_list_do_not_grow_with_the_reports(
    client, report, coordinator, django_assert_max_num_queries
):
    for month in range(1, 3):
        for kind in ("registry", "programme"):
            Report.objects.create(
                centre=report.centre, kind=kind, month=date(2026, month, 1), asked_at=APRIL
            )
    client.force_login(coordinator)
    client.get(reverse("reports:report-list"))

    with django_assert_max_num_queries(10):
        client.get(reverse("reports:report-list"))


def test_the_registry_page_leads_from_each_gap_to_where_it_is_filled(client, bare, coordinator):
    text = page(client, coordinator, "reports:run-registry", bare.public_id).content.decode()

    assert "Held back" in text
    for place in ("patients:event-list", "circuits:outcome-record", "reports:run-facts"):
        assert reverse(place, args=[bare.public_id]) in text
    assert reverse("patients:patient-correct", args=[bare.patient.public_id]) in text


def test_the_registry_page_shows_each_value_with_its_source(client, told, coordinator):
    text = page(client, coordinator, "reports:run-registry", told.public_id).content.decode()

    assert "Nothing to settle" in text
    assert "pre_ecls.gases[0]" in text
    assert "cleo" in text
    assert Access.objects.filter(what="registry record", subject=str(told.public_id)).exists()


def test_an_observer_reads_the_record_and_changes_nothing(client, told, observer):
    text = page(client, observer, "reports:run-registry", told.public_id).content.decode()

    assert "Approve it" not in text
    assert "Abstract it anew" not in text
    assert page(client, observer, "reports:run-facts", told.public_id).status_code == 403
    assert sent(client, observer, "reports:run-sign", told.public_id).status_code == 403


def test_a_stranger_finds_no_record(client, told, unit):
    elsewhere = member("eve", "coordinator", centre=CentreFactory(code="south"))

    for name in ("reports:run-registry", "reports:run-facts", "reports:run-summary"):
        assert page(client, elsewhere, name, told.public_id).status_code == 404


def form_data(client, user, run, **changes):
    """What the browser would send back of the page, with changes."""
    form = page(client, user, "reports:run-facts", run.public_id).context["form"]
    with timezone.override("Europe/Oslo"):
        shown = {bound.name: bound.value() for bound in form}
    return {name: value for name, value in shown.items() if value not in (None, [])} | changes


def test_facts_that_are_told_fill_the_record(client, bare, coordinator):
    data = form_data(
        client,
        coordinator,
        bare,
        support_type="cardiac",
        admission__admitted_at="27-Feb-2026 08:00",
        trauma="False",
        pre_ecls__gases__0__ph="7,21",
        pre_ecls__gases__0__taken_at="28-Feb-2026 12:00",
        support=["norepinephrine"],
    )

    answer = client.post(reverse("reports:run-facts", args=[bare.public_id]), data)

    assert answer.status_code == 302
    bare.refresh_from_db()
    facts = bare.registry_facts
    assert bare.support_type == "cardiac"
    assert facts["admission"]["admitted_at"] == "2026-02-27T07:00:00+00:00"
    assert facts["trauma"] is False
    assert "pregnancy" not in facts
    assert facts["pre_ecls"]["gases"][0]["ph"] == "7.21"
    assert "vent" not in facts["pre_ecls"]
    assert facts["pre_ecls"]["support"] == [{"item": "norepinephrine"}]


def test_saving_the_same_facts_changes_nothing_and_keeps_the_signatures(client, told, coordinator):
    before = told.registry_facts

    client.post(
        reverse("reports:run-facts", args=[told.public_id]), form_data(client, coordinator, told)
    )

    told.refresh_from_db()
    assert told.registry_facts == before


def test_rows_that_the_form_does_not_ask_are_kept(client, told, coordinator):
    second = {"taken_at": told.started_at.isoformat(), "site": "venous", "ph": 7.1}
    told.registry_facts["pre_ecls"]["gases"].append(second)
    told.registry_facts["pre_ecls"]["support"].append({"item": "surfactant"})
    told.save(update_fields=["registry_facts"])
    data = form_data(client, coordinator, told, pre_ecls__gases__0__ph="7.30", support=["none"])

    client.post(reverse("reports:run-facts", args=[told.public_id]), data)

    told.refresh_from_db()
    charted = told.registry_facts["pre_ecls"]
    assert [gas["ph"] for gas in charted["gases"]] == ["7.30", 7.1]
    assert charted["support"] == [{"item": "surfactant"}, {"item": "none"}]


def test_a_changed_fact_is_to_be_signed_anew(client, told, coordinator):
    data = form_data(client, coordinator, told, trauma="True")

    client.post(reverse("reports:run-facts", args=[told.public_id]), data)

    told.refresh_from_db()
    assert told.registry_facts["signoff"] == {}


def test_what_cannot_be_read_stays_on_the_page(client, bare, coordinator):
    data = form_data(client, coordinator, bare, intubated_at="3 pm", pre_ecls__gases__0__ph="high")

    answer = client.post(reverse("reports:run-facts", args=[bare.public_id]), data)

    assert answer.status_code == 422
    text = answer.content.decode()
    assert "24-hour clock" in text
    assert 'value="high"' in text
    assert Run.objects.get(pk=bare.pk).registry_facts == {}


def test_facts_that_changed_meanwhile_are_not_overwritten(client, bare, coordinator):
    data = form_data(client, coordinator, bare, trauma="True")
    Run.objects.filter(pk=bare.pk).update(registry_facts={"trauma": False})

    answer = client.post(reverse("reports:run-facts", args=[bare.public_id]), data)

    assert answer.status_code == 422
    assert "changed these facts" in answer.content.decode()
    assert Run.objects.get(pk=bare.pk).registry_facts == {"trauma": False}


def test_one_person_abstracts_and_another_approves(client, bare, coordinator, director):
    key = bare.public_id

    assert sent(client, director, "reports:run-sign", key, **{"as": "approver"}).status_code == 409
    sent(client, coordinator, "reports:run-sign", key, **{"as": "abstractor"})
    own = sent(client, coordinator, "reports:run-sign", key, **{"as": "approver"})
    assert own.status_code == 409
    sent(client, director, "reports:run-sign", key, **{"as": "approver"})

    bare.refresh_from_db()
    signed = bare.registry_facts["signoff"]
    assert (signed["abstractor"], signed["approver"]) == ("cleo", "dana")


def test_a_run_is_handed_out_as_a_pdf_and_noted(client, told, specialist):
    answer = page(client, specialist, "reports:run-summary", told.public_id)

    assert answer.content.startswith(b"%PDF-")
    assert "Canary" not in answer["Content-Disposition"]
    assert Access.objects.filter(what="run summary, PDF").exists()
    assert timedelta(0) < APRIL - told.started_at


def test_facts_that_cannot_be_read_open_in_the_form_and_can_be_mended(client, bare, coordinator):
    odd = {
        "intubated_at": "yesterday",
        "newborn": {"apgar_5": "good"},
        "pre_ecls": {"support": ["none"]},
    }
    Run.objects.filter(pk=bare.pk).update(registry_facts=odd)
    data = form_data(client, coordinator, bare, intubated_at="", newborn__apgar_5="8")

    client.post(reverse("reports:run-facts", args=[bare.public_id]), data)

    bare.refresh_from_db()
    assert bare.registry_facts["intubated_at"] is None
    assert bare.registry_facts["newborn"] == {"apgar_5": "8"}


def test_who_works_in_two_centres_chooses_one(client, coordinator):
    MembershipFactory(
        user=coordinator, role="coordinator", unit=None, centre=CentreFactory(code="south")
    )

    form = page(client, coordinator, "reports:report-list").context["form"]

    assert not form.fields["centre"].widget.is_hidden


def test_a_height_that_is_known_stands_in_the_form(client, told, coordinator):
    Run.objects.filter(pk=told.pk).update(height_cm="170.0")

    form = page(client, coordinator, "reports:run-facts", told.public_id).context["form"]

    assert form["height_cm"].value() == 170
