"""The form of one item of a checklist."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from django import forms

from clinical.checklist import Item
from web.checklists import ItemState
from web.fields import MeasureField
from web.formbase import OnceForm
from web.models import Answer
from web.problems import ErrorItem


class AnswerForm(OnceForm):
    """One answer: the button that was pressed, a value where the item asks for one, a reason."""

    answer = forms.ChoiceField(choices=Answer.choices)
    note = forms.CharField(label="Reason or note", max_length=300, required=False)

    def __init__(self, data: Any = None, *, item: Item) -> None:
        super().__init__(data, auto_id=f"{item.id}-%s")
        if item.is_value:
            self.fields["value"] = MeasureField(
                label=item.label,
                unit=item.unit,
                decimals=item.decimals,
                required=False,
                min_value=0,
            )

    @property
    def typed_value(self) -> Decimal | None:
        """The number that was typed, if any."""
        return cast("Decimal | None", self.cleaned_data.get("value"))


@dataclass(frozen=True, slots=True)
class Shown:
    """One item with the form to answer it, and what is asked back."""

    state: ItemState
    form: AnswerForm
    questions: list[ErrorItem]


def fresh(state: ItemState) -> Shown:
    """Return an item with an empty form."""
    return Shown(state, AnswerForm(item=state.item), [])
