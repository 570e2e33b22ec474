"""What every form shares: how it is drawn, what time it is about, and being sent only once."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.db.models import QuerySet
from django.forms.renderers import TemplatesSetting

from web.fields import ClinicalDateTimeField, MeasureField


class Renderer(TemplatesSetting):
    """Draws forms and fields from our own templates (FORM_RENDERER)."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"


class ClockedForm(forms.Form):
    """A form whose time fields know what "now" means: the `at` that the view hands down."""

    def __init__(self, *args: Any, at: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.at = at
        for field in self.fields.values():
            if isinstance(field, ClinicalDateTimeField):
                field.at = at

    def show_before(self, name: str, value: Decimal, at: datetime) -> None:
        """Show beside the empty box of a measure what it was, and when."""
        field = self.fields[name]
        if not isinstance(field, MeasureField):
            raise TypeError(f"{name} is no measure.")
        field.show_before(value, at)


class GroupedForm(forms.Form):
    """A long form in parts: each under its legend, in the order of `groups`.

    A field that is named in no group stands in a last part without a legend.
    """

    groups: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    @property
    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the legends, each with its visible fields; what is empty is left out."""
        left = {field.name: field for field in self.visible_fields()}
        parts = [
            (legend, [left.pop(name) for name in names if name in left])
            for legend, names in self.groups.items()
        ]
        return [(legend, fields) for legend, fields in (*parts, ("", [*left.values()])) if fields]


class OnceForm(forms.Form):
    """A form that creates something: its hidden key makes a double tap or a retry harmless."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


def offer(form: forms.Form, name: str, rows: QuerySet[Any]) -> None:
    """Let a choice of a form be one of these rows."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 -- declared above
    field.queryset = rows
