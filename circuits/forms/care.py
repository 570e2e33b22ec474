"""Forms of trials, plans and journeys."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms

from accounts.models import User
from clinical.goals import GOALS
from clinical.measures import MEASURES
from patients.care import TargetNow
from patients.models import (
    CannulaRemoval,
    Ceiling,
    GoDecision,
    LegKind,
    Repair,
    WeaningKind,
    WeaningVerdict,
)
from web.fields import ClinicalDateTimeField, MeasureField
from web.formbase import ClockedForm, OnceForm

CYLINDERS = 3
MOST_MINUTES = 10_000


class TrialForm(ClockedForm, OnceForm):
    """A weaning trial that begins, or that had begun."""

    kind = forms.ChoiceField(label="Which trial", choices=WeaningKind.choices)
    started_at = ClinicalDateTimeField(label="Begun at")


class StepForm(ClockedForm, OnceForm):
    """One step of a trial: what was set and read. Leave empty what was not."""

    stepped_at = ClinicalDateTimeField(label="At")
    blood_flow = MeasureField(label="Blood flow", unit="L/min", decimals=2, required=False)
    sweep_gas_flow = MeasureField(
        label="Sweep gas flow", unit="L/min", decimals=2, min_value=0, required=False
    )
    fdo2 = MeasureField(label="FdO2", unit="%", decimals=0, min_value=0, required=False)
    note = forms.CharField(
        label="What was seen",
        max_length=300,
        required=False,
        help_text="Ventilator, vasoactives, echo, how the patient is.",
    )

    def show_last(self, values: Mapping[str, Decimal], at: datetime) -> None:
        """Show beside each box that has none yet what the value was at a check."""
        for name in ("blood_flow", "sweep_gas_flow", "fdo2"):
            field = self.fields[name]
            if name in values and isinstance(field, MeasureField) and field.widget.before is None:
                self.show_before(name, MEASURES[name].shown(values[name]), at)


class VerdictForm(ClockedForm, OnceForm):
    """What a trial showed."""

    ended_at = ClinicalDateTimeField(
        label="Ended at", help_text="The settings are not restored by this."
    )
    verdict = forms.ChoiceField(
        choices=WeaningVerdict.choices, widget=forms.RadioSelect, label="The patient"
    )
    stop_reason = forms.CharField(
        label="What stopped it", max_length=300, required=False, help_text="Unless it was passed."
    )
    next_plan = forms.CharField(label="What comes next", max_length=300, required=False)

    def __init__(self, *args: Any, is_running: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not is_running:
            del self.fields["ended_at"]


class TargetForm(ClockedForm, OnceForm):
    """A target of the day: a range or words."""

    key = forms.ChoiceField(
        label="Target for",
        choices=[
            (
                "Numbers",
                [
                    (code, f"{goal.label} ({goal.display_unit})")
                    for code, goal in GOALS.items()
                    if goal.is_number
                ],
            ),
            (
                "In words",
                [(code, goal.label) for code, goal in GOALS.items() if not goal.is_number],
            ),
        ],
    )
    low = MeasureField(label="At least", unit="", required=False)
    high = MeasureField(label="At most", unit="", required=False)
    words = forms.CharField(label="In words", max_length=300, required=False)
    review_by = ClinicalDateTimeField(
        label="Look at it again by", required=False, help_text="Left empty: as the site says."
    )


class CarryForm(OnceForm):
    """Targets that hold for another day: each one ticked by hand."""

    keys = forms.MultipleChoiceField(
        label="Still right today", widget=forms.CheckboxSelectMultiple, choices=[]
    )

    def __init__(self, *args: Any, targets: Iterable[TargetNow], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["keys"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 -- declared above
        field.choices = [(one.goal.code, str(one)) for one in targets]


class EmergencyPlanForm(ClockedForm, OnceForm):
    """Emergency plan and ceiling of care, as a physician decided them."""

    ceiling = forms.ChoiceField(label="Ceiling of care", choices=Ceiling.choices)
    words = forms.CharField(
        label="What to do in an emergency",
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=2000,
        help_text="For whoever comes first: circuit failure, arrest, bleeding; what is not done.",
    )
    physician = forms.ModelChoiceField(User.objects.none(), label="Decided by")
    reviewed_at = ClinicalDateTimeField(label="Decided or reviewed at")

    def __init__(self, *args: Any, physicians: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["physician"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 -- declared above
        field.queryset = physicians


class BedForm(ClockedForm, OnceForm):
    """A move to another bed."""

    to_bed = forms.CharField(label="To bed", max_length=20)
    moved_at = ClinicalDateTimeField(label="Moved at")


class LegForm(ClockedForm, OnceForm):
    """A journey on support that is planned."""

    kind = forms.ChoiceField(label="How", choices=LegKind.choices)
    from_place = forms.CharField(label="From", max_length=80)
    to_place = forms.CharField(label="To", max_length=80)
    reason = forms.CharField(max_length=200, required=False)
    planned_at = ClinicalDateTimeField(label="Planned for")
    journey_min = forms.IntegerField(
        label="Minutes, door to door", min_value=1, max_value=MOST_MINUTES, required=False
    )
    oxygen_flow = MeasureField(
        label="Oxygen needed, sweep and ventilator together",
        unit="L/min",
        min_value=0,
        required=False,
    )
    crew = forms.CharField(label="Who comes along", max_length=300, required=False)

    def __init__(self, *args: Any, sizes: Sequence[str], **options: Any) -> None:
        super().__init__(*args, **options)
        for number in range(1, CYLINDERS + 1):
            self.fields[f"size_{number}"] = forms.ChoiceField(
                label=f"Cylinder {number}",
                choices=[("", "None"), *((one, f"Size {one}") for one in sizes)],
                required=False,
            )
            self.fields[f"psi_{number}"] = MeasureField(
                label=f"Pressure of cylinder {number}", unit="psi", min_value=0, required=False
            )

    def clean(self) -> dict[str, Any]:
        """Let each cylinder have its pressure."""
        facts = super().clean() or {}
        for number in range(1, CYLINDERS + 1):
            has_size, psi = bool(facts.get(f"size_{number}")), facts.get(f"psi_{number}")
            if has_size and psi is None and f"psi_{number}" not in self.errors:
                self.add_error(f"psi_{number}", "Read the pressure of this cylinder.")
            if psi is not None and not has_size:
                self.add_error(f"size_{number}", "Say which size this cylinder has.")
        return facts

    def leg(self) -> dict[str, Any]:
        """Return what was planned, for the action."""
        names = ("kind", "from_place", "to_place", "reason", "planned_at", "journey_min")
        facts = {name: self.cleaned_data[name] for name in (*names, "oxygen_flow", "crew")}
        numbers = range(1, CYLINDERS + 1)
        facts["cylinders"] = [
            {"size": self.cleaned_data[f"size_{n}"], "psi": self.cleaned_data[f"psi_{n}"]}
            for n in numbers
            if self.cleaned_data[f"size_{n}"]
        ]
        return facts


class DecisionForm(OnceForm):
    """Go or no go."""

    decision = forms.ChoiceField(
        choices=[one for one in GoDecision.choices if one[0]], widget=forms.RadioSelect
    )
    note = forms.CharField(max_length=300, required=False, help_text="Why, if it is no go.")


class DepartureForm(ClockedForm, OnceForm):
    """When a journey began."""

    departed_at = ClinicalDateTimeField(label="Departed at")


class ArrivalForm(ClockedForm, OnceForm):
    """When a journey ended."""

    arrived_at = ClinicalDateTimeField(label="Arrived at")


class StandDownForm(OnceForm):
    """The circuit is checked on mains and wall gas: the journey is closed."""


class CallOffForm(OnceForm):
    """A journey that does not take place."""

    reason = forms.CharField(label="Why is it called off?", max_length=300)


class ResumeForm(ClockedForm, OnceForm):
    """Flow is on again in the same run."""

    resumed_at = ClinicalDateTimeField(label="Flow on again at")


class RemovalForm(ClockedForm, OnceForm):
    """A cannula that came out."""

    removed_at = ClinicalDateTimeField(label="Out at")
    reason = forms.ChoiceField(choices=CannulaRemoval.choices)
    repair = forms.ChoiceField(
        label="How the vessel was closed", choices=Repair.choices, required=False
    )
