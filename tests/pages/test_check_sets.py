"""The editor of what checks ask for, and the draft of a check."""

from datetime import timedelta
from uuid import uuid4

import pypdfium2
import pytest
import zxingcpp
from django.urls import reverse
from django.utils import timezone

from circuits.asked import check_sets
from circuits.models import Check
from tests.factories import PatientFactory
from tests.scenarios import running_vv
from web.models import Draft, SiteDocument

SETS = "circuits:check-sets"


@pytest.fixture
def run(patient, specialist):
    return running_vv(patient, specialist, at=timezone.now() - timedelta(hours=5))


def send(client, user, name, args, **fields):
    client.force_login(user)
    return client.post(reverse(name, args=args), {"client_uuid": uuid4(), **fields})


def test_a_layer_is_drafted_by_one_and_put_in_force_by_another(
    client, centre, unit, coordinator, director
):
    at = timezone.now()
    layer = {
        "label": "Every full round",
        "kinds": ["hourly"],
        "values": ["blood_flow", "hb_inline"],
    }
    args = [centre.public_id, "round"]
    saved = send(client, coordinator, "circuits:layer-edit", args, **layer, note="Hb in line")
    assert saved.status_code == 302
    draft = SiteDocument.objects.get(kind="check_sets")
    assert "hb_inline" not in {c for one in check_sets(centre, at)[0].layers for c in one.values}
    assert "Hb in line" in client.get(reverse(SETS)).text

    own = send(client, coordinator, "circuits:sets-approve", [draft.public_id], valid_from="-5")
    assert own.status_code == 403
    send(client, director, "circuits:sets-approve", [draft.public_id], valid_from="-5")

    layers = {one.id: one for one in check_sets(centre, timezone.now())[0].layers}
    assert layers["round"].values == ("blood_flow", "hb_inline")
    assert layers["kit"].looks


def test_a_layer_is_added_and_deleted_and_one_that_cannot_be_asked_is_sent_back(
    client, centre, unit, coordinator
):
    one = {"label": "More", "kinds": ["short"], "values": ["po2_post"], "note": "why"}
    refused = send(client, coordinator, "circuits:layer-create", [centre.public_id], **one)
    assert refused.status_code == 422
    assert "at most 8" in refused.text
    assert "More" in refused.text

    one["kinds"] = ["daily"]
    send(client, coordinator, "circuits:layer-create", [centre.public_id], **one)
    args = [centre.public_id, "more"]
    send(client, coordinator, "circuits:layer-edit", args, **one, is_deleted="on")

    bodies = [doc.body for doc in SiteDocument.objects.order_by("version")]
    assert [any(row["id"] == "more" for row in body["layers"]) for body in bodies] == [True, False]


def test_units_and_owners_are_the_site_s(client, centre, unit, coordinator):
    sent = {"elsewhere": ["hr"], "jump_factor": "4", "unit_po2_post": "kPa", "note": "kPa here"}
    send(client, coordinator, "circuits:sets-shown", [centre.public_id], **sent)

    body = SiteDocument.objects.get().body
    assert (body["elsewhere"], body["units"], body["jump_factor"]) == (
        ["hr"],
        {"po2_post": "kPa"},
        4,
    )


def test_nobody_edits_the_checks_of_another_centre_or_without_the_right(client, centre, nurse):
    args = [centre.public_id]

    assert send(client, nurse, "circuits:layer-create", args).status_code == 403


def test_what_is_typed_is_kept_brought_back_and_put_aside_when_signed(client, run, nurse):
    args = [run.public_id]
    kept = send(client, nurse, "circuits:check-draft", args, v_blood_flow="4.2")
    form = client.get(reverse("circuits:check-create", args=args)).text
    assert kept.status_code == 200
    assert '"v_blood_flow": "4.2"' in form

    signed = send(
        client,
        nurse,
        "circuits:check-create",
        args,
        kind="hourly",
        checked_at="-1",
        v_blood_flow="4.2",
    )
    page = client.get(signed.url).text
    assert "Undo is possible" in page
    assert "Circuit blood flow 4.20 L/min" in page
    assert "Signed by Noor Nurse" in page
    assert "check-kept" not in client.get(reverse("circuits:check-create", args=args)).text

    undone = send(client, nurse, "circuits:check-undo", [Check.objects.get().public_id])
    assert '"v_blood_flow": "4.2"' in client.get(undone.url).text
    assert Draft.objects.get().fields == {"v_blood_flow": "4.2"}
    assert not run.checks.current().exists()


def test_a_draft_that_comes_after_its_check_was_signed_is_not_brought_back(client, run, nurse):
    args = [run.public_id]
    facts = {"kind": "hourly", "checked_at": "-1", "v_blood_flow": "4.2"}
    send(client, nurse, "circuits:check-create", args, **facts)
    key = str(Check.objects.get().public_id)

    send(client, nurse, "circuits:check-draft", args, v_blood_flow="4.2", client_uuid=key)
    form = client.get(reverse("circuits:check-create", args=args)).text
    assert "check-kept" not in form

    send(client, nurse, "circuits:check-draft", args, v_blood_flow="4.4", client_uuid="next")
    assert '"v_blood_flow": "4.4"' in client.get(reverse("circuits:check-create", args=args)).text


def test_a_draft_that_is_no_form_is_refused_and_one_can_be_thrown_away(client, run, nurse):
    args = [run.public_id]
    assert send(client, nurse, "circuits:check-draft", args, note="x" * 3000).status_code == 400
    send(client, nurse, "circuits:check-draft", args, note="x")
    assert Draft.objects.count() == 1
    send(client, nurse, "circuits:check-draft", args, forget="1")
    assert not Draft.objects.exists()


def test_the_kind_of_check_chooses_what_is_asked(client, run, nurse):
    client.force_login(nurse)
    url = reverse("circuits:check-create", args=[run.public_id])

    assert 'name="v_sat_pre_membrane"' in client.get(url).text
    short = client.get(url, {"kind": "short"}).text
    assert 'name="v_sat_pre_membrane"' not in short
    assert 'name="o_air"' in short
    assert 'name="o_hand_crank"' in client.get(url, {"kind": "shift"}).text


def test_the_paper_form_asks_what_the_site_asks_and_its_code_opens_the_form(client, run, nurse):
    client.force_login(nurse)
    answer = client.get(reverse("circuits:check-paper", args=[run.public_id]), {"kind": "short"})

    (page, *_) = pypdfium2.PdfDocument(answer.content)
    text = " ".join(page.get_textpage().get_text_bounded().split())
    assert "CANARY, Wren" in text
    assert "Drainage pressure mmHg" in text
    assert "Pump sound" not in text
    (code,) = zxingcpp.read_barcodes(page.render(scale=3).to_pil())
    assert code.text.endswith(f"/runs/{run.public_id}/checks/new/?kind=short")


def test_a_name_much_like_this_one_in_the_unit_is_warned_of(client, run, unit, specialist, nurse):
    client.force_login(nurse)
    url = reverse("circuits:check-create", args=[run.public_id])
    assert "Look at the wristband" not in client.get(url).text
    other = PatientFactory(unit=unit, mrn="M2", family_name="Canary", given_name="Una", bed="9")
    running_vv(other, specialist, at=run.started_at)

    page = client.get(url).text
    assert "Look at the wristband" in page
    assert "Not CANARY, Una" in page


def test_a_value_that_the_set_no_longer_asks_for_is_still_recorded(client, run, nurse):
    sent = {"kind": "short", "checked_at": "-1", "v_po2_post": "300", "o_pump_sound": "normal"}
    send(client, nurse, "circuits:check-create", [run.public_id], **sent)

    body = Check.objects.get().document
    assert body["values"]["po2_post"]["value"] == "300"
    assert body["findings"] == {"pump_sound": "normal"}


def test_a_check_is_withdrawn_on_its_page_and_stays_in_the_list_struck_through(client, run, nurse):
    sent = {"kind": "short", "checked_at": "-1", "v_blood_flow": "4"}
    send(client, nurse, "circuits:check-create", [run.public_id], **sent)
    check = Check.objects.get()
    args = [check.public_id]
    assert send(client, nurse, "circuits:check-withdraw", args).status_code == 422
    send(client, nurse, "circuits:check-withdraw", args, reason="Bed 4")

    assert (
        "entered in error" in client.get(reverse("circuits:check-list", args=[run.public_id])).text
    )
    assert "Bed 4" in client.get(reverse("circuits:check-detail", args=args)).text
