"""What every answer says to the browser: keep no copy, run no foreign script, sit in no frame."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.urls import reverse

from tests.browser.pages import places
from tests.factories import NOON
from tests.interop.test_receiving import message, obx
from tests.journeys.entries import Ward
from tests.journeys.people import Person, machine

UNSAFE = ("unsafe-inline", "unsafe-eval", "*", "http:", "https:")
FOR_PATIENTS = {"HTTPS": "1", "SECRET_KEY": "0123456789abcdef_" * 4, "DEBUG": "0"}


@pytest.fixture(autouse=True)
def at_noon(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def ward(patient, unit, specialist, lab_interface):
    ward = Ward(patient, unit, specialist)
    held = message(obx(unit="parsec")).encode()
    machine(lab_interface).post("/api/v1/hl7/", held, content_type="application/hl7-v2")
    return ward


def assert_guarded(answer, where):
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy, where
    assert "style-src 'self'" in policy, where
    assert "frame-ancestors 'none'" in policy, where
    assert not [word for word in UNSAFE if f" {word}" in policy.replace("'", "")], where
    assert answer.headers["X-Frame-Options"] == "DENY", where
    assert answer.headers["X-Content-Type-Options"] == "nosniff", where
    assert answer.headers["Referrer-Policy"] == "same-origin", where


def test_every_page_of_somebody_signed_in_is_guarded_and_kept_nowhere(ward, director):
    dana = Person(director)
    every = places(SimpleNamespace(runs={"membrane": ward.run}, unit=ward.unit))
    for place in every:
        answer = dana.client.get(place.path)

        assert_guarded(answer, place)
        assert "no-store" in answer.headers["Cache-Control"], place
    assert len(every) > 30


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/runs/{run}/summary.pdf", 200),
        ("/runs/{run}/trends.json", 200),
        ("/api/v1/runs/{run}/", 200),
        ("/api/v1/patients/", 200),
        ("/api/schema/", 200),
        ("/nowhere/", 404),
        ("/styleguide/", 403),
        ("/reports/ask/", 405),
        ("/runs/{run}/checks/?page=x", 200),
    ],
)
def test_documents_data_and_refusals_are_guarded_too(ward, coordinator, path, status):
    answer = Person(coordinator).opens(path.format(run=ward.run.public_id))

    assert answer.status_code == status
    assert_guarded(answer, path)
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/accounts/login/", "/healthz", "/nowhere/", "/"])
def test_what_nobody_signed_in_is_sent_is_guarded(client, db, path):
    assert_guarded(client.get(path), path)


def test_no_page_holds_a_script_or_a_style_of_its_own(ward, director):
    dana = Person(director)
    for place in places(SimpleNamespace(runs={"membrane": ward.run}, unit=ward.unit)):
        html = dana.client.get(place.path).content.decode()

        assert "<style" not in html, place
        assert " style=" not in html, place
        assert " onclick=" not in html, place
        assert "javascript:" not in html, place
        assert "<script>" not in html, place


def test_a_stored_copy_is_never_shown_after_signing_out(ward, nurse):
    noor = Person(nurse)
    url = reverse("circuits:run-overview", args=[ward.run.public_id])
    assert noor.opens(url).status_code == 200

    noor.client.post(reverse("account_logout"))

    assert noor.opens(url).status_code == 302


def test_scripts_cannot_read_the_cookies(ward, nurse):
    noor = Person(nurse)
    noor.opens(reverse("board"))

    cookies = dict(noor.client.cookies)
    assert {"sessionid", "csrftoken"} <= set(cookies)
    assert all(cookie["httponly"] for cookie in cookies.values())
    assert {cookie["samesite"] for cookie in cookies.values()} == {"Lax"}


def manage(*arguments, **environment):
    ours = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    return subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env={**ours, **environment, "DJANGO_SETTINGS_MODULE": "ecmo.settings"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_settings_for_patients_pass_the_deployment_check():
    done = manage("check", "--deploy", "--fail-level=WARNING", **FOR_PATIENTS)

    assert done.returncode == 0, done.stderr


def test_the_settings_for_patients_refuse_the_key_that_everybody_knows():
    done = manage("check", HTTPS="1", SECRET_KEY="dev-only-not-for-patients")

    assert done.returncode != 0
    assert "set SECRET_KEY" in done.stderr
