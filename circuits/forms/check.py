"""The bedside check as a form: nothing pre-filled, every value with its unit and its value before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField

from circuits.asked import NOT_FITTED, Asked, shown
from circuits.document import Typed
from circuits.models import CheckKind
from circuits.past import Before, Past
from clinical.check import DELTA_P
from clinical.checkset import ASKABLE, GROUPS
from clinical.inspection import ITEMS, Choice, Item, Look
from clinical.limits import Limit
from clinical.measures import MEASURES, Kind, Measure, core_measures
from patients.models import WeaningKind
from web.fields import ClinicalDateTimeField, MeasureField
from web.formbase import ClockedForm, OnceForm

REASONS = (
    "sensor off",
    "transducer being zeroed",
    "sensor moved",
    NOT_FITTED,
    "no time, emergency",
    "other",
)


@dataclass(frozen=True, slots=True)
class Line:
    """A measure of the check as the site shows it: what it was, and the limits that hold."""

    measure: Measure
    before: Before | None
    limit: Limit | None

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
class Row(Line):
    """One line of the check with its boxes; `series` is what it was in the last hours."""

    value: BoundField
    method: BoundField
    reason: BoundField
    series: Sequence[Decimal | None] = ()

    @property
    def is_signed(self) -> bool:
        """Whether it can lie below zero, and so has a key for its sign."""
        return self.limit is None or self.limit.hard.low is None or self.limit.hard.low < 0

    @property
    def is_setting(self) -> bool:
        """A setting may be "still the same" after a look; a measurement is always typed."""
        return self.measure.kind is Kind.SETTING


@dataclass(frozen=True, slots=True)
class Block:
    """A block of lines."""

    id: str
    label: str
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class LookRow:
    """One finding: its answers, none chosen, and what was answered last."""

    item: Item
    field: BoundField
    before: Look | None

    @property
    def choices(self) -> Iterator[tuple[Any, Choice]]:
        """Each answer's button with what it means."""
        return zip(self.field, self.item.choices.values(), strict=True)

    @property
    def before_level(self) -> int:
        """How urgent the last answer was; 0 if there is none or it needed nobody."""
        severity = self.item.choice(self.before.choice).severity if self.before else None
        return severity or 0


class CheckForm(ClockedForm, OnceForm):
    """One check: values, reasons for what is missing, and what was looked at.

    Asked for is what the site's set says. What was sent besides (the set changed meanwhile) is
    shown too, so that nothing typed is lost.
    """

    checked_at = ClinicalDateTimeField(label="Read at")
    kind = forms.ChoiceField(choices=CheckKind.choices, widget=forms.HiddenInput)
    trial = forms.ChoiceField(choices=[("", "No trial"), *WeaningKind.choices], required=False)
    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), required=False)

    def __init__(
        self,
        *args: Any,
        asked: Asked,
        past: Past,
        limits: Mapping[str, Limit],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.past, self._limits, self._units = past, limits, asked.units
        self.measures = asked.measures()
        for code in _sent(self.data, "v_", MEASURES) + _sent(self.data, "n_", MEASURES):
            if code not in self.measures and self.data.get(f"v_{code}", self.data.get(f"n_{code}")):
                self.measures[code] = shown(code, asked.units)
        self.findings = dict.fromkeys((*asked.set.looks, *_sent(self.data, "o_", ITEMS)))
        for code, one in self.measures.items():
            self._add_value(code, one)
        for code in self.findings:
            self.fields[f"o_{code}"] = forms.ChoiceField(
                label=ITEMS[code].label,
                choices=[(c.code, c.label) for c in ITEMS[code].choices.values()],
                widget=forms.RadioSelect,
                required=False,
            )

    @property
    def groups(self) -> Iterator[Block]:
        """The numeric lines by group, in the order of the round; no empty group."""
        for group in GROUPS:
            if rows := [self._row(code) for code in group.codes if code in self.measures]:
                yield Block(group.id, group.label, rows)

    @property
    def drop(self) -> Line | None:
        """The pressure drop, computed while one types, where both its pressures are asked for."""
        if not {"p_pre_membrane", "p_post_membrane"} <= self.measures.keys():
            return None
        measure = shown(DELTA_P, self._units)
        return Line(measure, self.past.values.get(DELTA_P), self._limits.get(DELTA_P))

    @property
    def looks(self) -> Iterator[LookRow]:
        """What is looked at, each with its answers; none chosen beforehand."""
        for code in self.findings:
            yield LookRow(ITEMS[code], self[f"o_{code}"], self.past.looks.get(code))

    def typed(self) -> Typed:
        """Return what was typed, for the action."""
        data = self.cleaned_data
        values = {c: data[f"v_{c}"] for c in self.measures if data[f"v_{c}"] is not None}
        return Typed(
            checked_at=data["checked_at"],
            values=values,
            methods={c: data[f"m_{c}"] for c in values if data[f"m_{c}"]},
            not_done={
                c: data[f"n_{c}"] for c in self.measures if data[f"n_{c}"] and c not in values
            },
            findings={code: data[f"o_{code}"] for code in self.findings if data[f"o_{code}"]},
            kind=data["kind"],
            trial=data["trial"],
            note=data["note"],
            units={c: unit for c in values if (unit := self.measures[c].shown_unit)},
        )

    def _add_value(self, code: str, one: Measure) -> None:
        self.fields[f"v_{code}"] = MeasureField(
            label=one.label, unit=one.display_unit, decimals=one.decimals, required=False
        )
        self.fields[f"m_{code}"] = forms.CharField(
            widget=forms.HiddenInput, required=False, max_length=10
        )
        self.fields[f"n_{code}"] = forms.ChoiceField(
            label=f"Why {one.label.lower()} is not measured",
            choices=[("", "Measured"), *((r, r.capitalize()) for r in REASONS)],
            required=False,
        )

    def _row(self, code: str) -> Row:
        return Row(
            measure=self.measures[code],
            value=self[f"v_{code}"],
            method=self[f"m_{code}"],
            reason=self[f"n_{code}"],
            before=self.past.values.get(code),
            limit=self._limits.get(code),
            series=self.past.series.get(code, ()),
        )


def _sent(data: Mapping[str, Any], prefix: str, known: Mapping[str, Any]) -> list[str]:
    """Return the codes under which something was sent."""
    names = (name.removeprefix(prefix) for name in data if name.startswith(prefix))
    return [code for code in names if code in known]


class AmendForm(OnceForm):
    """One or more values of a check corrected, with the reason.

    A slip that the same person mends soon after signing needs none (`needs_reason` false).
    """

    reason = forms.CharField(label="Why is it corrected?", max_length=300)

    def __init__(
        self,
        *args: Any,
        values: Mapping[str, Decimal],
        units: Mapping[str, str],
        needs_reason: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        reason = self.fields.pop("reason")
        core = {one.code for one in core_measures()}
        self.measures = {c: shown(c, units) for c in ASKABLE if c in values or c in core}
        for code, one in self.measures.items():
            self.fields[code] = MeasureField(
                label=one.label,
                unit=one.display_unit,
                decimals=one.decimals,
                required=False,
                help_text=f"Now {one.text(values[code])}" if code in values else "",
            )
        reason.required = needs_reason
        if not needs_reason:
            reason.help_text = "Not needed: you signed it less than 15 minutes ago."
        self.fields["reason"] = reason

    def changed_values(self) -> dict[str, Decimal]:
        """Return the values that were typed; an empty box leaves a value as it was."""
        data = self.cleaned_data
        return {code: data[code] for code in self.measures if data[code] is not None}

    def changed_units(self) -> dict[str, str]:
        """Return the unit of each value that was typed in another than its measure's own."""
        changed = self.changed_values()
        return {c: unit for c in changed if (unit := self.measures[c].shown_unit)}


class WithdrawForm(OnceForm):
    """Why a check was entered in error."""

    reason = forms.CharField(
        label="Why is it withdrawn?",
        max_length=300,
        help_text="For example: read at another patient's circuit.",
    )
