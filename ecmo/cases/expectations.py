"""Every expectation of a case against what the product says.

One expectation is one row of a list under `expected`; a block that is no list is one. So is each
answered check, weight entry and deferral, whose answer stands beside it.
"""

from collections.abc import Callable
from functools import partial

from ecmo.cases import finding, laboratory
from ecmo.cases.client import Refused
from ecmo.cases.comparing import Failure, Outcome
from ecmo.cases.finding import Sources
from ecmo.cases.loading import Row
from ecmo.cases.registry import Record, by_part
from ecmo.cases.scoring import SCORES
from ecmo.cases.staff import COORDINATOR
from ecmo.cases.story import ActOf, NotThere, Stage

WAITING: tuple[str, ...] = ()
"""Kinds of expectation that the product does not have yet; later work empties this list."""

ALERT = ("at", "change", "code", "parameter", "side")
RESULT = ("control_id", "filler_order", "analyte", "collected_at")


def compare(stage: Stage, runs: list[ActOf]) -> Outcome:
    """Compare everything that the case expects."""
    outcome = Outcome(failures=list(stage.refused))
    versions: list[Row] = []
    _try(outcome, "results", lambda: versions.extend(finding.results(stage, runs)))
    named = finding.sources(stage, versions)
    _try(outcome, "laboratory", partial(_compare_laboratory, outcome, stage, versions))
    expected = {row["run_no"]: row for row in stage.case["expected"]["runs"]}
    for run in runs:
        own = expected[run.no]
        for what, step in _STEPS.items():
            _try(outcome, f"run {run.no} {what}", partial(step, outcome, run, own))
        alerts = partial(_compare_alerts, outcome, run, own, named)
        _try(outcome, f"run {run.no} alerts", alerts)
        for kind in WAITING:
            outcome.wait(kind, _number(own.get(kind, run.row.get(kind))))
    return outcome


def _try(outcome: Outcome, what: str, step: Callable[[], None]) -> None:
    """Compare a part; what cannot be read has failed, and the other parts are compared still."""
    try:
        step()
    except (Refused, NotThere) as refused:
        outcome.failures.append(Failure(what, "readable", str(refused)))


def _compare_laboratory(outcome: Outcome, stage: Stage, versions: list[Row]) -> None:
    expected, messages = stage.case["expected"]["labs"], laboratory.received(stage)
    arrivals = laboratory.arrivals(stage, messages)
    key = ("control_id", "received_at")
    outcome.compare_rows("labs.messages", expected["messages"], arrivals, key)
    outcome.compare_rows("labs.filed", expected["filed"], laboratory.filed(versions), RESULT)
    outcome.compare_rows(
        "labs.quarantined",
        expected["quarantined"],
        laboratory.quarantined(messages),
        ("control_id", "obx"),
        if_expected=("reported", "converted", "unit"),
    )


def _compare_support(outcome: Outcome, run: ActOf, expected: Row) -> None:
    found = run.client.get(COORDINATOR, run.path())
    what = f"run {run.no}"
    age = finding.age(found)
    outcome.compare(f"{what} age", {name: expected[name] for name in age}, age)
    outcome.compare(f"{what} run_hours", expected["run_hours"], finding.run_hours(found))
    entries = [
        {"number": number, **row["expect"]}
        for number, row in enumerate(run.row.get("weight_entries", ()))
    ]
    seen = run.stage.found.get(run.name("weight_entries"), ())
    outcome.compare_rows(f"{what} weight_entries", entries, seen, ("number",))
    modes = finding.modes(found, finding.place_of(run.stage))
    outcome.compare(f"{what} modes", expected["modes"], modes)


def _compare_bedside(outcome: Outcome, run: ActOf, expected: Row) -> None:
    what = f"run {run.no}"
    outcome.compare_rows(
        f"{what} checks",
        expected["checks"],
        finding.checks(run),
        ("id",),
        if_expected=("blood_flow_per_kg",),
    )
    asked = run.row["answered_checks"]
    answers = [{n: row[n] for n in ("id", "answer", "because")} for row in asked]
    seen = run.stage.found.get(run.name("answered_checks"), ())
    outcome.compare_rows(f"{what} answered_checks", answers, seen, ("id",))
    components = finding.components(run)
    outcome.compare_rows(f"{what} components", expected["components"], components, ("id",))
    deferrals = [
        {"number": number, **{name: row[name] for name in ("answer", "rule") if name in row}}
        for number, row in enumerate(run.row.get("review_deferrals", ()))
    ]
    seen = run.stage.found.get(run.name("deferrals"), ())
    outcome.compare_rows(f"{what} review_deferrals", deferrals, seen, ("number",))


def _compare_alerts(outcome: Outcome, run: ActOf, expected: Row, named: Sources) -> None:
    what = f"run {run.no}"
    probes = [
        {**probe, "open": sorted(probe["open"], key=finding.order)}
        for probe in expected["alerts_open_at"]
    ]
    seen = finding.alerts_open_at(run, named)
    outcome.compare_rows(f"{what} alerts_open_at", probes, seen, ("at",))
    history = finding.alert_history(run, named)
    outcome.compare_rows(f"{what} alert_history", expected["alert_history"], history, ALERT)
    owed = [_sorted(probe) for probe in expected.get("debts_at", ())]
    seen = [_sorted(probe) for probe in run.stage.found.get(run.name("debts_at"), ())]
    outcome.compare_rows(f"{what} debts_at", owed, seen, ("at",))


def _compare_blood(outcome: Outcome, run: ActOf, expected: Row) -> None:
    found = run.client.get(COORDINATOR, run.path("blood/"))
    what, wanted = f"run {run.no} blood", dict(expected["blood"])
    outcome.compare_rows(f"{what} days", wanted.pop("days"), found.pop("days"), ("ecls_day",))
    for name, value in wanted.items():
        outcome.compare(f"{what} {name}", value, found.pop(name))
    outcome.compare(f"{what} more", {}, found)


def _compare_scores(outcome: Outcome, run: ActOf, expected: Row) -> None:
    outcome.compare_rows(
        f"run {run.no} scores",
        expected["scores"],
        run.stage.found.get(run.name(SCORES), ()),
        ("score",),
        if_expected=("survival_pct",),
    )


def _sorted(probe: Row) -> Row:
    """Return what was owed at a time, in an order that says nothing."""
    return {**probe, "owed": sorted(probe["owed"], key=lambda one: str(one["what"]))}


def _compare_anticoagulation(outcome: Outcome, run: ActOf, expected: Row) -> None:
    found = laboratory.plans(run)
    named = {laboratory.plan(run, row)["plan"]: row for row in found}
    for plan in expected["anticoagulation"]:
        row = named.pop(plan["plan"], None)
        what = f"run {run.no} anticoagulation {plan['plan']}"
        head = {name: plan[name] for name in ("plan", "agent", "driver", "target")}
        outcome.compare(what, head, row and laboratory.plan(run, row))
        within = row and laboratory.time_in_range(run, row)
        outcome.compare(f"{what} time_in_range", plan["time_in_range"], within)
        steps = laboratory.titration(run, row) if row else []
        key = ("control_id", "collected_at")
        outcome.compare_rows(f"{what} titration", plan["titration"], steps, key)
    outcome.compare_rows(f"run {run.no} anticoagulation", (), list(named.values()), ("public_id",))


def _compare_notices(outcome: Outcome, run: ActOf, expected: Row) -> None:
    seen = Record(run).notices()
    outcome.compare_rows(f"run {run.no} notices", expected["notices"], seen, ("code",))


def _compare_registry(outcome: Outcome, run: ActOf, expected: Row) -> None:
    what, found = f"run {run.no}", Record(run)
    fields = [
        {**row, "value": sorted(row["value"], key=by_part)} if row["field"] == "equipment" else row
        for row in expected["registry"]
    ]
    outcome.compare_rows(f"{what} registry", fields, found.fields(), ("field",))
    judged = expected["completeness"]
    what = f"{what} completeness"
    key = ("check", "subject")
    outcome.compare_rows(f"{what} findings", judged["findings"], found.findings(), key)
    outcome.compare(f"{what} exportable", judged["exportable"], found.is_exportable())
    outcome.compare(f"{what} c43", judged["c43"], found.mandatory())


def _number(expected: object) -> int:
    """Return how many expectations wait: one for each row, one for each part that is no list."""
    if isinstance(expected, dict):
        return sum(len(part) if isinstance(part, list) else 1 for part in expected.values())
    return len(expected) if isinstance(expected, list) else 0


_STEPS: dict[str, Callable[[Outcome, ActOf, Row], None]] = {
    "support": _compare_support,
    "bedside": _compare_bedside,
    "blood": _compare_blood,
    "scores": _compare_scores,
    "anticoagulation": _compare_anticoagulation,
    "notices": _compare_notices,
    "registry": _compare_registry,
}
