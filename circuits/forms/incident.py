"""Forms of a device incident, and of photos of parts."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet

from accounts.models import Unit
from circuits.actions.parts import NewPart
from circuits.forms.circuit import part_of
from circuits.forms.scan import LabelForm
from circuits.forms.stock import unit_field
from circuits.models import ComponentUse, HarmDone, PartPhoto
from web.fields import ClinicalDateTimeField
from web.formbase import ClockedForm, GroupedForm, OnceForm

HARM_HELP = "While it is not known, the report is due as for the gravest harm."


class IncidentForm(ClockedForm, OnceForm):
    """What happened, with which part, and what it did to the patient."""

    happened_at = ClinicalDateTimeField(label="Happened at")
    part = forms.ChoiceField(
        required=False, help_text="A part that is named is kept aside from now on."
    )
    what = forms.CharField(
        label="What happened",
        widget=forms.Textarea,
        max_length=4000,
        help_text="In the order in which it happened, with what was seen and heard.",
    )
    harm = forms.ChoiceField(
        label="Harm", choices=HarmDone.choices, widget=forms.RadioSelect, help_text=HARM_HELP
    )
    harm_note = forms.CharField(label="What it did to the patient", max_length=300, required=False)
    holder = forms.CharField(
        label="Who holds the part now", max_length=150, required=False, help_text="Blank: you."
    )
    place = forms.CharField(label="Where it is kept", max_length=150, required=False)

    def __init__(self, *args: Any, uses: Iterable[ComponentUse], **options: Any) -> None:
        super().__init__(*args, **options)
        self._uses = {str(use.public_id): use for use in uses}
        part = self.fields["part"]
        assert isinstance(part, forms.ChoiceField)  # noqa: S101 -- declared above
        part.choices = [
            ("", "No part, or one that is not listed"),
            *((key, _words(use)) for key, use in self._uses.items()),
        ]

    def use(self) -> ComponentUse | None:
        """Return the part that was chosen."""
        return self._uses.get(self.cleaned_data["part"])


class OutsideForm(GroupedForm, ClockedForm, OnceForm, LabelForm):
    """An incident with a device on which no patient is."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label="In which unit")
    happened_at = ClinicalDateTimeField(label="Happened or found at")
    what = forms.CharField(
        label="What happened",
        widget=forms.Textarea,
        max_length=4000,
        help_text="In the order in which it happened, with what was seen and heard.",
    )
    harm = forms.ChoiceField(
        label="Harm to anybody",
        choices=HarmDone.choices,
        widget=forms.RadioSelect,
        help_text=HARM_HELP,
    )
    harm_note = forms.CharField(label="What it did, and to whom", max_length=300, required=False)
    holder = forms.CharField(
        label="Who holds it now", max_length=150, required=False, help_text="Blank: you."
    )
    place = forms.CharField(
        label="Where it is kept", max_length=150, required=False, help_text="Blank: the unit."
    )
    groups: ClassVar = {
        "Which device": (
            "unit",
            "udi",
            "label_photo",
            "model",
            "draft_kind",
            "draft_name",
            "lot",
            "serial",
            "expires_on",
        ),
        "What happened": ("happened_at", "what", "harm", "harm_note"),
        "Kept aside": ("holder", "place"),
    }

    def __init__(self, *args: Any, units: QuerySet[Unit], **options: Any) -> None:
        super().__init__(*args, **options)
        unit_field(self, units)
        model = self.fields["model"]
        assert isinstance(model, forms.ModelChoiceField)  # noqa: S101 -- declared above
        model.required, model.empty_label = False, "No device, or one that is not listed"

    def part(self) -> NewPart | None:
        """Return the device as its label says, None where no product was named."""
        return part_of(self.cleaned_data) if self.cleaned_data["model"] else None


class HandOverForm(ClockedForm, OnceForm):
    """The part goes from hand to hand."""

    holder = forms.CharField(label="Who takes it", max_length=150)
    place = forms.CharField(label="Where it is kept", max_length=150)
    taken_at = ClinicalDateTimeField(label="Taken at")
    note = forms.CharField(label="Seal, packaging, condition", max_length=300, required=False)


class ReleaseForm(ClockedForm, OnceForm):
    """The part is let go."""

    to = forms.CharField(
        label="What became of it",
        max_length=200,
        help_text="Sent to the manufacturer, discarded, or back in use and why.",
    )
    released_at = ClinicalDateTimeField(label="Let go at")


class HarmForm(ClockedForm, OnceForm):
    """The harm, once it is known."""

    harm = forms.ChoiceField(
        choices=HarmDone.choices, widget=forms.RadioSelect, help_text=HARM_HELP
    )
    harm_note = forms.CharField(label="What it did to the patient", max_length=300, required=False)


class ReportedForm(ClockedForm, OnceForm):
    """The report was sent."""

    to = forms.CharField(label="Reported to", max_length=200)
    reported_at = ClinicalDateTimeField(label="Reported at")


class OutcomeForm(ClockedForm, OnceForm):
    """What the case came to."""

    outcome = forms.CharField(
        widget=forms.Textarea, max_length=4000, help_text="What was found, and what was changed."
    )


class PhotoForm(ClockedForm, OnceForm):
    """A photo of a part."""

    kind = forms.ChoiceField(
        label="It shows", choices=PartPhoto.Kind.choices, widget=forms.RadioSelect
    )
    file = forms.ImageField(
        label="Photo", help_text="JPEG or PNG, at most 10 MB. Place and device are taken out of it."
    )


def _words(use: ComponentUse) -> str:
    part = use.component
    number = part.serial or part.lot or "no number"
    out = " · taken out" if use.removed_at else ""
    return f"{use.get_kind_display()}: {part.model}, {number}{out}"
