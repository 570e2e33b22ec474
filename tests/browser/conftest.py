"""A real Chromium at the live server, signed in as whom a test names."""

import os
from dataclasses import dataclass

import pytest
from django.utils import timezone
from playwright.sync_api import Page, sync_playwright

from launcher.system import browser as installed
from tests.browser import ward as situations

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESK = {"width": 1440, "height": 900}
TABLET = {"width": 1024, "height": 768}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def chromium():
    """The system's Chromium. Without one these tests are skipped, in CI they fail."""
    program = installed()
    if program is None:
        say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        say("There is no Chromium on this machine: apt-get install chromium")
    # Playwright's own loop runs in this thread; Django would refuse its database beside a loop.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        with sync_playwright() as playwright:
            started = playwright.chromium.launch(executable_path=program, args=FLAGS)
            yield started
            started.close()


@dataclass
class Screen:
    """One window: the page, and what its console complained about."""

    page: Page
    address: str
    complaints: list[str]

    def open(self, path):
        """Go to a path of the live server; return its status."""
        return self.page.goto(self.address + path).status


@pytest.fixture
def screen(chromium, live_server, client, transactional_db):
    """Open windows: `screen(user, size)`; each must have kept the security policy."""
    screens, contexts = [], []

    def screen(user=None, size=DESK, **options):
        context = chromium.new_context(viewport=size, service_workers="block", **options)
        contexts.append(context)
        context.set_default_timeout(10_000)
        if user is not None:
            client.force_login(user)
            cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}
            context.add_cookies([{**cookie, "url": live_server.url}])
        page = context.new_page()
        one = Screen(page, live_server.url, [])
        page.on("console", lambda said: _note(one, said.type, said.text))
        page.on("pageerror", lambda error: one.complaints.append(str(error)))
        screens.append(one)
        return one

    yield screen
    for context in contexts:
        context.close()
    assert [one.complaints for one in screens if one.complaints] == []


def _note(screen, kind, text):
    """A refused answer is also an "error" of the console; what a test provokes is no complaint."""
    provoked = ("Failed to load resource", "Response Status Error", "htmx:")
    if kind in {"error", "warning"} and not text.startswith(provoked):
        screen.complaints.append(text)


@pytest.fixture
def ward(transactional_db, unit, specialist, physician, lab_interface):
    """Five patients, as they are now."""
    return situations.build(unit, specialist, physician, lab_interface, timezone.now())
