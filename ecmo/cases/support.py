"""A run as such: flow on, its limits, weight, modes and cannulas, flow off."""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import pairwise

from ecmo.cases.loading import Row, instant
from ecmo.cases.renaming import SIDES, cannula_removal, end_reason, removal_reason, site, technique
from ecmo.cases.staff import COORDINATOR, PHYSICIAN, SPECIALIST
from ecmo.cases.story import ActOf, Event, Rank

UNKNOWN = "unknown"
BOUNDS = ("hard", "soft", "warning", "critical")
VALIDITY = ("valid_from", "valid_to")


def support(run: ActOf) -> Iterator[Event]:
    """Yield what makes a run."""
    yield run.event(run.entered_at, Rank.RUN, "flow on", partial(_start, run))
    yield run.event(run.entered_at, Rank.LIMITS, "limits", partial(_set_limits, run))
    at = max(instant(run.row.get("weight_entered_at") or run.row["time_on"]), run.entered_at)
    yield run.event(at, Rank.WEIGHT, "weight", partial(_weigh, run))
    yield from _modes(run)
    for cannula in run.row["cannulas"]:
        yield from _cannula(run, cannula)
    if run.ended_at:
        yield run.event(run.ended_at, Rank.END, "flow off", partial(_end, run))
        told = max(run.ended_at, instant(run.stage.case["as_of"]))
        yield run.event(told, Rank.OUTCOME, "outcome", partial(_tell_outcome, run))


def components_reason(run: ActOf) -> str | None:
    """Return why most parts came out at the end of the run."""
    reasons = [
        row["removed_reason"]
        for row in run.row["components"]
        if row["removed_reason"] and is_there_at_end(run, row)
    ]
    return Counter(reasons).most_common(1)[0][0] if reasons else None


def is_there_at_end(run: ActOf, component: Row) -> bool:
    """Whether a part was in the circuit until flow off."""
    removed = component["removed_at"]
    return removed is None or (run.ended_at is not None and instant(removed) >= run.ended_at)


def _start(run: ActOf) -> None:
    row, patient = run.row, run.stage.case["patient"]
    first = _mode_at_start(run)
    body = {
        "patient": run.stage.id_of(f"patient/{patient['mrn']}"),
        "started_at": row["time_on"],
        "support_type": row["support_type"],
        "mode": first["mode"] if first else UNKNOWN,
        "configuration": first["configuration"] if first else "",
    }
    optional = {"height_cm": row["height_cm"], "started_here_at": row.get("time_on_here")}
    body |= {name: value for name, value in optional.items() if value is not None}
    run.stage.create(run.name("run"), SPECIALIST, "runs/", body)


def _mode_at_start(run: ActOf) -> Row | None:
    """Return the mode that was entered with flow on, if it was known then."""
    opened = run.row.get("run_start", {}).get("entered_with", {})
    first = next(iter(run.row["modes"]), None)
    if first is None or opened.get("mode") == UNKNOWN or "entered_at" in first:
        return None
    return first if instant(first["from"]) == instant(run.row["time_on"]) else None


def _set_limits(run: ActOf) -> None:
    rows = [
        {
            "measure": limit["parameter"],
            "unit": limit["unit"],
            **{name: limit[name] for name in BOUNDS},
            **{name: limit[name] for name in VALIDITY if name in limit},
        }
        for limit in run.stage.case["limits"]
    ]
    body = {"source": "reference case", "reason": "example, not for clinical use", "limits": rows}
    run.client.put(PHYSICIAN, run.path("limits/"), body)


def _weigh(run: ActOf) -> None:
    basis = next((each["weight_basis"] for each in run.row["infusions"]), "actual")
    body = {"weight_kg": run.row["weight_kg"], "basis": basis, "measured_at": run.row["time_on"]}
    run.client.insist(SPECIALIST, run.path("weights/"), body)


def _modes(run: ActOf) -> Iterator[Event]:
    rows = run.row["modes"]
    started_with = _mode_at_start(run)
    for row in rows:
        if row is not started_with:
            at = run.known_at(row, "from")
            what = f"mode {row['mode']}"
            yield run.event(at, Rank.MODE, what, partial(_enter_mode, run, row))
    for row, after in pairwise([*rows, {"from": run.row["time_off"]}]):
        if row["to"] and row["to"] != after["from"] and _is_before_end(run, row["to"]):
            at = max(instant(row["to"]), run.known_at(row, "from"))
            ended = partial(_enter_mode, run, row, ends_at=row["to"])
            yield run.event(at, Rank.MODE, f"mode {row['mode']} over", ended)


def _is_before_end(run: ActOf, text: str) -> bool:
    return run.ended_at is None or instant(text) < run.ended_at


def _enter_mode(run: ActOf, row: Row, **more: str) -> None:
    body = {
        "mode": row["mode"],
        "starts_at": row["from"],
        "configuration": row["configuration"],
        **more,
    }
    run.client.post(SPECIALIST, run.path("modes/"), body)


def _cannula(run: ActOf, row: Row) -> Iterator[Event]:
    at = run.known_at(row, "inserted_at")
    yield run.event(at, Rank.CANNULA, f"cannula {row['id']}", partial(_insert, run, row))
    if row.get("tip_entered_at"):
        tip = max(instant(row["tip_entered_at"]), at)
        yield run.event(tip, Rank.CANNULA, f"tip of {row['id']}", partial(_enter_tip, run, row))
    if row["removed_at"]:
        out = max(instant(row["removed_at"]), at)
        yield run.event(out, Rank.EVENT, f"{row['id']} out", partial(_take_out, run, row))


def _insert(run: ActOf, row: Row) -> None:
    body = {
        "site": site(row["site"]),
        "side": SIDES[row["side"]],
        "purpose": row["purpose"],
        "size_fr": row["size_fr"],
        "technique": technique(row["technique"]),
        "inserted_at": row["inserted_at"],
    }
    answer = run.client.post(SPECIALIST, run.path("cannulas/"), body)
    run.stage.note_id(run.name(row["id"]), answer["public_id"])


def _enter_tip(run: ActOf, row: Row) -> None:
    path = run.path(f"cannulas/{run.id_of(row['id'])}/tip/")
    run.client.post(SPECIALIST, path, {"tip_position": "entered, not told in the case"})


def _take_out(run: ActOf, row: Row) -> None:
    path = run.path(f"cannulas/{run.id_of(row['id'])}/remove/")
    body = {"removed_at": row["removed_at"], "reason": cannula_removal(row["removed_reason"])}
    run.client.post(SPECIALIST, path, body)


def _end(run: ActOf) -> None:
    reason = components_reason(run)
    body = {
        "ended_at": run.row["time_off"],
        "end_reason": end_reason(run.row["outcome"]["reason_discontinued"]),
    }
    if reason:
        body["components_reason"] = removal_reason(reason)
    run.client.post(SPECIALIST, run.path("end/"), body)


def _tell_outcome(run: ActOf) -> None:
    told = {
        **{k: v for k, v in run.row["outcome"].items() if k != "reason_discontinued"},
        "discharged_at": run.stage.case["admission"]["hospital_discharged_at"],
    }
    body = {name: value for name, value in told.items() if value is not None}
    if body:
        run.client.put(COORDINATOR, run.path("outcome/"), body)
