"""Forms about standby circuits, their prime, and what must be at hand."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from accounts.models import Unit, User
from circuits.actions.exchange import NewPart
from circuits.models import (
    ComponentKind,
    DeviceModel,
    KitKind,
    RemovalReason,
    StandbyStatus,
    Urgency,
)
from circuits.models.standby import WET
from clinical.prime import Chemical
from patients.models import Run
from web.fields import ClinicalDateTimeField, DayField, MeasureField
from web.formbase import ClockedForm, GroupedForm, OnceForm

PARTS = (ComponentKind.OXYGENATOR, ComponentKind.PUMP_HEAD, ComponentKind.TUBING)
PRODUCTS = 3
BLOOD = ("product", "donation_id", "expires_at", "volume_ml")


class AssembleForm(GroupedForm, ClockedForm, OnceForm):
    """A circuit put together: where it stands, and its parts by their labels."""

    unit = forms.ModelChoiceField(Unit.objects.none())
    label = forms.CharField(label="Label on the circuit", max_length=60)
    location = forms.CharField(label="Where it stands", max_length=100)
    configuration = forms.CharField(
        label="Size and what it is meant for", max_length=100, required=False
    )
    console = forms.CharField(label="Console it stands on", max_length=100, required=False)
    tamper_seal = forms.CharField(label="Number of the tamper seal", max_length=40, required=False)
    assembled_at = ClinicalDateTimeField(label="Assembled at")
    groups: ClassVar = {
        "The circuit": (
            "unit",
            "label",
            "location",
            "configuration",
            "console",
            "tamper_seal",
            "assembled_at",
        ),
        **{
            kind.label: tuple(f"{kind}_{name}" for name in ("model", "lot", "serial", "expires_on"))
            for kind in PARTS
        },
    }

    def __init__(self, *args: Any, units: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]  # a choice of rows
        for kind in PARTS:
            models = DeviceModel.objects.filter(kind=kind)
            self.fields[f"{kind}_model"] = forms.ModelChoiceField(
                models, label="Product", required=False, empty_label="Not in this circuit"
            )
            for name in ("lot", "serial"):
                self.fields[f"{kind}_{name}"] = forms.CharField(max_length=40, required=False)
                self.fields[f"{kind}_{name}"].label = name.capitalize()
            self.fields[f"{kind}_expires_on"] = DayField(label="Expiry", required=False)

    def parts(self) -> list[NewPart]:
        """Return the parts that were named."""
        facts = self.cleaned_data
        return [
            NewPart(
                model=facts[f"{kind}_model"],
                lot=facts[f"{kind}_lot"],
                serial=facts[f"{kind}_serial"],
                expires_on=facts[f"{kind}_expires_on"],
                position=kind.value,
            )
            for kind in PARTS
            if facts[f"{kind}_model"]
        ]

    def facts(self) -> dict[str, Any]:
        """Return what was told of the circuit itself."""
        names = ("unit", "label", "location", "configuration", "console", "tamper_seal")
        return {name: self.cleaned_data[name] for name in (*names, "assembled_at")}


class PrimeForm(GroupedForm, ClockedForm, OnceForm):
    """What a circuit was filled with, by whom; blood products by their donation."""

    kind = forms.ChoiceField(label="Filled with", choices=WET)
    fluid = forms.CharField(label="Fluid", max_length=200)
    volume_ml = MeasureField(label="Volume", unit="mL", decimals=0, min_value=1, max_digits=6)
    drugs = forms.CharField(label="Drugs with their doses", max_length=300, required=False)
    primed_at = ClinicalDateTimeField(label="Primed at")
    primed_by = forms.ModelChoiceField(User.objects.none(), label="Primed by")
    verified_by = forms.ModelChoiceField(
        User.objects.none(), label="Verified by", required=False, empty_label="Not verified yet"
    )
    groups: ClassVar = {
        "The fill": ("kind", "fluid", "volume_ml", "drugs"),
        "When, and by whom": ("primed_at", "primed_by", "verified_by"),
        **{
            f"Blood product {number}": tuple(f"{name}_{number}" for name in BLOOD)
            for number in range(1, PRODUCTS + 1)
        },
    }

    def __init__(self, *args: Any, people: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("primed_by", "verified_by"):
            self.fields[name].queryset = people  # type: ignore[attr-defined]  # a choice of rows
        for number in range(1, PRODUCTS + 1):
            texts = {"product": ("Kind", 60), "donation_id": ("Donation number", 40)}
            for name, (text, most) in texts.items():
                self.fields[f"{name}_{number}"] = forms.CharField(
                    label=text, max_length=most, required=False
                )
            moment = ClinicalDateTimeField(label="Expires at", required=False)
            moment.at = self.at
            self.fields[f"expires_at_{number}"] = moment
            self.fields[f"volume_ml_{number}"] = MeasureField(
                label="Volume",
                unit="mL",
                decimals=0,
                min_value=1,
                max_digits=6,
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        """Ask for all four facts of a product of which one was given."""
        facts = super().clean() or self.cleaned_data
        for number, row in self._rows():
            if any(row.values()):
                for name, value in row.items():
                    if not value:
                        self.add_error(f"{name}_{number}", "Needed to trace the product.")
        return facts

    def products(self) -> list[dict[str, Any]]:
        """Return the blood products that were told."""
        return [row for _, row in self._rows() if any(row.values())]

    def facts(self) -> dict[str, Any]:
        """Return what was told of the prime itself."""
        names = ("kind", "fluid", "volume_ml", "drugs", "primed_at", "primed_by", "verified_by")
        return {name: self.cleaned_data[name] for name in names}

    def _rows(self) -> Iterator[tuple[int, dict[str, Any]]]:
        for number in range(1, PRODUCTS + 1):
            yield number, {name: self.cleaned_data.get(f"{name}_{number}") for name in BLOOD}


class ChemistryForm(ClockedForm, OnceForm):
    """An analysis of a prime; what is not typed was not measured."""

    sampled_at = ClinicalDateTimeField(label="Sampled at")

    def __init__(
        self, *args: Any, chemicals: tuple[Chemical, ...], physicians: Any, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.codes = [one.code for one in chemicals]
        for one in chemicals:
            self.fields[one.code] = MeasureField(
                label=one.label,
                unit=one.shown_unit,
                decimals=one.decimals,
                required=False,
                min_value=0,
            )
        self.fields["overridden_by"] = forms.ModelChoiceField(
            physicians,
            label="Beyond a stop line: used all the same by decision of",
            required=False,
            empty_label="Nobody",
        )
        self.fields["override_reason"] = forms.CharField(
            label="Reason of the physician", max_length=300, required=False
        )

    def values(self) -> dict[str, Decimal]:
        """Return what was measured."""
        facts = self.cleaned_data
        return {code: facts[code] for code in self.codes if facts.get(code) is not None}


class StatusForm(ClockedForm, OnceForm):
    """What a standby circuit is good for from now on."""

    status = forms.ChoiceField(
        label="From now on it is",
        choices=[c for c in StandbyStatus.choices if c[0] != StandbyStatus.IN_USE],
    )
    changed_at = ClinicalDateTimeField(label="At")
    reason = forms.CharField(max_length=300)


class ActivateForm(ClockedForm, OnceForm):
    """To which patient a standby circuit goes, and when it was connected."""

    run = forms.ModelChoiceField(Run.objects.none(), label="Patient")
    activated_at = ClinicalDateTimeField(label="Connected at")
    reason = forms.ChoiceField(
        label="If it replaces a circuit: why",
        choices=[("", "It is the first circuit"), *RemovalReason.choices],
        required=False,
    )
    urgency = forms.ChoiceField(label="How soon it had to be", choices=Urgency, required=False)
    off_support_s = forms.IntegerField(
        label="Seconds off support", min_value=0, max_value=86_400, required=False
    )

    def __init__(self, *args: Any, runs: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["run"].queryset = runs  # type: ignore[attr-defined]  # a choice of rows
        self.fields["run"].label_from_instance = _patient  # type: ignore[attr-defined]


class KitForm(OnceForm):
    """A thing that must be at hand."""

    unit = forms.ModelChoiceField(Unit.objects.none())
    kind = forms.ChoiceField(choices=KitKind)
    label = forms.CharField(label="Name or number", max_length=60)
    location = forms.CharField(label="Where it stands", max_length=100)
    cylinder_size = forms.ChoiceField(label="Size of the cylinder", required=False)

    def __init__(self, *args: Any, units: Any, sizes: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]  # a choice of rows
        choices = [("", "No cylinder"), *((size, size) for size in sizes)]
        self.fields["cylinder_size"].choices = choices  # type: ignore[attr-defined]


class LookForm(ClockedForm, OnceForm):
    """What a look at a thing found."""

    is_good = forms.TypedChoiceField(
        label="How is it",
        choices=[("yes", "Good, ready to use"), ("no", "Not good")],
        coerce=lambda word: word == "yes",
        widget=forms.RadioSelect,
    )
    looked_at = ClinicalDateTimeField(label="Looked at it at")
    note = forms.CharField(label="What is wrong, or a note", max_length=300, required=False)

    def __init__(self, *args: Any, kind: str, **options: Any) -> None:
        super().__init__(*args, **options)
        if kind == KitKind.CYLINDER:
            self.fields["pressure_psi"] = MeasureField(
                label="Pressure", unit="psi", decimals=0, min_value=0, max_digits=6
            )
            self.fields["flow_l_min"] = MeasureField(
                label="Total flow it is meant for",
                unit="L/min",
                decimals=1,
                min_value=Decimal("0.01"),
                max_digits=5,
                required=False,
            )
        if kind == KitKind.CLAMPS:
            self.fields["count"] = forms.IntegerField(
                label="How many clamps", min_value=0, max_value=99
            )


class RetireForm(OnceForm):
    """A thing leaves the board."""

    reason = forms.CharField(
        label="Why it leaves service",
        max_length=200,
        help_text="Broken, expired, replaced by which. Its looks stay in the history.",
    )


def _patient(run: Run) -> str:
    bed = f" · bed {run.patient.bed}" if run.patient.bed else ""
    return f"{run.patient}{bed}"
