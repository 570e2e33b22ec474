"""The laboratory messages of the reference cases, received as their sender would send them."""

import json
from datetime import datetime

import pytest

from alerts.models import AlertChange
from clinical.findings import Severity
from interop.models import Message, Receipt
from labs.models import Result
from labs.queries.plans import as_plan, protocol_of, time_in_target, titration_of
from tests.clinical.reference_values import agree
from tests.clinical.reference_words import in_range_words, titration_words
from tests.interop.test_filing_reference import CASES, _comparable, _place, _rounded
from tests.interop.ward import Ward

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_reference_case_is_received_and_filed_as_it_expects(path):
    case = json.loads(path.read_text())
    ward = Ward(case)

    answers = ward.play()

    expected = case["expected"]["labs"]
    assert answers == expected["messages"]
    assert ward.quarantined() == [_rounded(row) for row in expected["quarantined"]]
    assert ward.filed() == sorted(map(_comparable, expected["filed"]), key=_place)
    _assert_nothing_was_dropped(answers, case)
    for run, expects in zip(ward.runs, case["expected"]["runs"], strict=True):
        _assert_laboratory_alerts(run, expects["alert_history"])
    for plan, expects in zip(ward.plans, _plans(case), strict=True):
        _assert_anticoagulation(plan, expects)


def _assert_nothing_was_dropped(answers, case):
    texts = set(Message.objects.values_list("raw", flat=True))
    duplicates = sum(answer["outcome"] == "duplicate" for answer in answers)
    assert Receipt.objects.count() == len(answers)
    assert len(texts) == len(answers) - duplicates
    assert texts <= {lab["raw"] for run in case["runs"] for lab in run["labs"]}


def _assert_laboratory_alerts(run, expected):
    analytes = set(Result.objects.values_list("analyte", flat=True))
    changes = AlertChange.objects.filter(alert__run=run, run_ended=False).select_related("alert")
    agree(
        sorted((_change(change) for change in changes), key=_moment),
        sorted((row for row in expected if row["parameter"] in analytes), key=_moment),
    )


def _moment(row):
    at = row["at"] if isinstance(row["at"], datetime) else datetime.fromisoformat(row["at"])
    return at, row["parameter"], row["side"], row["change"]


def _change(change):
    alert = change.alert
    shown = {
        "at": change.at,
        "change": change.change,
        "code": "limit",
        "parameter": alert.parameter,
        "side": alert.side,
    }
    if change.change == "closed":
        return shown | {"severity": None}
    source = Result.objects.get(public_id=change.source.removeprefix("result:")).control_id
    severity = Severity(change.severity).name.lower()
    return shown | {"severity": severity, "value": change.value, "source": source}


def _plans(case):
    return [plan for run in case["expected"]["runs"] for plan in run["anticoagulation"]]


def _assert_anticoagulation(plan, expected):
    protocol = protocol_of(plan, plan.starts_at)
    rows = titration_of(plan, protocol)

    assert as_plan(plan).driver == expected["driver"]
    agree(in_range_words(time_in_target(plan)), expected["time_in_range"], expected["plan"])
    agree([titration_words(one) for one in rows], expected["titration"], expected["plan"])
