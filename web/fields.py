"""Form fields of the bedside: a number with its unit, a time on the 24-hour clock, three answers."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.utils import timezone

from web import numbers, times

MEASURE_DIGITS = 12
DAY = "%d-%b-%Y"


class DayField(forms.DateField):
    """A day with its month in letters, whatever order the browser's country would have."""

    def __init__(self, *, help_text: str = "", **options: Any) -> None:
        super().__init__(
            input_formats=[DAY, "%Y-%m-%d"],
            widget=forms.DateInput(format=DAY),
            help_text=f"Such as 31-Mar-2027. {help_text}".strip(),
            error_messages={"invalid": "Type the day as 31-Mar-2027."},
            **options,
        )


@dataclass(frozen=True, slots=True)
class Before:
    """The value shown grey beside the box: what it was, and when."""

    value: Decimal
    at: datetime


class MeasureInput(forms.TextInput):
    """A text box with its unit and the value before; never type=number, which wheels change."""

    template_name = "forms/widgets/measure.html"
    unit = ""
    decimals: int | None = None
    before: Before | None = None

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Hand the template what stands around the box."""
        context = super().get_context(name, value, attrs)
        shown = {"unit": self.unit, "decimals": self.decimals, "before": self.before}
        return {**context, "measure": shown}


class MeasureField(forms.DecimalField):
    """A measured number in `unit`, stored as typed; `decimals` is only how it is shown.

    Comma and point are both the decimal sign; "1,234" is refused. Nothing is pre-filled: the
    value before is shown beside the box through `show_before`.
    """

    widget = MeasureInput

    def __init__(self, *, unit: str, decimals: int | None = None, **options: Any) -> None:
        options.setdefault("max_digits", MEASURE_DIGITS)
        super().__init__(**options)
        self.unit = unit
        self.widget.unit, self.widget.decimals = unit, decimals

    def show_before(self, value: Decimal, at: datetime) -> None:
        """Show what the value was, with its time. The box itself stays empty."""
        self.widget.before = Before(value, at)

    # The stubs let DecimalField inherit the answer of IntegerField; Django itself gives a Decimal.
    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        """Read the number exactly as typed, or say what to type."""
        if value in self.empty_values:
            return None
        if isinstance(value, Decimal):
            return value
        try:
            return numbers.read_number(str(value))
        except numbers.UnreadableNumber as unreadable:
            raise ValidationError(str(unreadable), code="invalid") from unreadable

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Ask for the decimal keypad, except where a minus may be needed: iOS shows none on it."""
        least = self.min_value() if callable(self.min_value) else self.min_value
        may_be_negative = least is None or least < 0
        return {
            **super().widget_attrs(widget),
            "inputmode": "text" if may_be_negative else "decimal",
            "autocomplete": "off",
        }


class ClinicalTimeInput(forms.TextInput):
    """A text box for a time, with chips (now, minutes ago, full hour) that a script fills in."""

    template_name = "forms/widgets/clinical_time.html"
    at: datetime | None = None

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Hand the template what stands around the box."""
        context = super().get_context(name, value, attrs)
        return {**context, "at": self.at, "zone": timezone.get_current_timezone_name()}


class ClinicalDateTimeField(forms.Field):
    """A moment typed as 14:00, 0930, -15 (minutes ago), 24-Nov 14:00 or 24-Nov-2026 14:00.

    Read in the active time zone, relative to `at`, which the form sets (`web.formbase.ClockedForm`).
    Gives an aware datetime. Whether the future is allowed is for the action to say.
    """

    widget = ClinicalTimeInput

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._at: datetime | None = None

    @property
    def at(self) -> datetime:
        """The moment the form is about: what "now" means."""
        if self._at is None:
            raise ImproperlyConfigured(
                "Set `at` on the field: inherit from web.formbase.ClockedForm."
            )
        return self._at

    @at.setter
    def at(self, moment: datetime) -> None:
        self._at = self.widget.at = moment

    def to_python(self, value: Any) -> datetime | None:
        """Read the moment (in UTC), or say what to type."""
        if value in self.empty_values:
            return None
        if isinstance(value, datetime):
            return value
        try:
            return times.read_time(str(value), at=self.at, zone=timezone.get_current_timezone())
        except times.UnreadableTime as unreadable:
            raise ValidationError(str(unreadable), code="invalid") from unreadable

    def prepare_value(self, value: Any) -> Any:
        """Show a stored moment as it would be typed."""
        if isinstance(value, datetime):
            return times.clinical_time(timezone.localtime(value))
        return value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Keep the browser from completing or correcting what is typed."""
        plain = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
        return {**super().widget_attrs(widget), **plain}


class ThreeAnswers(forms.RadioSelect):
    """Three big buttons with none chosen beforehand: good, not good, not checked.

    Choices are keyed ok, bad and nc in this order; the words are the question's own.
    """

    template_name = "forms/widgets/three_answers.html"
