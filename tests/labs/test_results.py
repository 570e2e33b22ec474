"""Results charted by hand, corrected and withdrawn, and the alerts that follow them."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from alerts.models import Alert
from clinical.limits import Limit
from clinical.spans import Span
from labs.actions.results import (
    Charted,
    NothingInResult,
    SupersededMeanwhile,
    correct_result,
    record_results,
    withdraw_result,
)
from labs.models import Result, Sample
from labs.queries.results import newest_values, table
from patients.actions.limits import set_limits
from patients.actions.run import end_run
from patients.actions.times import InTheFuture
from tests.factories import NOON
from web.problems import NeedsConfirmation, RuleBroken
from web.questions import CannotBe

LOW = Limit(
    "platelets", soft=Span.of([20, 700]), warning=Span.of([80, None]), critical=Span.of([50, None])
)


@pytest.fixture
def limits(run, physician):
    return set_limits(run=run, limits=[LOW], by=physician, at=NOON, source="test")


@pytest.fixture
def chart(run, nurse):
    def chart(value, analyte="platelets", unit="10*3/uL", *, minutes=0, **options):
        known_at = NOON + timedelta(minutes=minutes)
        options.setdefault("collected_at", known_at - timedelta(minutes=30))
        typed = Charted(analyte, None if value is None else Decimal(str(value)), unit)
        return record_results(
            patient=run.patient, results=[typed], by=nurse, at=known_at, **options
        )

    return chart


def open_alerts():
    return [(alert.code, alert.severity) for alert in Alert.objects.open()]


def test_a_result_is_stored_in_the_unit_of_the_catalogue(chart):
    chart(8.0, "paco2", "kPa")

    result = Result.objects.get()
    assert f"{result.value:.2f} {result.unit}" == "60.00 mm[Hg]"
    assert result.reported == "8.0 kPa"


def test_a_result_below_its_limit_opens_an_alert_and_a_better_one_closes_it(limits, chart):
    chart(70)
    assert open_alerts() == [("platelets.low", 2)]

    chart(40, minutes=60)
    assert open_alerts() == [("platelets.low", 3)]

    chart(90, minutes=120)
    assert open_alerts() == []


def test_an_old_result_that_is_charted_late_changes_no_alert(limits, chart):
    chart(90)

    chart(40, minutes=60, collected_at=NOON - timedelta(hours=5))

    assert open_alerts() == []


def test_a_result_from_before_the_run_raises_no_alert(limits, chart, run):
    chart(40, collected_at=run.started_at - timedelta(minutes=1))

    assert open_alerts() == []


def test_a_run_that_has_ended_raises_no_alert(limits, chart, run, nurse):
    end_run(run=run, ended_at=NOON - timedelta(minutes=10), by=nurse, at=NOON)

    chart(40)

    assert open_alerts() == []


def test_withdrawing_the_only_result_closes_its_alert(limits, chart, nurse):
    result = chart(40).results.get()

    withdraw_result(result=result, by=nurse, at=NOON + timedelta(hours=1), reason="other patient")

    assert open_alerts() == []
    assert Result.objects.count() == 2


def test_a_correction_supersedes_and_is_judged_anew(limits, chart, nurse, run):
    result = chart(40).results.get()

    correct_result(
        result=result,
        charted=Charted("platelets", Decimal(140), "10*3/uL"),
        by=nurse,
        at=NOON + timedelta(hours=1),
        reason="misread",
    )

    assert open_alerts() == []
    assert newest_values(run)["platelets"].value == 140
    assert Result.objects.get(pk=result.pk).value == 40


def test_two_corrections_of_the_same_version_do_not_both_count(chart, nurse):
    result = chart(40).results.get()
    withdraw_result(result=result, by=nurse, at=NOON, reason="haemolysed")

    with pytest.raises(SupersededMeanwhile):
        withdraw_result(result=result, by=nurse, at=NOON, reason="haemolysed")


def test_a_correction_says_why_and_stays_with_its_test(chart, nurse):
    result = chart(140).results.get()
    common = {"result": result, "by": nurse, "at": NOON}

    with pytest.raises(RuleBroken, match="why"):
        withdraw_result(**common, reason=" ")
    with pytest.raises(CannotBe, match="same test"):
        correct_result(**common, charted=Charted("hb", Decimal(8), "g/dL"), reason="misread")


@pytest.mark.parametrize(
    ("analyte", "value", "typed_in", "rule"),
    [
        ("platelets", 140, "parsec", "unit_unknown"),
        ("platelets", 14000, "10*3/uL", "hard_range"),
        ("ph", 74, "[pH]", "hard_range"),
        ("unobtainium", 1, "1", "code_unknown"),
    ],
    ids=["unit", "too many", "decimal slip", "no such test"],
)
def test_what_cannot_be_is_refused_and_nothing_is_stored(chart, analyte, value, typed_in, rule):
    with pytest.raises(CannotBe) as refused:
        chart(value, analyte, typed_in)

    assert refused.value.errors[0]["rule"] == rule
    assert not Sample.objects.exists()


def test_a_result_of_the_future_is_refused(chart):
    with pytest.raises(InTheFuture):
        chart(140, collected_at=NOON + timedelta(minutes=1))


def test_nothing_typed_is_nothing_charted(run, chart, nurse):
    with pytest.raises(NothingInResult):
        chart(None)
    with pytest.raises(NothingInResult):
        record_results(patient=run.patient, collected_at=NOON, results=[], by=nurse, at=NOON)


def test_an_unusual_value_is_asked_back_once_and_then_taken(limits, chart):
    with pytest.raises(NeedsConfirmation) as question:
        chart(15)
    assert [one["parameter"] for one in question.value.errors] == ["platelets"]
    assert not Result.objects.exists()

    chart(15, confirmed=["platelets"])

    assert Result.objects.get().value == 15


def test_a_censored_value_keeps_its_sign_and_is_judged_by_what_it_can_mean(limits, run, nurse):
    typed = Charted("platelets", Decimal(80), "10*3/uL", comparator="<")

    record_results(patient=run.patient, collected_at=NOON, results=[typed], by=nurse, at=NOON)

    assert Result.objects.get().comparator == "<"
    assert open_alerts() == [("platelets.low", 2)]


def test_a_sign_that_is_none_is_refused(run, nurse):
    typed = Charted("platelets", Decimal(80), "10*3/uL", comparator="~")

    with pytest.raises(CannotBe, match="not one of"):
        record_results(patient=run.patient, collected_at=NOON, results=[typed], by=nurse, at=NOON)


def test_a_result_in_words_has_no_number(chart, run, nurse):
    words = Charted("hit_antibody", value_text="positive <b>🧪</b>")

    record_results(patient=run.patient, collected_at=NOON, results=[words], by=nurse, at=NOON)

    result = Result.objects.get()
    assert (result.value, result.value_text) == (None, "positive <b>🧪</b>")


def test_the_same_form_sent_twice_is_stored_once(chart):
    key = uuid4()

    first = chart(140, public_id=key)

    assert chart(140, public_id=key) == first
    assert Result.objects.count() == 1


def test_the_table_costs_one_statement_however_many_rows(chart, run, django_assert_num_queries):
    for minutes in range(5):
        chart(140 + minutes, minutes=minutes)

    with django_assert_num_queries(1):
        rows = table(run, ["platelets", "hb"])

    assert [row.cells[0].result.value for row in rows] == [144, 143, 142, 141, 140]
    assert rows[0].cells[1] is None


def test_charting_a_result_costs_few_statements(
    limits, chart, run, nurse, django_assert_max_num_queries
):
    with django_assert_max_num_queries(40):
        chart(40)


def test_a_result_of_a_patient_who_never_had_ecmo_is_charted_and_corrected(patient, nurse):
    typed = Charted("platelets", Decimal(40), "10*3/uL")
    sample = record_results(patient=patient, results=[typed], collected_at=NOON, by=nurse, at=NOON)

    correct_result(
        result=sample.results.get(),
        charted=Charted("platelets", Decimal(140), "10*3/uL"),
        by=nurse,
        at=NOON,
        reason="misread",
    )

    assert Result.objects.current().get().value == 140
    assert open_alerts() == []
