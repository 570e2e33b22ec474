"""The reference cases in the words of `clinical`. It renames and sorts; it never computes."""

import json
from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from clinical.anticoagulation import (
    Bleeding,
    ChangeKind,
    Circumstances,
    InfusionChange,
    LabResult,
    ProductGiven,
    Status,
)
from clinical.check import derive, is_expected
from clinical.circuit import Observation, assess_series
from clinical.limits import Limit
from clinical.oxygenator import MembraneCheck
from clinical.reviews import Deferral, Part, ReviewPolicy
from clinical.spans import Span
from interop.filing import decide, identify
from interop.hl7v2 import parse
from interop.labcodes import Catalogue
from interop.verdicts import File, KnownPatient
from tests.clinical.reference_protocols import gas_policy, plan, protocol, resistance_policy
from tests.clinical.reference_values import instant, number

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (
    ROOT / "tests" / "reference" / "cases",
    ROOT / "tests" / "reference",
    ROOT.parent / "shared" / "cases",
)
FOLDER = next((each for each in FOLDERS if any(each.glob("0*.json"))), FOLDERS[0])
PATHS = sorted(FOLDER.glob("0*.json"))


@cache
def load(path):
    return json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)


class ReferenceRun:
    """One run of a case, with what the case says about it."""

    def __init__(self, path, index):
        self.case = load(path)
        self.row = self.case["runs"][index]
        self.expected = self.case["expected"]["runs"][index]
        self.zone = ZoneInfo(self.case["timezone"])
        self.time_on = instant(self.row["time_on"])
        self.time_off = instant(self.row["time_off"])
        self.weight = number(self.row["weight_kg"])
        self.limits = [_limit(each) for each in self.case["limits"]]
        self._filed = list(_receive(self))

    def mode_at(self, when):
        for segment in self.row["modes"]:
            if instant(segment["from"]) <= when < (instant(segment["to"]) or when.max):
                return segment["mode"]
        return None

    def check_values(self, check, known_at):
        values = {code: number(value) for code, value in check["values"].items()}
        for amendment in check.get("amendments", ()):
            if instant(amendment["at"]) <= known_at:
                values |= {code: number(value) for code, value in amendment["values"].items()}
        return values

    def checks_known(self, at):
        known = [each for each in self.row["checks"] if instant(each["entered_at"]) <= at]
        return sorted(known, key=lambda each: instant(each["checked_at"]), reverse=True)

    def assessment(self, at):
        series = defaultdict(list)
        for check in self.checks_known(at):
            for observation in self._observations(check, at):
                series[observation.parameter].append(observation)
        withdrawn = set()
        for result in self.results_on_file(at):
            if result.is_usable and result.collected_at >= self.time_on:
                series[result.analyte].append(_observation(result))
            withdrawn.add(result.analyte)
        return assess_series(series, self.limits, withdrawn)

    def results_on_file(self, at):
        newest = {each.key: each for each in self.versions if each.known_at <= at}
        return sorted(newest.values(), key=lambda one: (one.collected_at, one.known_at))[::-1]

    def _observations(self, check, at):
        values = self.check_values(check, at)
        when = instant(check["checked_at"])
        for code, value in (values | derive(values, weight_kg=self.weight)).items():
            expected = is_expected(code, value, trial=check.get("trial"), mode=self.mode_at(when))
            yield Observation(code, value, when, check["id"], is_expected=expected)

    @property
    def moments(self):
        """Every time at which something became known."""
        checks = self.row["checks"]
        times = [each["entered_at"] for each in checks]
        times += [each["at"] for check in checks for each in check.get("amendments", ())]
        times += [each["received_at"] for each in self.row["labs"]]
        return sorted({instant(each) for each in times})

    @property
    def versions(self):
        return [each for each, _ in self.filed]

    @property
    def filed(self):
        """Every version of every result that changed what is on file, in order of arrival."""
        return self._filed

    @property
    def membrane_checks(self):
        return [self._membrane_check(each) for each in self.row["checks"]]

    def _membrane_check(self, check):
        values = self.check_values(check, datetime.max.replace(tzinfo=UTC))
        return MembraneCheck(
            check["id"],
            instant(check["checked_at"]),
            derive(values).get("membrane_resistance"),
            values.get("po2_post"),
            values.get("fdo2"),
        )

    @property
    def parts(self):
        return [
            Part(
                each["id"],
                each["type"],
                instant(each["installed_at"]),
                instant(each["removed_at"]),
                each.get("exchange_group"),
            )
            for each in self.row["components"]
        ]

    @property
    def policies(self):
        return {
            kind: ReviewPolicy(float(row["policy_hours"]), float(row["warn_pct"]))
            for kind, row in self.case["change_policy"].items()
        }

    @property
    def deferrals(self):
        return [
            Deferral(each["component"], instant(each["at"]), instant(each["next_review_at"]))
            for each in self.row.get("review_deferrals", ())
        ]

    def signal_policies(self, kind):
        row = self.case["change_policy"].get(kind, {})
        return resistance_policy(row.get("resistance_signal")), gas_policy(row.get("gas_signal"))

    @property
    def plans(self):
        return [
            (each["id"], plan(each), self._protocol(each["protocol"]), self._around(each["agent"]))
            for each in self.row["anticoagulation_plans"]
        ]

    def _protocol(self, name):
        rows = self.case["anticoagulation_protocols"]
        return protocol(next(each for each in rows if each["id"] == name))

    def _around(self, agent):
        changes = [
            InfusionChange(instant(c["at"]), ChangeKind(c["kind"]), number(c["rate"]))
            for infusion in self.row["infusions"]
            if infusion["agent"] == agent
            for c in infusion["changes"]
        ]
        products = [
            ProductGiven(each["product_type"], instant(each["started_at"]))
            for each in self.row["blood_products"]
            if each["given_to"] == "patient"
        ]
        bleeding = [
            Bleeding(each["grade"], instant(each["from"]), instant(each["to"]))
            for each in self.row["bleeding_events"]
        ]
        return Circumstances(tuple(changes), tuple(products), tuple(bleeding))


def _limit(row):
    return Limit(
        row["parameter"],
        *(Span.of(row[name]) for name in ("hard", "soft", "warning", "critical")),
        instant(row.get("valid_from")),
        instant(row.get("valid_to")),
    )


def _observation(result):
    return Observation(
        result.analyte, result.value, result.collected_at, result.source, result.comparator
    )


def _receive(run):
    catalogue = Catalogue.of(run.case["lab_catalogue"])
    patients = [
        KnownPatient(
            row["mrn"],
            row["mrn"],
            row["assigning_authority"],
            row["family_name"],
            row["given_name"],
            datetime.fromisoformat(row["born_at"]).astimezone(run.zone).date(),
        )
        for row in (run.case["patient"], *run.case["other_patients"])
    ]
    seen, standings = set(), {}
    for sent in sorted(run.row["labs"], key=lambda each: instant(each["received_at"])):
        message = parse(sent["raw"], zone=run.zone)
        name = (message.header.sender, message.header.control_id)
        if name in seen or identify(message.patient, patients) is not patients[0]:
            continue
        seen.add(name)
        for word in decide(message, catalogue, standings):
            if isinstance(word, File):
                standings[word.key] = word.standing
                yield _result(word, message.header.control_id, instant(sent["received_at"])), word


def _result(word, source, known_at):
    return LabResult(
        key=repr(word.key),
        analyte=word.analyte,
        source=source,
        collected_at=word.key.collected_at.astimezone(UTC),
        known_at=known_at,
        status=Status(str(word.status)),
        value=word.value,
        comparator=word.comparator,
    )


RUNS = [
    (f"{path.stem}-run{index + 1}", ReferenceRun(path, index))
    for path in PATHS
    for index in range(len(load(path)["runs"]))
]
