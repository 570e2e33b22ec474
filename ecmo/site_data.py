"""What each kind of site data must look like before anybody can approve it.

The shapes check what the rules of the product will read; what else the site writes beside it
(names, remarks, its own references) is kept as it is.
"""

from collections.abc import Callable
from typing import Any

from rest_framework import serializers

from alerts.escalation import read_steps
from circuits.diagram_nodes import FRAMES, Unreadable, read_templates
from circuits.models import HarmDone
from clinical.checklist import default_kinds
from clinical.checkset import UnreadableSets, read_sets
from ecmo import site_care, site_standby
from ecmo.change_data import ChangeSchedule, check_change_policy
from ecmo.site_equipment import EquipmentPolicyShape
from ecmo.site_numbers import JsonNumber, Pair
from ecmo.site_referrals import ReferralPolicyShape
from ecmo.site_trends import TrendRulesShape
from web.actions.checklists import PREFIX
from web.problems import RuleBroken
from web.shapes import Shape

DEBTS = ("identity", "mode", "weight", "cannulas", "components_udi", "tip_position")


class DebtRow(Shape):
    """What is owed after flow on, and within how many hours."""

    what = serializers.ChoiceField(choices=DEBTS)
    due_h = JsonNumber(min_value=0)


class ExchangePolicy(Shape):
    """Within how many hours limits are confirmed after a conversion, and a fault is told."""

    confirm_limits_h = JsonNumber(min_value=0, required=False)
    complication_h = JsonNumber(min_value=0, required=False)


class Cadence(Shape):
    """How often the circuit is checked, in minutes."""

    every_min = serializers.IntegerField(min_value=1, required=False)
    early_every_min = serializers.IntegerField(min_value=1, required=False)
    early_for_h = JsonNumber(min_value=0, required=False)
    closely_every_min = serializers.IntegerField(min_value=1, required=False)
    grace_min = serializers.IntegerField(min_value=0, required=False)


class CatalogueRow(Shape):
    """One analyte that the laboratory sends, and the units in which it is taken."""

    analyte = serializers.SlugField(max_length=40, help_text="one of ours, or the site's own")
    loinc = serializers.ListField(child=serializers.CharField())
    local = serializers.ListField(child=serializers.CharField())
    unit = serializers.CharField(allow_null=True)
    accepted_units = serializers.DictField(child=JsonNumber())
    hard = Pair(allow_null=True)


class StepRow(Shape):
    """One step of a titration table: [low, high) and what it says."""

    id = serializers.CharField()
    low = JsonNumber()
    high = JsonNumber(allow_null=True)
    rate_pct = JsonNumber()
    recheck_h = JsonNumber(min_value=0)
    hold_min = JsonNumber(min_value=0, required=False)
    recheck_h_if_two_in_range = JsonNumber(min_value=0, required=False, allow_null=True)


class DiscordanceRow(Shape):
    """Where two tests contradict each other."""

    id = serializers.CharField()
    driver = serializers.ChoiceField(choices=["below", "above"])
    analyte = serializers.CharField()
    side = serializers.ChoiceField(choices=["below", "above"])
    bound = JsonNumber()
    within_h = JsonNumber(min_value=0)


class ProtocolRow(Shape):
    """One anticoagulation protocol."""

    id = serializers.CharField(max_length=60)
    steps = StepRow(many=True, allow_empty=False)
    max_age_min = JsonNumber(min_value=0)
    rounding = serializers.CharField()
    max_rate = JsonNumber(min_value=0)
    block_if_bleeding_grade = serializers.IntegerField(min_value=1, max_value=4)
    steady_state_h = JsonNumber(allow_null=True, required=False)
    discordance = DiscordanceRow(many=True, required=False)


class FallLimit(Shape):
    """A fall of the PaCO2, in percent, within so many hours of flow on."""

    fall_pct = JsonNumber(min_value=0, max_value=100)
    window_h = JsonNumber(min_value=0)


class AboveLimit(Shape):
    """A PaO2 above a bound (mmHg), within so many hours of flow on."""

    above = JsonNumber(min_value=0)
    window_h = JsonNumber(min_value=0)


class EarlyHarm(Shape):
    """Limits of the early harm notices."""

    paco2_fall = FallLimit(required=False)
    pao2_high = AboveLimit(required=False)


class Switches(Shape):
    """What of the product's arithmetic the safety officer has signed to be shown."""

    titration = serializers.BooleanField(default=False)
    trends = serializers.BooleanField(default=False)
    projections = serializers.BooleanField(default=False)


class IncidentRule(Shape):
    """By when an incident that did this harm is reported, in days, and to whom."""

    harm = serializers.ChoiceField(choices=HarmDone.choices)
    days = JsonNumber(min_value=0)
    to = serializers.CharField(max_length=120)

    def validate_harm(self, harm: str) -> str:
        """Refuse a rule for what is not known: then the soonest of all rules counts."""
        if harm == HarmDone.NOT_KNOWN:
            raise serializers.ValidationError("Harm that is not known follows the soonest rule.")
        return harm


Check = Callable[[Any], None]


def one_of(shape: type[Shape]) -> Check:
    """Check a body that is one table."""
    return lambda body: _validate(shape(data=body))


def rows_of(shape: type[Shape]) -> Check:
    """Check a body that is a list of rows."""
    return lambda body: _validate(shape(data=body, many=True))


def _validate(shape: serializers.BaseSerializer[Any]) -> None:
    shape.is_valid(raise_exception=True)


def _diagrams(body: Any) -> None:
    try:
        read_templates(body, FRAMES)
    except Unreadable as unreadable:
        raise serializers.ValidationError(str(unreadable)) from unreadable


def _check_sets(body: Any) -> None:
    if not isinstance(body, dict):
        raise serializers.ValidationError("A table of check sets is an object with layers.")
    try:
        read_sets(body)
    except UnreadableSets as unreadable:
        raise serializers.ValidationError(str(unreadable)) from unreadable


def _debts(body: Any) -> None:
    rows = body
    if isinstance(body, dict):
        rows = [{"what": what, "due_h": hours} for what, hours in body.items()]
    rows_of(DebtRow)(rows)


def _escalation(body: Any) -> None:
    try:
        read_steps(body)
    except RuleBroken as unreadable:
        raise serializers.ValidationError(unreadable.message) from unreadable


KINDS: dict[str, Check] = {
    "adjunct_cadence": rows_of(site_standby.CadenceRow),
    "anticoagulation_protocols": rows_of(ProtocolRow),
    "change_policy": check_change_policy,
    "change_schedule": one_of(ChangeSchedule),
    "check_cadence": one_of(Cadence),
    "check_sets": _check_sets,
    **{PREFIX + kind: one_of(site_standby.MeasuredList) for kind in sorted(default_kinds())},
    "circuit_diagrams": _diagrams,
    "clinical_switches": one_of(Switches),
    "debt_policy": _debts,
    "decannulation": one_of(site_care.Checklist),
    "early_harm_limits": one_of(EarlyHarm),
    "equipment_policy": one_of(EquipmentPolicyShape),
    "escalation": _escalation,
    "exchange_policy": one_of(ExchangePolicy),
    "incident_rules": rows_of(IncidentRule),
    "lab_catalogue": rows_of(CatalogueRow),
    "plan_review": one_of(site_care.PlanReview),
    "referral_policy": one_of(ReferralPolicyShape),
    "prime_chemistry": rows_of(site_standby.ChemicalRow),
    "readiness": one_of(site_standby.LookAge),
    "run_gap": one_of(site_care.RunGap),
    "standby_limits": one_of(site_standby.StandbyTimes),
    "transport_after": one_of(site_care.Checklist),
    "transport_before": one_of(site_care.Checklist),
    "transport_during": one_of(site_care.Checklist),
    "transport_oxygen": one_of(site_care.Oxygen),
    "trend_rules": one_of(TrendRulesShape),
    "weaning_trials": one_of(site_care.WeaningTrials),
}
