"""A new shift: who, on which duty, on which day, from when to when."""

from datetime import date, datetime, time, timedelta
from typing import Any, cast

from django import forms

from accounts.models import Unit
from staffing.models import Duty, Person
from staffing.queries import rosterable
from web.fields import DayField
from web.formbase import OnceForm
from web.times import UnreadableTime, read_time

CLOCK = {"autocomplete": "off", "inputmode": "numeric"}
CLOCK_FORMATS = ["%H:%M", "%H%M"]


class ShiftForm(OnceForm):
    """Times are of the 24-hour clock in the zone of the centre; an end before the start is the next day."""

    person = forms.ModelChoiceField(Person.objects.none(), to_field_name="public_id")
    duty = forms.ChoiceField(choices=Duty)
    day = DayField(label="Day on which it begins")
    begins = forms.TimeField(
        label="Begins (24-hour clock)",
        input_formats=CLOCK_FORMATS,
        widget=forms.TimeInput(format="%H:%M", attrs=CLOCK),
        error_messages={"invalid": "Type the time as 07:30 (24-hour clock)."},
    )
    ends = forms.TimeField(
        label="Ends (24-hour clock)",
        help_text="Before the start means on the next day.",
        input_formats=CLOCK_FORMATS,
        widget=forms.TimeInput(format="%H:%M", attrs=CLOCK),
        error_messages={"invalid": "Type the time as 20:00 (24-hour clock)."},
    )

    def __init__(self, *args: Any, unit: Unit, at: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.unit, self.at = unit, at
        cast("forms.ModelChoiceField[Person]", self.fields["person"]).queryset = rosterable(unit)

    def clean(self) -> dict[str, Any]:
        """Turn day and clock into two moments; refuse an hour that the clock change skips."""
        values = super().clean() or {}
        if not {"day", "begins", "ends"} <= values.keys():
            return values
        day, begins, ends = values["day"], values["begins"], values["ends"]
        last_day = day + timedelta(days=1) if ends <= begins else day
        values["starts_at"] = self._moment("begins", day, begins)
        values["ends_at"] = self._moment("ends", last_day, ends)
        return values

    def _moment(self, field: str, day: date, clock: time) -> datetime | None:
        try:
            return read_time(f"{day} {clock:%H:%M}", at=self.at, zone=self.unit.centre.tz)
        except UnreadableTime as unreadable:
            self.add_error(field, str(unreadable))
            return None
