"""What a check asks for: layers, narrowed by what is known, and a table that cannot be used."""

from decimal import Decimal

import pytest

from clinical.age import AgeGroup
from clinical.checkset import (
    ASKABLE,
    DEFAULT_BODY,
    GROUPS,
    KINDS,
    MODES,
    MOST_IN_SHORT,
    Need,
    Situation,
    UnreadableSets,
    read_sets,
)
from clinical.inspection import ITEMS
from clinical.measures import MEASURES, Kind, core_measures

DEFAULT = read_sets(DEFAULT_BODY)
NONE: tuple[Need, ...] = ()
LAYER = {"id": "a", "label": "A", "kinds": ["hourly"], "values": ["blood_flow"]}


def asked(kind="hourly", mode="VV", band=AgeGroup.ADULT, needs=NONE):
    return DEFAULT.of(Situation(kind, mode, band, needs))


def test_every_value_that_is_set_or_read_at_the_bedside_has_its_place_in_the_round():
    read = {c for c, one in MEASURES.items() if one.kind in {Kind.SETTING, Kind.MEASUREMENT}}

    assert set(ASKABLE) == read
    assert len(ASKABLE) == len(set(ASKABLE))
    assert len({group.id for group in GROUPS}) == len(GROUPS)


def test_an_hourly_check_asks_for_the_core_values_and_a_glance():
    check_set = asked()

    assert check_set.values == tuple(
        c for c in ASKABLE if c in {one.code for one in core_measures()}
    )
    assert "hand_crank" not in check_set.looks
    assert "limb" not in check_set.looks
    assert check_set.size == 19


@pytest.mark.parametrize(
    ("situation", "code", "is_asked"),
    [
        ({"mode": "VA", "needs": (Need.DISTAL_PERFUSION,)}, "dpc_flow", True),
        ({"mode": "VA", "needs": NONE}, "dpc_flow", False),
        ({"mode": "VA", "needs": None}, "dpc_flow", True),
        ({"mode": "VV", "needs": (Need.DISTAL_PERFUSION,)}, "dpc_flow", False),
        ({"mode": None, "needs": (Need.DISTAL_PERFUSION,)}, "dpc_flow", True),
        ({"band": AgeGroup.NEONATAL}, "rso2_cerebral_l", True),
        ({"band": AgeGroup.ADULT}, "rso2_cerebral_l", False),
        ({"band": None}, "rso2_cerebral_l", True),
        ({"mode": "VAV"}, "limb_flow_venous", True),
        ({"mode": "VA"}, "limb_flow_venous", False),
        ({"needs": (Need.LIMB,)}, "limb", True),
        ({"needs": None}, "limb", True),
        ({"kind": "shift"}, "hand_crank", True),
        ({"kind": "daily"}, "po2_post", True),
        ({"kind": "transport"}, "battery_min", True),
        ({"kind": "short"}, "sat_pre_membrane", False),
        ({"mode": "VA", "needs": (Need.LIMB,)}, "rso2_limb_l", True),
        ({"mode": "VA", "needs": (Need.LIMB,)}, "spo2_right_hand", False),
    ],
)
def test_what_is_not_known_is_asked_for_and_what_is_known_narrows(situation, code, is_asked):
    check_set = asked(**situation)

    assert (code in check_set.values or code in check_set.looks) is is_asked


def test_what_another_system_owns_is_asked_once_the_site_says_that_it_is_not():
    own = read_sets({**DEFAULT_BODY, "elsewhere": []})

    assert (
        "spo2_right_hand" in own.of(Situation("hourly", "VA", AgeGroup.ADULT, [Need.LIMB])).values
    )


@pytest.mark.parametrize("mode", [*MODES, None])
def test_a_short_check_stays_short_in_every_mode(mode):
    for band in (*AgeGroup, None):
        assert 0 < asked("short", mode, band, tuple(Need)).size <= MOST_IN_SHORT


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_check_asks_for_something(kind):
    assert asked(kind).values
    assert asked(kind).looks


def layer(**facts):
    return {"layers": [{**LAYER, **facts}]}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "at least one layer"),
        ({"layers": [LAYER, LAYER]}, "no two with the same name"),
        ({"layers": [{"id": "a"}]}, "cannot be read"),
        ({"layers": ["a"]}, "cannot be read"),
        (layer(kinds=["weekly"]), "weekly is no kind of check"),
        (layer(kinds=[]), "choose at least one kind"),
        (layer(modes=["XX"]), "XX is no mode"),
        (layer(bands=["old"]), "cannot be read"),
        (layer(needs=["luck"]), "cannot be read"),
        (layer(values=["delta_p"]), "delta_p is no value"),
        (layer(looks=["weather"]), "weather is no finding"),
        (layer(values=[]), "choose at least one value or finding"),
        ({**layer(), "elsewhere": ["hb"]}, "owned elsewhere"),
        ({**layer(), "units": {"blood_flow": "gal/min"}}, "cannot be shown"),
        ({**layer(), "units": {"nothing": "L/min"}}, "cannot be shown"),
        ({**layer(), "jump_factor": 1}, "above 1"),
        ({**layer(), "jump_factor": "much"}, "above 1"),
        ({**layer(), "jump_factor": "Infinity"}, "above 1"),
        (layer(kinds=["short"], values=list(ASKABLE[:9])), "9 entries"),
    ],
)
def test_a_table_that_cannot_be_asked_says_what_to_mend(body, told):
    with pytest.raises(UnreadableSets, match=told):
        read_sets(body)


def test_a_short_check_may_hold_eight_and_a_table_needs_no_factor():
    sets = read_sets(layer(kinds=["short"], values=list(ASKABLE[:8])))

    assert sets.of(Situation("short")).size == MOST_IN_SHORT
    assert sets.jump_factor is None
    assert DEFAULT.jump_factor == 3


@pytest.mark.parametrize(
    ("code", "unit", "stored", "shown"),
    [
        ("po2_post", "kPa", "380", "50.7 kPa"),
        ("p_drainage", "cm[H2O]", "-68", "\N{MINUS SIGN}92 cmH2O"),
        ("blood_flow", "mL/min", "0.38", "380 mL/min"),
        ("temp_blood_out", "[degF]", "36.8", "98.2 °F"),
        ("blood_flow", "L/min", "0.38", "0.38 L/min"),
    ],
)
def test_a_site_shows_a_measure_in_a_unit_of_its_choice(code, unit, stored, shown):
    assert MEASURES[code].shown_in(unit).text(Decimal(stored)) == shown


def test_every_finding_asked_for_is_one_that_there_is():
    assert {code for one in DEFAULT.layers for code in one.looks} <= set(ITEMS)
