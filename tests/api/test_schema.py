"""The API describes itself without a gap."""

from io import StringIO

from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator


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
