"""Rows that a path or a body names: found within their run, or said to be missing."""

from datetime import timedelta
from uuid import UUID

import pytest

from circuits.models import ComponentKind, DeviceModel
from tests.api.test_checks import charted
from tests.factories import NOON

NOWHERE = UUID(int=0)


def hours_ago(hours):
    return (NOON - timedelta(hours=hours)).isoformat()


@pytest.fixture
def here(checks):
    return checks.removesuffix("checks/")


@pytest.mark.parametrize(
    ("method", "address", "body"),
    [
        ("get", f"checks/{NOWHERE}/", None),
        ("get", f"checks/{NOWHERE}/amendments/", None),
        ("post", f"checks/{NOWHERE}/amendments/", {"version": 1, "reason": "misread"}),
        ("get", f"components/{NOWHERE}/", None),
        ("get", f"infusions/{NOWHERE}/changes/", None),
        ("post", f"complications/{NOWHERE}/withdraw/", {"reason": "error"}),
    ],
)
def test_a_row_that_the_run_does_not_have_is_not_found(sam, here, method, address, body):
    answer = getattr(sam, method)(here + address, body)

    if method == "get" and address.endswith("amendments/"):
        assert answer.json()["count"] == 0
    else:
        assert answer.status_code == 404


def test_one_check_is_read_by_its_id(sam, checks):
    check = sam.post(checks, charted()).json()

    assert sam.get(f"{checks}{check['check_id']}/").json() == check


def test_a_part_goes_into_a_circuit_that_is_open_and_comes_out_again(sam, here):
    model = DeviceModel.objects.create(kind=ComponentKind.PUMP_HEAD, name="Example")
    opened = sam.post(here + "circuits/", {"label": "C1", "started_at": hours_ago(9)}).json()
    same = sam.post(here + "circuits/", {"label": "C1", "started_at": hours_ago(5)}).json()
    part = {
        "circuit": opened["public_id"],
        "device_model": str(model.public_id),
        "installed_at": hours_ago(8),
    }

    component = sam.post(here + "components/", part).json()
    out = sam.post(
        f"{here}components/{component['public_id']}/remove/",
        {"removed_at": hours_ago(1), "reason": "pump", "note": "noise"},
    ).json()

    assert same == opened
    assert sam.get(here + "circuits/").json()["results"] == [opened]
    assert component["model"]["name"] == "Example"
    assert (out["removed_reason"], out["hours_exact"], out["note"]) == ("pump", "7:00", "noise")


@pytest.mark.parametrize(
    ("change", "parameter"),
    [
        ({"circuit": str(NOWHERE)}, "circuit"),
        ({"circuit_label": "C1", "device_model": str(NOWHERE)}, "device_model"),
        ({"circuit_label": "C1", "device_model": None}, "device_model"),
        ({}, "non_field_errors"),
        ({"circuit_label": "C1", "model": {"kind": "sensor", "name": "x"}}, "non_field_errors"),
    ],
    ids=["no such circuit", "no such product", "no product", "no circuit", "two products"],
)
def test_a_part_that_names_nothing_of_ours_is_refused(sam, here, change, parameter):
    model = DeviceModel.objects.create(kind=ComponentKind.PUMP_HEAD, name="Example")
    part = {"device_model": str(model.public_id), "installed_at": hours_ago(8), **change}

    answer = sam.post(here + "components/", part)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == parameter
    assert sam.get(here + "circuits/").json()["count"] == 0


def test_an_exchange_of_what_the_run_does_not_have_is_refused(sam, here):
    part = {"model": {"kind": "sensor", "name": "Example"}}
    exchange = {"exchanged_at": hours_ago(1), "reason": "clot"}

    answer = sam.post(
        here + "exchanges/", {**exchange, "changes": [{"component": str(NOWHERE), "part": part}]}
    )

    assert answer.json()["errors"][0]["parameter"] == "component"


@pytest.mark.parametrize(
    ("change", "parameter"),
    [
        ({"unit": "s"}, "unit"),
        ({"ends_at": hours_ago(3)}, "ends_at"),
        ({"target_low": "0.9"}, "target_low"),
    ],
    ids=["wrong unit", "ends before it begins", "upside down"],
)
def test_a_plan_that_makes_no_sense_is_refused(fay, here, change, parameter):
    plan = {
        "agent": "ufh",
        "driver": "anti_xa_ufh",
        "target_low": "0.3",
        "target_high": "0.5",
        "starts_at": hours_ago(2),
    }

    answer = fay.post(here + "plans/", {**plan, **change})

    assert answer.json()["errors"][0]["parameter"] == parameter
    assert fay.get(here + "plans/").json()["count"] == 0


def test_a_plan_is_ended(fay, here):
    plan = {"agent": "ufh", "driver": "anti_xa_ufh", "starts_at": hours_ago(5)}
    page = f"{here}plans/{fay.post(here + 'plans/', plan).json()['public_id']}/"

    ended = fay.post(page + "end/", {"ends_at": hours_ago(1), "reason": "surgery"})

    assert ended.json()["ends_at"] == "2026-03-02T11:00:00Z"
