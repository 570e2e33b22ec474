"""The bedside check as a form: nothing pre-filled, every value with its unit and its value before."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField

from circuits.document import Typed
from circuits.models import CheckKind
from clinical.inspection import Item, core_items
from clinical.limits import Limit
from clinical.measures import MEASURES, Kind, Measure, core_measures
from patients.models import WeaningKind
from web.fields import ClinicalDateTimeField, MeasureField
from web.formbase import ClockedForm, OnceForm

REASONS = (
    "sensor off",
    "transducer being zeroed",
    "sensor moved",
    "not in this circuit",
    "no time, emergency",
    "other",
)
GROUPS = (
    ("pump", "Pump", ("pump_speed", "blood_flow")),
    ("gas", "Gas", ("sweep_gas_flow", "fdo2")),
    ("pressure", "Pressures", ("p_drainage", "p_pre_membrane", "p_post_membrane")),
    ("sats", "Saturations", ("sat_pre_membrane", "sat_post_membrane", "temp_blood_out")),
)


@dataclass(frozen=True, slots=True)
class Before:
    """What a value was at the newest check that had it."""

    value: Decimal
    at: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the check: the measure, its boxes, what it was, and the limits that hold."""

    measure: Measure
    value: BoundField
    method: BoundField
    reason: BoundField
    before: Before | None
    limit: Limit | None

    @property
    def is_setting(self) -> bool:
        """A setting may be "still the same" after a look; a measurement is always typed."""
        return self.measure.kind is Kind.SETTING

    @property
    def before_shown(self) -> Decimal | None:
        """The value before in the display unit."""
        return self.measure.shown(self.before.value) if self.before else None

    def bound(self, name: str) -> Decimal | None:
        """Return one bound in the display unit: hard_low, soft_high, warning_low ..."""
        kind, side = name.rsplit("_", 1)
        value = getattr(getattr(self.limit, kind), side) if self.limit else None
        return self.measure.shown(value) if value is not None else None

    @property
    def bounds(self) -> dict[str, Decimal | None]:
        """Every bound by name, in the display unit."""
        kinds = ("hard", "soft", "warning", "critical")
        return {f"{k}_{s}": self.bound(f"{k}_{s}") for k in kinds for s in ("low", "high")}


@dataclass(frozen=True, slots=True)
class Group:
    """A block of lines."""

    id: str
    label: str
    rows: list[Row]


class CheckForm(ClockedForm, OnceForm):
    """One check: values, reasons for what is missing, and what was looked at."""

    checked_at = ClinicalDateTimeField(label="Read at")
    kind = forms.ChoiceField(choices=CheckKind.choices, initial=CheckKind.HOURLY)
    trial = forms.ChoiceField(choices=[("", "No trial"), *WeaningKind.choices], required=False)
    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), required=False)

    def __init__(
        self,
        *args: Any,
        before: Mapping[str, Before],
        limits: Mapping[str, Limit],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self._before, self._limits = before, limits
        for one in core_measures():
            self.fields[f"v_{one.code}"] = MeasureField(
                label=one.label, unit=one.display_unit, decimals=one.decimals, required=False
            )
            self.fields[f"m_{one.code}"] = forms.CharField(
                widget=forms.HiddenInput, required=False, max_length=10
            )
            self.fields[f"n_{one.code}"] = forms.ChoiceField(
                label=f"Why {one.label.lower()} is not measured",
                choices=[("", "Measured"), *((r, r.capitalize()) for r in REASONS)],
                required=False,
            )
        for item in core_items():
            self.fields[f"o_{item.code}"] = forms.ChoiceField(
                label=item.label,
                choices=[(c.code, c.label) for c in item.choices.values()],
                widget=forms.RadioSelect,
                required=False,
            )

    @property
    def groups(self) -> Iterator[Group]:
        """The numeric lines by group, in the order of the round."""
        by_code = {one.code: one for one in core_measures()}
        for group_id, label, codes in GROUPS:
            yield Group(group_id, label, [self._row(by_code[c]) for c in codes if c in by_code])

    @property
    def looks(self) -> Iterator[tuple[Item, BoundField]]:
        """What is looked at, each with its answers; none chosen beforehand."""
        for item in core_items():
            yield item, self[f"o_{item.code}"]

    def typed(self) -> Typed:
        """Return what was typed, for the action."""
        data = self.cleaned_data
        codes = [one.code for one in core_measures()]
        values = {c: data[f"v_{c}"] for c in codes if data[f"v_{c}"] is not None}
        return Typed(
            checked_at=data["checked_at"],
            values=values,
            methods={c: data[f"m_{c}"] for c in values if data[f"m_{c}"]},
            not_done={c: data[f"n_{c}"] for c in codes if data[f"n_{c}"] and c not in values},
            findings={
                item.code: data[f"o_{item.code}"] for item in core_items() if data[f"o_{item.code}"]
            },
            kind=data["kind"],
            trial=data["trial"],
            note=data["note"],
        )

    def _row(self, measure: Measure) -> Row:
        code = measure.code
        return Row(
            measure=measure,
            value=self[f"v_{code}"],
            method=self[f"m_{code}"],
            reason=self[f"n_{code}"],
            before=self._before.get(code),
            limit=self._limits.get(code),
        )


class AmendForm(OnceForm):
    """One or more values of a check corrected, with the reason."""

    reason = forms.CharField(label="Why is it corrected?", max_length=300)

    def __init__(self, *args: Any, values: Mapping[str, Decimal], **options: Any) -> None:
        super().__init__(*args, **options)
        reason = self.fields.pop("reason")
        for one in core_measures():
            self.fields[one.code] = MeasureField(
                label=one.label,
                unit=one.display_unit,
                decimals=one.decimals,
                required=False,
                help_text=f"Now {one.text(values[one.code])}" if one.code in values else "",
            )
        self.fields["reason"] = reason

    def changed_values(self) -> dict[str, Decimal]:
        """Return the values that were typed; an empty box leaves a value as it was."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name in MEASURES and value is not None
        }
