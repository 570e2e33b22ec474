"""What the product says of a run, read through its API and put into the words of the cases."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ecmo.cases.loading import Row, zone
from ecmo.cases.renaming import OTHER
from ecmo.cases.staff import COORDINATOR
from ecmo.cases.story import ActOf, Stage

SIDED = frozenset({"low", "high"})


@dataclass(frozen=True, slots=True)
class Sources:
    """What alerts and notices name as their source, in the words of the case."""

    names: dict[str, str]

    def name(self, source: str) -> str:
        """Return the check's name or the message's control id."""
        key = source.removeprefix("result:").removeprefix("check:")
        return self.names.get(key, source)


def results(stage: Stage, runs: Iterable[ActOf]) -> list[Row]:
    """Return every version of every result of the patient."""
    found = {}
    for run in runs:
        if run.name("run") in stage.ids:
            for row in stage.client.rows(COORDINATOR, run.path("results/"), all_versions="true"):
                found[row["public_id"]] = row
    return list(found.values())


def sources(stage: Stage, versions: list[Row]) -> Sources:
    """Return the names of checks and of results."""
    return Sources({**stage.names, **{r["public_id"]: r["control_id"] for r in versions}})


def age(run: Row) -> Row:
    """Return the age at flow on."""
    found = run["age"] or {}
    return {
        "age_days": found.get("days"),
        "age_years": found.get("years"),
        "age_group": found.get("group"),
    }


def run_hours(run: Row) -> Row:
    """Return the hours of a run."""
    hours = dict(run["hours"])
    return {"hours_exact": hours.pop("hours"), **hours}


def modes(run: Row, place: ZoneInfo) -> Row:
    """Return the modes of a run and whether they cover it."""
    found = run["modes"]
    known = [row for row in found["segments"] if row["mode"] != "unknown"]
    return {
        "initial_mode": found["initial_mode"],
        "covers_run": found["covers_run"],
        "problems": [
            f"{row['flaw']} {_local(row['starts_at'], place)} to {_local(row['ends_at'], place)}"
            for row in found["problems"]
        ],
        "segments": [{"mode": row["mode"], "exact": row["exact"]} for row in known],
    }


def checks(run: ActOf) -> list[Row]:
    """Return the checks of a run as they stand, with what was confirmed and amended."""
    rows = run.client.rows(COORDINATOR, run.path("checks/"))
    return [_check(run, row) for row in rows]


def _check(run: ActOf, row: Row) -> Row:
    return {
        "id": run.stage.names.get(row["check_id"], row["check_id"]),
        **{name: row["derived"].get(name, {}).get("value") for name in _DERIVED},
        "charted_late_min": row["charted_late_min"],
        "confirmed": _confirmed(run, row),
        "amended": _amended(row["history"]),
    }


_DERIVED = ("delta_p", "membrane_resistance", "blood_flow_per_kg")


def _confirmed(run: ActOf, row: Row) -> list[Row]:
    """Return what had to be confirmed when the check was first saved."""
    first = row
    if row["version"] > 1:
        versions = run.client.rows(COORDINATOR, run.path(f"checks/{row['check_id']}/amendments/"))
        first = next(one for one in versions if one["version"] == 1)
    return [
        {"parameter": measure, "rule": value["confirmed"]}
        for measure, value in sorted(first["values"].items())
        if value["confirmed"]
    ]


def _amended(history: list[Row]) -> Row:
    amended: Row = {}
    for change in sorted(history, key=lambda one: str(one["at"])):
        row = amended.setdefault(change["measure"], {"was": change["was"]})
        row["now"] = change["now"]
    return amended


def components(run: ActOf) -> list[Row]:
    """Return the lives of the parts of a run."""
    rows = run.client.rows(COORDINATOR, run.path("components/"))
    return [_component(run.stage, row) for row in rows]


def _component(stage: Stage, row: Row) -> Row:
    reason = row["removed_reason"]
    clock = ("clock_from", "review_warn_at", "review_due_at", "next_review_at")
    reached = ("review_warn_reached", "review_due_reached") if row["clock_from"] else ()
    return {
        "id": stage.names.get(row["public_id"], row["public_id"]),
        "type": row["kind"],
        "removed_reason": row["note"] if reason == OTHER and row["note"] else reason or None,
        "exchange_group": row["exchange_group"] or None,
        **{name: row[name] for name in ("hours_exact", "hours", *clock, *reached)},
        "resistance": _resistance(stage, row["resistance"]),
        "change_proposed": [_proposal(stage, one) for one in row["change_proposed"]],
    }


def _resistance(stage: Stage, found: Row | None) -> Row | None:
    if found is None:
        return None
    peak, signal = found["peak"], found["signal"]
    return {
        "baseline": found["baseline"],
        "why": found.get("why"),
        "peak": peak and {"check": _check_name(stage, peak), "ratio": peak["ratio"]},
        "signal": signal
        and {
            "at": signal["checked_at"],
            "check": _check_name(stage, signal),
            "ratio": signal["ratio"],
        },
    }


def _proposal(stage: Stage, one: Row) -> Row:
    value = "ratio" if one["rule"] == "resistance" else "po2_post"
    return {
        "rule": one["rule"],
        "at": one["checked_at"],
        "check": _check_name(stage, one),
        value: one["value"],
    }


def _check_name(stage: Stage, row: Row) -> str:
    return str(stage.names.get(row["check"], row["check"]))


def alerts_open_at(run: ActOf, named: Sources) -> list[Row]:
    """Return what was open at each probe time."""
    return [
        {
            **seen,
            "newest_check": run.stage.names.get(seen["newest_check"], seen["newest_check"]),
            "open": sorted(
                (_alert(row, named) for row in seen["open"] if _is_physiology(row)),
                key=order,
            ),
        }
        for seen in run.stage.found.get(run.name("alerts_open_at"), ())
    ]


def _is_physiology(row: Row) -> bool:
    return bool(row["category"] == "physiology")


def order(row: Row) -> tuple[str, str, str]:
    """Return what open alerts are sorted by."""
    return row["code"], row["parameter"], row["side"] or ""


def _alert(row: Row, named: Sources) -> Row:
    return {
        **_what(row),
        "severity": row["severity"],
        "value": row["value"],
        "limit": row["limit"],
        "measured_at": row["measured_at"],
        "since": row["since"],
        "source": named.name(row["source"]),
        "comparator": row["comparator"] or None,
    }


def _what(row: Row) -> Row:
    is_limit = row["side"] in SIDED
    return {
        "code": "limit" if is_limit else row["code"],
        "parameter": row["parameter"],
        "side": row["side"] if is_limit else None,
    }


def alert_history(run: ActOf, named: Sources) -> list[Row]:
    """Return each opening, escalation, easing and closing, but not the closing by flow off."""
    rows = run.client.rows(COORDINATOR, run.path("alert-history/"))
    return [
        _change(row, named)
        for row in rows
        if not row["run_ended"] and row.get("category", "physiology") == "physiology"
    ]


def _change(row: Row, named: Sources) -> Row:
    found = {"at": row["at"], "change": row["change"], **_what(row)}
    if row["change"] == "closed":
        return found
    return {
        **found,
        "severity": row["severity"],
        "value": row["value"],
        "source": named.name(row["source"]),
    }


def place_of(stage: Stage) -> ZoneInfo:
    """Return the time zone of the hospital."""
    return zone(stage.case)


def _local(text: Any, place: ZoneInfo) -> str:
    moment = datetime.fromisoformat(text).astimezone(place)
    return moment.isoformat(timespec="minutes")
