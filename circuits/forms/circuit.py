"""Forms about components."""

from datetime import date
from typing import Any
from uuid import uuid4

from django import forms

from circuits.actions.catalogue import LabelHours
from circuits.actions.exchange import NewPart
from circuits.forms.scan import LabelForm
from circuits.models import DeviceModel, Market
from web.fields import ClinicalDateTimeField
from web.formbase import ClockedForm, OnceForm


class PartForm(ClockedForm, OnceForm, LabelForm):
    """A part: its model and its label."""

    field_order = ("udi", "label_photo", "model", "lot", "serial", "expires_on")

    def __init__(self, *args: Any, kind: str = "", **options: Any) -> None:
        self.kind = kind
        super().__init__(*args, **options)
        model = self.fields["model"]
        assert isinstance(model, forms.ModelChoiceField)  # noqa: S101 -- declared above
        rows = DeviceModel.objects.all()
        model.queryset = rows.filter(kind=kind) if kind else rows

    def part(self) -> NewPart:
        """Return the part that was entered."""
        return part_of(self.cleaned_data)


def part_of(data: dict[str, Any]) -> NewPart:
    """Return the part that a form with a label was filled in with."""
    expires: date | None = data["expires_on"]
    return NewPart(
        model=data["model"],
        lot=data["lot"],
        serial=data["serial"],
        udi=data["udi"],
        expires_on=expires,
        position=data.get("position", ""),
    )


class InstallForm(PartForm):
    """A part put into the circuit."""

    position = forms.CharField(
        max_length=40, required=False, help_text="Only if the circuit has two of a kind."
    )
    installed_at = ClinicalDateTimeField(label="Put in at")


class LabelHoursForm(ClockedForm, OnceForm):
    """What a product's label says of hours in one market."""

    market = forms.ChoiceField(choices=Market.choices)
    hours = forms.IntegerField(label="Labelled hours", min_value=1, max_value=100_000)
    source = forms.CharField(label="Document read", max_length=150)
    checked_on = forms.DateField(
        label="Read on", input_formats=["%d-%b-%Y", "%Y-%m-%d"], help_text="Such as 31-Mar-2027."
    )

    def label(self) -> LabelHours:
        """Return what was typed."""
        names = ("market", "hours", "source", "checked_on")
        return LabelHours(**{name: self.cleaned_data[name] for name in names})


class DeviceForm(forms.ModelForm[DeviceModel]):
    """A product of the catalogue."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    class Meta:
        model = DeviceModel
        fields = ("kind", "name", "manufacturer", "gtin", "pump_type", "is_draft")
