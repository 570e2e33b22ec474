"""Photos of parts through the API: looked at as those of the page, kept once, without their EXIF."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from circuits.models import PartPhoto
from tests.api.test_circuits import oxygenator
from web.actions.attachments import MOST_BYTES, PDF_MARK

PLACE = 0x8825


def picture(form="JPEG", colour="maroon"):
    exif = Image.Exif()
    exif[PLACE] = {1: "N"}
    out = BytesIO()
    Image.new("RGB", (12, 8), colour).save(out, form, exif=exif)
    return out.getvalue()


def sent(client, url, content, **more):
    file = SimpleUploadedFile("clot.jpg", content, content_type="image/jpeg")
    headers = {"idempotency-key": more.pop("key")} if "key" in more else {}
    return client.post(url, {"file": file, **more}, format="multipart", headers=headers)


@pytest.fixture
def photos(sam, checks):
    """The address of the photos of a part of a run."""
    run = checks.removesuffix("checks/")
    part = sam.post(run + "components/", oxygenator()).json()
    return f"{run}components/{part['public_id']}/photos/"


def test_a_photo_is_kept_once_without_its_place_and_can_be_looked_at(sam, photos):
    made = sent(sam, photos, picture(), kind="clot", key="k1")
    again = sent(sam, photos, picture(), kind="clot", key="k1")
    other = sent(sam, photos, picture(colour="navy"), kind="clot", key="k1")

    assert (made.status_code, made.json()["kind"], made.json()["media_type"]) == (
        201,
        "clot",
        "image/jpeg",
    )
    assert (again.status_code, again.json(), other.status_code) == (200, made.json(), 422)
    assert sam.get(photos).json()["results"] == [made.json()]
    shown = sam.get(f"{photos}{made.json()['public_id']}/file/")
    assert shown["content-type"] == "image/jpeg"
    with Image.open(BytesIO(shown.content)) as image:
        assert (image.size, dict(image.getexif())) == ((12, 8), {})


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (PDF_MARK + b"1.7", 400),
        (b"no picture", 400),
        (b"", 400),
        (picture("GIF"), 400),
        (b"x" * (MOST_BYTES + 1), 400),
        (b"x" * (MOST_BYTES + 100_000), 413),
    ],
    ids=["pdf", "text", "empty", "gif", "large", "huge"],
)
def test_what_is_no_photo_or_too_large_is_refused_in_words(sam, photos, content, code):
    answer = sent(sam, photos, content)

    assert (answer.status_code, PartPhoto.objects.count()) == (code, 0)
    assert answer["content-type"] == "application/problem+json"


def test_photos_of_a_part_of_another_run_and_bodies_without_a_file_are_refused(sam, photos):
    elsewhere = photos.replace(photos.split("/")[-3], "00000000-0000-4000-8000-000000000000")

    assert sent(sam, elsewhere, picture()).status_code == 404
    assert sam.post(photos, {"kind": "clot"}, format="multipart").status_code == 400
    assert sam.post(photos, {"file": "x"}).status_code == 415
