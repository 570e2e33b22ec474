"""Every page of the site in a real browser: reachable by all, within the security policy, no wider
than a phone. The accessibility rules are axe's, names included; that the place of the keyboard can
be seen is asked here."""

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
# Focus each kind of thing once, as a keyboard would; answer with the kinds, and those where
# nothing changes to be seen: neither on the thing nor on the four boxes around it.
UNSEEN_FOCUS = """known => {
  const around = (one) => { const boxes = []; for (let box = one; box && boxes.length < 5; box = box.parentElement) boxes.push(box); return boxes; };
  const looks = (one) => around(one).map((box) => { const style = getComputedStyle(box); return [style.outlineStyle, style.boxShadow, style.borderColor, style.backgroundColor].join(); }).join("|");
  const kind = (one) => around(one).slice(0, 4).map((box) => `${box.tagName}.${box.className}.${box.type ?? ""}`.toLowerCase()).join(" < ");
  const kinds = new Set(known), unseen = [];
  for (const one of document.querySelectorAll("a[href],button,input,select,textarea,summary,[tabindex='0']")) {
    if (kinds.has(kind(one)) || !one.checkVisibility()) continue;
    document.activeElement?.blur();
    const before = looks(one), name = kind(one);
    one.focus();
    if (document.activeElement !== one) continue;
    kinds.add(name);
    if (looks(one) === before) unseen.push(name);
  }
  document.activeElement?.blur();
  return [[...kinds], unseen];
}"""


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
    kinds = []

    assert [place.name for place in places(ward)] == names()
    for place, window in rounds(places(ward), people, screen, theme):
        broken = Axe().run(window.page, NOT_OURS, asked).response["violations"]
        wide = window.page.evaluate("document.documentElement.scrollWidth") - width
        unseen = []
        if theme == "light":  # the ring is drawn by the same rule in all themes
            window.page.keyboard.press("Tab")
            kinds, unseen = window.page.evaluate(UNSEEN_FOCUS, kinds)
        if broken or unseen or wide > 0:
            faults[place.name] = [*map(_words, broken), *unseen, f"{wide} px too wide"]

    assert faults == {}


def _words(violation):
    return f"{violation['id']}: {violation['nodes'][0]['html'][:160]}"
