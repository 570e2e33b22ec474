"""Forms of devices that are not used up: added, looked after, lent, their water tested."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from django import forms
from django.db.models import QuerySet

from accounts.models import Unit
from circuits.forms.scan import LabelForm
from circuits.forms.stock import unit_field
from circuits.models import (
    DURABLE,
    DeviceModel,
    RecordKind,
    ServiceState,
    Verdict,
    WaterResult,
    WaterVerdict,
)
from clinical.measures import MEASURES
from web.fields import ClinicalDateTimeField, DayField, MeasureField
from web.formbase import ClockedForm, OnceForm

ALARMED = (
    "blood_flow",
    "pump_speed",
    "p_drainage",
    "p_pre_membrane",
    "p_post_membrane",
    "delta_p",
)
"""Measures of which a console has alarm limits of its own."""


class ConsoleForm(ClockedForm, OnceForm, LabelForm):
    """A device that comes into the house."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label="Kept by")
    asset_tag = forms.CharField(max_length=40, required=False)
    firmware = forms.CharField(max_length=40, required=False)
    location = forms.CharField(
        label="Where it stands when not in use", max_length=100, required=False
    )
    owner = forms.CharField(
        label="Owner, if lent to us", max_length=150, required=False, help_text="Blank: it is ours."
    )
    return_on = DayField(label="To be given back on", required=False)
    field_order = ("unit", "udi", "label_photo", "model", "serial")

    def __init__(self, *args: Any, units: QuerySet[Unit], **options: Any) -> None:
        super().__init__(*args, **options)
        unit_field(self, units)
        del self.fields["lot"], self.fields["expires_on"]
        self.fields["serial"].required = True
        model = self.fields["model"]
        assert isinstance(model, forms.ModelChoiceField)  # noqa: S101 -- declared by the form
        model.queryset = DeviceModel.objects.filter(kind__in=DURABLE)


class ServiceForm(ClockedForm, OnceForm):
    """A maintenance or a test, or something done to the water."""

    kind = forms.ChoiceField(label="What was done", widget=forms.RadioSelect)
    verdict = forms.ChoiceField(label="Result", choices=Verdict.choices, widget=forms.RadioSelect)
    done_at = ClinicalDateTimeField(label="Done at")
    battery_min = MeasureField(label="Ran on battery for", unit="min", decimals=0, required=False)
    next_due_on = DayField(
        label="Next due, as written on the device",
        required=False,
        help_text="Blank: as the site's rule says.",
    )
    note = forms.CharField(
        max_length=300, required=False, help_text="Needed for what failed: it goes out of service."
    )

    def __init__(self, *args: Any, kinds: Iterable[RecordKind], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared above
        offered = [one for one in kinds if one is not RecordKind.ALARM_LIMITS]
        field.choices = [(one.value, one.label) for one in offered]
        if RecordKind.BATTERY_TEST not in offered:
            del self.fields["battery_min"]

    def facts(self) -> dict[str, Any]:
        """Return what was typed as the action takes it."""
        data = self.cleaned_data
        same = {name: data[name] for name in ("kind", "verdict", "done_at", "next_due_on", "note")}
        minutes = data.get("battery_min")
        return {**same, "details": {"battery_min": str(minutes)} if minutes is not None else {}}


class LimitRow(NamedTuple):
    """One measure of the alarm limits: its name, its unit, its two boxes."""

    label: str
    low: Any
    high: Any


class AlarmLimitsForm(ClockedForm, OnceForm):
    """The alarm limits as they stand on the console."""

    done_at = ClinicalDateTimeField(label="Read at")
    note = forms.CharField(max_length=300, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for code in ALARMED:
            for side in ("low", "high"):
                unit = MEASURES[code].display_unit
                label = f"{MEASURES[code].label}, {side} alarm"
                self.fields[f"{code}_{side}"] = MeasureField(
                    label=label, unit=unit, decimals=MEASURES[code].decimals, required=False
                )

    def clean(self) -> dict[str, Any]:
        """Ask for one limit at least: an empty list would read as "no alarm"."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not self.limits():
            raise forms.ValidationError("Enter at least one limit as it stands on the console.")
        return data

    def limits(self) -> dict[str, dict[str, str | None]]:
        """Return {measure: {low, high}}; a measure without either is left out."""
        data = self.cleaned_data
        found = {code: (data.get(f"{code}_low"), data.get(f"{code}_high")) for code in ALARMED}
        return {
            code: {"low": _text(low), "high": _text(high)}
            for code, (low, high) in found.items()
            if low is not None or high is not None
        }

    def rows(self) -> Iterator[LimitRow]:
        """Yield each measure with its two boxes."""
        for code in ALARMED:
            label = f"{MEASURES[code].label}, {MEASURES[code].display_unit}"
            yield LimitRow(label, self[f"{code}_low"], self[f"{code}_high"])


class WaterForm(ClockedForm, OnceForm):
    """What the laboratory found in the water."""

    test = forms.CharField(
        label="Looked for", max_length=120, help_text="Such as heterotrophic plate count."
    )
    value = forms.CharField(label="Result as reported", max_length=60)
    unit_text = forms.CharField(label="Unit", max_length=30, required=False)
    verdict = forms.ChoiceField(
        label="By the site's rule",
        choices=WaterVerdict.choices,
        widget=forms.RadioSelect,
        help_text="Water that is not acceptable takes the unit out of service.",
    )
    sampled_at = ClinicalDateTimeField(label="Sampled at")
    reported_at = ClinicalDateTimeField(label="Reported at")
    supersedes = forms.ModelChoiceField(
        WaterResult.objects.none(), label="Corrects", required=False
    )
    note = forms.CharField(max_length=300, required=False, help_text="Needed for a correction.")

    def __init__(self, *args: Any, results: QuerySet[WaterResult], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["supersedes"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 -- declared above
        field.queryset = results
        field.empty_label = "Nothing, it is a new result"


class StateForm(ClockedForm, OnceForm):
    """In service, out of it, or in quarantine; and where it stands now."""

    state = forms.ChoiceField(
        choices=[
            (one.value, one.label)
            for one in (
                ServiceState.IN_SERVICE,
                ServiceState.OUT_OF_SERVICE,
                ServiceState.QUARANTINED,
            )
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        max_length=300, required=False, help_text="Needed when it is not in service."
    )
    location = forms.CharField(
        label="Where it stands now", max_length=100, required=False, help_text="Blank: as before."
    )


class LendForm(ClockedForm, OnceForm):
    """Our device goes to somebody else."""

    to = forms.CharField(label="Who gets it", max_length=130)
    return_on = DayField(label="Comes back on", required=False)


class ReturnForm(ClockedForm, OnceForm):
    """A loan ends."""

    location = forms.CharField(label="Where it stands now", max_length=100, required=False)
    reason = forms.CharField(label="Remark", max_length=300, required=False)


def _text(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:f}"
