"""Forms about components."""

from datetime import date
from typing import Any
from uuid import uuid4

from django import forms

from circuits.actions.exchange import NewPart
from circuits.forms.scan import LabelForm
from circuits.models import DeviceModel
from web.fields import ClinicalDateTimeField
from web.formbase import ClockedForm, OnceForm


class PartForm(ClockedForm, OnceForm, LabelForm):
    """A part: its model and its label."""

    field_order = ("udi", "label_photo", "model", "lot", "serial", "expires_on")

    def __init__(self, *args: Any, kind: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        model = self.fields["model"]
        assert isinstance(model, forms.ModelChoiceField)  # noqa: S101 -- declared above
        rows = DeviceModel.objects.all()
        model.queryset = rows.filter(kind=kind) if kind else rows

    def part(self) -> NewPart:
        """Return the part that was entered."""
        data = self.cleaned_data
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


class DeviceForm(forms.ModelForm[DeviceModel]):
    """A product of the catalogue."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    class Meta:
        model = DeviceModel
        fields = ("kind", "name", "manufacturer", "gtin", "label_hours", "label_source", "is_draft")
        help_texts = {
            "label_hours": "What the labelling says: information, it makes nothing due.",
            "label_source": "Which market's document, and when it was read.",
        }
