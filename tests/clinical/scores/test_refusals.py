"""What a score refuses: missing answers, people it was not made for, what cannot be."""

from decimal import Decimal

import pytest

from clinical.scores.asking import Kind, asked_of, missing_of, read_inputs
from clinical.scores.catalogue import SCORES, UnknownScore, score_named
from clinical.scores.score import Subject
from clinical.units import UnknownUnit
from tests.clinical.scores.told import GROWN_UP, TOLD, judged

NEEDED = [
    (name, one.name)
    for name, score in SCORES.items()
    if score.is_computed
    for one in score.inputs
    if one.is_needed
]


def test_there_are_needed_inputs():
    assert len(NEEDED) > 60


@pytest.mark.parametrize(("name", "asked"), NEEDED)
def test_a_missing_answer_refuses_and_is_named(name, asked):
    subject = Subject(age_years=None, age_days=None) if asked == "age_years" else None
    verdict = judged(name, subject, **{asked: None})

    assert verdict.is_refused
    assert asked in verdict.missing
    assert verdict.points is None
    assert verdict.refusal


def test_every_missing_answer_is_named_in_order():
    verdict = judged("RESP", pip_worst=None, paco2_worst=None, ventilated_h=None)

    assert verdict.missing == ("paco2_worst", "pip_worst", "ventilated_h")


@pytest.mark.parametrize(
    ("name", "told", "missing"),
    [
        ("PRESERVE", {"pplat": None}, ("pplat",)),
        ("SAVE", {"pip_worst": None}, ("pip_worst",)),
        ("SOFA", {"map_art": None}, ("map_art",)),
        ("SOFA", {"vasoactives": True}, ("dobutamine", "dopamine", "epinephrine", "norepinephrine")),
        ("SOFA", {"vasoactives": True, "dopamine": 0}, ("dobutamine", "dopamine", "epinephrine", "norepinephrine")),
        ("VIS", {}, ("dobutamine", "dopamine", "epinephrine", "milrinone", "norepinephrine")),
        ("VIS", {"vasopressin_u_min": "0.04"}, ("weight_kg",)),
        ("MURRAY", {}, ("compliance", "cxr_quadrants", "peep", "pf")),
    ],
)  # fmt: skip
def test_one_of_several_answers_is_enough_but_none_refuses(name, told, missing):
    verdict = judged(name, **told)

    assert verdict.total is None
    assert verdict.missing == missing


def test_the_saturation_index_refuses_above_97_percent():
    assert "OI" in judged("OSI", spo2=98).refusal
    assert judged("OSI", spo2=97).total is not None


def test_what_was_not_told_is_said_beside_the_total():
    assert "dopamine" in judged("VIS", dobutamine=5).remarks[0]
    assert judged("MURRAY", peep=10).remarks == ("Averaged without: compliance, cxr, pf.",)


ADULT = ["RESP", "SAVE", "PRESERVE", "PRESET", "MURRAY", "SOFA", "ENCOURAGE"]


@pytest.mark.parametrize("name", ADULT)
def test_an_adult_score_refuses_below_18(name):
    told = {"peep": 10} if name == "MURRAY" else {}
    typed = {"age_years": 17} if "age_years" in TOLD[name] else {}

    below = judged(name, Subject(age_years=17, age_days=6573), **told, **typed)
    grown = judged(name, Subject(age_years=18, age_days=6575), **told)

    assert "made for adults" in below.refusal
    assert not grown.is_refused


def test_an_age_typed_below_18_refuses_whatever_the_record_says():
    assert judged("RESP", GROWN_UP, age_years=17).is_refused


@pytest.mark.parametrize("name", ["PRESET", "MURRAY", "SOFA"])
def test_an_unknown_age_refuses_where_age_matters(name):
    told = {"peep": 10} if name == "MURRAY" else {}

    assert judged(name, Subject(), **told).missing == ("age_years",)


@pytest.mark.parametrize("name", ["VIS", "OI", "OSI", "P/F", "4Ts"])
def test_a_score_for_anybody_needs_no_age(name):
    told = {"dopamine": 5} if name == "VIS" else {}

    assert not judged(name, Subject(), **told).is_refused


@pytest.mark.parametrize(
    ("years", "days", "is_refused"),
    [(0, 7, True), (0, 8, False), (17, 6573, False), (18, 6575, True)],
)
def test_p_prep_is_for_children_above_a_week(years, days, is_refused):
    assert judged("P-PREP", Subject(years, days)).is_refused == is_refused


@pytest.mark.parametrize(
    ("name", "inside", "outside"),
    [
        ("Neo-RESCUERS", Subject(0, 28), Subject(0, 29)),
        ("PIPER", Subject(0, 29), Subject(0, 30)),
        ("Ped-RESCUERS", Subject(0, 29), Subject(0, 28)),
        ("Ped-RESCUERS", Subject(17, 6573), Subject(18, 6575)),
        ("PEP", Subject(18, 6800), Subject(19, 6940)),
        ("ECMOnet", Subject(18, 6575), Subject(17, 6573)),
    ],
)
def test_a_score_from_elsewhere_has_its_population_too(name, inside, outside):
    score = score_named(name)

    assert score.refused_for(score.asks(), inside) is None
    assert score.refused_for(score.asks(), outside).refusal


def test_a_score_without_verified_points_is_not_worked_out():
    score = score_named("ECMOnet")

    verdict = score.judge(score.asks(), GROWN_UP)

    assert not score.is_computed
    assert "enter its result" in verdict.refusal


def test_a_name_that_no_score_has_is_refused_with_those_that_are():
    with pytest.raises(UnknownScore, match="RESP"):
        score_named("APACHE")


@pytest.mark.parametrize(
    ("name", "asked", "value", "sentence"),
    [
        ("RESP", "age_years", 121, "between 0 and 120"),
        ("RESP", "age_years", -1, "between"),
        ("RESP", "age_years", "x", "must be a number"),
        ("RESP", "age_years", "NaN", "between"),
        ("RESP", "age_years", True, "must be a number"),
        ("RESP", "nmb", "yes", "yes or no"),
        ("RESP", "diagnosis", "flu", "choose one of"),
        ("SAVE", "diagnoses", "other", "at least one"),
        ("SAVE", "diagnoses", ["flu"], "choose one of"),
        ("RESP", "sofa", 3, "not asked"),
    ],
)
def test_an_answer_that_cannot_be_is_named_with_a_sentence(name, asked, value, sentence):
    _, errors = read_inputs(score_named(name).asks, {asked: value})

    assert [who for who, _ in errors] == [asked]
    assert sentence in errors[0][1]


@pytest.mark.parametrize("blank", [None, "", []])
def test_a_blank_is_no_answer(blank):
    inputs, errors = read_inputs(score_named("SAVE").asks, {"diagnoses": blank})

    assert errors == ()
    assert "diagnoses" in missing_of(inputs)


@pytest.mark.parametrize(
    ("name", "asked", "value", "unit", "expected"),
    [
        ("RESP", "paco2_worst", "10", "kPa", "75.0062"),
        ("RESP", "paco2_worst", "75", "mmHg", "75"),
        ("SAVE", "creatinine_mg_dl", "132.63", "umol/L", "1.5"),
        ("SAVE", "bilirubin_mg_dl", "17.104", "umol/L", "1"),
        ("PRESET", "lactate", "9.008", "mg/dL", "1"),
    ],
)
def test_an_answer_in_another_unit_is_converted(name, asked, value, unit, expected):
    one = next(one for one in score_named(name).inputs if one.name == asked)

    assert one.in_unit(Decimal(value), unit) == Decimal(expected)


@pytest.mark.parametrize("unit", ["g/dL", "furlong"])
def test_a_unit_that_does_not_fit_is_refused(unit):
    one = next(one for one in score_named("RESP").inputs if one.name == "paco2_worst")

    with pytest.raises(UnknownUnit):
        one.in_unit(Decimal(70), unit)


def test_a_text_is_no_number_in_any_unit():
    one = next(one for one in score_named("RESP").inputs if one.name == "paco2_worst")

    with pytest.raises(ValueError, match="must be a number"):
        one.in_unit("high", "kPa")


@pytest.mark.parametrize("name", SCORES)
def test_every_score_says_what_it_is_and_every_number_has_a_range(name):
    score = score_named(name)

    assert score.version
    assert score.title
    assert score.source
    for one in asked_of(score.asks):
        assert one.label
        assert (one.kind is not Kind.NUMBER) or one.low < one.high
        assert (one.kind not in {Kind.CHOICE, Kind.CHOICES}) or len(one.choices) > 1
