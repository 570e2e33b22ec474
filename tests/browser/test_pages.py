"""Every page of the site in a real browser: reachable by all, within the security policy, no wider
than a phone. The accessibility rules are axe's, names included; that the place of the keyboard can
be seen is asked here."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import DESK, TABLET
from tests.browser.pages import names, places

NARROWEST = {"width": 320, "height": 640}
THEMES = {"light": DESK, "dark": NARROWEST, "night": TABLET}
# Swagger UI draws its part of the page with colours of its own.
NOT_OURS = {"exclude": [["#swagger-ui"]]}
# Each width has its own layout, so light and dark ask everything; night differs in colours alone.
ASKED = {"resultTypes": ["violations"]}
ONLY = {"light": {}, "dark": {}, "night": {"runOnly": ["color-contrast"]}}
AXE = Axe().axe_script
PARTS = 2
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


def rounds(places_, people, screen):
    """Go from page to page, one window for each person: (place, window)."""
    windows = {}
    for place in places_:
        if place.who not in windows:
            # Without transitions: a colour on its way from one theme to the next is none of either.
            windows[place.who] = screen(people[place.who], reduced_motion="reduce")
        window = windows[place.who]
        window.page.set_viewport_size(DESK)
        assert (place.name, window.open(place.path)) == (place.name, 200)
        yield place, window


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_is_accessible_in_every_theme_and_as_wide_as_a_phone(
    screen, ward, settings, coordinator, director, administrator, part
):
    settings.DEMO = True
    people = {"coordinator": coordinator, "administrator": administrator, None: None}
    people["director"] = director
    kinds, faults, all_places = [], {}, places(ward)

    assert [place.name for place in all_places] == names()
    for place, window in rounds(all_places[part::PARTS], people, screen):
        page = window.page
        page.evaluate(AXE)
        found = [fault for theme in THEMES for fault in _faults(page, theme)]
        page.keyboard.press("Tab")
        kinds, unseen = page.evaluate(UNSEEN_FOCUS, kinds)
        if found or unseen:
            faults[place.name] = [*found, *unseen]

    assert faults == {}


def _faults(page, theme):
    """Say what is wrong with a page in a theme, at the width at which that theme is looked at."""
    page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
    page.set_viewport_size(THEMES[theme])
    run = "([where, asked]) => axe.run(where, asked)"
    found = page.evaluate(run, [NOT_OURS, {**ASKED, **ONLY[theme]}])["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth") - THEMES[theme]["width"]
    too_wide = [f"{theme}: {wide} px too wide"] if wide > 0 else []
    return [*(f"{theme}: {_words(one)}" for one in found), *too_wide]


def _words(violation):
    return f"{violation['id']}: {violation['nodes'][0]['html'][:160]}"
