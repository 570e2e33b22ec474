"""Forms about patients and what happens to them."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import Centre, Unit
from patients.models import CultureSite, FamilyEntryKind, Patient, ProcedureKind, Sex
from web.fields import ClinicalDateTimeField, MeasureField
from web.formbase import ClockedForm, OnceForm

LONGEST_NAME = 200


class PatientForm(ClockedForm, OnceForm):
    """Who a patient is."""

    unit = forms.ModelChoiceField(Unit.objects.none(), empty_label=None)
    mrn = forms.CharField(label="MRN", max_length=40)
    assigning_authority = forms.CharField(
        max_length=40, required=False, help_text="Who gave the number, as the laboratory sends it."
    )
    family_name = forms.CharField(max_length=LONGEST_NAME)
    given_name = forms.CharField(max_length=LONGEST_NAME, required=False)
    born_at = ClinicalDateTimeField(
        label="Born",
        required=False,
        help_text="Date and time, such as 02-Mar-1980 00:00. The time matters for neonates.",
    )
    is_birth_time_known = forms.BooleanField(label="The time of birth is known", required=False)
    sex = forms.ChoiceField(choices=Sex.choices, initial=Sex.UNKNOWN)
    bed = forms.CharField(max_length=20, required=False)

    def __init__(self, *args: Any, units: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        unit = self.fields["unit"]
        assert isinstance(unit, forms.ModelChoiceField)  # noqa: S101 -- declared above
        unit.queryset = units


class PatientCorrectionForm(PatientForm):
    """A change of who a patient is said to be, with its reason."""

    reason = forms.CharField(
        label="Why is it corrected?", max_length=200, help_text="Kept with what was there before."
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    @classmethod
    def of(cls, patient: Patient, **options: Any) -> "PatientCorrectionForm":
        """Return the form with the patient's details in it."""
        names = (
            "unit",
            "mrn",
            "assigning_authority",
            "family_name",
            "given_name",
            "born_at",
            "is_birth_time_known",
            "sex",
            "bed",
        )
        initial = {name: getattr(patient, name) for name in names}
        return cls(initial={**initial, "seen": stamp_of(patient)}, **options)


def stamp_of(patient: Patient) -> str:
    """Return what tells one state of a patient's details from another."""
    facts = (patient.mrn, patient.family_name, patient.given_name, patient.born_at, patient.sex)
    return "|".join(str(fact) for fact in (*facts, patient.bed))


class ComplicationForm(ClockedForm, OnceForm):
    """A complication with its registry code."""

    code = forms.CharField(label="Registry code", max_length=10)
    label = forms.CharField(label="What happened", max_length=200)
    occurred_at = ClinicalDateTimeField(label="When")
    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), required=False)


class BleedingForm(ClockedForm, OnceForm):
    """A bleeding that has begun."""

    site = forms.CharField(max_length=120)
    grade = forms.TypedChoiceField(
        choices=[(n, f"Grade {n}") for n in range(1, 5)], coerce=int, initial=1
    )
    starts_at = ClinicalDateTimeField(label="Since")


class ProductForm(ClockedForm, OnceForm):
    """A blood product begun."""

    product = forms.ChoiceField(
        choices=[
            ("red_cells", "Red cells"),
            ("platelets", "Platelets"),
            ("plasma", "Plasma"),
            ("cryoprecipitate", "Cryoprecipitate"),
            ("albumin", "Albumin"),
            ("other", "Other"),
        ]
    )
    volume_ml = MeasureField(label="Volume", unit="mL", min_value=0)
    given_to = forms.ChoiceField(choices=[("patient", "Patient"), ("circuit", "Circuit prime")])
    started_at = ClinicalDateTimeField(label="Begun at")
    donation_id = forms.CharField(label="Donation number", max_length=40, required=False)

    product_code = forms.CharField(max_length=20, required=False)
    abo_rhd = forms.CharField(label="ABO and RhD", max_length=20, required=False)
    expires_at = ClinicalDateTimeField(label="Expires", required=False)
    is_all_there_is = forms.BooleanField(
        label="The bag's full identity is not to be had",
        required=False,
        help_text="For the circuit's prime only: it asks for number, code, group and expiry.",
    )


class DiagnosisForm(OnceForm):
    """A diagnosis by code and text."""

    icd10 = forms.CharField(label="ICD-10 code", max_length=10, required=False)
    label = forms.CharField(
        label="Diagnosis",
        max_length=200,
        required=False,
        help_text="Blank: the text of the code in this centre's list.",
    )
    is_primary = forms.BooleanField(label="Primary diagnosis", required=False)


class ProcedureForm(ClockedForm, OnceForm):
    """A procedure before or on ECLS."""

    kind = forms.ChoiceField(choices=ProcedureKind.choices)
    label = forms.CharField(label="In words", max_length=200, required=False)
    code = forms.RegexField(
        r"^[0-9]*$", label="Registry code", max_length=10, required=False, help_text="The number."
    )
    performed_at = ClinicalDateTimeField(label="When")


class InfectionForm(ClockedForm, OnceForm):
    """A positive culture; colonisation is none."""

    organism = forms.CharField(max_length=120)
    site = forms.ChoiceField(label="From", choices=CultureSite.choices)
    collected_at = ClinicalDateTimeField(label="Taken at")
    note = forms.CharField(max_length=200, required=False)


class FamilyForm(ClockedForm, OnceForm):
    """One line about the family or about consent."""

    kind = forms.ChoiceField(choices=FamilyEntryKind.choices)
    text = forms.CharField(label="In one line", max_length=200)
    occurred_at = ClinicalDateTimeField(label="When")


class DrawForm(ClockedForm, OnceForm):
    """Blood drawn for tests, discard included."""

    volume_ml = MeasureField(
        label="Volume", unit="mL", min_value=0.05, max_value=1000, max_digits=6, decimal_places=2
    )
    drawn_at = ClinicalDateTimeField(label="Drawn at")
    note = forms.CharField(label="For what", max_length=120, required=False)


class WithdrawForm(OnceForm):
    """Why an entry is withdrawn."""

    reason = forms.CharField(
        label="Why it was an error",
        max_length=200,
        help_text="The entry stays readable, marked as withdrawn, with this.",
    )


class CodeListForm(OnceForm):
    """A centre's list of diagnoses as a file."""

    centre = forms.ModelChoiceField(Centre.objects.none(), empty_label=None)
    file = forms.FileField(
        label="List as CSV",
        help_text="Two columns: code, text. UTF-8; comma, semicolon or tab. Every code that is to "
        "be in use stands in it.",
    )

    def __init__(self, *args: Any, centres: QuerySet[Centre], **options: Any) -> None:
        super().__init__(*args, **options)
        centre = self.fields["centre"]
        assert isinstance(centre, forms.ModelChoiceField)  # noqa: S101 -- declared above
        centre.queryset = centres
