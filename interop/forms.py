"""What a person says of a message or value that waits."""

from typing import Any

from django import forms

from patients.models import Patient
from web.formbase import OnceForm


class ReasonForm(OnceForm):
    """Why it is taken from the list."""

    reason = forms.CharField(
        label="What became of it, and why",
        max_length=200,
        help_text="Stays on record beside what was sent.",
    )


class MergeReasonForm(OnceForm):
    """How it is known that the two records of a message are of one patient."""

    reason = forms.CharField(
        label="How it is known who this is",
        max_length=120,
        help_text="Beside what the hospital sent: papers, wristband, family.",
    )


class PatientChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """Patients told apart by all that identifies them."""

    def label_from_instance(self, obj: Patient) -> str:
        """Name, birth date, number and who gave it."""
        born = f", born {obj.born_at:%d-%b-%Y}" if obj.born_at else ""
        return f"{obj}{born}, MRN {obj.mrn} ({obj.assigning_authority or 'no authority'})"


class MatchForm(ReasonForm):
    """Which patient a message means."""

    patient = PatientChoice(
        Patient.objects.none(), to_field_name="public_id", widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, patients: list[Patient], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["patient"]
        assert isinstance(field, PatientChoice)  # noqa: S101 - declared above
        field.queryset = Patient.objects.filter(pk__in=[one.pk for one in patients])
