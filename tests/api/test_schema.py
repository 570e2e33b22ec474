"""The API describes itself without a gap."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator

from tests.factories import NOON


def test_the_description_is_valid_and_without_a_warning():
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=StringIO())


def test_creates_tell_of_their_key_and_everything_of_its_problems():
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    create = paths["/api/v1/runs/{run_id}/checks/"]["post"]

    assert "Idempotency-Key" in {one["name"] for one in create["parameters"]}
    assert "application/problem+json" in create["responses"]["default"]["content"]
    assert all(
        operation.get("description")
        for path in paths.values()
        for method, operation in path.items()
        if method in {"get", "post", "put", "patch"}
    )


@pytest.mark.parametrize(
    ("address", "path", "moment"),
    [
        ("runs/{run}/checks/", "/api/v1/runs/{run_id}/checks/", "checked_at"),
        ("runs/{run}/samples/", "/api/v1/runs/{run_id}/samples/", "collected_at"),
    ],
)
def test_the_examples_are_what_the_api_takes(sam, run, checks, specialist, address, path, moment):
    create = SchemaGenerator().get_schema(request=None, public=True)["paths"][path]["post"]
    (example,) = create["requestBody"]["content"]["application/json"]["examples"].values()
    body = {**example["value"], moment: (NOON - timedelta(minutes=10)).isoformat()}
    if "performed_by" in body:
        body["performed_by"] = str(specialist.public_id)

    answer = sam.post("/api/v1/" + address.format(run=run.public_id), body)

    assert answer.status_code == 201, answer.json()
