"""Anticoagulation, blood, bleeding, complications, cultures, and the laboratory's messages."""

from collections.abc import Iterator
from functools import partial

from ecmo.cases.loading import Row, instant
from ecmo.cases.renaming import GIVEN_TO
from ecmo.cases.staff import LABORATORY, PHYSICIAN, SPECIALIST
from ecmo.cases.story import ActOf, Event, Rank

ARRIVALS = "messages"


def treatment(run: ActOf) -> Iterator[Event]:
    """Yield what was given, what happened and what the laboratory sent."""
    yield from _anticoagulation(run)
    yield from _blood(run)
    for row in run.row["complications"]:
        at = max(instant(row["at"] or run.row["time_on"]), run.entered_at)
        act = partial(_complicate, run, row)
        yield run.event(at, Rank.EVENT, f"complication {row['code']}", act)
    for row in run.row["diagnoses"]:
        act = partial(_diagnose, run, row)
        yield run.event(run.entered_at, Rank.EVENT, f"diagnosis {row['icd10']}", act)
    for row in run.row["procedures"]:
        at = max(instant(row["at"]), run.entered_at)
        act = partial(_operate, run, row)
        yield run.event(at, Rank.EVENT, f"procedure {row['kind']}", act)
    for row in run.row["infections"]:
        at = max(instant(row["collected_at"]), run.entered_at)
        act = partial(_culture, run, row)
        yield run.event(at, Rank.EVENT, f"culture of {row['organism']}", act)
    for row in run.row["labs"]:
        act = partial(_send, run, row)
        yield run.event(instant(row["received_at"]), Rank.LABORATORY, "message", act)


def control_id(raw: str) -> str:
    """Return MSH-10 of a message."""
    header = raw.split("\r", 1)[0].split(raw[3])
    return next(iter(header[9:]), "")


def _anticoagulation(run: ActOf) -> Iterator[Event]:
    for plan in run.row["anticoagulation_plans"]:
        at = max(instant(plan["from"]), run.entered_at)
        yield run.event(at, Rank.TREATMENT, f"plan {plan['id']}", partial(_plan, run, plan))
    for infusion in run.row["infusions"]:
        for change in infusion["changes"]:
            at = max(instant(change["at"]), run.entered_at)
            what = f"{infusion['agent']} {change['kind']}"
            act = partial(_infuse, run, infusion, change)
            yield run.event(at, Rank.TREATMENT, what, act)


def _plan(run: ActOf, row: Row) -> None:
    body = {
        "starts_at": row["from"],
        **{n: row[n] for n in ("agent", "driver", "protocol", "target_low", "target_high")},
    }
    if row["to"]:
        body["ends_at"] = row["to"]
    run.stage.create(run.name(row["id"]), PHYSICIAN, run.path("plans/"), body)


def _infuse(run: ActOf, infusion: Row, change: Row) -> None:
    name = f"infusion of {infusion['agent']} in {infusion['unit']}"
    if change["kind"] == "start":
        body = {
            "agent": infusion["agent"],
            "rate_unit": infusion["unit"],
            "weight_kg": infusion["weight_kg"],
            "weight_basis": infusion["weight_basis"],
            "rate": change["rate"],
            "started_at": change["at"],
            "reason": change["reason"],
        }
        answer = run.client.insist(SPECIALIST, run.path("infusions/"), body)
        run.stage.note_id(run.name(name), answer["public_id"])
        return
    body = {"kind": change["kind"], "changed_at": change["at"], "reason": change["reason"]}
    if change["kind"] in {"change", "resume"}:
        body["rate"] = change["rate"]
    path = run.path(f"infusions/{run.id_of(name)}/changes/")
    run.client.insist(SPECIALIST, path, body)


def _blood(run: ActOf) -> Iterator[Event]:
    for row in run.row["blood_products"]:
        at = max(instant(row["started_at"]), run.entered_at)
        what = f"product {row['donation_id']}"
        yield run.event(at, Rank.TREATMENT, what, partial(_transfuse, run, row))
    for row in run.row.get("blood_sampling", ()):
        at = max(instant(row["at"]), run.entered_at)
        yield run.event(at, Rank.TREATMENT, "blood drawn", partial(_draw, run, row))
    for row in run.row["bleeding_events"]:
        at = max(instant(row["from"]), run.entered_at)
        yield run.event(at, Rank.TREATMENT, f"bleeding {row['id']}", partial(_bleed, run, row))
        if row["to"]:
            over = max(instant(row["to"]), at)
            act = partial(_stop_bleeding, run, row)
            yield run.event(over, Rank.TREATMENT, f"bleeding {row['id']} over", act)


def _transfuse(run: ActOf, row: Row) -> None:
    body = {
        "product": row["product_type"],
        "given_to": GIVEN_TO[row["given_to"]],
        **{n: row[n] for n in ("volume_ml", "started_at", "donation_id", "indication")},
    }
    run.client.insist(SPECIALIST, run.path("blood-products/"), body)


def _draw(run: ActOf, row: Row) -> None:
    body = {"drawn_at": row["at"], "volume_ml": row["volume_ml"], "note": row["reason"]}
    run.client.post(SPECIALIST, run.path("blood-draws/"), body)


def _bleed(run: ActOf, row: Row) -> None:
    body = {"grade": row["grade"], "site": row["site"], "starts_at": row["from"]}
    answer = run.client.post(SPECIALIST, run.path("bleedings/"), body)
    run.stage.note_id(run.name(row["id"]), answer["public_id"])


def _stop_bleeding(run: ActOf, row: Row) -> None:
    path = run.path(f"bleedings/{run.id_of(row['id'])}/end/")
    run.client.post(SPECIALIST, path, {"ends_at": row["to"]})


def _complicate(run: ActOf, row: Row) -> None:
    body = {
        "code": row["code"],
        "label": row["label"],
        "occurred_at": row["at"],
        "note": row.get("comment", ""),
    }
    run.client.post(SPECIALIST, run.path("complications/"), body)


def _diagnose(run: ActOf, row: Row) -> None:
    body = {"icd10": row["icd10"], "label": row["label"], "is_primary": row["primary"]}
    run.client.post(SPECIALIST, run.path("diagnoses/"), body)


def _operate(run: ActOf, row: Row) -> None:
    body = {"kind": row["kind"], "performed_at": row["at"]}
    run.client.post(SPECIALIST, run.path("procedures/"), body)


def _culture(run: ActOf, row: Row) -> None:
    body = {name: row[name] for name in ("organism", "site", "collected_at")}
    run.client.post(SPECIALIST, run.path("infections/"), body)


def _send(run: ActOf, row: Row) -> None:
    """Send a message and keep how it was acknowledged."""
    ack = run.client.send_message(LABORATORY, row["raw"])
    name = control_id(row["raw"])
    seen = {"control_id": name, "received_at": row["received_at"], "ack": ack}
    run.stage.note_found(ARRIVALS, seen)
