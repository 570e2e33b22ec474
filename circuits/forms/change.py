"""Forms about planned changes."""

from typing import Any

from django import forms

from accounts.models import User
from circuits.models import ComponentUse
from circuits.models.change import URGENCIES
from web.fields import ClinicalDateTimeField
from web.formbase import ClockedForm, OnceForm


class PartsField(forms.ModelMultipleChoiceField[ComponentUse]):
    """Components in a circuit, each with its position."""

    def label_from_instance(self, obj: Any) -> str:
        """Kind and product."""
        return f"{obj.get_kind_display()}: {obj.component}"


class PlanForm(ClockedForm, OnceForm):
    """A change: of what, when, by whom, why."""

    uses = PartsField(
        ComponentUse.objects.none(),
        label="What is to be exchanged",
        widget=forms.CheckboxSelectMultiple,
    )
    urgency = forms.ChoiceField(choices=URGENCIES)
    starts_at = ClinicalDateTimeField(label="From")
    ends_at = ClinicalDateTimeField(label="Until")
    owner = forms.ModelChoiceField(User.objects.none(), label="Who sees to it")
    why = forms.CharField(max_length=300, help_text="Whoever makes the change reads this.")
    is_kit_ready = forms.BooleanField(label="The kit is ready", required=False)
    kit_note = forms.CharField(label="Which kit, where", max_length=200, required=False)

    def __init__(self, *args: Any, uses: Any, owners: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, rows in (("uses", uses), ("owner", owners)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 -- declared above
            field.queryset = rows


class ReplanForm(ClockedForm, OnceForm):
    """Another slot for a change."""

    urgency = forms.ChoiceField(choices=URGENCIES)
    starts_at = ClinicalDateTimeField(label="From")
    ends_at = ClinicalDateTimeField(label="Until")
    reason = forms.CharField(label="Why it is moved", max_length=300)


class HandOverForm(ClockedForm, OnceForm):
    """Another owner of a change."""

    owner = forms.ModelChoiceField(User.objects.none(), label="Who sees to it now")
    reason = forms.CharField(max_length=300)

    def __init__(self, *args: Any, owners: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["owner"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 -- declared above
        field.queryset = owners


class KitForm(ClockedForm, OnceForm):
    """Whether the kit of a change is ready."""

    is_ready = forms.BooleanField(label="The kit is ready", required=False)
    note = forms.CharField(label="Which kit, where", max_length=150, required=False)


class CancelForm(ClockedForm, OnceForm):
    """A change that is not made."""

    reason = forms.CharField(label="Why it is not made", max_length=300)
