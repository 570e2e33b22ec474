"""How many statements a request costs, through the whole stack."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.test_checks import charted
from tests.factories import NOON, ModeSegmentFactory, PersonFactory, RunFactory, ShiftFactory

AT_MOST = 20
FOR_AN_ALERT = 6
"""The alert, its change, who is on call, the site's steps, the message and its nudge."""


def cost_of(client, checks, check, **kwargs):
    with CaptureQueriesContext(connection) as asked:
        answer = client.post(checks, check, headers={"Idempotency-Key": "one"}, **kwargs)
    assert answer.status_code == 201
    return len(asked)


def test_a_check_costs_at_most_twenty_statements(sam, checks):
    sam.post(checks, charted(minutes=30))

    assert cost_of(sam, checks, charted()) <= AT_MOST


def test_a_check_costs_no_more_from_a_browser(sam, client, specialist, checks):
    sam.post(checks, charted(minutes=30))
    client.force_login(specialist, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.get(checks)

    assert cost_of(client, checks, charted(), content_type="application/json") <= AT_MOST


def test_a_check_that_raises_an_alert_costs_what_it_writes(sam, unit, nurse, checks):
    ShiftFactory(person=PersonFactory(unit=unit, user=nurse), unit=unit)
    sam.post(checks, charted(minutes=30))
    low = {**charted(blood_flow="1.80"), "confirmed": ["blood_flow"]}

    assert cost_of(sam, checks, low) <= AT_MOST + FOR_AN_ALERT


@pytest.mark.parametrize(
    "address",
    ["patients/", "runs/", "{run}checks/", "{run}components/", "{run}samples/", "alerts/", "dues/"],
)
def test_a_list_costs_the_same_for_many_rows_as_for_few(
    sam, run, checks, unit, specialist, address
):
    page = "/api/v1/" + address.format(run=f"runs/{run.public_id}/")
    fill(sam, run, 2)
    with CaptureQueriesContext(connection) as few:
        sam.get(page)
    for number in range(3):
        other = RunFactory(patient__unit=unit, entered_by=specialist)
        ModeSegmentFactory(run=other)
        fill(sam, run, 3 + number * 2)

    with CaptureQueriesContext(connection) as many:
        answer = sam.get(page)

    assert answer.json()["count"] > 1
    assert len(many) <= len(few)


def fill(sam, run, first):
    """Chart on a run: two checks, one amended, a component, a sample."""
    here = f"/api/v1/runs/{run.public_id}/"
    for number in (first, first + 1):
        flow = {**charted(minutes=number * 7, blood_flow="1.80"), "confirmed": ["blood_flow"]}
        check = sam.post(here + "checks/", flow).json()
    sam.post(
        f"{here}checks/{check['check_id']}/amendments/",
        {"version": 1, "values": {"fdo2": 0.7}, "reason": "misread"},
    )
    when = (NOON - timedelta(minutes=first)).isoformat()
    model = {"kind": "sensor", "name": "Example"}
    part = {"model": model, "circuit_label": "C1", "position": f"p{first}", "installed_at": when}
    assert sam.post(here + "components/", part).status_code == 201
    result = {"analyte": "anti_xa_ufh", "value": "0.3", "unit": "[IU]/mL"}
    assert (
        sam.post(here + "samples/", {"collected_at": when, "results": [result]}).status_code == 201
    )
