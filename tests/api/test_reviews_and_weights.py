"""Reviews put off, and weights in grams, through the API."""

from datetime import timedelta

import pytest

from tests.factories import NOON
from tests.scenarios import with_circuit


@pytest.fixture
def part(run, specialist):
    use = with_circuit(run, specialist)[0]
    return f"/api/v1/runs/{run.public_id}/components/{use.public_id}/"


def put_off(sam, part, **span):
    body = {"next_review_at": (NOON + timedelta(**span)).isoformat(), "reason": "weaning tomorrow"}
    return sam.post(f"{part}defer/", body)


def test_a_review_put_off_moves_the_next_one(sam, part):
    answer = put_off(sam, part, hours=24)

    assert answer.status_code == 200
    assert answer.json()["next_review_at"] == "2026-03-03T12:00:00Z"
    assert sam.get(part).json()["next_review_at"] == "2026-03-03T12:00:00Z"


@pytest.mark.parametrize(
    ("span", "code"),
    [
        pytest.param({"hours": 25}, "more_than_24_h", id="too long"),
        pytest.param({"hours": -1}, "not_after", id="past"),
    ],
)
def test_a_review_put_off_wrongly_is_refused_with_the_rule(sam, part, span, code):
    answer = put_off(sam, part, **span)

    assert (answer.status_code, answer.json()["code"]) == (409, code)


def weigh(sam, run, **facts):
    body = {"basis": "actual", "measured_at": NOON.isoformat(), **facts}
    return sam.post(f"/api/v1/runs/{run.public_id}/weights/", body)


def test_grams_are_stored_as_kilograms(sam, run):
    answer = weigh(sam, run, weight_g=80500, unit="g")

    assert (answer.status_code, answer.json()["weight_kg"]) == (201, "80.5")


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({}, id="no weight"),
        pytest.param({"weight_g": 80000, "weight_kg": 80}, id="two weights"),
        pytest.param({"weight_g": 80000, "unit": "kg"}, id="grams called kilograms"),
    ],
)
def test_a_weight_comes_in_one_unit(sam, run, facts):
    assert weigh(sam, run, **facts).status_code == 400


def test_grams_typed_as_kilograms_are_refused(sam, run):
    answer = weigh(sam, run, weight_kg=3050)

    assert (answer.status_code, answer.json()["errors"][0]["rule"]) == (422, "hard_range")
