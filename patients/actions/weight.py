"""What the patient weighs: doses and indices hang on it, so a slip is asked back."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from accounts.models import User
from audit.context import action
from patients.actions.times import refuse_future
from patients.models import Run, WeightEntry
from patients.queries import weight_at
from web.problems import ErrorItem, NeedsConfirmation, RuleBroken

# Bedside reference 1.5: 0.3-650 kg; a change of more than 10 % since the last is confirmed.
LIGHTEST, HEAVIEST = Decimal("0.3"), Decimal(650)
ASKED_BACK_ABOVE_PCT = 10


class WeightCannotBe(RuleBroken):
    code = "cannot_be"
    title = "This cannot be so"
    status = 422


class WeightNeedsConfirmation(NeedsConfirmation):
    """A weight far from the one in use."""


@action("recorded a weight")
def record_weight(
    *,
    run: Run,
    weight_kg: Decimal,
    basis: str,
    measured_at: datetime,
    by: User,
    at: datetime,
    confirmed: Collection[str] = (),
) -> WeightEntry:
    """Add a weight in kg with how it was got.

    Raises WeightCannotBe outside 0.3-650 kg (a slip between g and kg), WeightNeedsConfirmation for
    a change of more than 10 % since the weight in use; until then that one stays in use.
    """
    run = Run.objects.locked(run.pk)
    refuse_future(measured_at, at, "time of weighing")
    if not LIGHTEST <= weight_kg <= HEAVIEST:
        message = _impossible(weight_kg)
        raise WeightCannotBe(message, errors=_errors("hard_range", message))
    known = weight_at(run, measured_at)
    if known and "weight_kg" not in confirmed:
        _ask_about_change(known.weight_kg, weight_kg)
    return WeightEntry.objects.create(
        run=run,
        weight_kg=weight_kg,
        basis=basis,
        measured_at=measured_at,
        entered_at=at,
        entered_by=by,
    )


def _ask_about_change(before: Decimal, now: Decimal) -> None:
    change_pct = (now - before) / before * 100
    if abs(change_pct) > ASKED_BACK_ABOVE_PCT:
        word = "more" if change_pct > 0 else "less"
        message = (
            f"{_plain(now)} kg is {abs(change_pct):.1f} % {word} than the {_plain(before)} kg in "
            "use for doses. Check number and unit; if it is right, confirm it."
        )
        raise WeightNeedsConfirmation(message, errors=_errors("large_change", message))


def _impossible(weight_kg: Decimal) -> str:
    return (
        f"{_plain(weight_kg)} kg cannot be a patient's weight: it lies between {LIGHTEST} and "
        f"{HEAVIEST} kg. Were these grams, or kilograms taken for grams?"
    )


def _errors(rule: str, message: str) -> list[ErrorItem]:
    return [ErrorItem(parameter="weight_kg", rule=rule, message=message)]


def _plain(weight_kg: Decimal) -> str:
    return f"{weight_kg.normalize():f}"
