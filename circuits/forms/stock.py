"""Forms of the shelf: what came in, what was counted, set aside, thrown away, and what is wanted."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import Unit
from circuits.actions.stock import Arrival
from circuits.forms.scan import LabelForm
from circuits.models import Component, DeviceModel
from web.fields import ClinicalDateTimeField, DayField
from web.formbase import ClockedForm, OnceForm

MOST = 1000


def unit_field(form: forms.Form, units: QuerySet[Unit]) -> None:
    """Offer the units in which the user may work; hide the box where there is only one."""
    field = form.fields["unit"]
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 -- declared by the form
    field.queryset = units
    only = units.first() if units.count() == 1 else None
    if only is not None:
        field.widget = forms.HiddenInput()
        field.initial = only


class ReceiveForm(ClockedForm, OnceForm, LabelForm):
    """A delivery, or one box of it, as printed on the box."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label="Store of")
    quantity = forms.IntegerField(min_value=1, max_value=MOST, initial=1)
    received_at = ClinicalDateTimeField(label="Received at")
    reason = forms.CharField(label="Delivery note, remark", max_length=300, required=False)
    field_order = ("unit", "udi", "label_photo", "model", "lot", "serial", "expires_on")

    def __init__(self, *args: Any, units: QuerySet[Unit], **options: Any) -> None:
        super().__init__(*args, **options)
        unit_field(self, units)
        self.fields["serial"].help_text = "A part with a serial is received one at a time."

    def arrival(self) -> Arrival:
        """Return what was entered."""
        data = self.cleaned_data
        expires: date | None = data["expires_on"]
        same = {name: data[name] for name in ("model", "lot", "serial", "udi", "quantity")}
        return Arrival(**same, expires_on=expires)


class CountForm(ClockedForm, OnceForm):
    """How many lie free on the shelf."""

    counted = forms.IntegerField(
        label="Lying free on the shelf",
        min_value=0,
        max_value=MOST,
        help_text="Without what is reserved or kept aside.",
    )
    counted_at = ClinicalDateTimeField(label="Counted at")
    reason = forms.CharField(
        label="Why it differs",
        max_length=300,
        required=False,
        help_text="Only if it is not what the record says.",
    )


class MoveForm(ClockedForm, OnceForm):
    """Some of a lot is reserved, kept aside or thrown away."""

    part = forms.ChoiceField(label="Which", required=False)
    quantity = forms.IntegerField(label="How many", min_value=1, max_value=MOST, initial=1)
    moved_at = ClinicalDateTimeField(label="At")
    reason = forms.CharField(max_length=300)

    def __init__(self, *args: Any, parts: Iterable[Component], **options: Any) -> None:
        super().__init__(*args, **options)
        self._parts = {str(part.public_id): part for part in parts}
        if not self._parts:
            del self.fields["part"]
            return
        field = self.fields["part"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared above
        numbers = [(key, f"serial {part.serial}") for key, part in self._parts.items()]
        field.choices = [("", "Any without a serial"), *numbers]

    def component(self) -> Component | None:
        """Return the very part that was chosen."""
        return self._parts.get(self.cleaned_data.get("part", ""))


class ReserveForm(MoveForm):
    """Some of a lot is reserved for a plan."""

    needed_on = DayField(
        label="Needed on",
        required=False,
        help_text="A lot that will have expired then is refused.",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].label = "For what"


class EndForm(ClockedForm, OnceForm):
    """A reservation or quarantine ends."""

    moved_at = ClinicalDateTimeField(label="At")
    reason = forms.CharField(max_length=300)


class ParForm(ClockedForm, OnceForm):
    """How many of a product a store wants."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label="Store of")
    model = forms.ModelChoiceField(DeviceModel.objects.all(), label="Product")
    quantity = forms.IntegerField(
        label="Wanted on the shelf",
        min_value=0,
        max_value=MOST,
        help_text="Free, in date and not recalled. 0: none is wanted.",
    )

    def __init__(self, *args: Any, units: QuerySet[Unit], **options: Any) -> None:
        super().__init__(*args, **options)
        unit_field(self, units)
