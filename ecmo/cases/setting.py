"""What stands before the first run: the site's documents and the patients."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from ecmo.cases.loading import Row, instant
from ecmo.cases.renaming import SEXES
from ecmo.cases.staff import COORDINATOR, DIRECTOR, SPECIALIST
from ecmo.cases.story import Event, Rank, Stage

DOCUMENTS = (
    "lab_catalogue",
    "change_policy",
    "debt_policy",
    "anticoagulation_protocols",
    "early_harm_limits",
)
SIGNED = {"titration": True, "trends": True, "projections": True}
AS_IN_THE_CASE = (
    "mrn",
    "assigning_authority",
    "family_name",
    "given_name",
    "born_at",
    "race",
)
BEFORE = timedelta(hours=1)


def opens_at(case: Row) -> datetime:
    """Return a time before anything of the case was entered, but not before its patient's birth."""
    times = [instant(run["time_on"]) for run in case["runs"]]
    times += [instant(lab["received_at"]) for run in case["runs"] for lab in run["labs"]]
    return max(min(times) - BEFORE, instant(case["patient"]["born_at"]))


def setting(stage: Stage, at: datetime) -> Iterator[Event]:
    """Yield what is entered first."""
    documents = {kind: stage.case[kind] for kind in DOCUMENTS if kind in stage.case}
    for kind, body in {**documents, "clinical_switches": SIGNED}.items():
        act = partial(_approve_document, stage, kind, body, at)
        yield Event(at, Rank.SITE, f"site document {kind}", act)
    yield Event(at, Rank.PATIENT, "patient", partial(_admit, stage, stage.case["patient"]))
    for row in stage.case["other_patients"]:
        known = max(at, instant(row["born_at"]))
        yield Event(known, Rank.PATIENT, f"patient {row['mrn']}", partial(_admit, stage, row))


def _approve_document(stage: Stage, kind: str, body: object, at: datetime) -> None:
    draft = {
        "centre": str(stage.hospital.centre.public_id),
        "kind": kind,
        "body": body,
        "note": f"reference case {stage.case['id']}",
        "is_fictitious": True,
    }
    document = stage.client.post(COORDINATOR, "site-documents/", draft)
    path = f"site-documents/{document['public_id']}/approve/"
    stage.client.post(DIRECTOR, path, {"valid_from": at.isoformat()})


def _admit(stage: Stage, row: Row) -> None:
    body = {
        "unit": str(stage.hospital.unit.public_id),
        "registry_id": row["unique_id"],
        "sex": SEXES[row["sex"]],
        **{name: row[name] for name in AS_IN_THE_CASE},
    }
    stage.create(f"patient/{row['mrn']}", SPECIALIST, "patients/", body)
