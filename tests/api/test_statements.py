"""How many statements a request costs, through the whole stack."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.test_checks import charted

AT_MOST = 20


def test_a_check_costs_at_most_twenty_statements(sam, checks):
    sam.post(checks, charted(minutes=30))

    with CaptureQueriesContext(connection) as asked:
        answer = sam.post(checks, charted(), headers={"Idempotency-Key": "one"})

    assert answer.status_code == 201
    assert len(asked) <= AT_MOST
