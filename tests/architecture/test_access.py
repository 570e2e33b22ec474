"""Nothing is reachable without a permission, and the permission is asked for the row's unit."""

from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.access import Requires, SignedIn
from audit.models import Access
from tests.architecture.walk import urls
from tests.scenarios import running_vv

PUBLIC = {
    "healthz": "says only that the process lives",
    "readyz": "says only which parts answer",
    "api:login": "how one signs in",
    "circuits:calendar-feed": "the secret in its address is the key; tells of no patient",
}
ALLAUTH = "accounts/"
ADMIN = "admin/"
URLS = urls()
OURS = [one for one in URLS if not one.route.startswith((ALLAUTH, ADMIN))]
RUN_PAGES = [
    one
    for one in OURS
    if one.route.startswith("runs/<uuid:public_id>/")
    and "<" not in one.route[len("runs/<uuid:public_id>/") :]
]


def test_the_walk_finds_pages_and_endpoints():
    assert len(OURS) > 80
    assert len(RUN_PAGES) > 15


@pytest.mark.parametrize("url", OURS, ids=lambda one: one.route)
def test_every_url_has_a_guard_or_is_on_the_public_list(url):
    view = getattr(url.callback, "cls", None)
    guards = getattr(view, "permission_classes", [])

    assert (
        url.name in PUBLIC
        or hasattr(url.callback, "permission")
        or getattr(view, "permission", None) == "signed in"
        or any(issubclass(guard, (Requires, SignedIn)) for guard in guards)
    )


@pytest.mark.parametrize("url", OURS, ids=lambda one: one.route)
def test_an_api_view_names_a_permission_for_each_thing_it_does(url):
    view = getattr(url.callback, "cls", None)
    actions = getattr(url.callback, "actions", None) or {}
    if Requires not in getattr(view, "permission_classes", []):
        return

    assert set(actions.values()) <= set(view.permissions) or "*" in view.permissions


@pytest.mark.parametrize("url", RUN_PAGES, ids=lambda one: one.route)
def test_an_observer_here_who_is_a_specialist_elsewhere_may_read_and_not_write(
    client, patient, specialist, split_person, url
):
    run = running_vv(patient, specialist)
    client.force_login(split_person)
    is_reading = url.callback.permission.value.endswith("_view")

    response = client.get(reverse(url.name, args=[run.public_id]))

    assert response.status_code == (200 if is_reading else 403)


@pytest.mark.parametrize("url", RUN_PAGES, ids=lambda one: one.route)
def test_a_run_that_does_not_exist_is_not_found(client, specialist, url):
    client.force_login(specialist)

    assert client.get(reverse(url.name, args=[uuid4()])).status_code in {403, 404}


@pytest.mark.django_db
@pytest.mark.parametrize("url", RUN_PAGES, ids=lambda one: one.route)
def test_nobody_reaches_a_run_without_signing_in(client, url):
    response = client.get(reverse(url.name, args=[uuid4()]))

    assert response.status_code == 302
    assert "/accounts/login/" in response.headers["Location"]


@pytest.mark.parametrize("url", RUN_PAGES, ids=lambda one: one.route)
def test_every_view_of_a_page_of_a_run_is_written_down(client, patient, coordinator, url):
    run = running_vv(patient, coordinator)
    client.force_login(coordinator)

    response = client.get(reverse(url.name, args=[run.public_id]))

    assert response.status_code == 200
    assert Access.objects.of(str(patient.public_id)).filter(user_key=coordinator.pk).exists()
