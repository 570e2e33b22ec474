"""Whatever fails under /api/ is answered with problem details, never with a page."""

import json
from types import ModuleType

import pytest
from django.core.exceptions import SuspiciousOperation
from django.test import Client
from django.urls import include, path

from ecmo import urls

PROBLEM = "application/problem+json"


@pytest.fixture
def faulty(settings):
    """The site with a fault and a suspicious request, in the API and on a page."""

    def breaks(_request):
        raise RuntimeError("the inside of the house")

    def doubts(_request):
        raise SuspiciousOperation("the inside of the house")

    site = ModuleType("faulty_site")
    for name in ("handler400", "handler404", "handler500"):
        setattr(site, name, getattr(urls, name))
    doors = [path("breaks/", breaks), path("doubts/", doubts)]
    site.urlpatterns = [
        path("api/", include(doors)),
        path("", include(doors)),
        *urls.urlpatterns,
    ]
    settings.ROOT_URLCONF = site
    return Client(raise_request_exception=False)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "status", "says"),
    [
        ("breaks/", 500, "send it again with the same Idempotency-Key"),
        ("doubts/", 400, "Nothing was saved"),
        ("no-such-place/", 404, "Nothing stands at this address"),
    ],
)
def test_a_failure_is_a_problem_in_the_api_and_a_page_elsewhere(faulty, address, status, says):
    told = faulty.get(f"/api/{address}")
    page = faulty.get(f"/{address}")

    body = json.loads(told.content)
    assert (told.status_code, told.headers["Content-Type"]) == (status, PROBLEM)
    assert (body["status"], says in body["detail"]) == (status, True)
    assert body["type"] == f"/problems/{body['code']}"
    assert (page.status_code, page.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert b"inside of the house" not in told.content + page.content
