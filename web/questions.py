"""What is asked back, and what cannot be: a plan may be refused, a fact is at most asked back."""

from collections.abc import Collection, Iterable

from web.problems import ErrorItem, NeedsConfirmation, RuleBroken


class CannotBe(RuleBroken):
    code = "cannot_be"
    title = "This cannot be so"
    status = 422


def ask(questions: Iterable[ErrorItem], confirmed: Collection[str]) -> None:
    """Raise NeedsConfirmation with every question whose parameter was not confirmed."""
    open_ones = [one for one in questions if one["parameter"] not in confirmed]
    if open_ones:
        raise NeedsConfirmation(" ".join(one["message"] for one in open_ones), errors=open_ones)


def refuse(parameter: str, rule: str, message: str) -> CannotBe:
    """Return the refusal of something impossible, for the caller to raise."""
    return CannotBe(message, errors=[ErrorItem(parameter=parameter, rule=rule, message=message)])
