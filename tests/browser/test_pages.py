"""Every page of the site in a real browser: reachable by all, within the security policy, no wider
than a phone. The accessibility rules are axe's."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from accounts.models import User
from tests.browser.conftest import DESK, TABLET
from tests.browser.pages import names, places

NARROWEST = {"width": 320, "height": 640}
THEMES = {"light": DESK, "dark": NARROWEST, "night": TABLET}
# Swagger UI draws its part of the page with colours of its own.
NOT_OURS = {"exclude": [["#swagger-ui"]]}
# Each width has its own layout, so light and dark ask everything; night differs in colours alone.
ASKED = {"resultTypes": ["violations"]}
ASKED_AT_NIGHT = {**ASKED, "runOnly": ["color-contrast"]}


def rounds(places_, people, screen, theme):
    """Go from page to page in a theme, one window for each person: (place, window)."""
    windows = {}
    for place in places_:
        if place.who not in windows:
            User.objects.update(theme=theme)
            windows[place.who] = screen(people[place.who], THEMES[theme])
        window = windows[place.who]
        assert (place.name, window.open(place.path)) == (place.name, 200)
        yield place, window


@pytest.mark.parametrize("theme", THEMES)
def test_every_page_is_accessible_in_every_theme_and_as_wide_as_a_phone(
    screen, ward, settings, coordinator, director, administrator, theme
):
    settings.DEMO = True
    people = {"coordinator": coordinator, "administrator": administrator, None: None}
    people["director"] = director
    width, faults = THEMES[theme]["width"], {}
    asked = ASKED_AT_NIGHT if theme == "night" else ASKED

    assert [place.name for place in places(ward)] == names()
    for place, window in rounds(places(ward), people, screen, theme):
        broken = Axe().run(window.page, NOT_OURS, asked).response["violations"]
        wide = window.page.evaluate("document.documentElement.scrollWidth") - width
        if broken or wide > 0:
            faults[place.name] = [*map(_words, broken), f"{wide} px too wide"]

    assert faults == {}


def _words(violation):
    return f"{violation['id']}: {violation['nodes'][0]['html'][:160]}"
