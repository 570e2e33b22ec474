"""Cultures and procedures stood among the registry's facts of a run; they become rows."""

from datetime import datetime

from django.db import migrations

KINDS = frozenset(
    [
        "cardiac_surgery", "chest_reexploration", "chest_drain", "pci", "catheterisation",
        "lv_decompression", "rrt", "tracheostomy", "bronchoscopy", "cdh_repair", "laparotomy",
        "fasciotomy", "neurosurgery", "transplant",
    ]
)
SITES = frozenset(["blood", "respiratory", "urine", "csf", "wound", "catheter"])


def to_rows(apps, _editor):
    """Move what can be read; what cannot stays among the facts, where the record names it."""
    run_model = apps.get_model("patients", "Run")
    for run in run_model.objects.exclude(registry_facts={}).iterator():
        facts = dict(run.registry_facts)
        left = {
            "infections": [row for row in _rows(facts, "infections") if not _culture(apps, run, row)],
            "procedures": [row for row in _rows(facts, "procedures") if not _procedure(apps, run, row)],
        }
        changed = {name: value for name, value in facts.items() if name not in left}
        changed |= {name: rows for name, rows in left.items() if rows}
        if changed != facts:
            run.registry_facts = changed
            run.save(update_fields=["registry_facts"])


def to_facts(apps, _editor):
    """Put the rows back among the facts."""
    run_model = apps.get_model("patients", "Run")
    for run in run_model.objects.iterator():
        infections = [
            {"organism": row.organism, "site": row.site, "collected_at": row.collected_at.isoformat()}
            for row in run.infections.filter(withdrawn_at=None)
        ]
        procedures = [
            {"kind": row.kind, "at": row.performed_at.isoformat()}
            for row in run.procedures.filter(withdrawn_at=None)
        ]
        told = {"infections": infections, "procedures": procedures}
        told = {name: rows for name, rows in told.items() if rows}
        if told:
            run.registry_facts = {**run.registry_facts, **told}
            run.save(update_fields=["registry_facts"])


def _rows(facts, name):
    found = facts.get(name)
    return found if isinstance(found, list) else []


def _culture(apps, run, row):
    at = _moment(row, "collected_at")
    if at is None or not isinstance(row.get("organism"), str):
        return False
    site = row.get("site")
    apps.get_model("patients", "Infection").objects.create(
        run=run,
        organism=row["organism"][:120],
        site=site if site in SITES else "other",
        note="" if site in SITES else str(site or "")[:200],
        collected_at=at,
        entered_at=run.entered_at,
        entered_by_id=run.entered_by_id,
    )
    return True


def _procedure(apps, run, row):
    at = _moment(row, "at")
    if at is None or not isinstance(row.get("kind"), str):
        return False
    kind = row["kind"]
    apps.get_model("patients", "Procedure").objects.create(
        run=run,
        kind=kind if kind in KINDS else "other",
        label="" if kind in KINDS else kind[:200],
        performed_at=at,
        entered_at=run.entered_at,
        entered_by_id=run.entered_by_id,
    )
    return True


def _moment(row, name):
    try:
        moment = datetime.fromisoformat(row[name])
    except (KeyError, TypeError, ValueError):
        return None
    return moment if moment.tzinfo else None


class Migration(migrations.Migration):

    dependencies = [
        ('patients', '0006_registry_entries_and_scores'),
    ]

    operations = [migrations.RunPython(to_rows, to_facts)]
