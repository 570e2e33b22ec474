"""Pages that stand alone: the style guide and what is shown when something fails."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.template.loader import render_to_string
from django.test import RequestFactory

from web.problems import RuleBroken


@pytest.fixture
def request_of_a_stranger():
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    request._messages = CookieStorage(request)  # noqa: SLF001 - as the middleware would
    return request


@pytest.fixture
def guide(client, administrator, settings):
    """Read the style guide of a demo."""
    settings.DEMO = True
    client.force_login(administrator)
    return lambda **query: client.get("/styleguide/", query).content.decode()


def test_the_style_guide_exists_in_the_demo_only(client, administrator, settings):
    settings.DEMO = settings.DEBUG = False
    client.force_login(administrator)

    assert client.get("/styleguide/").status_code == 404


def test_the_style_guide_shows_the_theme_and_density_asked_for(guide):
    html = guide(theme="night", density="touch")

    assert 'data-theme="night" data-density="touch"' in html
    assert "can mean 4200 or 4.200" in html


def test_the_style_guide_ignores_a_theme_that_is_none(guide):
    html = guide(theme="pink", density="tiny")
    opening = html.split("<head>")[0]

    assert "pink" not in opening
    assert "data-density" not in opening


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("400.html", "Nothing was saved"),
        ("403.html", "does not allow it"),
        ("404.html", "not yours to see"),
        ("errors/csrf.html", "Nothing was saved"),
        ("errors/locked.html", "call your administrator"),
        ("account/account_inactive.html", "administrator"),
    ],
)
def test_a_page_of_failure_says_what_to_do_next(template, says, request_of_a_stranger):
    html = render_to_string(template, request=request_of_a_stranger)

    assert says in html
    assert "Record, not an alarm system." in html


def test_the_page_of_last_resort_needs_no_context():
    html = render_to_string("500.html")

    assert "was not saved" in html
    assert "paper form" in html


def test_a_broken_rule_lists_what_was_wrong(request_of_a_stranger):
    item = {"parameter": "sweep", "rule": "hard", "message": "Sweep gas cannot be 90 L/min."}
    problem = RuleBroken("The check cannot be signed.", errors=[item])

    html = render_to_string("errors/refused.html", {"problem": problem}, request_of_a_stranger)

    assert "Sweep gas cannot be 90 L/min." in html
