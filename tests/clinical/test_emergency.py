"""Which steps of an emergency card are for the circuit at this bed."""

import pytest

from clinical.checklist import default_body, default_kinds, items_of
from clinical.emergency import CODES, PREFIX, fitting, is_emergency

CARD = {
    "title": "Pump stopped",
    "items": [
        {"id": "clamp"},
        {"id": "crank", "pumps": ["centrifugal"]},
        {"id": "raceway", "pumps": ["roller"]},
        {"id": "lever", "consoles": ["Rotor 3"]},
    ],
}


@pytest.mark.parametrize(
    ("pumps", "consoles", "steps"),
    [
        pytest.param((), (), ["clamp", "crank", "raceway", "lever"], id="nothing known"),
        pytest.param(("centrifugal",), (), ["clamp", "crank", "lever"], id="centrifugal"),
        pytest.param(("roller",), (), ["clamp", "raceway", "lever"], id="roller"),
        pytest.param(
            ("centrifugal", "roller"), (), ["clamp", "crank", "raceway", "lever"], id="both"
        ),
        pytest.param((), (" rotor 3",), ["clamp", "crank", "raceway", "lever"], id="that console"),
        pytest.param(("roller",), ("Rotor 4",), ["clamp", "raceway"], id="another console"),
    ],
)
def test_a_step_for_another_pump_or_console_is_left_out_and_never_on_a_guess(
    pumps, consoles, steps
):
    card = fitting(CARD, pumps=pumps, consoles=consoles)

    assert [item.id for item in items_of(card)] == steps
    assert card["title"] == "Pump stopped"


def test_every_card_that_is_offered_has_a_default_and_every_default_is_offered():
    assert {PREFIX + code for code in CODES} == {
        kind for kind in default_kinds() if is_emergency(kind)
    }


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("pump", ["centrifugal", "roller"])
def test_a_card_has_steps_for_either_pump_and_none_twice(code, pump):
    card = fitting(default_body(PREFIX + code), pumps=[pump])

    steps = [item.id for item in items_of(card)]
    assert len(steps) >= 3
    assert len(set(steps)) == len(steps)
    assert all(item.label and not item.is_value for item in items_of(card))


@pytest.mark.parametrize(("kind", "is_one"), [("emergency_air", True), ("priming", False)])
def test_an_emergency_card_is_known_by_its_kind(kind, is_one):
    assert is_emergency(kind) is is_one
