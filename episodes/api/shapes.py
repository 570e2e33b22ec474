"""The shapes of referrals, of their log, and of steps."""

from decimal import Decimal
from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from clinical.lifecycle import ITEMS, State, label
from episodes.told import NUMBERS
from patients.models import AgeUnit, Referral, SupportType
from web.shapes import (
    EnteredShape,
    Input,
    Instant,
    Number,
    PersonShape,
    Shape,
    UnitField,
    UnitShape,
    optional_text,
)

STATES = [(state.value, label(state)) for state in State]


class AskedItemShape(Shape):
    """One thing that a step asks for."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, not the serializer's


class EpisodeStepShape(EnteredShape):
    """One step of an episode: from where to where, when, why; what is still owed of it."""

    public_id = serializers.UUIDField(source="step.public_id")
    entered_at = Instant(source="step.entered_at", help_text="when it became known here")
    entered_by = PersonShape(source="step.entered_by")
    source = serializers.CharField(  # type: ignore[assignment]  # a field, not the serializer's
        source="step.source", help_text="blank: it begins the episode"
    )
    target = serializers.CharField(source="step.target")
    happened_at = Instant(source="step.happened_at")
    reason = serializers.CharField(help_text="in words, where the site's list has them")
    facts = serializers.DictField(
        child=serializers.CharField(), source="step.facts", help_text="what was told, by item"
    )
    owed = AskedItemShape(many=True, help_text="asked for and not told")
    takes_back = serializers.SerializerMethodField(help_text="the step that this one undoes")
    is_taken_back = serializers.SerializerMethodField()

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_takes_back(self, line: Any) -> Any:
        """Name the step that this one undoes."""
        return line.step.takes_back.public_id if line.step.takes_back else None

    @extend_schema_field(serializers.BooleanField())
    def get_is_taken_back(self, line: Any) -> bool:
        """Say whether another step undid this one."""
        return hasattr(line.step, "taken_back_by")


class WaitShape(Shape):
    """What a referral waits for."""

    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, not the serializer's
    due_at = Instant()
    overdue_at = Instant()


def told_number(name: str) -> Number:
    """Return a number as it was told, with its unit."""
    return Number(allow_null=True, help_text=NUMBERS[name].unit)


class ReferralShape(EnteredShape):
    """One call for help: what was told, where it stands, what it waits for.

    Numbers are as told on the phone: nobody here has measured them.
    """

    unit = UnitShape()
    call_back = serializers.CharField()
    called_at = Instant()
    referrer = serializers.CharField()
    location = serializers.CharField()
    patient_name = serializers.CharField(help_text="as told")
    age = told_number("age")
    age_unit = serializers.CharField(help_text="a, mo or d")
    weight_kg = told_number("weight_kg")
    diagnosis = serializers.CharField()
    support_type = serializers.CharField()
    onset_at = Instant(allow_null=True)
    had_arrest = serializers.BooleanField(allow_null=True)
    fio2_pct = told_number("fio2_pct")
    peep_cmh2o = told_number("peep_cmh2o")
    plateau_cmh2o = told_number("plateau_cmh2o")
    tidal_ml = told_number("tidal_ml")
    rate_per_min = told_number("rate_per_min")
    ph = told_number("ph")
    pao2_mmhg = told_number("pao2_mmhg")
    paco2_mmhg = told_number("paco2_mmhg")
    lactate_mmol_l = told_number("lactate_mmol_l")
    gas_at = Instant(allow_null=True)
    story = serializers.CharField()
    state = serializers.CharField()
    state_label = serializers.CharField(source="get_state_display")
    state_since = Instant()
    review_at = Instant(allow_null=True, help_text="look again at")
    owner = PersonShape(allow_null=True)
    owned_since = Instant(allow_null=True)
    patient = serializers.UUIDField(source="patient.public_id", allow_null=True, default=None)
    run = serializers.UUIDField(source="run.public_id", allow_null=True, default=None)
    waits_for = serializers.SerializerMethodField()
    page = serializers.SerializerMethodField()

    @extend_schema_field(WaitShape(allow_null=True))
    def get_waits_for(self, referral: Referral) -> Any:
        """Return what it waits for, null for nothing."""
        due = self.context["view"].waiting.get(referral.pk)
        return WaitShape(due).data if due else None

    @extend_schema_field(serializers.CharField())
    def get_page(self, referral: Referral) -> str:
        """Return where its page is."""
        return reverse("episodes:referral-detail", args=[referral.public_id])


def number_told(name: str) -> Number:
    """Return the field that takes a number told on the phone; outside is a slip of the unit."""
    of = NUMBERS[name]
    return Number(
        of.digits,
        of.places,
        min_value=Decimal(str(of.low)),
        max_value=Decimal(str(of.high)),
        allow_null=True,
        required=False,
        help_text=of.unit,
    )


class ReferralFacts(Input):
    """What was told; every part may come later."""

    call_back = serializers.CharField(max_length=60)
    called_at = Instant()
    referrer = optional_text(120)
    location = optional_text(200)
    patient_name = optional_text(200)
    age = number_told("age")
    age_unit = serializers.ChoiceField(choices=AgeUnit.choices, required=False)
    weight_kg = number_told("weight_kg")
    diagnosis = optional_text(300)
    support_type = serializers.ChoiceField(
        choices=SupportType.choices, allow_blank=True, required=False
    )
    onset_at = Instant(allow_null=True, required=False)
    had_arrest = serializers.BooleanField(allow_null=True, required=False)
    fio2_pct = number_told("fio2_pct")
    peep_cmh2o = number_told("peep_cmh2o")
    plateau_cmh2o = number_told("plateau_cmh2o")
    tidal_ml = number_told("tidal_ml")
    rate_per_min = number_told("rate_per_min")
    ph = number_told("ph")
    pao2_mmhg = number_told("pao2_mmhg")
    paco2_mmhg = number_told("paco2_mmhg")
    lactate_mmol_l = number_told("lactate_mmol_l")
    gas_at = Instant(allow_null=True, required=False)
    story = optional_text(4000)


class ReferralInput(ReferralFacts):
    """A call: the number to call back is enough. `public_id` may be made by the client."""

    unit = UnitField()
    public_id = serializers.UUIDField(required=False)


class ToldInput(Input):
    """When a step happened, and what is told with it by item of the table of steps."""

    happened_at = Instant()
    facts = serializers.DictField(
        child=serializers.CharField(max_length=4000, allow_blank=True),
        default=dict,
        help_text="among them `reason`; " + ", ".join(sorted(ITEMS)),
    )

    def validate_facts(self, value: dict[str, str]) -> dict[str, str]:
        """Refuse items that no step asks for: a misspelt one must not vanish."""
        if unknown := sorted(set(value) - set(ITEMS) | set(value) & {"review_at"}):
            raise serializers.ValidationError(
                f"No step asks for “{unknown[0]}”; known are: {', '.join(sorted(ITEMS))}. "
                "The time to look again is the field `review_at`."
            )
        if len(value.get("reason", "")) > REASON_LENGTH:
            raise serializers.ValidationError(
                f"The reason has at most {REASON_LENGTH} characters; say the rest in the advice."
            )
        return value


REASON_LENGTH = 200


class ReferralStepInput(ToldInput):
    """A step of a referral."""

    to = serializers.ChoiceField(choices=STATES)
    review_at = Instant(allow_null=True, default=None, help_text="for `watch`: look again at")
