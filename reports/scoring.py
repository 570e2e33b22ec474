"""The form of a score: its questions, with what the record suggests, and how answers are told."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from clinical.scores.asking import Asked, Kind
from clinical.scores.score import Score
from patients.actions.scores import FromElsewhere, Given
from reports.suggesting import Suggestion
from web.fields import ClinicalDateTimeField, MeasureField
from web.formbase import ClockedForm, OnceForm
from web.times import clinical_time

WRITTEN_UNITS = {
    "a": "years",
    "mm[Hg]": "mmHg",
    "cm[H2O]": "cmH2O",
    "Cel": "°C",
    "ug/kg/min": "microgram/kg/min",
}
BY_HAND = "entered by hand"
MORE_DIGITS = 12


class ScoreForm(ClockedForm, OnceForm):
    """The questions of one score. What the record holds is filled in, and must be looked at."""

    def __init__(
        self,
        *args: Any,
        score: Score,
        suggested: Mapping[str, Suggestion],
        is_correction: bool = False,
        **options: Any,
    ) -> None:
        initial = {name: _shown(one.value) for name, one in suggested.items()}
        super().__init__(*args, initial=initial, **options)
        self.score, self.suggested = score, suggested
        for one in score.inputs:
            self.fields[one.name] = _field(one, suggested.get(one.name))
            self.fields[one.name].required = one.is_needed and score.is_computed
        if not score.is_computed:
            self._ask_for_a_result()
        if is_correction:
            self.fields["reason"] = forms.CharField(
                label="Why it is corrected",
                max_length=200,
                help_text="The old result stays readable beside the new one.",
            )
        self.fields["looked"] = forms.BooleanField(
            label="I have looked at every value",
            error_messages={"required": "Look at every value, then tick this."},
        )

    def _ask_for_a_result(self) -> None:
        self.fields["result"] = MeasureField(label="Result", unit=self.score.unit)
        self.fields["result_source"] = forms.CharField(
            label="Where it comes from",
            max_length=200,
            help_text="The calculator, the paper, or the centre that worked it out.",
        )
        obtained = self.fields["obtained_at"] = ClinicalDateTimeField(label="Worked out at")
        obtained.at = self.at

    def given(self) -> dict[str, Given]:
        """Return what was typed; a value that is still the suggested one keeps its source."""
        return {
            one.name: self._given(one)
            for one in self.score.inputs
            if self.cleaned_data.get(one.name) not in (None, "", [])
        }

    def external(self) -> FromElsewhere | None:
        """Return the result from elsewhere, if this score asks for one."""
        if self.score.is_computed:
            return None
        told = self.cleaned_data
        return FromElsewhere(told["result"], told["result_source"], told["obtained_at"])

    def _given(self, asked: Asked) -> Given:
        value, one = self.cleaned_data[asked.name], self.suggested.get(asked.name)
        if one is None or _shown(one.value) != _shown(value):
            return Given(value, asked.unit, BY_HAND)
        source = f"{one.source}, {one.site}" if one.site else one.source
        return Given(value, asked.unit, source, one.taken_at)


def _field(asked: Asked, suggested: Suggestion | None) -> forms.Field:
    words: dict[str, Any] = {
        "label": asked.label,
        "help_text": _help(asked, suggested),
        "error_messages": {"required": "This score needs it. Nothing is guessed."},
    }
    match asked.kind:
        case Kind.NUMBER:
            unit = WRITTEN_UNITS.get(asked.unit, asked.unit)
            return MeasureField(unit=unit, max_digits=MORE_DIGITS, **words)
        case Kind.YES_NO:
            return forms.TypedChoiceField(
                choices=[("", "Not told"), ("True", "Yes"), ("False", "No")],
                coerce=lambda word: word == "True",
                empty_value=None,
                **words,
            )
        case Kind.CHOICE:
            return forms.ChoiceField(choices=[("", "Not told"), *asked.choices], **words)
        case Kind.CHOICES:
            return forms.MultipleChoiceField(
                choices=asked.choices, widget=forms.CheckboxSelectMultiple, **words
            )


def _help(asked: Asked, suggested: Suggestion | None) -> str:
    said = [asked.remark] if asked.remark else []
    if suggested:
        when = _moment(suggested.taken_at)
        from_where = " ".join(part for part in (suggested.source, suggested.site, when) if part)
        said.append(f"Suggested from {from_where}.")
    return " ".join(said)


def _moment(at: datetime | None) -> str:
    return clinical_time(timezone.localtime(at)) if at else ""


def _shown(value: Any) -> Any:
    """Return a value as its box shows it: numbers without idle zeros, yes and no as choices."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value) if isinstance(value, bool) else value
