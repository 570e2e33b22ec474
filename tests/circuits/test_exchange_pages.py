"""Pages of exchanges, cannulas and the mode: what they ask, what they refuse, what stays typed."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from circuits.actions.exchange import NewPart, exchange_components
from circuits.models import Circuit, ComponentUse, DeviceModel, Exchange, PartPhoto
from patients.models import Cannula
from tests.factories import NOON
from tests.journeys.people import Person, said
from tests.scenarios import device, with_circuit


@pytest.fixture(autouse=True)
def at_noon(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def parts(run, specialist):
    return with_circuit(run, specialist)


def photo():
    out = BytesIO()
    Image.new("RGB", (8, 8), "maroon").save(out, "PNG")
    return SimpleUploadedFile("clot.png", out.getvalue(), content_type="image/png")


def page(run):
    return reverse("circuits:exchange-create", args=[run.public_id])


def replaced(use, serial):
    p = f"p{use.pk}-"
    return {p + "answer": "new", p + "model": device(use.kind).pk, p + "serial": serial}


def test_the_whole_circuit_is_exchanged_in_one_form(run, parts, specialist):
    typed = replaced(parts[0], "A2") | replaced(parts[1], "B2")

    answer = Person(specialist).saves(
        page(run), exchanged_at="now", reason="mode_change", is_whole="on", **typed
    )

    assert answer.status_code == 302, said(answer)
    assert Circuit.objects.get(label="Circuit 2").uses.count() == 2
    assert Exchange.objects.get().new_circuit.label == "Circuit 2"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Say of at least one part"),
        ({"answer": "new"}, "Choose the product"),
        ({"answer": "out", "reason": "clot"}, "With this reason goes one of"),
        ({"answer": "out", "reason": "clot", "complications": ["121"]}, "goes one of"),
    ],
    ids=["nothing", "no-product", "fault-untold", "another-fault"],
)
def test_what_is_missing_is_asked_for_and_nothing_typed_is_lost(
    run, parts, specialist, typed, sentence
):
    answer_of_part = {f"p{parts[0].pk}-answer": typed.pop("answer")} if "answer" in typed else {}
    sent = {"exchanged_at": "now", "reason": "upsizing", "note": "noisy"} | typed | answer_of_part

    answer = Person(specialist).saves(page(run), **sent)

    assert (answer.status_code, Exchange.objects.count()) == (422, 0)
    assert sentence in answer.content.decode()
    assert "noisy" in answer.content.decode()


@pytest.mark.parametrize("told", [{"no_complication_by": "Dr Fay"}, {"is_told_later": "on"}])
def test_a_fault_may_be_said_to_be_none_or_be_left_for_later(run, parts, specialist, told):
    Person(specialist).saves(
        page(run),
        exchanged_at="now",
        reason="clot",
        **told,
        **{f"p{parts[0].pk}-answer": "out"},
    )

    is_owed = run.dues.filter(kind="exchange_complication", settled_at=None).exists()
    assert is_owed == ("is_told_later" in told)


def test_who_comes_second_is_told_who_was_first_and_keeps_what_was_typed(
    run, parts, specialist, perfusionist
):
    pia = Person(perfusionist)
    sent = pia.fills(page(run), exchanged_at="now", reason="upsizing", **replaced(parts[0], "MINE"))
    exchange_components(
        run=run,
        changes=[(parts[0], NewPart(model=device("oxygenator"), serial="FIRST"))],
        exchanged_at=NOON,
        reason="upsizing",
        by=specialist,
        at=NOON,
    )

    answer = pia.client.post(page(run), sent)

    assert answer.status_code == 422
    assert "Sam Specialist recorded that at 02-Mar-2026 13:00" in said(answer)
    assert "MINE" in answer.content.decode()
    assert not ComponentUse.objects.filter(component__serial="MINE").exists()


def test_a_photo_of_the_old_part_is_kept_and_shown_only_to_those_who_may(
    run, parts, specialist, stranger
):
    sam = Person(specialist)
    sent = sam.fills(page(run), exchanged_at="now", reason="upsizing")
    part = f"p{parts[0].pk}-"
    sam.client.post(page(run), {**sent, part + "answer": "out", part + "photo": photo()})
    picture = reverse("circuits:part-photo", args=[PartPhoto.objects.get().public_id])

    shown = sam.opens(picture)

    assert (shown.status_code, shown["content-type"]) == (200, "image/png")
    assert Person(stranger).opens(picture).status_code in {403, 404}


def test_an_old_part_is_sent_on_later_with_another_photo(run, parts, specialist):
    sam = Person(specialist)
    exchange_components(
        run=run, changes=[(parts[0], None)], exchanged_at=NOON, reason="upsizing",
        by=specialist, at=NOON,
    )  # fmt: skip
    url = reverse("circuits:part-fate", args=[parts[0].public_id])

    sam.client.post(url, {**sam.fills(url, fate="quarantine", kind="clot"), "photo": photo()})

    parts[0].refresh_from_db()
    assert (parts[0].fate, parts[0].photos.get().kind) == ("quarantine", "clot")
    circuit = sam.opens(reverse("circuits:circuit-detail", args=[run.public_id])).content.decode()
    assert "In quarantine" in circuit
    assert "photo: clot" in circuit


def test_a_file_that_is_no_photo_is_refused_with_the_whole_exchange(run, parts, specialist):
    sam = Person(specialist)
    sent = sam.fills(page(run), exchanged_at="now", reason="upsizing")
    part = f"p{parts[0].pk}-"
    text = SimpleUploadedFile("a.png", b"no photo", content_type="image/png")

    answer = sam.client.post(page(run), {**sent, part + "answer": "out", part + "photo": text})

    assert answer.status_code == 422
    assert "neither a photo" in said(answer)
    assert not Exchange.objects.exists()


def test_the_mode_page_shows_the_timeline_and_the_limits_that_would_follow(run, specialist):
    sam = Person(specialist)
    url = reverse("circuits:mode-create", args=[run.public_id])

    now = sam.opens(url).content.decode()
    then = sam.client.get(url, {"mode": "VAV", "starts_at": "now"}).content.decode()

    assert "The timeline now" in now
    assert "The timeline that results" in then
    assert "warning 60 % to 85 % becomes <b>65 % or more</b>" in then
    assert run.modes.count() == 1


def test_limits_are_confirmed_from_the_page_of_the_run(run, specialist, physician):
    Person(specialist).saves(
        reverse("circuits:mode-create", args=[run.public_id]), mode="VAV", starts_at="now"
    )
    detail = reverse("circuits:support-detail", args=[run.public_id])
    fay = Person(physician)
    assert "They fit: confirm" in fay.opens(detail).content.decode()

    fay.saves(reverse("circuits:limit-confirm", args=[run.public_id]), note="with the team")

    assert "They fit: confirm" not in fay.opens(detail).content.decode()


def test_a_cannula_is_entered_corrected_moved_and_taken_out(run, specialist):
    sam = Person(specialist)
    detail = reverse("circuits:support-detail", args=[run.public_id])
    create = reverse("circuits:cannula-create", args=[run.public_id])
    for site, purpose in (("femoral_a", "drainage"), ("internal_jugular_v", "return")):
        sam.saves(create, site=site, purpose=purpose, side="R", size_fr="21", inserted_at="now")
    cannula = Cannula.objects.get(site="femoral_a")

    def to(name, **typed):
        answer = sam.saves(reverse(f"circuits:{name}", args=[cannula.public_id]), **typed)
        assert answer.status_code == 302, said(answer)

    to("cannula-correct", site="femoral_v", reason="misread")
    to("cannula-move", depth_cm="38", tip_position="right atrium", seen_at="now")
    assert "V21fra-V21jr" in sam.opens(detail).content.decode()
    to("cannula-move", depth_cm="36", seen_at="now", reason="pulled back")
    shown = sam.opens(detail).content.decode()
    assert "36 cm" in shown
    assert "before: 38 cm, right atrium" in shown
    Cannula.objects.update(inserted_at=run.started_at)
    to("cannula-remove", removed_at="now", reason="infection", repair="suture")

    page_after = sam.opens(detail).content.decode()
    assert "Infection" in page_after
    assert "no drainage cannula is entered" in page_after


UNKNOWN = "010061414100001217310331" + "10L9\x1d21NEW-1"


def test_a_scan_of_an_unknown_product_is_drafted_in_the_exchange_itself(run, parts, specialist):
    sam, slot = Person(specialist), f"p{parts[0].pk}-"
    sent = {"exchanged_at": "now", "reason": "upsizing", slot + "answer": "new"}

    asked = sam.saves(page(run), **sent, **{slot + "udi": UNKNOWN})
    form = asked.context["form"].slots[0]
    photos = {"photo", "label_photo"}
    sent |= {slot + name: form[name].value() or "" for name in form.fields if name not in photos}
    sent |= {slot + "draft_kind": "oxygenator"}
    unnamed = sam.saves(page(run), **sent)
    done = sam.saves(page(run), **sent | {slot + "draft_name": "Lung X"})

    assert "No product of the catalogue has the number" in asked.content.decode()
    assert [kind for kind, _ in form.fields["draft_kind"].choices] == ["oxygenator"]
    assert "Say of the new product" in unnamed.content.decode()
    assert done.status_code == 302, said(done)
    inside = ComponentUse.objects.get(removed_at=None, kind="oxygenator")
    draft = inside.component.model
    assert (draft.name, draft.gtin, draft.is_draft) == ("Lung X", "00614141000012", True)
    assert (inside.component.serial, inside.component.lot) == ("NEW-1", "L9")


def test_a_label_of_another_kind_of_part_says_so_and_fills_in_no_product(run, parts, specialist):
    DeviceModel.objects.create(kind="pump_head", name="Example pump", gtin="00614141000012")
    slot = f"p{parts[0].pk}-"
    sent = {"exchanged_at": "now", "reason": "upsizing", slot + "answer": "new"}

    asked = Person(specialist).saves(page(run), **sent, **{slot + "udi": UNKNOWN})

    form = asked.context["form"].slots[0]
    assert "This is the label of a pump head (Example pump)" in asked.content.decode()
    assert not form["model"].value()
    assert "draft_name" not in form.fields
