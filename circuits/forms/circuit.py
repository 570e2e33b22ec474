"""Forms about components."""

from datetime import date
from typing import Any
from uuid import uuid4

from django import forms

from circuits.actions.exchange import NewPart
from circuits.models import DeviceModel
from web.fields import ClinicalDateTimeField
from web.formbase import ClockedForm, OnceForm


class PartForm(ClockedForm, OnceForm):
    """A part: its model and its label."""

    model = forms.ModelChoiceField(DeviceModel.objects.none(), label="Product")
    udi = forms.CharField(
        label="UDI as scanned",
        max_length=200,
        required=False,
        help_text="Scan the label here, or type lot, serial and expiry below.",
    )
    lot = forms.CharField(max_length=40, required=False)
    serial = forms.CharField(max_length=40, required=False)
    expires_on = forms.DateField(
        label="Expiry",
        required=False,
        input_formats=["%d-%b-%Y", "%Y-%m-%d"],
        help_text="Such as 31-Mar-2027.",
    )

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
