"""Bedside checks through the API: charted, asked back, refused, amended."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from circuits.models import Check
from tests.factories import NOON

QUIET = {
    "pump_speed": 3100,
    "blood_flow": "4.40",
    "sweep_gas_flow": "3.0",
    "fdo2": 0.8,
    "p_drainage": -58,
    "p_pre_membrane": 196,
    "p_post_membrane": 170,
}


def charted(minutes=10, **values):
    return {
        "checked_at": (NOON - timedelta(minutes=minutes)).isoformat(),
        "values": {**QUIET, **values},
    }


def test_a_check_comes_back_with_units_and_what_follows(sam, checks, specialist):
    mine = str(uuid4())

    answer = sam.post(checks, {**charted(), "public_id": mine})

    assert answer.status_code == 201, answer.json()
    body = answer.json()
    assert (body["check_id"], body["version"]) == (mine, 1)
    assert body["values"]["blood_flow"] == {
        "value": "4.40",
        "unit": "L/min",
        "label": "Circuit blood flow",
        "method": "typed",
        "as_entered": None,
        "confirmed": None,
    }
    assert body["derived"]["delta_p"] == {"value": "26", "unit": "mm[Hg]"}
    assert body["context"] == {"mode": "VV", "weight_kg": "80.000", "height_cm": None}
    assert body["performed_by"] == {
        "public_id": str(specialist.public_id),
        "name": str(specialist),
    }
    assert body["charted_late_min"] is None
    assert sam.get(checks).json()["results"] == [body]


def test_a_check_charted_late_says_how_late(sam, checks):
    body = sam.post(checks, charted(minutes=45)).json()

    assert body["charted_late_min"] == 45


def test_flow_in_millilitres_and_fdo2_in_percent_are_understood(sam, checks):
    check = charted(fdo2=60, blood_flow=4400)
    check["units"] = {"blood_flow": "mL/min", "fdo2": "%"}

    values = sam.post(checks, check).json()["values"]

    assert (values["blood_flow"]["value"], values["fdo2"]["value"]) == ("4.4", "0.6")
    assert values["blood_flow"]["as_entered"] == {"value": "4400", "unit": "mL/min"}
    assert values["fdo2"]["as_entered"] == {"value": "60", "unit": "%"}


def test_a_wrong_unit_is_refused_with_the_one_that_is_taken(sam, checks):
    answer = sam.post(checks, {**charted(), "units": {"p_drainage": "psi"}})

    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["rule"] == "wrong_unit"
    assert "cm[H2O], not in psi" in error["message"]
    assert not Check.objects.exists()


def test_an_unusual_value_is_asked_back_and_taken_when_confirmed(sam, checks):
    check = charted(blood_flow="0.60")

    asked = sam.post(checks, check)
    taken = sam.post(checks, {**check, "confirmed": ["blood_flow"]})

    assert asked.status_code == 409
    assert asked.json()["code"] == "needs_confirmation"
    assert [(e["parameter"], e["rule"]) for e in asked.json()["errors"]] == [
        ("blood_flow", "soft_unconfirmed")
    ]
    assert taken.status_code == 201
    assert taken.json()["values"]["blood_flow"]["confirmed"] == "soft_unconfirmed"


@pytest.mark.parametrize(
    ("check", "parameter", "rule"),
    [
        pytest.param(charted(blood_flow=44), "blood_flow", "hard_range", id="decimal slip"),
        pytest.param(charted(minutes=-5), "checked_at", "in_the_future", id="clock ahead"),
        pytest.param(charted(minutes=-60), "checked_at", "in_the_future", id="an hour off"),
        pytest.param(charted(minutes=60 * 49), "checked_at", "outside_run", id="before flow on"),
        pytest.param(charted(fdo2=5), "fdo2", "fdo2_gap", id="neither fraction nor percent"),
    ],
)
def test_what_cannot_be_is_refused_with_one_reason(sam, checks, check, parameter, rule):
    answer = sam.post(checks, check)

    assert answer.status_code == 422
    assert answer["content-type"].startswith("application/problem+json")
    assert [(e["parameter"], e["rule"]) for e in answer.json()["errors"]] == [(parameter, rule)]
    assert not Check.objects.exists()


@pytest.mark.parametrize(
    ("value", "why"),
    [("fast", "not a number"), ("1e400", "not a number"), ("NaN", "not a number")],
)
def test_what_is_no_number_is_said_so(sam, checks, value, why):
    answer = sam.post(checks, charted(blood_flow=value))

    assert answer.status_code == 400
    assert why in answer.json()["detail"]


def test_a_measure_that_nobody_knows_is_refused(sam, checks):
    answer = sam.post(checks, charted(blod_flow=4))

    assert answer.status_code == 400
    assert "blod_flow" in answer.json()["detail"]


def test_a_misspelt_field_is_refused_instead_of_being_ignored(sam, checks):
    answer = sam.post(checks, {**charted(), "confirmd": ["blood_flow"]})

    assert answer.json()["errors"][0]["rule"] == "unknown_field"


def test_a_time_without_offset_is_refused(sam, checks):
    answer = sam.post(checks, {**charted(), "checked_at": "2026-03-02T11:50:00"})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["rule"] == "no_offset"


def test_an_amendment_keeps_what_was_and_says_why(sam, checks, specialist):
    first = sam.post(checks, charted()).json()
    amendments = f"{checks}{first['check_id']}/amendments/"

    answer = sam.post(
        amendments, {"version": 1, "values": {"p_drainage": -68}, "reason": "misread"}
    )

    body = answer.json()
    assert answer.status_code == 201, body
    assert (body["check_id"], body["version"]) == (first["check_id"], 2)
    assert body["values"]["p_drainage"]["value"] == "-68"
    assert body["history"] == [
        {
            "measure": "p_drainage",
            "was": "-58",
            "now": "-68",
            "unit": "mm[Hg]",
            "by": {"public_id": str(specialist.public_id), "name": str(specialist)},
            "at": "2026-03-02T12:00:00Z",
            "reason": "misread",
        }
    ]
    assert sam.get(checks).json()["results"] == [body]
    assert [row["version"] for row in sam.get(amendments).json()["results"]] == [2, 1]


def test_a_stale_amendment_is_refused(sam, checks):
    first = sam.post(checks, charted()).json()
    amendments = f"{checks}{first['check_id']}/amendments/"
    sam.post(amendments, {"version": 1, "values": {"fdo2": 0.7}, "reason": "misread"})

    answer = sam.post(amendments, {"version": 1, "values": {"fdo2": 0.9}, "reason": "typo"})

    assert answer.status_code == 409
    assert answer.json()["code"] == "amended_meanwhile"
    assert Check.objects.count() == 2


def test_a_check_entered_in_error_is_withdrawn_and_still_answered_by_its_id(sam, checks):
    first = sam.post(checks, charted()).json()
    one = f"{checks}{first['check_id']}/"

    answer = sam.post(f"{one}withdrawals/", {"version": 1, "reason": "Another bed."})

    assert answer.status_code == 201, answer.json()
    assert sam.get(checks).json()["results"] == []
    assert sam.get(one).json()["is_withdrawn"] is True
    again = sam.post(f"{one}withdrawals/", {"version": 1, "reason": "Another bed."})
    assert again.status_code == 409


def test_a_value_is_taken_in_a_unit_in_which_a_site_may_show_it(sam, checks):
    sent = {**charted(), "values": {"po2_post": "50.7"}, "units": {"po2_post": "kPa"}}

    value = sam.post(checks, sent).json()["values"]["po2_post"]

    assert value["value"] == "380.281"
    assert value["as_entered"] == {"value": "50.7", "unit": "kPa"}


def test_a_colleague_may_have_read_it_but_not_an_observer(sam, checks, nurse, observer):
    by_nurse = sam.post(checks, {**charted(), "performed_by": str(nurse.public_id)})
    by_observer = sam.post(checks, {**charted(), "performed_by": str(observer.public_id)})

    assert by_nurse.json()["performed_by"]["public_id"] == str(nurse.public_id)
    assert by_nurse.json()["transmitted_by"]["public_id"] != str(nurse.public_id)
    assert by_observer.status_code == 400


def test_html_and_emoji_in_a_note_stay_what_they_are(sam, checks):
    note = "<script>alert(1)</script> 🫀 " + "ß" * 200

    assert sam.post(checks, {**charted(), "note": note}).json()["note"] == note


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b"], ids=["NUL", "half a character"])
def test_text_that_cannot_be_stored_is_refused(sam, checks, text):
    check = {**charted(), "not_done": {"temp_blood_out": text}}

    answer = sam.post(checks, json.dumps(check), content_type="application/json")

    assert answer.status_code == 400
    assert "cannot be stored" in answer.json()["detail"]
