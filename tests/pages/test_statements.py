"""What a list page costs does not grow with its rows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from circuits.actions.checks import record_check
from circuits.document import Typed
from tests.factories import NOON, PatientFactory
from tests.scenarios import running_vv, with_circuit

FEW, MORE = 2, 6


def ward(unit, by, count):
    """Running patients, each with a circuit, a check and an alert."""
    for number in range(count):
        patient = PatientFactory(unit=unit, mrn=f"N{number}-{count}", bed=str(number))
        run = running_vv(patient, by)
        typed = Typed(checked_at=NOON, values={"blood_flow": 4, "p_drainage": -118})
        record_check(run=run, typed=typed, by=by, at=NOON)


def statements(client, url):
    """Count the statements of one page, the second time it is opened."""
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url)
    assert response.status_code == 200
    return sum(not q["sql"].startswith(("SAVEPOINT", "RELEASE")) for q in queries.captured_queries)


@pytest.mark.parametrize(
    ("name", "most"),
    [
        pytest.param("board", 8, id="board"),
        pytest.param("patients:patient-list", 8, id="patients"),
        pytest.param("alerts:alert-list", 12, id="alerts"),
        pytest.param("circuits:device-list", 8, id="devices"),
        pytest.param("staffing:roster", 14, id="roster"),
        pytest.param("access-list", 7, id="audit"),
        pytest.param("reports:report-list", 12, id="reports"),
        pytest.param("interop:message-list", 12, id="laboratory"),
    ],
)
def test_a_list_page_costs_the_same_however_many_rows_it_shows(
    client, unit, coordinator, name, most
):
    client.force_login(coordinator)
    ward(unit, coordinator, FEW)
    few = statements(client, reverse(name))
    ward(unit, coordinator, MORE)

    more = statements(client, reverse(name))

    assert more <= few
    assert more <= most


def test_the_checks_of_a_run_cost_the_same_however_many_there_are(client, patient, specialist):
    run = running_vv(patient, specialist)
    with_circuit(run, specialist)
    client.force_login(specialist)
    url = reverse("circuits:check-list", args=[run.public_id])
    counts = []
    for hour in (8, 9, 10, 11):
        typed = Typed(checked_at=NOON.replace(hour=hour), values={"blood_flow": 4})
        record_check(run=run, typed=typed, by=specialist, at=NOON)
        counts.append(statements(client, url))

    assert len(set(counts)) == 1
    assert counts[0] <= 14
