"""What the registry is told of a run, in the words of the cases."""

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from ecmo.cases.loading import Row, instant
from ecmo.cases.renaming import SEXES, SIDES, site
from ecmo.cases.staff import COORDINATOR
from ecmo.cases.story import ActOf, Event, Rank
from patients.models import CannulaPurpose, CannulaSite

FACTS = (
    "intubated_at",
    "ventilated_pre_ecls",
    "arrest_pre_ecls",
    "bridge_to_transplant",
    "immunocompromised",
    "trauma",
    "pregnancy",
    "age_group_recorded",
    "pre_ecls",
    "assessment_24h",
    "ecpr",
    "signoff",
)
NEWBORN = ("birth_weight_kg", "gestational_age_weeks", "apgar_1", "apgar_5", "delivery")
NAMED_IN_TEXT = "C49"
PARTS_OF_RUN = r"^(pre_ecls|assessment_24h|ecpr)\b"
SEX_WORDS = {code: word for word, code in SEXES.items()}
SIDE_WORDS = {code: word for word, code in SIDES.items()}


def registry(run: ActOf) -> Iterator[Event]:
    """Yield what is entered for the registry once a run is over."""
    told = instant(run.stage.case["as_of"])
    at = max(run.ended_at or told, told)
    yield run.event(at, Rank.OUTCOME, "facts for the registry", partial(_tell, run))


def _tell(run: ActOf) -> None:
    case = run.stage.case
    facts = {name: run.row[name] for name in FACTS if name in run.row}
    newborn = {name: case["patient"][name] for name in NEWBORN if name in case["patient"]}
    body = {**facts, "admission": case["admission"], "newborn": newborn}
    run.client.patch(COORDINATOR, run.path("facts/"), {"registry_facts": body})


def by_part(row: list[Any]) -> str:
    """Return what rows of the equipment are sorted by; their order says nothing."""
    return str(row[1])


class Record:
    """The registry record of a run as the product has it."""

    def __init__(self, run: ActOf) -> None:
        self._run = run
        self._found = run.client.get(COORDINATOR, run.path("registry-record/"))
        self._place = f"runs[{run.stage.case['runs'].index(run.row)}]"
        self._names = _labels(run)
        self._complications: list[Row] = run.row["complications"]

    def fields(self) -> list[Row]:
        """Return its fields."""
        return [
            {
                "field": row["field"],
                "value": self._value(row["field"], row["value"]),
                "unit": row["unit"],
                "source": row["source"] and self._named(row["source"]),
            }
            for row in self._found["record"]
        ]

    def notices(self) -> list[Row]:
        """Return the early harms that are noticed."""
        found = self._run.client.get(COORDINATOR, self._run.path("notices/"))
        return [self._notice(row) for row in found["notices"]]

    def _notice(self, row: Row) -> Row:
        told: Row = {name: value for name, value in row.items() if value is not None}
        for name in {"source", "reference_source"} & told.keys():
            told[name] = self._named(told[name])
        return told

    def findings(self) -> list[Row]:
        """Return what is wrong with it."""
        return [
            {**row, "subject": self._subject(row), "why": self._named(row["why"])}
            for row in self._found["findings"]
        ]

    def is_exportable(self) -> bool:
        """Whether nothing blocks it."""
        return bool(self._found["is_exportable"])

    def mandatory(self) -> Row:
        """Return how many of its mandatory fields are filled."""
        found: Row = self._found["mandatory"]
        return found

    def _subject(self, row: Row) -> str:
        comment = re.fullmatch(r"complication (\d+)", row["subject"])
        if row["check"] == NAMED_IN_TEXT and comment:
            codes = [one["code"] for one in self._complications]
            return f"{self._place}.complications[{codes.index(comment[1])}].comment"
        return self._named(row["subject"])

    def _value(self, field: str, value: Any) -> Any:
        if field == "sex":
            return SEX_WORDS.get(value, value)
        if field == "cannulas":
            return [[site, SIDE_WORDS.get(side, side), *more] for site, side, *more in value]
        if field == "equipment":
            rows = ([kind, self._named(part), *more] for kind, part, *more in value)
            return sorted(rows, key=by_part)
        return value

    def _named(self, text: str) -> str:
        text = re.sub(PARTS_OF_RUN, rf"{self._place}.\1", text)
        text = re.sub(r"\brun(?=[.\[])|^run$", self._place, text)
        for label, name in self._names.items():
            text = text.replace(label, name)
        return text


def _labels(run: ActOf) -> dict[str, str]:
    """Return what parts, cannulas and checks are called in a record, longest first."""
    names, parts = run.stage.names, run.client.rows(COORDINATOR, run.path("components/"))
    labels: dict[str, str] = {
        _part(row): str(names.get(row["public_id"], row["public_id"])) for row in parts
    }
    labels |= {_cannula(row): row["id"] for row in run.row["cannulas"]}
    labels |= names
    return dict(sorted(labels.items(), key=lambda pair: -len(pair[0])))


def _part(row: Row) -> str:
    return f"{row['model']['name']} {row['serial'] or row['lot']}".strip()


def _cannula(row: Row) -> str:
    place, purpose = CannulaSite(site(row["site"])).label, CannulaPurpose(row["purpose"]).label
    return " ".join(part for part in (place, SIDES[row["side"]], purpose) if part)
