"""The parts of the circuit: put in, exchanged, taken out, their reviews put off."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from functools import partial

from ecmo.cases.client import Refused
from ecmo.cases.loading import Row, instant
from ecmo.cases.renaming import OTHER, removal_reason
from ecmo.cases.staff import SPECIALIST
from ecmo.cases.story import ActOf, Event, Rank
from ecmo.cases.support import components_reason, is_there_at_end


def circuit(run: ActOf) -> Iterator[Event]:
    """Yield what happens to the parts of a run's circuits."""
    exchanges = _exchanges(run)
    replaced = {old["id"] for pairs in exchanges.values() for old, _ in pairs}
    fresh = {new["id"] for pairs in exchanges.values() for _, new in pairs}
    for row in run.row["components"]:
        if row["id"] not in fresh:
            at = run.known_at(row, "installed_at")
            yield run.event(at, Rank.COMPONENT, f"{row['id']} in", partial(_install, run, row))
        if row["id"] not in replaced and _comes_out_alone(run, row):
            at = max(instant(row["removed_at"]), run.known_at(row, "installed_at"))
            yield run.event(at, Rank.COMPONENT, f"{row['id']} out", partial(_remove, run, row))
    for (at, reason), pairs in exchanges.items():
        act = partial(_exchange, run, reason, pairs)
        yield run.event(at, Rank.COMPONENT, f"exchange for {reason}", act)
    for number, row in enumerate(run.row.get("review_deferrals", ())):
        at = max(instant(row["at"]), run.entered_at)
        act = partial(_defer, run, number, row)
        yield run.event(at, Rank.EVENT, f"review of {row['component']} put off", act)


def _comes_out_alone(run: ActOf, row: Row) -> bool:
    """Whether a part was taken out by itself, not exchanged and not with the whole circuit."""
    if row["removed_at"] is None:
        return False
    return not is_there_at_end(run, row) or row["removed_reason"] != components_reason(run)


def _exchanges(run: ActOf) -> dict[tuple[datetime, str], list[tuple[Row, Row]]]:
    """Pair each part with the one that took its place at the same time, by time and reason."""
    found: dict[tuple[datetime, str], list[tuple[Row, Row]]] = defaultdict(list)
    taken: set[str] = set()
    for new in run.row["components"]:
        for old in run.row["components"]:
            if old["id"] not in taken and _takes_place_of(new, old):
                taken.add(old["id"])
                at = run.known_at(new, "installed_at")
                found[at, old["removed_reason"] or OTHER].append((old, new))
                break
    return found


def _takes_place_of(new: Row, old: Row) -> bool:
    if old is new or old["removed_at"] is None:
        return False
    is_same_place = all(new[name] == old[name] for name in ("circuit", "type"))
    return is_same_place and instant(old["removed_at"]) == instant(new["installed_at"])


def _install(run: ActOf, row: Row) -> None:
    body = {
        "circuit_label": row["circuit"],
        "installed_at": row["installed_at"],
        "position": _position(run, row),
        **_part(run, row),
    }
    answer = run.client.post(SPECIALIST, run.path("components/"), body)
    run.stage.note_id(run.name(row["id"]), answer["public_id"])


def _position(run: ActOf, row: Row) -> str:
    """Return the part's place: its type, unless two of that type are in the circuit at once."""
    others = [
        other
        for other in run.row["components"]
        if other is not row and all(other[n] == row[n] for n in ("circuit", "type"))
    ]
    is_shared = any(_overlap(row, other) for other in others)
    return str(row["id"] if is_shared else row["type"])


def _overlap(one: Row, other: Row) -> bool:
    return _is_in_before(one, other["removed_at"]) and _is_in_before(other, one["removed_at"])


def _is_in_before(row: Row, end: str | None) -> bool:
    return end is None or instant(row["installed_at"]) < instant(end)


def _part(run: ActOf, row: Row) -> Row:
    policy = run.stage.case["change_policy"].get(row["type"], {})
    model = {"kind": row["type"], "name": row["product"], "gtin": row["gtin"]}
    if "label_hours" in policy:
        said = {"market": "other", "hours": policy["label_hours"], "source": "reference case"}
        model["labels"] = [said]
    return {
        "model": model,
        "lot": row["lot"],
        "serial": row["serial"],
        "udi": row["udi_scan"],
        "expires_on": row["expiry"],
        "exchange_group": row.get("exchange_group", ""),
    }


def _exchange(run: ActOf, reason: str, pairs: list[tuple[Row, Row]]) -> None:
    body = {
        "exchanged_at": pairs[0][1]["installed_at"],
        "reason": removal_reason(reason),
        "note": _note(reason),
        "changes": [
            {"component": run.id_of(old["id"]), "part": _part(run, new)} for old, new in pairs
        ],
    }
    answer = run.client.post(SPECIALIST, run.path("exchanges/"), body)
    for (_, new), made in zip(pairs, answer["components"], strict=True):
        run.stage.note_id(run.name(new["id"]), made["public_id"])


def _remove(run: ActOf, row: Row) -> None:
    reason = row["removed_reason"] or OTHER
    body = {
        "removed_at": row["removed_at"],
        "reason": removal_reason(reason),
        "note": _note(reason),
    }
    path = run.path(f"components/{run.id_of(row['id'])}/remove/")
    run.client.post(SPECIALIST, path, body)


def _note(reason: str) -> str:
    return reason if removal_reason(reason) != reason else ""


def _defer(run: ActOf, number: int, row: Row) -> None:
    """Put a review off and keep the answer."""
    path = run.path(f"components/{run.id_of(row['component'])}/defer/")
    body = {"next_review_at": row["next_review_at"], "reason": row["reason"]}
    found = {"number": number, "answer": "accept"}
    try:
        run.client.post(row["by"], path, body)
    except Refused as refused:
        found = {"number": number, "answer": "refuse", "rule": refused.problem.get("code")}
    run.stage.note_found(run.name("deferrals"), found)
