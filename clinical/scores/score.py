"""What a score says: a total with points, band and outlook, or why there is none."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from clinical.scores.asking import Asked, asked_of, missing_of

ADULT_FROM_YEARS = 18
Points = Mapping[str, int]
Steps = Iterable[tuple[Decimal | int, int]]


@dataclass(frozen=True, slots=True)
class Subject:
    """How old the patient was at flow on, in completed years and in days; None: not known."""

    age_years: int | None = None
    age_days: int | None = None


@dataclass(frozen=True, slots=True)
class Population:
    """For whom a score was made. `days_above` is excluded, `years_from` included."""

    words: str
    years_from: int | None = None
    years_below: int | None = None
    days_above: int | None = None
    days_up_to: int | None = None

    @property
    def asks_age(self) -> bool:
        """Whether anybody is excluded by age."""
        bounds = (self.years_from, self.years_below, self.days_above, self.days_up_to)
        return any(bound is not None for bound in bounds)

    def holds(self, subject: Subject) -> bool:
        """Whether a patient of known age belongs to it."""
        years, days = subject.age_years, subject.age_days
        return not (
            (years is not None and self.years_from is not None and years < self.years_from)
            or (years is not None and self.years_below is not None and years >= self.years_below)
            or (days is not None and self.days_above is not None and days <= self.days_above)
            or (days is not None and self.days_up_to is not None and days > self.days_up_to)
        )


ANYBODY = Population("any age")
ADULTS = Population("adults (18 years and more)", years_from=ADULT_FROM_YEARS)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of a score, or a refusal.

    `missing` names needed inputs without an answer; `refusal` says in a sentence why there is no
    total. `further` holds what else the score gives: survival or death in percent, other indices.
    """

    total: Decimal | None = None
    points: Points | None = None
    band: str = ""
    further: Mapping[str, Decimal] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    refusal: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def is_refused(self) -> bool:
        """Whether there is no result."""
        return self.total is None


@dataclass(frozen=True, slots=True)
class Score:
    """One published score. Without a `rule` its results come from elsewhere.

    `endpoint` says what its outlook is about; `caution` is shown with every result.
    """

    name: str
    version: str
    title: str
    source: str
    asks: type[Any]
    rule: Callable[[Any], Verdict] | None = None
    population: Population = ADULTS
    endpoint: str = ""
    unit: str = ""
    caution: str = ""
    band_of: Callable[[Decimal], str] | None = None

    @property
    def inputs(self) -> tuple[Asked, ...]:
        """What it asks."""
        return asked_of(self.asks)

    @property
    def is_computed(self) -> bool:
        """Whether the product works it out itself."""
        return self.rule is not None

    def judge(self, inputs: Any, subject: Subject) -> Verdict:
        """Return the result, or a refusal that names what is missing or who is excluded."""
        if self.rule is None:
            return Verdict(refusal=f"{self.name} is not worked out here: enter its result.")
        if refused := self.refused_for(inputs, subject):
            return refused
        if missing := missing_of(inputs):
            labels = [one.label for one in self.inputs if one.name in missing]
            words = ", ".join(labels)
            return Verdict(
                missing=missing,
                refusal=f"{self.name} cannot be worked out without: {words}. Nothing is guessed.",
            )
        return self.rule(inputs)

    def refused_for(self, inputs: Any, subject: Subject) -> Verdict | None:
        """Return a refusal for somebody whom the score was not made for, or of unknown age."""
        told = getattr(inputs, "age_years", None)
        typed = replace(subject, age_years=int(told)) if told is not None else subject
        if not (self.population.holds(subject) and self.population.holds(typed)):
            return Verdict(
                refusal=f"{self.name} was made for {self.population.words}. This patient is "
                "outside of that, so it says nothing here."
            )
        if self.population.asks_age and typed.age_years is None:
            return Verdict(
                missing=tuple(sorted({"age_years", *missing_of(inputs)})),
                refusal=f"{self.name} was made for {self.population.words}, and the patient's "
                "age is not known. Enter when the patient was born.",
            )
        return None


def refuse(sentence: str, *missing: str) -> Verdict:
    """Return a refusal."""
    return Verdict(refusal=sentence, missing=tuple(sorted(missing)))


def added(points: Points, *, band: str = "", **more: Any) -> Verdict:
    """Return a verdict whose total is the sum of its points."""
    return Verdict(total=Decimal(sum(points.values())), points=points, band=band, **more)


def below(value: Decimal, steps: Steps, otherwise: int) -> int:
    """Return the points of the first bound that the value lies below."""
    return next((points for bound, points in steps if value < bound), otherwise)


def up_to(value: Decimal, steps: Steps, otherwise: int) -> int:
    """Return the points of the first bound that the value does not exceed."""
    return next((points for bound, points in steps if value <= bound), otherwise)


def rounded(value: Decimal, places: str) -> Decimal:
    """Return a value rounded half up to the places of a pattern such as 0.1."""
    return value.quantize(Decimal(places), ROUND_HALF_UP)
