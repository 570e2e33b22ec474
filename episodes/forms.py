"""Forms about an episode: the call, its steps, the log, the end, follow-up."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import Unit, User
from clinical.lifecycle import Item, State, Transition
from episodes.policy import ReferralPolicy
from episodes.told import NUMBERS
from patients.models import AgeUnit, Coroner, Donation, LogKind, Mode, Referral, Sex, SupportType
from web.fields import ClinicalDateTimeField, DayField, MeasureField
from web.formbase import ClockedForm, OnceForm, offer

TRI = [("", "Not known"), ("true", "Yes"), ("false", "No")]
FIRST_LOOK = timedelta(hours=2)


def told(name: str) -> MeasureField:
    """Return the box of a number that may not have been told."""
    of = NUMBERS[name]
    return MeasureField(
        label=of.label, unit=of.unit, min_value=of.low, max_value=of.high, required=False
    )


def line(label: str, length: int = 200, **options: Any) -> forms.CharField:
    """Return a line that may stay empty."""
    return forms.CharField(label=label, max_length=length, required=False, **options)


def lines(label: str, *, is_needed: bool = False, rows: int = 3) -> forms.CharField:
    """Return a box of several lines."""
    box = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=4000, required=is_needed, widget=box)


class ReferralForm(ClockedForm):
    """What is told on the phone. The call-back number comes first; all else may follow."""

    referral = forms.UUIDField(widget=forms.HiddenInput)
    call_back = forms.CharField(
        label="Number to call back",
        max_length=60,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
        help_text="Ask for it first: with it the referral is kept and its clock runs.",
    )
    called_at = ClinicalDateTimeField(label="The call came in")
    unit = forms.ModelChoiceField(Unit.objects.none(), empty_label=None, label="Unit asked")
    referrer = line("Who calls", 120)
    location = line("Hospital and ward")
    patient_name = line("Patient, as told")
    age = told("age")
    age_unit = forms.ChoiceField(label="Age in", choices=AgeUnit.choices, initial=AgeUnit.YEARS)
    weight_kg = told("weight_kg")
    diagnosis = line("Diagnosis", 300)
    support_type = forms.ChoiceField(
        label="Support asked for", choices=[("", "Not said"), *SupportType.choices], required=False
    )
    onset_at = ClinicalDateTimeField(label="Ill since", required=False)
    had_arrest = forms.NullBooleanField(
        label="Cardiac arrest", widget=forms.Select(choices=TRI), required=False
    )
    fio2_pct = told("fio2_pct")
    peep_cmh2o = told("peep_cmh2o")
    plateau_cmh2o = told("plateau_cmh2o")
    tidal_ml = told("tidal_ml")
    rate_per_min = told("rate_per_min")
    ph = told("ph")
    pao2_mmhg = told("pao2_mmhg")
    paco2_mmhg = told("paco2_mmhg")
    lactate_mmol_l = told("lactate_mmol_l")
    gas_at = ClinicalDateTimeField(label="Time of the gas", required=False)
    story = lines("What else was told")

    GROUPS = (
        ("The call", ("call_back", "called_at", "referrer", "location", "unit")),
        ("The patient", ("patient_name", "age", "age_unit", "weight_kg", "diagnosis")),
        ("What is asked for", ("support_type", "had_arrest", "onset_at")),
        ("Ventilator", ("fio2_pct", "peep_cmh2o", "plateau_cmh2o", "tidal_ml", "rate_per_min")),
        ("Blood gas", ("ph", "pao2_mmhg", "paco2_mmhg", "lactate_mmol_l", "gas_at")),
        ("", ("story",)),
    )

    def __init__(self, *args: Any, units: QuerySet[Unit], **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "unit", units)

    @classmethod
    def of(cls, referral: Referral, **options: Any) -> "ReferralForm":
        """Return the form with what was told so far."""
        names = [name for name in cls.base_fields if name != "referral"]
        told = {name: getattr(referral, name) for name in names}
        return cls(initial={**told, "referral": referral.public_id}, **options)

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields in the order of a call."""
        return [(title, [self[name] for name in names]) for title, names in self.GROUPS]

    def readable(self) -> dict[str, Any]:
        """What can be kept of a form that is still being typed."""
        return {name: self.cleaned_data[name] for name in self.cleaned_data if name != "referral"}


class StepForm(ClockedForm, OnceForm):
    """A step of an episode: when, and what the table asks for with it."""

    happened_at = ClinicalDateTimeField(label="When")

    def __init__(
        self, *args: Any, step: Transition, policy: ReferralPolicy, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        for is_needed, items in ((True, step.needed), (False, step.asked)):
            for item in items:
                self.fields[item.code] = self._field(item, step.target, policy, is_needed)

    def facts(self) -> dict[str, str]:
        """What was told, by item."""
        known = {"happened_at", "review_at", "client_uuid"}
        return {name: value for name, value in self.cleaned_data.items() if name not in known}

    def _field(
        self,
        item: Item,
        target: State,
        policy: ReferralPolicy,
        is_needed: bool,  # noqa: FBT001 - one row of the table
    ) -> forms.Field:
        if item.code == "reason" and target is State.DECLINED:
            choices = [("", "Choose"), *policy.decline_reasons.items()]
            return forms.ChoiceField(label=item.label, choices=choices, required=is_needed)
        if item.kind == "time":
            within = f"Within {policy.longest_watch_h:g} h."
            field = ClinicalDateTimeField(
                label=item.label, required=is_needed, help_text=within, initial=self.at + FIRST_LOOK
            )
            field.at = self.at
            return field
        if item.kind == "text":
            return lines(item.label, is_needed=is_needed)
        hint = (
            f"{policy.accepting_physicians}, with a comma between."
            if item.code == "physicians"
            else ""
        )
        return forms.CharField(label=item.label, max_length=200, required=is_needed, help_text=hint)


class LogForm(ClockedForm, OnceForm):
    """A call or a note about a referral."""

    text = lines("What was said", is_needed=True, rows=2)
    spoke_with = line("With whom", 120)
    kind = forms.ChoiceField(choices=[c for c in LogKind.choices if c[0] != LogKind.HANDOVER])
    happened_at = ClinicalDateTimeField(label="When")


class HandoverForm(OnceForm):
    """What the record cannot say: the plan, and what to watch for. All else writes itself."""

    plan = lines("Plan", rows=4)
    watch_for = lines("Watch for", rows=4)
    to = forms.ModelChoiceField(
        User.objects.none(),
        label="To whom",
        required=False,
        empty_label="Whoever takes over",
        help_text="They sign on this device or on their own.",
    )

    def __init__(self, *args: Any, people: QuerySet[User], **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "to", people)


class HandOverForm(ClockedForm, OnceForm):
    """Give a referral to somebody else."""

    to = forms.ModelChoiceField(User.objects.none(), label="Who takes it from here")
    text = lines("Where it stands, and what is next", is_needed=True)

    def __init__(self, *args: Any, people: QuerySet[User], **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "to", people)


class NameForm(ClockedForm, OnceForm):
    """Who the referred patient is."""

    mrn = forms.CharField(label="MRN", max_length=40)
    family_name = forms.CharField(max_length=200)
    given_name = line("Given name")
    born_at = ClinicalDateTimeField(label="Born", required=False)
    sex = forms.ChoiceField(choices=Sex.choices, initial=Sex.UNKNOWN)


class FlowIsOnForm(ClockedForm, OnceForm):
    """Flow on for a referred patient: a time."""

    started_at = ClinicalDateTimeField(label="Flow on at")
    mode = forms.ChoiceField(
        choices=Mode.choices, initial=Mode.UNKNOWN, help_text="May follow later."
    )
    support_type = forms.ChoiceField(
        choices=[("", "Not decided yet"), *SupportType.choices],
        required=False,
        help_text="ECPR: flow started during conventional CPR, or while CPR was still recurring.",
    )


class KnownPatientForm(OnceForm):
    """Who the unknown patient is: two signs that must agree."""

    mrn = forms.CharField(label="MRN", max_length=40)
    family_name = forms.CharField(max_length=200)


class MergeForm(OnceForm):
    """How it is known that two records are of one patient."""

    reason = forms.CharField(
        label="How it is known who this is",
        max_length=200,
        help_text="Such as papers, wristband, family. Two signs, by two people where you can.",
    )


class ReasonForm(OnceForm):
    """Why."""

    reason = forms.CharField(max_length=200)


class WithdrawalForm(ClockedForm, OnceForm):
    """The decision to withdraw support."""

    happened_at = ClinicalDateTimeField(label="Decided at")
    decision = lines("The decision and its grounds")
    decided_by = line("Decided by", help_text="Names and roles.")


class EndOfLifeForm(OnceForm):
    """What must not be forgotten at the end. What is not known stays open."""

    donation = forms.ChoiceField(choices=Donation.choices, required=False)
    donation_note = line("Donation: what was agreed")
    coroner = forms.ChoiceField(
        choices=Coroner.choices,
        required=False,
        help_text="A hold keeps circuit, parts and tubing from being discarded.",
    )
    coroner_note = line("Coroner: reference")
    bereavement_contact = line("Who cares for the family, and how they are reached")


class DeathForm(ClockedForm, EndOfLifeForm):
    """Death, and the clamp, each with its own time."""

    died_at = ClinicalDateTimeField(label="Time of death")
    clamped_at = ClinicalDateTimeField(
        label="Circuit clamped at",
        required=False,
        help_text="Empty if flow is still on, as for donation: its checks then go on.",
    )
    field_order = ("died_at", "clamped_at")


class VisitForm(OnceForm):
    """A look at the patient that is planned."""

    name = forms.CharField(label="What for", max_length=80)
    planned_on = DayField(label="Planned for")


class ResultForm(OnceForm):
    """How a visit went."""

    seen_on = DayField(label="Seen on")
    result = forms.CharField(label="Result in one line", max_length=300)
