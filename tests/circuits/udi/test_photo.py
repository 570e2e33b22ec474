"""Labels found in photos: straight, turned, small, blurred, dark; and nothing found."""

import io

import pytest
import zxingcpp
from PIL import Image, ImageFilter

from circuits.udi.photo import NothingInPhoto, labels_in

PRINT = "(01)00614141000012(17)270331(10)L26A417(21)SN0004512"
MATRIX, LINEAR = zxingcpp.BarcodeFormat.DataMatrix, zxingcpp.BarcodeFormat.Code128


def code(kind, *, text=PRINT, gs1=True, scale=6):
    barcode = zxingcpp.create_barcode(text, kind, gs1=gs1)
    drawn = memoryview(zxingcpp.write_barcode_to_image(barcode, scale=scale))
    return Image.frombytes("L", (drawn.shape[1], drawn.shape[0]), drawn.tobytes())


def on_a_table(image, *, turned=0, size=(1800, 900), grey=190):
    """The label lies somewhere on a grey table, perhaps turned."""
    turned_image = image.convert("L").rotate(turned, expand=True, fillcolor=grey)
    table = Image.new("L", size, grey)
    table.paste(turned_image, (60, 40))
    return table


def sent(image, form="JPEG"):
    out = io.BytesIO()
    image.save(out, form)
    return out.getvalue()


@pytest.mark.parametrize("kind", [MATRIX, LINEAR], ids=["datamatrix", "gs1-128"])
@pytest.mark.parametrize(
    "taken",
    [
        pytest.param(on_a_table, id="straight"),
        pytest.param(lambda label: on_a_table(label, turned=90, size=(900, 1800)), id="upright"),
        pytest.param(lambda label: on_a_table(label, turned=7), id="askew"),
        pytest.param(
            lambda label: on_a_table(label).filter(ImageFilter.GaussianBlur(1.5)), id="blurred"
        ),
        pytest.param(lambda label: on_a_table(label).point(lambda p: p * 0.35), id="dark"),
        pytest.param(lambda label: on_a_table(label).convert("RGB"), id="in-colour"),
    ],
)
def test_a_label_is_found_however_the_photo_was_taken(kind, taken):
    scale = 6 if kind == MATRIX else 3

    label = labels_in(sent(taken(code(kind, scale=scale))))[0]

    assert (label.gtin, label.lot, label.serial) == ("00614141000012", "L26A417", "SN0004512")


def test_a_small_code_is_found_by_looking_closer():
    small = on_a_table(code(MATRIX, scale=2), size=(200, 160))

    assert labels_in(sent(small, "PNG"))[0].lot == "L26A417"


def test_the_fullest_of_several_codes_comes_first():
    table = on_a_table(code(LINEAR, text="HELLO", gs1=False, scale=2))
    table.paste(code(MATRIX).convert("L"), (400, 400))

    labels = labels_in(sent(table, "PNG"))

    assert [label.is_read for label in labels] == [True, False]
    assert labels[1].raw == "HELLO"


@pytest.mark.parametrize(
    "image",
    [
        pytest.param(Image.new("L", (400, 300), 200), id="a-table"),
        pytest.param(
            on_a_table(code(MATRIX, scale=3)).filter(ImageFilter.GaussianBlur(9)), id="all-blur"
        ),
    ],
)
def test_a_photo_without_a_readable_code_says_what_to_do(image):
    with pytest.raises(NothingInPhoto, match="closer and straight"):
        labels_in(sent(image))
