"""Find out whose label it is, and read it."""

import re

from circuits.udi.gs1 import read_gs1
from circuits.udi.hibcc import read_hibcc
from circuits.udi.iccbba import read_iccbba
from circuits.udi.label import Agency, Label

_SYMBOLOGY = re.compile(r"^\][A-Za-z][0-9A-Za-z]")
"""What a scanner may put in front: which kind of bar code it was (ISO/IEC 15424).

The stars around a printed Code 39 are no part of the label either."""

UNKNOWN = (
    "This is no label that we can read (GS1, HIBCC or ICCBBA). It is kept as it came; type lot, "
    "serial and expiry from the print."
)


def read_label(raw: str) -> Label:
    """Read a label as scanned or typed. Never raises: `problem` says what could not be read."""
    text = _SYMBOLOGY.sub("", raw.strip(" \t\r\n*"))
    if text.startswith("+"):
        return read_hibcc(raw, text)
    if text.startswith(("=", "&")):
        return read_iccbba(raw, text)
    if text[:1].isdigit() or text.startswith(("(", "\x1d")):
        return read_gs1(raw, text)
    return Label(raw=raw, agency=Agency.UNKNOWN, problem=UNKNOWN if text else "Nothing was read.")
