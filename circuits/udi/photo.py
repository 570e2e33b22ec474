"""Find the label in a photo. The library zxing-cpp decodes; browsers of the ward cannot."""

import io

import zxingcpp
from PIL import Image

from circuits.udi.label import Label
from circuits.udi.reading import read_label
from web.problems import RuleBroken

FORMATS = zxingcpp.BarcodeFormats(
    [
        zxingcpp.BarcodeFormat.DataMatrix,
        zxingcpp.BarcodeFormat.Code128,
        zxingcpp.BarcodeFormat.QRCode,
        zxingcpp.BarcodeFormat.Code39,
    ]
)
SMALL = 600
"""Below this many pixels a side a photo is also looked at enlarged."""


class NothingInPhoto(RuleBroken):
    code = "nothing_in_photo"
    title = "No label was found in the photo"
    status = 422


def labels_in(content: bytes) -> list[Label]:
    """Return what could be read in a JPEG or PNG, the fullest label first.

    Raises NothingInPhoto when there is no code in it, or none that is whole.
    """
    with Image.open(io.BytesIO(content)) as opened:
        grey = opened.convert("L")
    found = _codes(grey) or _codes(_enlarged(grey))
    labels = [read_label(text) for text in dict.fromkeys(found)]
    if not labels:
        raise NothingInPhoto(
            "No code could be read in this photo. Hold the camera closer and straight, with light "
            "on the label, or type lot, serial and expiry from the print."
        )
    return sorted(labels, key=_fullness, reverse=True)


def _codes(image: Image.Image) -> list[str]:
    codes = zxingcpp.read_barcodes(image, formats=FORMATS, text_mode=zxingcpp.TextMode.Plain)
    return [code.text for code in codes if code.valid and code.text]


def _enlarged(image: Image.Image) -> Image.Image:
    factor = 3 if min(image.size) < SMALL else 1
    size = (image.width * factor, image.height * factor)
    return image.resize(size, Image.Resampling.LANCZOS)


def _fullness(label: Label) -> int:
    facts = (label.di, label.lot, label.serial, label.expires_on)
    return sum(bool(fact) for fact in facts) if label.is_read else -1
