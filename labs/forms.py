"""Forms of the anticoagulation and laboratory pages."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from clinical.measures import MEASURES, Kind
from clinical.units import written
from labs.actions.results import Charted
from labs.models import Agent, ChangeKind
from patients.models import WeightBasis
from web.fields import ClinicalDateTimeField, MeasureField, MeasureInput
from web.formbase import ClockedForm, OnceForm
from web.numbers import UnreadableNumber, read_number

COMPARATORS = ("<=", ">=", "<", ">")
RATE_UNITS = [(unit, written(unit)) for unit in ("[IU]/kg/h", "[IU]/h", "mg/kg/h", "ug/kg/min")]
SITES = [
    ("", "Not said"),
    ("arterial", "Arterial"),
    ("venous", "Venous"),
    ("capillary", "Capillary"),
    ("circuit pre-membrane", "Circuit, pre-membrane"),
    ("circuit post-membrane", "Circuit, post-membrane"),
]


class CensoredField(forms.CharField):
    """A number that may be censored: 0.18 or <0.10. Gives comparator and number, or nothing."""

    widget = MeasureInput

    def __init__(self, *, unit: str, **options: Any) -> None:
        super().__init__(max_length=30, required=False, **options)
        self.unit = unit
        self.widget.unit = unit

    def clean(self, value: Any) -> tuple[str, Decimal] | None:
        """Read the sign, then the number."""
        typed = super().clean(value)
        if not typed:
            return None
        sign = next((one for one in COMPARATORS if typed.startswith(one)), "")
        try:
            return sign, read_number(typed.removeprefix(sign).strip())
        except UnreadableNumber as unreadable:
            raise ValidationError(str(unreadable), code="invalid") from unreadable


class ResultForm(ClockedForm, OnceForm):
    """Results of one sample, charted by hand: type only what was measured."""

    collected_at = ClinicalDateTimeField(label="Collected at")
    site = forms.ChoiceField(label="Taken from", choices=SITES, required=False)

    def __init__(self, *args: Any, catalogue: Sequence[Mapping[str, Any]], **options: Any) -> None:
        self._units = {row["analyte"]: row["unit"] or "" for row in catalogue}
        super().__init__(*args, **options)
        for analyte, unit in self._units.items():
            if analyte in MEASURES:
                self.fields[analyte] = _result_field(analyte, unit)

    def charted(self) -> list[Charted]:
        """Return what was typed, as the action takes it."""
        typed = ((analyte, self.cleaned_data.get(analyte)) for analyte in self._units)
        return [self._one(analyte, value) for analyte, value in typed if value]

    def _one(self, analyte: str, value: Any) -> Charted:
        if isinstance(value, str):
            return Charted(analyte, value_text=value)
        comparator, number = value
        return Charted(analyte, number, self._units[analyte], comparator)


class CorrectionForm(OnceForm):
    """A correction of one result, or its withdrawal, with the reason."""

    value = CensoredField(unit="", label="Correct value", help_text="Empty: withdraw the result.")
    reason = forms.CharField(
        label="Why?", max_length=200, help_text="Stays on record beside the old value."
    )

    def __init__(self, *args: Any, unit: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["value"].widget.unit = unit


class InfusionStartForm(ClockedForm, OnceForm):
    """The start of an anticoagulant."""

    agent = forms.ChoiceField(choices=[one for one in Agent.choices if one[0] != Agent.NONE])
    rate = MeasureField(label="Rate", unit="", min_value=0)
    rate_unit = forms.ChoiceField(label="Unit of the rate", choices=RATE_UNITS)
    changed_at = ClinicalDateTimeField(label="Started at")
    weight_kg = MeasureField(label="Dosing weight", unit="kg", min_value=0, required=False)
    weight_basis = forms.ChoiceField(
        choices=[("", "Not said"), *WeightBasis.choices], required=False
    )
    reason = forms.CharField(max_length=200, required=False)


class InfusionChangeForm(ClockedForm, OnceForm):
    """What was done to an infusion that is on record."""

    kind = forms.ChoiceField(
        label="What was done",
        choices=[one for one in ChangeKind.choices if one[0] != ChangeKind.START],
        widget=forms.RadioSelect,
    )
    changed_at = ClinicalDateTimeField(label="When")
    rate = MeasureField(
        label="New rate",
        unit="",
        min_value=0,
        required=False,
        help_text="For a changed or resumed infusion.",
    )
    bolus = MeasureField(label="Bolus", unit="", min_value=0, required=False)
    bolus_unit = forms.CharField(label="Unit of the bolus", max_length=30, required=False)
    review_at = ClinicalDateTimeField(
        label="Held until, or look again at", required=False, help_text="For a held infusion."
    )
    reason = forms.CharField(max_length=200, required=False)

    def __init__(self, *args: Any, unit: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["rate"].widget.unit = unit


class PlanForm(ClockedForm, OnceForm):
    """What anticoagulation is aimed at from now on."""

    agent = forms.ChoiceField(choices=Agent.choices)
    driver = forms.ChoiceField(
        label="Test that drives it",
        choices=[("", "None")]
        + [(one.code, one.label) for one in MEASURES.values() if one.kind is Kind.LAB],
        required=False,
    )
    target_low = MeasureField(label="Target from", unit="", required=False)
    target_high = MeasureField(label="Target to", unit="", required=False)
    protocol = forms.CharField(label="Site protocol", max_length=60, required=False)
    starts_at = ClinicalDateTimeField(label="From")
    reason = forms.CharField(max_length=200, required=False)


class ReasonForm(OnceForm):
    """Why something is withdrawn."""

    reason = forms.CharField(
        label="Why?", max_length=200, help_text="Stays on record beside what was withdrawn."
    )


def _result_field(analyte: str, unit: str) -> forms.Field:
    one = MEASURES[analyte]
    if one.is_text or not unit:
        return forms.CharField(label=one.label, max_length=100, required=False)
    shown = one.display_unit if unit == one.unit else unit
    return CensoredField(unit=shown, label=one.label)
