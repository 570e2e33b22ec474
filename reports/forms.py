"""Ask for a report; tell the registry what no other row holds."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Any, cast

from django import forms

from accounts.models import Centre
from patients.models import Run, SupportType
from reports.asked import SECTIONS, SUPPORT, Fact, Kind, facts_asked, value_at, with_values
from reports.candidates import Group
from reports.models import ReportKind
from reports.months import last_month, shifted
from web.fields import ClinicalDateTimeField, MeasureField
from web.formbase import ClockedForm, OnceForm
from web.times import MONTHS, is_of_our_time

MONTHS_BACK = 24


class AskForm(forms.Form):
    """Which report of which month of which centre."""

    kind = forms.ChoiceField(label="Report", choices=ReportKind.choices)
    month = forms.TypedChoiceField(label="Month", coerce=date.fromisoformat)
    centre = forms.ModelChoiceField(
        label="Centre", queryset=Centre.objects.none(), to_field_name="public_id", empty_label=None
    )

    def __init__(self, *args: Any, centres: Sequence[Centre], at: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        newest = max((last_month(at, centre.tz) for centre in centres), default=None)
        month = cast("forms.TypedChoiceField", self.fields["month"])
        month.choices = _months(newest) if newest else []
        centre = cast("forms.ModelChoiceField[Centre]", self.fields["centre"])
        centre.queryset = Centre.objects.filter(pk__in=[one.pk for one in centres])
        if len(centres) == 1:
            centre.widget = forms.HiddenInput()
            centre.initial = centres[0].public_id


def _months(newest: date) -> list[tuple[str, str]]:
    months = [shifted(newest, -back) for back in range(MONTHS_BACK)]
    return [(month.isoformat(), f"{MONTHS[month.month - 1]} {month.year}") for month in months]


class FactsForm(ClockedForm, OnceForm):
    """What the registry asks once a run and no other page asks. Blank is: not known."""

    support_type = forms.ChoiceField(
        label="Support type", choices=[("", "Not known"), *SupportType.choices], required=False
    )
    height_cm = MeasureField(
        label="Height", unit="cm", required=False, max_digits=4, decimal_places=1
    )
    support = forms.MultipleChoiceField(
        label="Support in the 24 h before flow",
        choices=SUPPORT,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, run: Run, **options: Any) -> None:
        super().__init__(*args, initial=_initial(run), **options)
        self.facts = run.registry_facts
        for fact in facts_asked():
            field = self.fields[fact.name] = _field(fact)
            if isinstance(field, ClinicalDateTimeField):
                field.at = self.at
        if run.height_cm:
            self.initial["height_cm"] = run.height_cm

    @property
    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields of each section, in order."""
        return [
            (section.title, [self[fact.name] for fact in section.facts]) for section in SECTIONS
        ]

    def told(self) -> dict[str, Any]:
        """Return the facts with what was typed, ready to be stored; what is the same stays as is."""
        typed = {fact: self.cleaned_data[fact.name] for fact in facts_asked()}
        changed = {
            fact.path: _stored(value)
            for fact, value in typed.items()
            if not _is_same(fact, value_at(self.facts, fact.path), value)
        }
        support = self._support()
        if support != _support_rows(self.facts):
            changed["pre_ecls.support"] = support
        return with_values(self.facts, changed)

    def _support(self) -> list[dict[str, Any]]:
        """Keep rows that are still ticked with their times, and those the form does not ask."""
        ticked, asked = self.cleaned_data["support"], dict(SUPPORT)
        known = _support_rows(self.facts)
        kept = [row for row in known if row["item"] in ticked or row["item"] not in asked]
        items = {row["item"] for row in kept}
        return [*kept, *({"item": item} for item in ticked if item not in items)]


def stamp_of(run: Run) -> str:
    """Return a mark of the facts as they stand, to see whether they changed meanwhile."""
    facts = json.dumps([run.registry_facts, run.support_type, str(run.height_cm)], sort_keys=True)
    return sha256(facts.encode()).hexdigest()


def _initial(run: Run) -> dict[str, Any]:
    facts = run.registry_facts
    return {
        "seen": stamp_of(run),
        "support_type": run.support_type,
        "support": [row["item"] for row in _support_rows(facts)],
        **{fact.name: _shown(fact, value_at(facts, fact.path)) for fact in facts_asked()},
    }


def _support_rows(facts: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of support that can be read."""
    rows = value_at(facts, "pre_ecls.support")
    rows = rows if isinstance(rows, list) else []
    return [row for row in rows if isinstance(row, dict) and "item" in row]


def _is_same(fact: Fact, stored: Any, typed: Any) -> bool:
    """Whether what was typed means what stands there already, however it is written."""
    if stored in (None, "") or typed in (None, ""):
        return stored in (None, "") and typed in (None, "")
    if fact.kind is Kind.NUMBER:
        return str(stored) == str(typed) or _number(stored) == typed
    return bool(_shown(fact, stored) == typed)


def _number(stored: Any) -> Decimal | None:
    try:
        return Decimal(str(stored))
    except InvalidOperation:
        return None


def _shown(fact: Fact, value: Any) -> Any:
    if fact.kind is Kind.TIME and isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return value
        return moment if is_of_our_time(moment) else value
    return value


def _field(fact: Fact) -> forms.Field:
    match fact.kind:
        case Kind.TIME:
            return ClinicalDateTimeField(label=fact.label, required=False)
        case Kind.NUMBER:
            return MeasureField(label=fact.label, unit=fact.unit, required=False)
        case Kind.YES_NO:
            return forms.TypedChoiceField(
                label=fact.label,
                choices=[("", "Not known"), ("True", "Yes"), ("False", "No")],
                coerce=lambda word: word == "True",
                empty_value=None,
                required=False,
            )
        case Kind.CHOICE:
            return forms.ChoiceField(
                label=fact.label, choices=[("", "Not known"), *fact.choices], required=False
            )


def _stored(value: Any) -> Any:
    """Times with their offset and numbers as texts, as JSON keeps them exactly."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return None if value == "" else value


class CandidatesForm(OnceForm):
    """Which row of each group the registry is told; by the rule unless somebody chooses."""

    def __init__(self, *args: Any, groups: Sequence[Group], **options: Any) -> None:
        super().__init__(*args, **options)
        self.groups = groups
        for group in groups:
            standing = next((one.key for one in group.candidates if one.is_told), "")
            self.fields[group.field] = forms.ChoiceField(
                label=group.title,
                choices=[("", "By the rule"), *((key, key) for key in group.keys)],
                required=False,
                initial=standing if group.choice and not group.is_gone else "",
            )

    def rows(self) -> list[tuple[Group, str]]:
        """Each group with what is chosen of it."""
        return [(group, self[group.field].value() or "") for group in self.groups]


class ReplyForm(ClockedForm, OnceForm):
    """The reply as it is sent; its PDF is kept."""

    sent_to = forms.CharField(label="Sent to", max_length=200)
    sent_at = ClinicalDateTimeField(label="Sent at")
