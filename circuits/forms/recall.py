"""Forms of a recall: the notice, who was told, what became of each part."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import Centre
from circuits.actions.recalls import Notice
from circuits.models import (
    ActionAsked,
    ComponentKind,
    DeviceModel,
    RecallClass,
    RecallFate,
    RecallItem,
)
from web.fields import ClinicalDateTimeField, DayField
from web.formbase import ClockedForm, OnceForm

MOST = 200
_SEPARATORS = re.compile(r"[\n\r,;]+")
_RANGE = re.compile(r"^(\S+)\s+(?:to|through|-|\N{EN DASH})\s+(\S+)$", re.IGNORECASE)


def lines_of(text: str) -> list[str]:
    """Return what stands in a box: one a line, or with commas between."""
    return [line.strip() for line in _SEPARATORS.split(text) if line.strip()]


class ListField(forms.CharField):
    """A box with one entry a line; each at most `longest` characters."""

    def __init__(self, *, longest: int, **options: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 3}), required=False, **options)
        self.longest = longest

    def clean(self, value: Any) -> list[str]:
        """Read the entries, or say which is too long."""
        entries = lines_of(super().clean(value))
        for entry in entries:
            if len(entry) > self.longest:
                raise forms.ValidationError(
                    f"“{entry[:30]}…” is longer than {self.longest} characters. Put each entry on "
                    "a line of its own."
                )
        if len(entries) > MOST:
            raise forms.ValidationError(f"At most {MOST} entries: use ranges of lots instead.")
        return entries


class RecallForm(ClockedForm, OnceForm):
    """A notice as it came."""

    centre = forms.ModelChoiceField(Centre.objects.none())
    issuer = forms.CharField(
        label="Who issued it", max_length=150, help_text="The manufacturer or the authority."
    )
    reference = forms.CharField(label="Their reference", max_length=80)
    product = forms.CharField(label="Product, as the notice names it", max_length=200)
    action = forms.ChoiceField(
        label="It asks for",
        choices=ActionAsked.choices,
        widget=forms.RadioSelect,
        help_text="A correction may let a part stay in use; a removal does not.",
    )
    recall_class = forms.ChoiceField(
        label="Class", choices=[("", "Not given"), *RecallClass.choices], required=False
    )
    issued_on = DayField(label="Dated")
    received_at = ClinicalDateTimeField(label="Received at")
    kind = forms.ChoiceField(
        label="Kind of part",
        choices=[("", "Any kind"), *ComponentKind.choices],
        required=False,
        help_text="Narrows the search. Leave it open when in doubt.",
    )
    model = forms.ModelChoiceField(
        DeviceModel.objects.none(), label="Product in our catalogue", required=False
    )
    gtins = ListField(label="GTINs", longest=20, help_text="One a line, 8 to 14 digits.")
    lots = ListField(
        label="Lots",
        longest=90,
        help_text="One a line; a range as L100 to L199. Without lots and serials: all of the product.",
    )
    serials = ListField(label="Serials", longest=40, help_text="One a line.")
    instruction = forms.CharField(
        label="What the notice says to do",
        widget=forms.Textarea,
        max_length=2000,
        help_text="It stands in the alert at each bed.",
    )
    file = forms.FileField(label="The notice, as PDF or photo", required=False)

    def __init__(self, *args: Any, centres: QuerySet[Centre], **options: Any) -> None:
        super().__init__(*args, **options)
        for name, rows in (("centre", centres), ("model", DeviceModel.objects.all())):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 -- declared above
            field.queryset = rows
        only = centres.first() if centres.count() == 1 else None
        if only is not None:
            self.fields["centre"].widget = forms.HiddenInput()
            self.fields["centre"].initial = only

    def notice(self) -> Notice:
        """Return the notice that was typed."""
        data = self.cleaned_data
        ranges = [found.groups() for lot in data["lots"] if (found := _RANGE.match(lot))]
        same = ("issuer", "reference", "product", "action", "issued_on", "instruction")
        more = ("recall_class", "kind", "model", "gtins", "serials")
        return Notice(
            **{name: data[name] for name in (*same, *more)},
            lots=[lot for lot in data["lots"] if not _RANGE.match(lot)],
            lot_ranges=[(first, last) for first, last in ranges],
        )


class TellForm(ClockedForm, OnceForm):
    """Which physician was told."""

    who = forms.CharField(label="Who was told", max_length=120)
    told_at = ClinicalDateTimeField(label="Told at")
    note = forms.CharField(label="What was agreed", max_length=300, required=False)


class FateForm(ClockedForm, OnceForm):
    """What became of some parts of a recall."""

    items = forms.MultipleChoiceField(label="Parts and lots", widget=forms.CheckboxSelectMultiple)
    fate = forms.ChoiceField(
        label="What was done", choices=RecallFate.choices, widget=forms.RadioSelect
    )
    decided_at = ClinicalDateTimeField(label="Done at")
    reason = forms.CharField(
        max_length=300,
        required=False,
        help_text="Needed for what stays in use and for what was ruled out.",
    )

    def __init__(self, *args: Any, rows: Iterable[RecallItem], **options: Any) -> None:
        super().__init__(*args, **options)
        self._rows = {str(row.public_id): row for row in rows}
        choices = [(key, _words(row)) for key, row in self._rows.items()]
        items = self.fields["items"]
        assert isinstance(items, forms.MultipleChoiceField)  # noqa: S101 -- declared above
        items.choices = choices

    def chosen(self) -> list[RecallItem]:
        """Return the rows that were ticked."""
        return [self._rows[key] for key in self.cleaned_data["items"]]


def _words(item: RecallItem) -> str:
    part = item.component
    if part is None:
        return f"{item.stock_lot} in {item.stock_lot.unit}" if item.stock_lot else ""
    numbers = [f"lot {part.lot}" if part.lot else "no lot", part.serial and f"serial {part.serial}"]
    fate = f" · {item.get_fate_display()}" if item.fate else ""
    return f"{part.model}, {', '.join(word for word in numbers if word)}{fate}"
