"""Checks as they were saved, amended, and answered; and what a person saw at the probe times."""

from collections.abc import Iterator
from functools import partial

from ecmo.cases.client import Refused
from ecmo.cases.loading import Row, instant
from ecmo.cases.renaming import DEBTS, TYPED, check_kind
from ecmo.cases.staff import SPECIALIST
from ecmo.cases.story import ActOf, Event, Rank

ANSWERS = {422: "refuse", 409: "confirm"}


def bedside(run: ActOf) -> Iterator[Event]:
    """Yield the checks of a run and the looks at it."""
    for check in run.row["checks"]:
        at = run.known_at(check, "checked_at")
        yield run.event(at, Rank.CHECK, f"check {check['id']}", partial(_save, run, check))
        for number, amendment in enumerate(check.get("amendments", ()), start=1):
            act = partial(_amend, run, check, number, amendment)
            what = f"amendment of {check['id']}"
            yield run.event(max(instant(amendment["at"]), at), Rank.AMENDMENT, what, act)
    for check in run.row["answered_checks"]:
        act = partial(_ask, run, check)
        yield run.event(instant(check["entered_at"]), Rank.QUESTION, f"check {check['id']}", act)
    for text in run.row["probe_times"]:
        yield run.event(instant(text), Rank.PROBE, "look at alerts", partial(_see, run, text))
    for text in run.row.get("debt_probe_times", ()):
        act = partial(_see_debts, run, text)
        yield run.event(instant(text), Rank.PROBE, "look at what is owed", act)


def _save(run: ActOf, check: Row) -> None:
    body = {"confirmed": check["confirmed"], **_typed(check)}
    name, who = run.name(check["id"]), check["performed_by"]
    run.stage.create(name, who, run.path("checks/"), body)


def _typed(check: Row) -> Row:
    entered = check.get("as_entered", {})
    instead = {TYPED.get(name, name) for name in entered}
    values = {name: value for name, value in check["values"].items() if name not in instead}
    return {
        "checked_at": check["checked_at"],
        "values": {**values, **entered},
        "not_done": check.get("not_done", {}),
        "kind": check_kind(check.get("kind", "hourly")),
        "trial": check.get("trial", ""),
        "note": check.get("comment", ""),
    }


def _amend(run: ActOf, check: Row, number: int, amendment: Row) -> None:
    path = run.path(f"checks/{run.id_of(check['id'])}/amendments/")
    body = {
        "version": number,
        "values": amendment["values"],
        "reason": amendment["reason"],
    }
    run.client.insist(amendment["by"], path, body)


def _ask(run: ActOf, check: Row) -> None:
    """Send a check without any confirmation and keep the answer."""
    found: Row = {"id": check["id"], "answer": "accept", "because": []}
    try:
        run.client.post(SPECIALIST, run.path("checks/"), _typed(check))
    except Refused as refused:
        rules = [{name: one[name] for name in ("parameter", "rule")} for one in refused.errors]
        answer = ANSWERS.get(refused.status, f"status {refused.status}")
        found |= {"answer": answer, "because": rules}
    run.stage.note_found(run.name("answered_checks"), found)


def _see(run: ActOf, at: str) -> None:
    """Look at the open alerts and the newest check."""
    newest = run.client.get(SPECIALIST, run.path("checks/"), page_size=1)["results"]
    seen = {
        "at": at,
        "open": run.client.rows(SPECIALIST, run.path("alerts/")),
        "newest_check": newest[0]["check_id"] if newest else None,
        "not_measured_at_newest_check": sorted(newest[0]["not_done"]) if newest else [],
    }
    run.stage.note_found(run.name("alerts_open_at"), seen)


def _see_debts(run: ActOf, at: str) -> None:
    """Look at what the run owes."""
    dues = run.client.rows(SPECIALIST, run.path("dues/"))
    owed = [
        {"what": row["kind"], "due_at": row["due_at"], "overdue": row["is_overdue"]}
        for row in dues
        if row["kind"] in DEBTS
    ]
    run.stage.note_found(run.name("debts_at"), {"at": at, "owed": owed})
