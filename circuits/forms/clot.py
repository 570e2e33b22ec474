"""Forms about clots on the map of a circuit."""

from typing import Any

from django import forms

from circuits.models import ClotChange, ClotKind, ClotPlace
from clinical.clots import ITEM
from clinical.inspection import item
from web.fields import ClinicalDateTimeField, MeasureField
from web.formbase import ClockedForm, OnceForm

GRADES = [
    (one.code.removeprefix("grade_"), one.label)
    for one in item(ITEM).choices.values()
    if one.code != "grade_0"
]
CLOCK = [("", "Not told"), *((str(hour), f"{hour} o'clock") for hour in range(1, 13))]


class _Seen(ClockedForm, OnceForm):
    """What both forms ask: how it looks now, and when that was seen."""

    grade = forms.TypedChoiceField(
        choices=[("", "Choose"), *GRADES], coerce=int, help_text="A local scale: no standard exists"
    )
    size_mm = MeasureField(label="Largest measure", unit="mm", decimals=1, required=False)
    is_mobile = forms.BooleanField(label="It moves", required=False)
    seen_at = ClinicalDateTimeField(label="Seen at")
    note = forms.CharField(max_length=200, required=False)


class ClotForm(_Seen):
    """A clot that was seen for the first time."""

    place = forms.ChoiceField(choices=[("", "Choose"), *ClotPlace.choices])
    kind = forms.ChoiceField(choices=[("", "Choose"), *ClotKind.choices])
    clock_position = forms.TypedChoiceField(
        label="At what o'clock", choices=CLOCK, coerce=int, empty_value=None, required=False
    )
    field_order = ("place", "kind", "grade", "size_mm", "clock_position", "is_mobile", "seen_at")


class ClotLookForm(_Seen):
    """A clot that was looked at again. One that is gone keeps the grade that it had."""

    change = forms.ChoiceField(
        label="Since the last look", choices=[("", "Choose"), *ClotChange.choices[1:]]
    )
    field_order = ("change", "grade", "size_mm", "is_mobile", "seen_at", "note")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["grade"].help_text = "As it is now; of one that is gone, as it was"
