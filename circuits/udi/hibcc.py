"""HIBC supplier labels (ANSI/HIBC 2.6), as many devices of North America carry them.

`+` labeller (4) product (1-18) unit of measure (1), then `/` and what was made when, and last a
check character over all of it (modulo 43). A label printed as two codes comes as two scans.
"""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta

from circuits.udi.label import Agency, Label

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
_PRIMARY = re.compile(r"\+([A-Z][A-Z0-9]{3}[A-Z0-9]{1,18}[0-9])")
_SECONDARY = re.compile(r"(\$\$\+?|\$\+|\$)?(.*)", re.DOTALL)
_QUANTITY = re.compile(r"8\d{2}|9\d{5}")
_DATES = {"2": (7, "%m%d%y"), "3": (7, "%y%m%d"), "4": (9, "%y%m%d%H"), "5": (6, "%y%j"),
          "6": (8, "%y%j%H")}  # fmt: skip


def check_character(text: str) -> str:
    """Return the check character of what stands before it (ANSI/HIBC 2.6, appendix B)."""
    return ALPHABET[sum(ALPHABET.index(one) for one in text) % len(ALPHABET)]


def read_hibcc(raw: str, text: str) -> Label:
    """Read a primary, secondary or joined label; refuse none, but say when it is damaged."""
    text = text.replace("_", " ")
    body = _checked(text)
    if not body:
        return Label(raw, Agency.HIBCC, problem=_damaged("its check character is wrong"))
    if body[1:2] in ("$", "") or body[1:6].isdigit():
        return Label(
            raw,
            Agency.HIBCC,
            problem=_damaged("it is the second half: scan the half with the product too"),
        )
    primary, *others = body.split("/")
    found = _PRIMARY.fullmatch(primary)
    if found is None:
        return Label(raw, Agency.HIBCC, problem=_damaged("the product part has another form"))
    label = Label(raw, Agency.HIBCC, di=found[1])
    try:
        for index, part in enumerate(others):
            label = _secondary(label, part) if index == 0 else _supplement(label, part)
    except ValueError:
        return replace(label, doubts=("Its date could not be read: type it from the print.",))
    return label


def _checked(text: str) -> str:
    """Return what stands before a right check character, else nothing.

    The check character can be a space, which scanners and people leave out.
    """
    if not set(text) <= set(ALPHABET):
        return ""
    if check_character(text[:-1]) == text[-1:]:
        return text[:-1]
    return text if check_character(text) == " " else ""


def _secondary(label: Label, part: str) -> Label:
    if part[:1] == "S" or part[:3] in ("14D", "16D"):
        return _supplement(label, part)
    flag, rest = _SECONDARY.fullmatch(part).groups()  # type: ignore[union-attr]  # matches all
    when = None
    if flag is None:
        when, rest = _day("%y%j", rest[:5]), rest[5:]
    elif flag.startswith("$$"):
        when, rest = _dated(rest)
    if (flag or "").endswith("+"):
        return replace(label, expires_on=when, serial=rest)
    return replace(label, expires_on=when, lot=rest)


def _dated(rest: str) -> tuple[date | None, str]:
    """Split a date off. A first digit 0 or 1 is the month itself; hours (G.M.T.) are left out."""
    if quantity := _QUANTITY.match(rest):
        rest = rest[quantity.end() :]
    kind = rest[:1]
    if kind in ("0", "1"):
        return _end_of_month(rest[:4]), rest[4:]
    if kind == "7":
        return None, rest[1:]
    if kind not in _DATES:
        raise ValueError(kind)
    length, form = _DATES[kind]
    return _day(form, rest[1:length]), rest[length:]


def _supplement(label: Label, part: str) -> Label:
    if part.startswith("14D"):
        return replace(label, expires_on=_day("%Y%m%d", part[3:11]))
    if part.startswith("16D"):
        return replace(label, made_on=_day("%Y%m%d", part[3:11]))
    if part.startswith("S"):
        return replace(label, serial=part[1:])
    return label


def _day(form: str, digits: str) -> date:
    return datetime.strptime(digits, form).date()  # noqa: DTZ007 - a day, no moment


def _end_of_month(digits: str) -> date:
    first = _day("%m%y", digits)
    return (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _damaged(why: str) -> str:
    return (
        f"This HIBC label could not be read whole: {why}. It is kept as it came; type lot, serial "
        "and expiry from the print."
    )
