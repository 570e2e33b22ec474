"""Anticoagulation at a glance: what runs, what it is aimed at, where the newest result lies."""

from dataclasses import dataclass
from datetime import datetime

from alerts.models import Due
from clinical.measures import MEASURES, Measure
from labs.models import AnticoagulationPlan, Result
from labs.queries.infusions import InfusionNow, infusion_now, infusions_of
from labs.queries.plans import plan_at
from labs.queries.results import of_run
from labs.queries.targets import side_of, target_text
from patients.models import Run

SAMPLE = "sample"


@dataclass(frozen=True, slots=True)
class AnticoagulationNow:
    """What a nurse must see first. `side` is on which side of its target the newest result lies."""

    infusions: list[InfusionNow]
    plan: AnticoagulationPlan | None
    driver: Measure | None
    newest: Result | None
    before: Result | None
    side: str
    due: Due | None

    @property
    def target(self) -> str:
        """The target in the display unit of its test, blank for none."""
        return "" if self.plan is None or self.driver is None else target_text(self.plan)

    @property
    def sentence(self) -> str:
        """What is out of target, in one sentence; blank if nothing is."""
        if not self.side or self.newest is None or self.driver is None or self.newest.value is None:
            return ""
        where = "below" if self.side == "low" else "above"
        value = f"{self.newest.comparator}{self.driver.text(self.newest.value)}"
        return f"{self.driver.label} {value} is {where} the target {self.target}."

    @property
    def is_started(self) -> bool:
        """Whether any anticoagulant ever ran in this run."""
        return bool(self.infusions)


def panel(run: Run, at: datetime) -> AnticoagulationNow:
    """Return anticoagulation as it stands (five statements)."""
    when = run.ended_at or at
    plan = plan_at(run, when)
    infusions = [infusion_now(each, when) for each in infusions_of(run)]
    results = [] if plan is None or not plan.driver else _newest(run, plan.driver)
    newest = results[0] if results else None
    return AnticoagulationNow(
        infusions=[each for each in infusions if each.last is not None],
        plan=plan,
        driver=MEASURES.get(plan.driver) if plan else None,
        newest=newest,
        before=results[1] if len(results) > 1 else None,
        side=_side(newest, plan),
        due=run.dues.open().filter(kind=SAMPLE).first(),
    )


def _newest(run: Run, driver: str) -> list[Result]:
    return list(of_run(run).usable().filter(analyte=driver)[:2])


def _side(newest: Result | None, plan: AnticoagulationPlan | None) -> str:
    if newest is None or newest.value is None or plan is None:
        return ""
    return side_of(newest.value, newest.comparator, newest.sample.collected_at, [plan])
