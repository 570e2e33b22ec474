"""Record a score: worked out from its inputs, or brought from elsewhere with its source."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.models import User
from audit.context import action
from clinical.scores.asking import Asked, Kind, read_inputs
from clinical.scores.catalogue import UnknownScore, score_named
from clinical.scores.score import Score, Subject, Verdict
from patients.actions.times import refuse_future
from patients.models import Run, ScoreResult
from patients.run_summary import age_at_flow_on
from web.problems import ErrorItem, RuleBroken


class ScoreRefused(RuleBroken):
    code = "score_refused"
    title = "This score cannot be worked out"


class InputCannotBe(RuleBroken):
    code = "cannot_be"
    title = "This cannot be so"
    status = 422


class AlreadyCorrected(RuleBroken):
    code = "already_corrected"


@dataclass(frozen=True, slots=True)
class Given:
    """One answer: its value, its unit (blank: the score's own), where and when it comes from."""

    value: Any
    unit: str = ""
    source: str = ""
    taken_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FromElsewhere:
    """A result that something else worked out: what, when, and where that stands."""

    value: Decimal
    source: str
    obtained_at: datetime


@action("recorded a score")
def record_score(
    *,
    run: Run,
    name: str,
    given: Mapping[str, Given],
    by: User,
    at: datetime,
    external: FromElsewhere | None = None,
    corrects: ScoreResult | None = None,
    reason: str = "",
) -> ScoreResult:
    """Work out a score from what was given, and keep both; a correction is a new row.

    Raises ScoreRefused with each missing input, InputCannotBe for what no patient has.
    """
    run = Run.objects.locked(run.pk)
    score = _score(name)
    _may_correct(corrects, run, score, reason)
    values = _values(score, given)
    inputs, errors = read_inputs(score.asks, values)
    if errors:
        raise InputCannotBe(
            " ".join(sentence for _, sentence in errors),
            errors=[_error(one, "cannot_be", sentence) for one, sentence in errors],
        )
    verdict, total = (
        _brought(score, inputs, _subject(run), external, at)
        if external
        else _worked_out(score, inputs, _subject(run))
    )
    return ScoreResult.objects.create(
        run=run,
        name=score.name,
        version=score.version,
        inputs={
            one.name: _kept(one, inputs, given[one.name])
            for one in score.inputs
            if one.name in values
        },
        points=dict(verdict.points) if verdict.points is not None else None,
        value=total,
        unit=score.unit,
        band=verdict.band,
        further={what: str(value) for what, value in verdict.further.items()},
        remarks=list(verdict.remarks),
        external_source=external.source if external else "",
        computed_at=external.obtained_at if external else at,
        corrects=corrects,
        reason=reason,
        entered_at=at,
        entered_by=by,
    )


def _score(name: str) -> Score:
    try:
        return score_named(name)
    except UnknownScore as unknown:
        raise InputCannotBe(
            str(unknown), errors=[_error("score", "unknown_score", str(unknown))]
        ) from unknown


def _may_correct(corrects: ScoreResult | None, run: Run, score: Score, reason: str) -> None:
    if corrects is None:
        return
    if corrects.run_id != run.pk or corrects.name != score.name:
        raise ScoreRefused("A correction is of the same score of the same run. Choose that one.")
    if hasattr(corrects, "corrected_by"):
        raise AlreadyCorrected("This result was corrected already. Correct the newest one instead.")
    if not reason:
        message = "Say why it is corrected: the old result stays readable beside the new one."
        raise ScoreRefused(message, errors=[_error("reason", "missing", message)])


def _values(score: Score, given: Mapping[str, Given]) -> dict[str, Any]:
    """Return the answers in the score's own units; blanks are left out."""
    asked = {one.name: one for one in score.inputs}
    told = {name: one for name, one in given.items() if one.value not in (None, "", [], ())}
    return {name: _value(asked.get(name), one) for name, one in told.items()}


def _value(asked: Asked | None, given: Given) -> Any:
    if asked is None or asked.kind is not Kind.NUMBER or not given.unit:
        return given.value
    try:
        return asked.in_unit(given.value, given.unit)
    except ValueError as unreadable:
        message = f"{asked.label} is wanted in {asked.unit or 'no unit'}. {unreadable}"
        errors = [_error(asked.name, "unit_unknown", message)]
        raise InputCannotBe(message, errors=errors) from unreadable


def _subject(run: Run) -> Subject:
    age = age_at_flow_on(run)
    return Subject(age.years, age.days) if age else Subject()


def _worked_out(score: Score, inputs: Any, subject: Subject) -> tuple[Verdict, Decimal]:
    verdict = score.judge(inputs, subject)
    if verdict.total is not None:
        return verdict, verdict.total
    labels = {one.name: one.label for one in score.inputs}
    missing = [
        _error(name, "missing", f"{labels.get(name, name)} is missing.") for name in verdict.missing
    ]
    raise ScoreRefused(
        verdict.refusal, errors=missing or [_error("score", "refused", verdict.refusal)]
    )


def _brought(
    score: Score, inputs: Any, subject: Subject, external: FromElsewhere, at: datetime
) -> tuple[Verdict, Decimal]:
    refuse_future(external.obtained_at, at, "time of the result")
    if score.is_computed:
        raise ScoreRefused(
            f"{score.name} is worked out here from its inputs. Enter those instead of a result."
        )
    if not external.source:
        message = "Say where the result comes from: a calculator, a paper, another centre."
        raise ScoreRefused(message, errors=[_error("source", "missing", message)])
    if (refused := score.refused_for(inputs, subject)) and not refused.missing:
        raise ScoreRefused(refused.refusal)
    band = score.band_of(external.value) if score.band_of else ""
    return Verdict(total=external.value, band=band), external.value


def _kept(asked: Asked, inputs: Any, given: Given) -> dict[str, Any]:
    """Return an answer as it is stored: numbers exactly, as text, and where they come from."""
    value = getattr(inputs, asked.name)
    kept = {
        "value": f"{value:f}" if isinstance(value, Decimal) else value,
        "unit": asked.unit,
        "source": given.source,
        "taken_at": given.taken_at.isoformat() if given.taken_at else None,
    }
    is_converted = given.unit not in ("", asked.unit)
    return {**kept, "told": f"{given.value} {given.unit}"} if is_converted else kept


def _error(parameter: str, rule: str, message: str) -> ErrorItem:
    return ErrorItem(parameter=parameter, rule=rule, message=message)
