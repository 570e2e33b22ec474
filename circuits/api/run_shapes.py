"""The shapes of runs."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from circuits.models import RemovalReason
from clinical.runtime import RunHours, hours_text
from patients.models import Mode, SupportType
from patients.models.run import EndReason
from web.shapes import (
    EnteredShape,
    Input,
    Instant,
    JsonObject,
    Number,
    PersonShape,
    PlainJson,
    Shape,
    Text,
    UnitField,
    UnitShape,
    fixed,
    optional_text,
)


class PatientNameShape(Shape):
    """Whose run it is."""

    public_id = serializers.UUIDField()
    mrn = serializers.CharField()
    family_name = serializers.CharField()
    given_name = serializers.CharField()
    born_at = Instant(allow_null=True)
    sex = serializers.CharField()
    bed = serializers.CharField()


class RunRowShape(Shape):
    """A run in a list."""

    public_id = serializers.UUIDField(source="run.public_id")
    patient = PatientNameShape(source="run.patient")
    unit = UnitShape(source="run.unit")
    run_no = serializers.IntegerField(source="run.run_no")
    support_type = serializers.CharField(source="run.support_type")
    started_at = Instant(source="run.started_at", help_text="flow on")
    started_here_at = Instant(
        source="run.started_here_at", allow_null=True, help_text="arrived here on ECLS"
    )
    ended_at = Instant(source="run.ended_at", allow_null=True, help_text="flow off")
    end_reason = serializers.CharField(source="run.end_reason")
    is_running = serializers.BooleanField(source="run.is_running")
    height_cm = Number(source="run.height_cm", allow_null=True, help_text="cm")
    entered_at = Instant(source="run.entered_at", help_text="when it became known here")
    entered_by = PersonShape(source="run.entered_by")
    mode = serializers.CharField(allow_null=True, help_text="the mode now, or the last")


class HoursField(serializers.ReadOnlyField):
    """Run hours: absolute minutes, split by local calendar month."""

    def to_representation(self, value: RunHours) -> dict[str, Any]:
        """Show minutes, H:MM, hours with decimals, whole hours, and the months."""
        return {
            "minutes": value.minutes,
            "exact": value.exact,
            "hours": round(value.minutes / 60, 4),
            "hours_rounded": value.hours_rounded,
            "by_month": {
                month: {"minutes": minutes, "exact": hours_text(minutes)}
                for month, minutes in value.by_month.items()
            },
            "wall_clock_exact": hours_text(value.wall_clock_minutes),
        }


class MonthShape(Shape):
    """The part of a run that falls into one calendar month."""

    minutes = serializers.IntegerField(help_text="min")
    exact = serializers.CharField(help_text="H:MM")


class HoursShape(Shape):
    """Run hours, in absolute time."""

    minutes = serializers.IntegerField(help_text="min, absolute")
    exact = serializers.CharField(help_text="H:MM")
    hours = serializers.FloatField(help_text="h")
    hours_rounded = serializers.IntegerField(help_text="h, half an hour counts as one")
    by_month = serializers.DictField(
        child=MonthShape(), help_text="by local calendar month, for example 2026-03"
    )
    wall_clock_exact = serializers.CharField(
        help_text="H:MM as clock faces give it: shown to be compared, never to be reported"
    )


Hours = extend_schema_field(HoursShape)(HoursField)


class ModeShape(EnteredShape):
    """One mode for one stretch of a run."""

    mode = serializers.ChoiceField(choices=Mode.choices)
    configuration = serializers.CharField()
    starts_at = Instant()
    ends_at = Instant(allow_null=True)
    reason = serializers.CharField()


class SegmentShape(Shape):
    """One mode for one stretch of a run, with its length."""

    mode = serializers.CharField(source="row.mode")
    configuration = serializers.CharField(source="row.configuration")
    starts_at = Instant(source="row.starts_at")
    ends_at = Instant(source="row.ends_at", allow_null=True)
    exact = serializers.CharField(help_text="H:MM")


class ModeProblemShape(Shape):
    """Where the modes do not cover the run exactly once."""

    flaw = serializers.CharField(help_text="gap, overlap, before the run, after the run")
    starts_at = Instant()
    ends_at = Instant()


class ModesShape(Shape):
    """The modes of a run."""

    initial_mode = serializers.CharField(allow_null=True)
    covers_run = serializers.BooleanField()
    problems = ModeProblemShape(many=True)
    segments = SegmentShape(many=True)


class ConfigurationShape(Shape):
    """The cannulas in the Maastricht nomenclature, written from their rows, never typed."""

    hierarchy = serializers.CharField(allow_null=True, help_text="level 1, as V-AV")
    site = serializers.CharField(allow_null=True, help_text="level 2, as Vf-Vj")
    tip = serializers.CharField(allow_null=True, help_text="level 3, with sides and tips")
    dimension = serializers.CharField(allow_null=True, help_text="level 4, with Fr and cm")
    why_not = serializers.CharField(help_text="why nothing can be written; blank if it can")


class WeightShape(EnteredShape):
    """One weight; the newest by `measured_at` is in use."""

    weight_kg = Number(help_text="kg")
    unit = fixed("kg")
    basis = serializers.CharField()
    measured_at = Instant()


class AgeShape(Shape):
    """How old the patient was at flow on."""

    group = serializers.CharField(help_text="neonatal, pediatric, adult")
    days = serializers.IntegerField()
    years = serializers.IntegerField()


class OutcomeShape(Shape):
    """What became of the patient after the run; null is not known."""

    discharged_alive = serializers.BooleanField(allow_null=True)
    discharged_at = Instant(allow_null=True)
    discharge_location = serializers.CharField()
    died_at = Instant(allow_null=True)
    follow_up_at = Instant(allow_null=True)
    follow_up_result = serializers.CharField()
    entered_at = Instant()
    entered_by = PersonShape()


class RunShape(RunRowShape):
    """A run as a whole."""

    hours = Hours()
    hours_here = Hours(allow_null=True)
    modes = ModesShape()
    configuration = ConfigurationShape(help_text="at flow off, or now")
    weight = WeightShape(allow_null=True)
    age = AgeShape(allow_null=True)
    outcome = OutcomeShape(allow_null=True)
    registry_facts = PlainJson(source="run.registry_facts")


class RunFacts(Input):
    """Facts of a run that may follow later."""

    support_type = serializers.ChoiceField(
        choices=SupportType.choices, allow_blank=True, required=False
    )
    height_cm = Number(4, 1, min_value=10, max_value=250, required=False, help_text="cm")
    started_here_at = Instant(required=False, allow_null=True)
    registry_facts = JsonObject(
        required=False, help_text="merged; `signoff` needs the right to export to the registry"
    )


class RunInput(RunFacts):
    """Flow on: a time; all else is owed. `public_id` may be made by the client.

    Without a patient, one whom nobody knows is admitted under a temporary name, in `unit`.
    """

    patient = serializers.UUIDField(required=False)
    unit = UnitField(required=False)
    started_at = Instant()
    mode = serializers.ChoiceField(choices=Mode.choices, required=False)
    configuration = optional_text(60)
    public_id = serializers.UUIDField(required=False)
    confirmed = serializers.ListField(
        child=serializers.CharField(max_length=40),
        default=list,
        max_length=10,
        help_text="run_gap: a new run although the last one ended just now",
    )


class RunResumed(Input):
    """Flow is on again in the same run."""

    resumed_at = Instant()


class RunEnd(Input):
    """Flow off: a time; the reason may follow."""

    ended_at = Instant()
    end_reason = serializers.ChoiceField(
        choices=EndReason.choices, allow_blank=True, required=False
    )
    components_reason = serializers.ChoiceField(choices=RemovalReason.choices, required=False)


class ConfirmationInput(Input):
    """A remark to the confirmation of limits and targets."""

    note = Text(max_length=200)


class OutcomeInput(Input):
    """What became of the patient; what is not sent stays as it is."""

    end_reason = serializers.ChoiceField(
        choices=EndReason.choices, allow_blank=True, required=False
    )
    discharged_alive = serializers.BooleanField(required=False, allow_null=True)
    discharged_at = Instant(required=False, allow_null=True)
    discharge_location = optional_text(60)
    died_at = Instant(required=False, allow_null=True)
    follow_up_at = Instant(required=False, allow_null=True)
    follow_up_result = optional_text(200)
