"""What became of messages and results, and of anticoagulation, in the words of the cases."""

from collections import defaultdict

from ecmo.cases.comparing import minute_of
from ecmo.cases.loading import Row
from ecmo.cases.staff import COORDINATOR
from ecmo.cases.story import ActOf, Stage
from ecmo.cases.treatment import ARRIVALS

MESSAGES = "hl7-messages/"


def received(stage: Stage) -> list[Row]:
    """Return every message of the laboratory."""
    return stage.client.rows(COORDINATOR, MESSAGES)


def arrivals(stage: Stage, messages: list[Row]) -> list[Row]:
    """Return each arrival of a message, with its acknowledgement and what became of it."""
    outcomes: dict[tuple[str, int], list[str]] = defaultdict(list)
    for row in messages:
        for receipt in sorted(row["receipts"], key=lambda one: bool(one["is_duplicate"])):
            at = minute_of(receipt["received_at"])
            outcomes[row["control_id"], at].append(_outcome(row, receipt))
    return [{**seen, "outcome": _next(outcomes, seen)} for seen in stage.found.get(ARRIVALS, ())]


def _next(outcomes: dict[tuple[str, int], list[str]], seen: Row) -> str | None:
    """Return what became of an arrival; two may have come in the same minute."""
    told = outcomes[seen["control_id"], minute_of(seen["received_at"])]
    return told.pop(0) if told else None


def _outcome(message: Row, receipt: Row) -> str:
    return "duplicate" if receipt["is_duplicate"] else str(message["outcome"])


def quarantined(messages: list[Row]) -> list[Row]:
    """Return every value that waits for a person."""
    return [
        {
            "control_id": message["control_id"],
            **{name: row[name] for name in ("obx", "code", "reason", "reported", "converted")},
            "unit": row["unit"] or None,
        }
        for message in messages
        for row in message["quarantined"]
    ]


def filed(versions: list[Row]) -> list[Row]:
    """Return the final state of every result that came by a message."""
    return [
        {
            **{name: row[name] for name in _AS_FILED},
            "comparator": row["comparator"] or None,
            "value_text": row["value_text"] or None,
            "unit": row["unit"] or None,
            "flag": next(iter(row["flags"]), None),
        }
        for row in versions
        if row["is_current"] and row["control_id"]
    ]


_AS_FILED = (
    "analyte",
    "value",
    "status",
    "collected_at",
    "filler_order",
    "sample_site",
    "control_id",
    "status_at",
    "reported",
)


def plans(run: ActOf) -> list[Row]:
    """Return the plans of a run."""
    return run.client.rows(COORDINATOR, run.path("plans/"))


def plan(run: ActOf, row: Row) -> Row:
    """Return a plan and its target."""
    return {
        "plan": run.stage.names.get(row["public_id"], row["public_id"]),
        "agent": row["agent"],
        "driver": row["driver"],
        "target": [row["target_low"], row["target_high"]],
    }


def time_in_range(run: ActOf, row: Row) -> Row:
    """Return how long the driver test of a plan was within its target."""
    found = run.client.get(COORDINATOR, run.path(f"plans/{row['public_id']}/time-in-range/"))
    gaps = [
        {"from": gap["starts_at"], "to": gap["ends_at"], "hours": gap["hours"], "why": gap["why"]}
        for gap in found["not_interpolated"]
    ]
    return {**found, "not_interpolated": gaps}


def titration(run: ActOf, row: Row) -> list[Row]:
    """Return what the protocol says to each driver result of a plan."""
    path = run.path(f"plans/{row['public_id']}/titration/")
    rows = run.client.get(COORDINATOR, path)["rows"]
    return [_titrated(row) for row in rows]


def _titrated(row: Row) -> Row:
    other = row["discordant"]
    found = {name: value for name, value in row.items() if name not in {"source", "discordant"}}
    return {
        **found,
        "control_id": row["source"],
        "discordant": other
        and {"rule": other["rule"], "with": other["source"], "value": other["value"]},
    }
