"""ISBT 128 labels of ICCBBA (ST-017), for devices that hold products of human origin."""

import re
from datetime import date, timedelta

from circuits.udi.label import Agency, Label

_HEADER = re.compile(r"^=\+\d{5}")
_FORMS = {
    "di": re.compile(r"=/([A-NP-Z0-9]{5}[A-Z0-9]{6}[A-Z0-9]{5})"),
    "serial": re.compile(r"=,([A-Z0-9]{6})"),
    "expires_on": re.compile(r"=>(\d{6})"),
    "made_on": re.compile(r"=\}(\d{6})"),
    "lot": re.compile(r"&,1([A-Z0-9]{18})"),
    "donation": re.compile(r"=([A-NP-Z1-9][A-Z0-9]{14})"),
}


def read_iccbba(raw: str, text: str) -> Label:
    """Read the elements one after another; a donation number is passed over."""
    rest, facts = _HEADER.sub("", text), dict[str, str]()
    while rest:
        name, found = next(
            ((n, m) for n, form in _FORMS.items() if (m := form.match(rest))), ("", None)
        )
        if found is None:
            return Label(raw, Agency.ICCBBA, problem=_damaged(rest[:2]))
        facts[name] = found[1]
        rest = rest[found.end() :]
    try:
        expires_on, made_on = _day(facts.get("expires_on")), _day(facts.get("made_on"))
    except ValueError:
        return Label(raw, Agency.ICCBBA, problem=_damaged("a date that is none"))
    return Label(
        raw,
        Agency.ICCBBA,
        di=facts.get("di", ""),
        lot=facts.get("lot", "").lstrip("0"),
        serial=facts.get("serial", ""),
        expires_on=expires_on,
        made_on=made_on,
    )


def _day(digits: str | None) -> date | None:
    """Read cyyjjj: the last three digits of the year and the day of the year."""
    if digits is None:
        return None
    year, day = 2000 + int(digits[:3]), int(digits[3:])
    found = date(year, 1, 1) + timedelta(days=day - 1)
    if found.year != year:
        raise ValueError(digits)
    return found


def _damaged(at: str) -> str:
    return (
        f"This ICCBBA label could not be read from “{at}” on. It is kept as it came; type lot, "
        "serial and expiry from the print."
    )
