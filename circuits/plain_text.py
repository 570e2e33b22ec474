"""A check as plain text, in a fixed order, to be pasted into another record."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.utils import timezone

from circuits.asked import shown
from circuits.queries import Shown, Version
from clinical.checkset import ASKABLE
from patients.queries import Banner
from web import times

HOW = {"same": "looked: still the same", "device": "from the device"}


def text_of(versions: Sequence[Version], banner: Banner, units: Mapping[str, str]) -> str:
    """Return the newest version: who it is about, every value with its unit, and who signed."""
    first, newest = versions[0].row, versions[-1]
    check = newest.row
    lines = [
        f"ECMO circuit check, {check.get_kind_display().lower()}, {_at(check.checked_at)}",
        f"{banner.family.upper()}, {banner.given}, MRN {banner.mrn or 'not known'}",
        *_values(newest, units),
        *(f"{label}: {answer}" for label, answer in newest.looks),
    ]
    if check.note:
        lines.append(f"Note: {check.note}")
    lines.append(f"Signed by {check.performed_by}, recorded {_at(first.entered_at)}")
    lines += [
        f"Version {one.row.version}, {_at(one.row.entered_at)}, {one.row.transmitted_by}: "
        f"{one.row.reason}"
        for one in versions[1:]
    ]
    if check.is_withdrawn:
        lines.insert(0, "ENTERED IN ERROR, does not count")
    return "\n".join(lines)


def _values(version: Version, units: Mapping[str, str]) -> Iterator[str]:
    order = {code: place for place, code in enumerate(ASKABLE)}
    read = sorted(version.values, key=lambda one: order.get(one.measure.code, len(order)))
    for one in read:
        yield _line(one, units)
    for one in version.derived:
        yield f"{_line(one, units)} (computed)"


def _line(one: Shown, units: Mapping[str, str]) -> str:
    measure = shown(one.measure.code, units)
    if one.value is None:
        return f"{measure.label}: not measured, {one.reason}"
    how = f" ({HOW[one.method]})" if one.method in HOW else ""
    return f"{measure.label} {measure.text(one.value)}{how}"


def _at(moment: datetime) -> str:
    return times.clinical_time(timezone.localtime(moment))
