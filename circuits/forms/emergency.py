"""Forms of an emergency: none of them holds anybody up."""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from django import forms

from accounts.models import Unit
from circuits.models import EntryKind, HarmDone
from clinical.emergency import CODES, UNKNOWN
from patients.models import Run
from web.fields import ClinicalDateTimeField
from web.formbase import ClockedForm, OnceForm


class StartForm(OnceForm):
    """Whose emergency, if anybody says so, and with which card; one tap on the card sends it."""

    where = forms.ChoiceField(label="Patient", widget=forms.RadioSelect, required=False)
    card = forms.ChoiceField(choices=[(code, code) for code in CODES], required=False)

    def __init__(
        self, *args: Any, runs: Iterable[Run], units: Iterable[Unit], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.runs = {str(run.public_id): run for run in runs}
        self.units = {str(unit.public_id): unit for unit in units}
        beds = [(key, f"{_bed(run)}{run.patient}") for key, run in self.runs.items()]
        nobody = [(key, f"No patient yet, {unit}") for key, unit in self.units.items()]
        field = self.fields["where"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared above
        field.choices = [*beds, *nobody]

    def chosen(self) -> dict[str, Any]:
        """Return run, unit and card; what nobody chose is the first unit, and any emergency."""
        where = self.cleaned_data["where"] or next(iter(self.units))
        run = self.runs.get(where)
        unit = run.unit if run else self.units[where]
        return {"run": run, "unit": unit, "card": self.cleaned_data["card"] or UNKNOWN}


class NameForm(forms.Form):
    """Whose emergency it is."""

    run = forms.ChoiceField(label="Patient", widget=forms.RadioSelect)

    def __init__(self, *args: Any, runs: Iterable[Run], **options: Any) -> None:
        super().__init__(*args, **options)
        self.runs = {str(run.public_id): run for run in runs}
        field = self.fields["run"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared above
        field.choices = [(key, f"{_bed(run)}{run.patient}") for key, run in self.runs.items()]


class EntryForm(ClockedForm, OnceForm):
    """A line said, given, read or called; the button says which. A tap on a call has no key."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, required=False)
    kind = forms.ChoiceField(choices=EntryKind.choices)
    text = forms.CharField(label="What", max_length=300)
    occurred_at = ClinicalDateTimeField(label="Earlier than now", required=False)


class EndForm(ClockedForm, OnceForm):
    """The end of an emergency."""

    ended_at = ClinicalDateTimeField(label="Ended at")
    harm = forms.ChoiceField(
        label="Harm to the patient", choices=HarmDone.choices, initial=HarmDone.NOT_KNOWN
    )
    effect = forms.CharField(
        label="What it did to the patient",
        max_length=300,
        required=False,
        help_text="Such as seconds off support or the lowest pressure, each with its unit.",
    )


class DebriefForm(ClockedForm, OnceForm):
    """What those who were there say soon after."""

    led_by = forms.CharField(max_length=150)
    held_at = ClinicalDateTimeField(label="Held at")
    went_well = forms.CharField(widget=forms.Textarea, max_length=4000, required=False)
    to_fix = forms.CharField(
        label="To be mended", widget=forms.Textarea, max_length=4000, required=False
    )
    equipment_faults = forms.CharField(
        label="Faults of equipment", widget=forms.Textarea, max_length=4000, required=False
    )
    staff_ok = forms.TypedChoiceField(
        label="Is everybody who was there all right?",
        choices=[("", "Not asked"), ("yes", "Yes"), ("no", "No, somebody needs help")],
        coerce=lambda answer: answer == "yes",
        empty_value=None,
        required=False,
    )


def _bed(run: Run) -> str:
    return f"Bed {run.patient.bed}: " if run.patient.bed else ""
