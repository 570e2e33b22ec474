"""Scores of a run: kept with every input, refused with every gap, corrected by a new row."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from patients.actions.scores import (
    AlreadyCorrected,
    FromElsewhere,
    Given,
    InputCannotBe,
    ScoreRefused,
    record_score,
)
from patients.actions.times import InTheFuture
from patients.models import ScoreResult
from tests.clinical.scores.told import OI, RESP
from tests.factories import NOON


def given(told, **changes):
    return {name: Given(value) for name, value in {**told, **changes}.items()}


def score(run, by, name="RESP", told=None, **more):
    answers = given(RESP) if told is None else told
    return record_score(run=run, name=name, given=answers, by=by, at=NOON, **more)


def test_a_score_keeps_its_version_inputs_and_points(run, specialist):
    taken = NOON - timedelta(hours=50)
    told = given(RESP) | {"paco2_worst": Given("10.4", "kPa", "pre_ecls.gases[1]", taken)}

    row = score(run, specialist, told=told)

    row.refresh_from_db()
    assert (row.name, row.version, row.value, row.band) == ("RESP", "2014", Decimal(2), "III")
    assert row.points["paco2"] == -1
    assert row.further == {"survival_pct": "57"}
    assert row.inputs["age_years"] == {
        "value": "40", "unit": "a", "source": "", "taken_at": None,
    }  # fmt: skip
    kept = row.inputs["paco2_worst"]
    assert Decimal(kept["value"]) == Decimal("10.4") * Decimal("7.50062")
    assert (kept["told"], kept["unit"]) == ("10.4 kPa", "mm[Hg]")
    assert (kept["source"], kept["taken_at"]) == ("pre_ecls.gases[1]", taken.isoformat())
    assert (row.computed_at, row.entered_by) == (NOON, specialist)


def test_a_missing_input_refuses_and_nothing_is_kept(run, specialist):
    told = given(RESP, pip_worst=None, paco2_worst="")

    with pytest.raises(ScoreRefused, match="PIP, highest in 6 h") as refused:
        score(run, specialist, told=told)

    assert [one["parameter"] for one in refused.value.errors] == ["paco2_worst", "pip_worst"]
    assert not ScoreResult.objects.exists()


def test_a_child_has_no_adult_score(run, specialist):
    run.patient.born_at = datetime(2010, 1, 1, tzinfo=UTC)
    run.patient.save(update_fields=["born_at"])

    with pytest.raises(ScoreRefused, match="made for adults"):
        score(run, specialist)


def test_nobody_is_judged_whose_age_is_not_known(run, specialist):
    run.patient.born_at = None
    run.patient.save(update_fields=["born_at"])

    with pytest.raises(ScoreRefused, match="age is not known"):
        score(run, specialist, "MURRAY", {"peep": Given(10)})


@pytest.mark.parametrize(
    ("name", "told", "parameter"),
    [
        ("APACHE", {}, "score"),
        ("OI", given(OI, pao2=900), "pao2"),
        ("OI", given(OI, colour="blue"), "colour"),
        ("OI", given(OI) | {"pao2": Given(60, "mmol/L")}, "pao2"),
        ("OI", given(OI) | {"pao2": Given("high", "kPa")}, "pao2"),
    ],
)
def test_what_cannot_be_is_refused_with_its_name(run, specialist, name, told, parameter):
    with pytest.raises(InputCannotBe) as refused:
        score(run, specialist, name, told)

    assert [one["parameter"] for one in refused.value.errors] == [parameter]


def test_a_correction_is_a_new_row_and_the_old_one_stays(run, specialist):
    first = score(run, specialist)

    second = score(
        run, specialist, told=given(RESP, nmb=True), corrects=first, reason="NMB was given"
    )

    assert list(run.scores.current()) == [second]
    assert run.scores.count() == 2
    assert str(second) == "RESP 4"
    assert second.score.title
    with pytest.raises(AlreadyCorrected):
        score(run, specialist, corrects=first, reason="once more")


def test_a_correction_needs_a_reason_and_the_same_score(run, specialist):
    first = score(run, specialist)

    with pytest.raises(ScoreRefused, match="Say why"):
        score(run, specialist, corrects=first)
    with pytest.raises(ScoreRefused, match="same score"):
        score(run, specialist, "OI", given(OI), corrects=first, reason="wrong one")


def elsewhere(value="21", source="the authors' calculator", at=NOON):
    return FromElsewhere(Decimal(value), source, at)


def test_a_result_from_elsewhere_is_kept_with_its_source(run, specialist):
    taken = NOON - timedelta(hours=3)
    told = {"ck_mb_u_l": Given(140)}

    row = score(run, specialist, "REMEMBER", told, external=elsewhere(at=taken))

    assert (row.value, row.band, row.points) == (Decimal(21), "III", None)
    assert (row.external_source, row.computed_at) == ("the authors' calculator", taken)
    assert row.inputs["ck_mb_u_l"]["value"] == "140"
    assert score(run, specialist, "ECMOnet", {}, external=elsewhere("5.1")).band == ""


@pytest.mark.parametrize(
    ("name", "external", "sentence"),
    [
        ("ECMOnet", None, "enter its result"),
        ("ECMOnet", elsewhere(source=""), "Say where"),
        ("RESP", elsewhere(), "worked out here"),
        ("Neo-RESCUERS", elsewhere(), "newborns"),
    ],
)
def test_a_result_from_elsewhere_is_refused_where_it_has_no_place(
    run, specialist, name, external, sentence
):
    with pytest.raises(ScoreRefused, match=sentence):
        score(run, specialist, name, {}, external=external)


def test_a_result_from_elsewhere_cannot_lie_in_the_future(run, specialist):
    with pytest.raises(InTheFuture):
        score(run, specialist, "ECMOnet", {}, external=elsewhere(at=NOON + timedelta(minutes=1)))
