"""GS1 element strings, read by the library biip; the separator in every guise a scanner gives it."""

import re
from collections.abc import Mapping
from datetime import date

from biip import ParseError
from biip.gs1_messages import GS1Message
from biip.gtin import Gtin

from circuits.udi.label import Agency, Label

GS = "\x1d"
_DISGUISES = re.compile(r"<GS>|\{GS\}|\[GS\]|\^\]|[\u241d\x1e|~^]")
"""How scanners type the separator where a keyboard has no key for it. None of these characters may
stand in a GS1 value; `<GS>` could in theory, and then the part after it would not parse."""

_BARE_GTIN = re.compile(r"^\d{8}$|^\d{12,14}$")
_SWALLOWED = re.compile(r"(?:21|10)[0-9A-Z]{3,}$|(?:17|11)\d{6}$")

SWALLOWED = (
    "The scanner sent no separator, so the {name} {value} may hold more than the {name}. Compare "
    "it with the print."
)
DI, LOT, SERIAL, EXPIRY, MADE = "01", "10", "21", "17", "11"


def read_gs1(raw: str, text: str) -> Label:
    """Read a GS1 message, its print with brackets, or a bare GTIN.

    Day 00 of a date is the last day of its month (GS1 General Specifications, 3.4).
    """
    message = _DISGUISES.sub(GS, text)
    try:
        if _BARE_GTIN.match(message):
            return Label(raw, Agency.GS1, di=Gtin.parse(message).as_gtin_14())
        bracketed = message.startswith("(")
        parsed = GS1Message.parse_hri(message) if bracketed else GS1Message.parse(message)
    except ParseError as unreadable:
        return Label(raw, Agency.GS1, problem=_damaged(str(unreadable)))
    values = {one.ai.ai: one for one in parsed.element_strings}
    gtin = values[DI].gtin if DI in values else None
    if DI in values and gtin is None:
        return Label(raw, Agency.GS1, problem=_damaged("the check digit of the GTIN is wrong"))
    lot, serial = _text(values, LOT), _text(values, SERIAL)
    return Label(
        raw,
        Agency.GS1,
        di=gtin.as_gtin_14() if gtin else "",
        lot=lot,
        serial=serial,
        expires_on=_date(values, EXPIRY),
        made_on=_date(values, MADE),
        doubts=() if bracketed else _doubts(message, lot, serial),
    )


def _text(values: Mapping[str, object], ai: str) -> str:
    return str(getattr(values.get(ai), "value", ""))


def _date(values: Mapping[str, object], ai: str) -> date | None:
    found: date | None = getattr(values.get(ai), "date", None)
    return found


def _doubts(message: str, lot: str, serial: str) -> tuple[str, ...]:
    """Say where a scanner may have swallowed the separator between lot and serial."""
    if GS in message:
        return ()
    for name, value, other in (("lot", lot, serial), ("serial", serial, lot)):
        if value and not other and _SWALLOWED.search(value[1:]):
            return (SWALLOWED.format(name=name, value=value),)
    return ()


def _damaged(why: str) -> str:
    return (
        f"This GS1 label could not be read whole ({why.rstrip('.')}). It is kept as it came; type "
        "lot, serial and expiry from the print."
    )
