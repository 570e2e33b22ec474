"""Forms about cannulas and the mode: put in, corrected, moved; the mode."""

from typing import Any

from django import forms

from patients.models import (
    Cannula,
    CannulaPurpose,
    CannulaSite,
    Lumens,
    Mode,
    Side,
    Technique,
)
from web.fields import ClinicalDateTimeField, MeasureField
from web.formbase import ClockedForm, OnceForm

MOST_FR, MOST_CM = 60, 99


def centimetres(label: str) -> MeasureField:
    """Return a field for a length in cm that may not be known."""
    return MeasureField(label=label, unit="cm", min_value=0, max_value=MOST_CM, required=False)


class CannulaFactsForm(ClockedForm, OnceForm):
    """What a cannula is."""

    site = forms.ChoiceField(choices=CannulaSite.choices)
    side = forms.ChoiceField(choices=Side.choices, required=False)
    purpose = forms.ChoiceField(choices=CannulaPurpose.choices)
    size_fr = MeasureField(label="Size", unit="Fr", max_value=MOST_FR, min_value=1, required=False)
    length_cm = centimetres("Length")
    lumens = forms.ChoiceField(choices=Lumens.choices, required=False)
    is_minor = forms.BooleanField(
        label="It carries the minor flow (a lower-case letter in the configuration)", required=False
    )
    technique = forms.ChoiceField(choices=Technique.choices, required=False)
    inserted_at = ClinicalDateTimeField(label="Put in at")


class CannulaForm(CannulaFactsForm):
    """A cannula that was put in."""

    depth_cm = centimetres("Depth secured")
    tip_position = forms.CharField(
        max_length=80,
        required=False,
        help_text="As seen on imaging, such as right atrium. May follow later.",
    )


class CannulaCorrectionForm(CannulaFactsForm):
    """What was entered wrong of a cannula, with the reason."""

    reason = forms.CharField(
        label="Why is it corrected?", max_length=200, help_text="Kept with what was there before."
    )

    @classmethod
    def facts_of(cls, cannula: Cannula) -> dict[str, Any]:
        """Return what the form starts with."""
        return {
            name: getattr(cannula, name)
            for name in CannulaFactsForm.base_fields
            if hasattr(cannula, name)
        }


class PositionForm(ClockedForm, OnceForm):
    """How deep a cannula is secured now, and where its tip was seen."""

    depth_cm = centimetres("Depth secured")
    tip_position = forms.CharField(
        label="Tip", max_length=80, required=False, help_text="As seen on imaging."
    )
    seen_at = ClinicalDateTimeField(label="Seen at")
    reason = forms.CharField(label="Why it was moved", max_length=200, required=False)


class ModePreviewForm(ClockedForm):
    """Which mode from when: enough to show the timeline that results."""

    mode = forms.ChoiceField(choices=[c for c in Mode.choices if c[0] != Mode.UNKNOWN])
    starts_at = ClinicalDateTimeField(label="From")


class ModeForm(ModePreviewForm, OnceForm):
    """The mode from a time on."""

    configuration = forms.CharField(
        label="As told at the bedside",
        max_length=60,
        required=False,
        help_text="Only what somebody called it: the configuration itself is written from the "
        "cannulas.",
    )
    reason = forms.CharField(max_length=200, required=False)


class ConfirmationForm(ClockedForm, OnceForm):
    """A remark to the confirmation of limits and targets."""

    note = forms.CharField(label="Remark", max_length=200, required=False)
