"""Circuits, components, limits and alerts through the API."""

from datetime import timedelta

import pytest
import time_machine

from tests.api.test_checks import charted
from tests.factories import NOON


def hours_ago(hours):
    return (NOON - timedelta(hours=hours)).isoformat()


@pytest.fixture
def here(checks):
    return checks.removesuffix("checks/")


def oxygenator(serial="SN1", hours=40, **more):
    model = {"kind": "oxygenator", "name": "Example Oxygenator", "gtin": "00614141000012"}
    part = {"model": model, "serial": serial, "lot": "L1", "udi": "(01)00614141000012"}
    return {**part, "circuit_label": "C1", "installed_at": hours_ago(hours), **more}


def test_a_component_tells_its_hours_and_its_review(sam, here):
    answer = sam.post(here + "components/", oxygenator())

    body = answer.json()
    assert answer.status_code == 201, body
    assert (body["hours_exact"], body["hours"]) == ("40:00", 40.0)
    assert body["clock_from"] == body["installed_at"]
    assert (body["review_warn_reached"], body["review_due_reached"]) == (False, False)
    assert body["resistance"]["baseline"] is None
    assert body["change_proposed"] == []
    assert (body["model"]["is_draft"], body["circuit"]["label"]) == (True, "C1")
    assert sam.get(here + "components/").json()["results"] == [body]


def test_an_exchange_closes_one_part_and_opens_another(sam, here):
    old = sam.post(here + "components/", oxygenator()).json()
    new = oxygenator("SN2")
    part = {name: new[name] for name in ("model", "serial", "lot", "udi")}

    answer = sam.post(
        here + "exchanges/",
        {
            "exchanged_at": hours_ago(1),
            "reason": "clot",
            "changes": [{"component": old["public_id"], "part": part}],
        },
    )

    (put_in,) = answer.json()["components"]
    assert answer.status_code == 201
    assert (put_in["serial"], put_in["position"], put_in["hours_exact"]) == (
        "SN2",
        "oxygenator",
        "1:00",
    )
    gone = sam.get(f"{here}components/{old['public_id']}/").json()
    assert (gone["removed_reason"], gone["hours_exact"]) == ("clot", "39:00")
    still_in = sam.get(here + "components/", {"installed": "true"}).json()
    assert still_in["count"] == 1


def test_a_refused_exchange_leaves_no_draft_in_the_catalogue(sam, here):
    old = sam.post(here + "components/", oxygenator()).json()
    part = {"model": {"kind": "oxygenator", "name": "Another"}, "serial": "SN3"}
    exchange = {
        "exchanged_at": hours_ago(-1),
        "reason": "clot",
        "changes": [{"component": old["public_id"], "part": part}],
    }

    answer = sam.post(here + "exchanges/", exchange)

    assert answer.json()["code"] == "in_the_future"
    assert sam.get("/api/v1/device-models/").json()["count"] == 1


def test_one_part_cannot_be_in_two_places(sam, here):
    sam.post(here + "components/", oxygenator())

    answer = sam.post(here + "components/", oxygenator(position="second"))

    assert (answer.status_code, answer.json()["code"]) == (409, "part_in_use")


def test_limits_are_set_whole_changed_and_read_as_they_held(fay, sam, here):
    row = {"measure": "blood_flow", "hard": [-1.5, 10], "warning": ["3.8", None]}
    whole = fay.put(here + "limits/", {"source": "ordered", "limits": [row]})
    change = fay.post(
        here + "limits/",
        {
            "measure": "blood_flow",
            "unit": "L/min",
            "warning": [3.5, 6],
            "valid_from": hours_ago(1),
            "reason": "weaning",
        },
    )
    before = sam.get(here + "limits/", {"at": hours_ago(2)}).json()["results"]
    now = sam.get(here + "limits/", {"at": hours_ago(0)}).json()["results"]

    assert whole.json()["results"][0]["warning"] == ["3.8", None]
    assert change.status_code == 201, change.json()
    assert [row["warning"] for row in before] == [["3.8", None]]
    assert [row["warning"] for row in now] == [["3.5", "6"]]
    assert now[0]["hard"] == ["-1.5", "10"]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"measure": "blod_flow"}, "No measure is called"),
        ({"measure": "blood_flow", "unit": "mL/min"}, "not in mL/min"),
        ({"measure": "blood_flow", "warning": [6, 3]}, "lower bound is above"),
    ],
    ids=["unknown", "wrong unit", "crossed"],
)
def test_a_limit_that_makes_no_sense_is_refused(fay, here, row, why):
    answer = fay.put(here + "limits/", {"source": "ordered", "limits": [row]})

    assert answer.status_code == 400
    assert why in answer.json()["detail"]


def test_two_limits_of_one_measure_at_once_are_refused_and_the_old_ones_stay(fay, here):
    row = {"measure": "blood_flow", "warning": [3, 6]}
    before = fay.get(here + "limits/").json()["count"]

    answer = fay.put(here + "limits/", {"source": "ordered", "limits": [row, row]})

    assert answer.status_code == 409
    assert fay.get(here + "limits/").json()["count"] == before


def test_a_specialist_sets_no_limits(sam, here):
    assert sam.put(here + "limits/", {"source": "x", "limits": []}).status_code == 403


def test_an_alert_is_read_seen_and_remembered_as_it_was(sam, api, nurse, here, checks):
    low = charted(minutes=50, blood_flow="1.80")
    sam.post(checks, {**low, "confirmed": ["blood_flow"]})

    (alert,) = sam.get(here + "alerts/", {"severity": "critical"}).json()["results"]
    seen = api(nurse).post(f"/api/v1/alerts/{alert['public_id']}/acknowledge/", {"note": "asked"})

    assert (alert["parameter"], alert["side"], alert["severity"]) == (
        "blood_flow",
        "low",
        "critical",
    )
    assert (alert["value"], alert["limit"], alert["value_unit"]) == ("1.8", "2", "L/min")
    assert seen.status_code == 201
    again = sam.get(f"/api/v1/alerts/{alert['public_id']}/").json()
    assert again["acknowledgements"][0]["note"] == "asked"
    assert sam.get("/api/v1/alerts/", {"severity": "critical"}).json()["count"] == 1
    change = sam.get(here + "alert-history/").json()["results"][0]
    assert (change["change"], change["value"], change["unit"]) == ("opened", "1.8", "L/min")


def test_what_was_open_earlier_is_told_with_the_evidence_of_then(sam, here, checks):
    with time_machine.travel(NOON - timedelta(minutes=40), tick=False):
        sam.post(checks, {**charted(minutes=50, blood_flow="1.80"), "confirmed": ["blood_flow"]})
    with time_machine.travel(NOON - timedelta(minutes=20), tick=False):
        sam.post(checks, {**charted(minutes=30, blood_flow="1.70"), "confirmed": ["blood_flow"]})
    sam.post(checks, charted(minutes=5))

    def open_then(minutes):
        at = (NOON - timedelta(minutes=minutes)).isoformat()
        asked = {"at": at, "severity": "critical"}
        return [row["value"] for row in sam.get(here + "alerts/", asked).json()["results"]]

    assert [open_then(45), open_then(40), open_then(25), open_then(20), open_then(0)] == [
        [],
        ["1.8"],
        ["1.8"],
        ["1.7"],
        [],
    ]
    assert sam.get(here + "alerts/").json()["count"] == 0


def test_a_moment_that_cannot_be_read_is_refused(sam, here):
    answer = sam.get(here + "alerts/", {"at": "yesterday"})

    assert answer.status_code == 400


def test_measures_tell_their_units(sam):
    measures = sam.get("/api/v1/measures/", {"page_size": 500}).json()["results"]

    units = {row["code"]: row["unit"] for row in measures}
    assert (units["blood_flow"], units["p_drainage"]) == ("L/min", "mm[Hg]")
