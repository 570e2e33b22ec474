"""Every page of a run opens for those who may see it, and only for them."""

import pytest
from django.urls import reverse

from circuits.actions.checks import record_check
from circuits.document import Typed
from tests.factories import NOON
from tests.scenarios import running_vv, with_circuit

RUN_PAGES = [
    "circuits:run-overview",
    "circuits:run-trends",
    "circuits:support-detail",
    "circuits:mode-create",
    "circuits:weight-create",
    "circuits:cannula-create",
    "circuits:limit-list",
    "circuits:support-end",
    "circuits:outcome-record",
    "circuits:check-list",
    "circuits:check-create",
    "circuits:circuit-detail",
    "circuits:component-install",
    "circuits:exchange-create",
    "patients:event-list",
    "labs:anticoagulation",
    "labs:results",
]


@pytest.fixture
def ward(patient, specialist):
    """A run with a circuit and two checks."""
    run = running_vv(patient, specialist)
    with_circuit(run, specialist)
    for minutes in (0, 60):
        at = NOON.replace(minute=0) if not minutes else NOON.replace(hour=13)
        typed = Typed(
            checked_at=at,
            values={"blood_flow": 4, "p_pre_membrane": 180, "p_post_membrane": 160, "fdo2": 0.9},
            not_done={"p_drainage": "sensor off"},
        )
        record_check(run=run, typed=typed, by=specialist, at=at)
    return run


@pytest.mark.parametrize("name", RUN_PAGES)
def test_a_page_of_a_run_opens_for_a_specialist(client, ward, specialist, name):
    client.force_login(specialist)

    response = client.get(reverse(name, args=[ward.public_id]))

    assert response.status_code == 200


@pytest.mark.parametrize("name", RUN_PAGES)
def test_a_page_of_a_run_does_not_exist_for_a_stranger(client, ward, split_person, name, unit):
    split_person.memberships.filter(unit=unit).delete()
    client.force_login(split_person)

    response = client.get(reverse(name, args=[ward.public_id]))

    assert response.status_code == 404


@pytest.mark.parametrize("view", ["cards", "table", "wall"])
def test_the_board_shows_the_patient_with_values_and_units(client, ward, specialist, view):
    client.force_login(specialist)

    html = client.get(reverse("board"), {"view": view}).content.decode()

    assert "L/min" in html
    assert ("CANARY" in html) is (view != "wall")


def test_a_board_without_patients_says_so(client, specialist):
    client.force_login(specialist)

    assert "No patient on ECMO" in client.get(reverse("board")).content.decode()


@pytest.mark.parametrize(
    "name", ["patients:patient-list", "circuits:device-list", "circuits:support-start"]
)
def test_a_list_page_opens(client, ward, specialist, name):
    client.force_login(specialist)

    assert client.get(reverse(name)).status_code == 200


def test_a_trend_has_the_moments_of_its_checks_whatever_the_zone_of_the_centre(
    client, ward, specialist
):
    client.force_login(specialist)
    url = reverse("circuits:run-trends", args=[ward.public_id])

    moments = client.get(url, {"window": "run"}).json()["t"]

    assert moments == [NOON.timestamp(), NOON.replace(hour=13).timestamp()]


def test_the_trail_shows_who_changed_and_who_read(client, ward, coordinator):
    client.force_login(coordinator)
    client.get(reverse("circuits:run-overview", args=[ward.public_id]))
    url = reverse("patient-trail", args=[ward.patient.public_id])

    changes = client.get(url).content.decode()
    readings = client.get(url, {"show": "readings"}).content.decode()

    assert "recorded a bedside check" in changes
    assert "read overview" in readings
