"""Who reaches what, how errors look, and what is written down of a reading."""

import pytest
from knox.models import AuthToken
from rest_framework.test import APIClient

from audit.models import Access
from ecmo.api import router
from tests.api.test_checks import charted
from tests.cast import member
from tests.factories import PASSWORD
from web.problems import PROBLEM_JSON

LOGIN = "/api/v1/auth/login/"


def test_somebody_signs_in_works_and_signs_out(specialist, checks):
    answer = APIClient().post(LOGIN, {"username": "sam", "password": PASSWORD})
    client = APIClient(headers={"authorization": f"Token {answer.json()['token']}"})

    before = client.get(checks)
    out = client.post("/api/v1/auth/logout/")
    after = client.get(checks)

    assert answer.json()["user"]["username"] == "sam"
    assert [before.status_code, out.status_code, after.status_code] == [200, 204, 401]


def test_a_wrong_password_is_401_and_the_tenth_locks(specialist):
    client, wrong = APIClient(), {"username": "sam", "password": "not it"}

    statuses = [client.post(LOGIN, wrong).status_code for _ in range(10)]
    right = client.post(LOGIN, {"username": "sam", "password": PASSWORD})

    assert statuses[:9] == [401] * 9
    assert (right.status_code, right.json()["code"]) == (429, "locked_out")
    assert right["content-type"] == PROBLEM_JSON
    assert not AuthToken.objects.exists()


def test_the_eleventh_token_ends_the_first(specialist, checks):
    names = {"username": "sam", "password": PASSWORD}
    tokens = [APIClient().post(LOGIN, names).json()["token"] for _ in range(11)]

    statuses = [
        APIClient(headers={"authorization": f"Token {token}"}).get(checks).status_code
        for token in tokens
    ]

    assert sorted(statuses) == [200] * 10 + [401]


def test_a_lapsed_token_is_worth_nothing(specialist, checks):
    instance, token = AuthToken.objects.create(user=specialist)
    AuthToken.objects.filter(pk=instance.pk).update(expiry=instance.created)

    answer = APIClient(headers={"authorization": f"Token {token}"}).get(checks)

    assert answer.status_code == 401


def test_a_session_works_too_but_not_without_its_csrf_token(specialist, checks):
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(specialist, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert client.get(checks).status_code == 200
    assert client.post(checks, charted()).status_code == 403


@pytest.mark.parametrize(
    ("who", "reads", "writes"),
    [
        ("specialist", 200, 201),
        ("nurse", 200, 201),
        ("observer", 200, 403),
        ("split_person", 200, 403),
        ("stranger", 403, 403),
        ("administrator", 403, 403),
    ],
)
def test_the_right_is_asked_for_in_the_unit_of_the_run(request, api, checks, who, reads, writes):
    client = api(request.getfixturevalue(who))

    assert client.get(checks).status_code == reads
    assert client.post(checks, charted()).status_code == writes


def test_a_run_of_another_unit_is_not_there(api, run, other_unit):
    client = api(member("otto", "specialist", unit=other_unit))

    answer = client.get(f"/api/v1/runs/{run.public_id}/")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer["content-type"] == PROBLEM_JSON


def test_every_endpoint_says_which_right_it_needs(db):
    patterns = [(p.callback.cls, p.callback.actions) for p in router.urls]

    unguarded = {
        (cls.__name__, action)
        for cls, actions in patterns
        for action in actions.values()
        if "SignedIn" not in {one.__name__ for one in cls.permission_classes}
        and action not in cls.permissions
        and "*" not in cls.permissions
    }

    assert len(patterns) > 60
    assert unguarded == set()


def test_nobody_signed_in_is_401_everywhere(db):
    answers = {
        url: APIClient().get(f"/api/v1/{url}").status_code
        for url in ("me/", "patients/", "runs/", "alerts/", "reports/", "site-documents/")
    }

    assert set(answers.values()) == {401}


@pytest.mark.parametrize(
    ("method", "body", "content_type", "status", "code"),
    [
        ("post", "{", "application/json", 400, "parse_error"),
        ("post", "[" * 100_000, "application/json", 400, "parse_error"),
        ("post", "a=b", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        ("delete", "", "application/json", 405, "method_not_allowed"),
        ("post", "[1]", "application/json", 400, "invalid"),
        ("post", '{"values": "' + "x" * 2_200_000 + '"}', "application/json", 413, "too_large"),
    ],
    ids=["half a body", "deep nesting", "a form", "deleting", "a list", "a huge body"],
)
def test_what_cannot_be_read_is_a_problem_in_words(
    sam, checks, method, body, content_type, status, code
):
    answer = getattr(sam, method)(checks, body, content_type=content_type)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["content-type"] == PROBLEM_JSON
    assert answer.json()["detail"]


def test_a_reading_is_written_down_once_for_each_patient(sam, run, patient):
    sam.get(f"/api/v1/runs/{run.public_id}/")
    sam.get(f"/api/v1/runs/{run.public_id}/checks/")
    sam.get("/api/v1/patients/")
    sam.get("/api/v1/alerts/")

    kept = Access.objects.of(str(patient.public_id)).order_by("pk")
    assert [one.what for one in kept] == [
        "API: runs retrieve",
        "API: runs-checks list",
        "API: patients list",
    ]


def test_oneself_is_told_what_one_may_do(sam, specialist, unit):
    me = sam.get("/api/v1/me/").json()

    assert me["username"] == "sam"
    assert me["memberships"][0]["role"] == "specialist"
    assert "check_record" in me["permissions"][str(unit.public_id)]
    assert sam.get("/api/v1/units/").json()["results"][0]["code"] == "icu"
    assert sam.get("/api/v1/centres/").json()["count"] == 1
    assert sam.get("/api/v1/users/").json()["results"][0]["username"] == "sam"


def test_the_description_is_shown_without_anything_from_elsewhere(sam, client, specialist):
    client.force_login(specialist, backend="allauth.account.auth_backends.AuthenticationBackend")

    page = client.get("/api/docs/")
    script = client.get("/api/docs/?script")
    schema = client.get("/api/schema/", headers={"accept": "application/json"})

    text = page.content.decode()
    assert page.status_code == script.status_code == schema.status_code == 200
    assert "http" not in text
    assert "<style" not in text
    assert "<script>" not in text
    assert "script-src 'self'" in page["Content-Security-Policy"]
    assert "runs_checks_create" in schema.content.decode()


def test_an_address_that_is_none_is_said_so_in_the_words_of_the_api(sam, db):
    answer = sam.get("/api/v1/moon/")

    assert (answer.status_code, answer["content-type"]) == (404, PROBLEM_JSON)
    assert "/api/v1/moon/" in answer.json()["detail"]
    assert APIClient().get("/api/v1/moon/").status_code == 401
    assert sam.get("/api/v1/me").status_code == 301


def test_a_search_for_what_no_database_holds_is_refused(sam):
    assert sam.get("/api/v1/patients/", {"search": "a\x00b"}).status_code == 400
