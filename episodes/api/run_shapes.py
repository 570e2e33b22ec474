"""The shapes of an episode from flow on: where it stands, its end, its visits."""

from typing import Any

from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.permissions import Permission
from clinical.lifecycle import State, label
from episodes.actions.steps import BY_NAME
from episodes.api.shapes import STATES, AskedItemShape, ToldInput
from patients.episode import Lifecycle
from patients.models import Coroner, Donation
from web.shapes import EnteredShape, Input, Instant, PersonShape, Shape, Text

P = Permission


class NextStepShape(Shape):
    """One step that may follow."""

    to = serializers.CharField(source="target")
    verb = serializers.CharField()
    kind = serializers.CharField(help_text="plan: refused without what is needed; fact: never")
    who = serializers.CharField(help_text="the permission")
    follows = serializers.CharField(help_text="what happens by itself")
    needed = AskedItemShape(many=True)
    asked = AskedItemShape(many=True, help_text="may follow later")


class EndOfLifeShape(Shape):
    """What is kept about the end, and what has not been answered yet."""

    decided_at = Instant(allow_null=True, help_text="decision to withdraw")
    decided_by = serializers.CharField()
    decision = serializers.CharField()
    clamped_at = Instant(allow_null=True)
    donation = serializers.CharField()
    donation_note = serializers.CharField()
    coroner = serializers.CharField()
    coroner_note = serializers.CharField()
    bereavement_contact = serializers.CharField()
    open_questions = serializers.ListField(child=serializers.CharField())
    entered_at = Instant()
    entered_by = PersonShape()


class VisitShape(EnteredShape):
    """A look at the patient after ECMO."""

    name = serializers.CharField()
    planned_on = serializers.DateField()
    seen_on = serializers.DateField(allow_null=True)
    result = serializers.CharField()
    cancelled_at = Instant(allow_null=True)
    cancelled_why = serializers.CharField()


class OwedShape(Shape):
    """What is still owed of a step."""

    step = serializers.UUIDField(source="step.public_id")
    target = serializers.CharField(source="step.target")
    items = AskedItemShape(many=True, source="owed")


class EpisodeShape(Shape):
    """Where an episode stands, what may follow, what is owed, how it ended."""

    state = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, not the serializer's
    referral = serializers.UUIDField(source="referral.public_id", allow_null=True, default=None)
    next = NextStepShape(many=True)
    owed = serializers.SerializerMethodField()
    end_of_life = EndOfLifeShape(allow_null=True)
    visits = VisitShape(many=True)
    is_held = serializers.SerializerMethodField(help_text="nothing of its circuits is discarded")

    @extend_schema_field(OwedShape(many=True))
    def get_owed(self, episode: Lifecycle) -> Any:
        """Return the steps of which something is owed."""
        lines = [
            one for one in episode.steps if one.owed and not hasattr(one.step, "taken_back_by")
        ]
        return OwedShape(lines, many=True).data

    @extend_schema_field(serializers.BooleanField())
    def get_is_held(self, _episode: Lifecycle) -> bool:
        """Say whether the circuits of the run are held."""
        return bool(self.context["view"].parent.holds.filter(released_at=None).exists())


ONE_EPISODE: Any = forced_singular_serializer(EpisodeShape)  # type: ignore[no-untyped-call]
ONE_END: Any = forced_singular_serializer(EndOfLifeShape)  # type: ignore[no-untyped-call]


class RunStepInput(ToldInput):
    """A step of a run that has no endpoint of its own."""

    to = serializers.ChoiceField(choices=STATES, help_text=", ".join(sorted(BY_NAME)))

    def validate_to(self, value: str) -> State:
        """Refuse what is recorded at an address of its own."""
        if value not in BY_NAME:
            raise serializers.ValidationError(
                f"“{label(State(value))}” has an address of its own; here go: {', '.join(sorted(BY_NAME))}."
            )
        return State(value)


class EndOfLifeInput(Input):
    """What must not be forgotten at the end; what is not sent stays as it is."""

    donation = serializers.ChoiceField(choices=Donation.choices, required=False)
    donation_note = Text(max_length=200)
    coroner = serializers.ChoiceField(
        choices=Coroner.choices, required=False, help_text="hold: nothing may be discarded"
    )
    coroner_note = Text(max_length=200, help_text="reference")
    bereavement_contact = Text(max_length=200)


class DeathInput(EndOfLifeInput):
    """Death, and the clamp, each with its own time."""

    died_at = Instant()
    clamped_at = Instant(
        allow_null=True, default=None, help_text="null while flow is still on, as for donation"
    )


class WithdrawalInput(Input):
    """The decision to withdraw support."""

    happened_at = Instant(help_text="decided at")
    decision = Text(max_length=4000)
    decided_by = Text(max_length=200)


class HoldShape(Shape):
    """Nothing of the run's circuits is discarded while it stands."""

    public_id = serializers.UUIDField()
    reason = serializers.CharField()
    held_at = Instant()
    held_by = PersonShape()
    released_at = Instant(allow_null=True)
    released_by = PersonShape(allow_null=True)
    release_reason = serializers.CharField()


class VisitInput(Input):
    """A look at the patient that is planned."""

    name = serializers.CharField(max_length=80)
    planned_on = serializers.DateField()


class SeenInput(Input):
    """How a visit went."""

    seen_on = serializers.DateField()
    result = serializers.CharField(max_length=300, help_text="in one line")


class FollowedShape(Shape):
    """A run whose follow-up is not over."""

    run = serializers.UUIDField(source="run.public_id")
    patient = serializers.UUIDField(source="run.patient.public_id")
    ended_at = Instant(source="run.ended_at", help_text="flow off")
    state = serializers.CharField(help_text="in words")
    next = VisitShape(allow_null=True)
    last = VisitShape(allow_null=True)
