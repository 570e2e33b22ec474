"""Exchanges, cannulas and conversions through the API."""

import pytest

from tests.api.test_circuits import hours_ago, oxygenator


@pytest.fixture
def here(checks):
    return checks.removesuffix("checks/")


def part_of(body):
    return {name: body[name] for name in ("model", "serial", "lot", "udi")}


def exchange(sam, here, old, **more):
    body = {
        "exchanged_at": hours_ago(1),
        "reason": "clot",
        "changes": [
            {"component": old["public_id"], "part": part_of(oxygenator("SN2"))}
            | {"fate": more.pop("fate", "")}
        ],
    }
    return sam.post(here + "exchanges/", {**body, **more})


def test_an_urgent_exchange_tells_its_seconds_its_fault_and_the_old_part(sam, here):
    old = sam.post(here + "components/", oxygenator()).json()

    told = exchange(
        sam, here, old, urgency="urgent", off_support_s=52, fate="quarantine", complications=["101"]
    )

    body = told.json()
    assert told.status_code == 201, body
    assert (body["urgency"], body["off_support_s"], body["new_circuit"]) == ("urgent", 52, None)
    assert [one["fate"] for one in body["taken_out"]] == ["quarantine"]
    assert [one["serial"] for one in body["components"]] == ["SN2"]
    assert sam.get(here + "exchanges/").json()["results"] == [body]
    codes = [one["code"] for one in sam.get(here + "complications/").json()["results"]]
    assert codes == ["101"]
    dues = [one["kind"] for one in sam.get(here + "dues/").json()["results"]]
    assert "exchange_complication" not in dues
    gone = body["taken_out"][0]["public_id"]
    sent = sam.post(f"{here}components/{gone}/fate/", {"fate": "biomed"})
    assert sent.json()["fate"] == "biomed"


def test_the_second_exchange_of_the_same_part_says_who_did_the_first_and_when(sam, fay, here):
    old = sam.post(here + "components/", oxygenator()).json()
    exchange(sam, here, old)

    answer = exchange(sam, here, old)

    assert (answer.status_code, answer.json()["code"]) == (409, "not_in_circuit")
    assert "Sam Specialist recorded that at 02-Mar-2026 13:00" in answer.json()["detail"]


def test_a_whole_circuit_is_exchanged_and_what_moves_along_is_named(sam, here):
    old = sam.post(here + "components/", oxygenator()).json()
    console = sam.post(
        here + "components/",
        oxygenator("C1", model={"kind": "console", "name": "Example Console"}),
    ).json()

    told = exchange(sam, here, old, new_circuit="C2", moved=[console["public_id"]]).json()

    assert told["new_circuit"]["label"] == "C2"
    assert sorted(one["kind"] for one in told["components"]) == ["console", "oxygenator"]
    assert {one["circuit"]["label"] for one in told["components"]} == {"C2"}
    ended = {one["label"]: one["ended_at"] for one in sam.get(here + "circuits/").json()["results"]}
    assert ended == {"C1": "2026-03-02T11:00:00Z", "C2": None}


def test_the_configuration_is_written_from_cannulas_corrected_and_moved(sam, here):
    run = here.removesuffix("/")
    cannula = {"inserted_at": hours_ago(5), "side": "R", "technique": "percutaneous"}
    drain = sam.post(
        here + "cannulas/",
        {**cannula, "site": "femoral_a", "purpose": "drainage", "size_fr": "25", "depth_cm": "40"},
    ).json()
    nothing = sam.get(run + "/").json()["configuration"]
    sam.post(here + "cannulas/", {**cannula, "site": "internal_jugular_v", "purpose": "return"})

    page = f"{here}cannulas/{drain['public_id']}/"
    without = sam.patch(page + "correct/", {"site": "femoral_v"})
    sam.patch(page + "correct/", {"site": "femoral_v", "length_cm": "38", "reason": "misread"})
    moved = sam.post(
        page + "reposition/",
        {"seen_at": hours_ago(1), "depth_cm": "37", "tip_position": "right atrium"},
    )

    assert nothing["why_not"] == "no return cannula is entered"
    assert without.json()["detail"].startswith("Say why")
    assert (moved.json()["depth_cm"], moved.json()["tip_position"]) == ("37", "right atrium")
    assert [one["depth_cm"] for one in sam.get(page + "positions/").json()] == ["40", "37"]
    written = sam.get(run + "/").json()["configuration"]
    assert written == {
        "hierarchy": "V-V",
        "site": "Vf-Vj",
        "tip": "Vfra-Vjr",
        "dimension": "V25/38fra-Vjr",
        "why_not": "",
    }


def test_a_conversion_asks_for_limits_and_targets_until_they_are_confirmed(sam, fay, here):
    def owed():
        return [row["kind"] for row in sam.get(here + "dues/").json()["results"]]

    sam.post(here + "modes/", {"mode": "VAV", "starts_at": hours_ago(1)})
    assert "limits_confirmation" in owed()

    answer = fay.post(here + "confirm-limits/", {"note": "looked at with the team"})

    assert answer.status_code == 200
    assert "limits_confirmation" not in owed()
    assert sam.post(here + "confirm-limits/", {}).status_code == 403
