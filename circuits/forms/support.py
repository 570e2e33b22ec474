"""Forms about the support as a whole."""

from typing import Any

from django import forms

from accounts.models import Unit
from patients.models import Mode, Patient, SupportType, WeightBasis
from patients.models.run import EndReason
from web.fields import ClinicalDateTimeField, MeasureField
from web.formbase import ClockedForm, OnceForm

ECPR = (
    "ECPR: flow as part of the first resuscitation from cardiac arrest, before circulation had "
    "held for 20 minutes without compressions. Cannulated in a hurry without an arrest is not ECPR."
)
HARD_LEAST_KG, HARD_MOST_KG = "0.3", 650


class FlowOnForm(ClockedForm, OnceForm):
    """Flow on: a time, and the patient if somebody knows who it is. The rest may follow."""

    patient = forms.ModelChoiceField(
        Patient.objects.none(),
        required=False,
        empty_label="Not known yet: a temporary name is given",
    )
    started_at = ClinicalDateTimeField(label="Flow on at")
    mode = forms.ChoiceField(
        choices=Mode.choices, initial=Mode.UNKNOWN, help_text="May follow later."
    )
    support_type = forms.ChoiceField(
        choices=[("", "Not decided yet"), *SupportType.choices],
        required=False,
        help_text=ECPR,
    )
    unit = forms.ModelChoiceField(Unit.objects.none(), empty_label=None)

    def __init__(self, *args: Any, patients: Any, units: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, rows in (("patient", patients), ("unit", units)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 -- declared above
            field.queryset = rows


class WeightForm(ClockedForm, OnceForm):
    """A weight with how it was got."""

    weight_kg = MeasureField(
        label="Weight", unit="kg", min_value=float(HARD_LEAST_KG), max_value=HARD_MOST_KG
    )
    basis = forms.ChoiceField(choices=WeightBasis.choices)
    measured_at = ClinicalDateTimeField(label="Weighed at")


class LimitForm(ClockedForm, OnceForm):
    """New bounds of one measure from a time on; an empty box means no bound on that side."""

    warning_low = MeasureField(label="Warning below", unit="", required=False)
    warning_high = MeasureField(label="Warning above", unit="", required=False)
    critical_low = MeasureField(label="Critical below", unit="", required=False)
    critical_high = MeasureField(label="Critical above", unit="", required=False)
    valid_from = ClinicalDateTimeField(label="From")
    reason = forms.CharField(max_length=200)


class FlowOffForm(ClockedForm, OnceForm):
    """Flow off: a time is enough."""

    ended_at = ClinicalDateTimeField(label="Flow off at")
    end_reason = forms.ChoiceField(
        label="Reason",
        choices=[("", "To be entered later"), *EndReason.choices],
        required=False,
    )


class OutcomeForm(ClockedForm, OnceForm):
    """What became of the patient. What is not known stays empty."""

    end_reason = forms.ChoiceField(
        label="Why the run ended", choices=[("", "Not entered"), *EndReason.choices], required=False
    )
    discharged_alive = forms.NullBooleanField(
        label="Left the hospital alive",
        widget=forms.Select(choices=[("", "Not known yet"), ("true", "Yes"), ("false", "No")]),
        required=False,
    )
    discharged_at = ClinicalDateTimeField(label="Left the hospital at", required=False)
    discharge_location = forms.CharField(max_length=60, required=False)
    died_at = ClinicalDateTimeField(label="Died at", required=False)
    follow_up_at = ClinicalDateTimeField(label="Follow-up", required=False)
    follow_up_result = forms.CharField(
        label="What follow-up found",
        max_length=200,
        required=False,
        help_text="One line. It may be entered when the follow-up has been.",
    )
