"""Laboratory and anticoagulation through the API."""

from datetime import timedelta

import pytest

from tests.factories import NOON
from web.models import SiteDocument


def hours_ago(hours):
    return (NOON - timedelta(hours=hours)).isoformat()


@pytest.fixture
def here(checks):
    return checks.removesuffix("checks/")


def charted(value="0.30", hours=2, **more):
    result = {"analyte": "anti_xa_ufh", "value": value, "unit": "[IU]/mL"}
    return {"collected_at": hours_ago(hours), "results": [result], **more}


def test_a_result_is_charted_corrected_and_withdrawn(sam, here):
    sample = sam.post(here + "samples/", charted(site="arterial line"))
    first = sample.json()["results"][0]
    corrected = sam.post(
        f"{here}results/{first['public_id']}/correct/",
        {"value": "0.40", "unit": "[IU]/mL", "reason": "misread"},
    )
    stale = sam.post(f"{here}results/{first['public_id']}/withdraw/", {"reason": "wrong patient"})
    withdrawn = sam.post(
        f"{here}results/{corrected.json()['public_id']}/withdraw/", {"reason": "wrong patient"}
    )

    assert (sample.status_code, first["value"], first["unit"]) == (201, "0.3", "[IU]/mL")
    assert (first["is_current"], first["supersedes"]) == (True, None)
    assert corrected.status_code == 201, corrected.json()
    assert corrected.json()["supersedes"] == first["public_id"]
    assert (stale.status_code, stale.json()["code"]) == (409, "superseded_meanwhile")
    assert withdrawn.json()["status"] == "entered_in_error"
    now = sam.get(here + "results/").json()["results"]
    ever = sam.get(here + "results/", {"all_versions": "true"}).json()["results"]
    assert [row["status"] for row in now] == ["entered_in_error"]
    assert [row["status"] for row in ever] == ["entered_in_error", "corrected", "final"]


@pytest.mark.parametrize(
    ("sample", "status", "rule"),
    [
        (charted(value="30"), 422, "hard_range"),
        (charted(hours=-1), 409, "time of collection"),
        ({"collected_at": hours_ago(1), "results": []}, 400, "empty"),
    ],
    ids=["decimal slip", "future", "nothing"],
)
def test_what_cannot_be_of_a_result_is_refused(sam, here, sample, status, rule):
    answer = sam.post(here + "samples/", sample)

    assert answer.status_code == status, answer.json()
    assert rule in str(answer.json()["errors"])
    assert sam.get(here + "samples/").json()["count"] == 0


def test_a_wrong_unit_of_a_result_is_refused(sam, here):
    sample = charted()
    sample["results"][0]["unit"] = "g/L"

    answer = sam.post(here + "samples/", sample)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["rule"] == "unit_unknown"


def test_heparin_is_started_changed_held_and_put_right(sam, here):
    started = sam.post(
        here + "infusions/",
        {
            "agent": "ufh",
            "rate_unit": "[IU]/kg/h",
            "rate": "10",
            "started_at": hours_ago(6),
            "weight_kg": 80,
        },
    )
    infusion = started.json()
    changes = f"{here}infusions/{infusion['public_id']}/changes/"
    slip = {"kind": "change", "changed_at": hours_ago(3), "rate": "100"}
    asked = sam.post(changes, slip)
    taken = sam.post(changes, {**slip, "confirmed": ["rate"]})
    sam.post(changes, {"kind": "hold", "changed_at": hours_ago(2), "reason": "bleeding"})
    held = sam.get(f"{here}infusions/{infusion['public_id']}/").json()
    withdrawn = sam.post(
        f"{here}infusion-changes/{taken.json()['public_id']}/withdraw/", {"reason": "a slip"}
    )

    assert started.status_code == 201, infusion
    assert (infusion["rate"], infusion["rate_unit"]) == ("10", "[IU]/kg/h")
    assert [error["rule"] for error in asked.json()["errors"]] == ["large_change"]
    assert taken.status_code == 201
    assert (held["rate"], held["is_on_hold"]) == ("0", True)
    assert withdrawn.json()["withdrawn_reason"] == "a slip"
    listed = sam.get(changes).json()["results"]
    assert [(row["kind"], bool(row["withdrawn_at"])) for row in listed] == [
        ("start", False),
        ("change", True),
        ("hold", False),
    ]


def test_a_plan_says_how_much_of_the_time_it_was_met(fay, sam, here):
    plan = fay.post(
        here + "plans/",
        {
            "agent": "ufh",
            "driver": "anti_xa_ufh",
            "target_low": "0.3",
            "target_high": "0.5",
            "unit": "[IU]/mL",
            "starts_at": hours_ago(12),
        },
    )
    for hours, value in ((10, "0.30"), (6, "0.40"), (2, "0.50")):
        sam.post(here + "samples/", charted(value, hours))
    page = f"{here}plans/{plan.json()['public_id']}/"

    met = fay.get(page + "time-in-range/").json()
    unsigned = fay.get(page + "titration/")
    not_hers = sam.post(here + "plans/", {"agent": "ufh", "starts_at": hours_ago(1)})

    assert plan.status_code == 201
    assert (met["results"], met["in_range_pct"], met["interpolated_h"]) == (3, 100.0, 8.0)
    assert unsigned.json()["code"] == "not_signed"
    assert not_hers.status_code == 403


def test_the_protocol_speaks_once_the_site_has_signed(fay, sam, here, centre, director):
    steps = [{"id": "s1", "low": 0, "high": None, "rate_pct": 10, "recheck_h": 6}]
    protocol = {
        "id": "p1",
        "steps": steps,
        "max_age_min": 600,
        "rounding": "0.1",
        "max_rate": 40,
        "block_if_bleeding_grade": 2,
    }
    for kind, body in (
        ("clinical_switches", {"titration": True}),
        ("anticoagulation_protocols", [protocol]),
    ):
        SiteDocument.objects.create(
            centre=centre,
            kind=kind,
            version=1,
            body=body,
            drafted_at=NOON,
            drafted_by=director,
            approved_at=NOON,
            approved_by=director,
            valid_from=NOON - timedelta(days=9),
        )
    plan = fay.post(
        here + "plans/",
        {
            "agent": "ufh",
            "driver": "anti_xa_ufh",
            "target_low": "0.3",
            "target_high": "0.5",
            "protocol": "p1",
            "starts_at": hours_ago(12),
        },
    ).json()
    sam.post(here + "samples/", charted("0.20", 2))

    answer = fay.get(f"{here}plans/{plan['public_id']}/titration/").json()

    (row,) = answer["rows"]
    assert (row["value"], row["steps"], row["rate_pct"]) == ("0.2", ["s1"], "10")
    assert (row["blocked"], row["proposed_rate"]) == (["rate_zero"], None)
