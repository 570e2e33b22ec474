"""The diagram: the right template, what is known and what is not, and the same in words."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.template.loader import render_to_string

from circuits.diagram import Value, draw
from circuits.diagram_nodes import FRAMES, TEMPLATES, Blood, NodeKind, Unreadable, read_templates
from circuits.diagram_of_run import diagram_of
from circuits.diagram_paths import arrows, round_path, text_box
from circuits.queries import Recent
from patients.models import Cannula
from tests.factories import NOON
from tests.scenarios import with_circuit
from web.actions import approve_document, draft_document

JUGULAR, FEMORAL, ARTERY = "internal_jugular_v", "femoral_v", "femoral_a"


def cannulas(*rows):
    """Cannulas as (purpose, site), none of them saved."""
    return [
        Cannula(
            pk=number, purpose=purpose, site=site, side="R", size_fr=Decimal(21), inserted_at=NOON
        )
        for number, (purpose, site) in enumerate(rows, start=1)
    ]


def drawn(mode, *rows, values=(), age="adult", **more):
    return draw(
        mode=mode,
        mode_label=mode,
        cannulas=cannulas(*rows),
        values=dict(values),
        age=age,
        **more,
    )


DRAIN, BACK = ("drainage", FEMORAL), ("return", JUGULAR)
DISTAL = ("distal_perfusion", ARTERY)


@pytest.mark.parametrize(
    ("template", "mode", "age", "rows"),
    [
        ("vv_fem_jug", "VV", "adult", [DRAIN, BACK]),
        ("vv_jug_fem", "VV", "adult", [("drainage", JUGULAR), ("return", FEMORAL)]),
        ("vv_fem_fem", "VV", "adult", [DRAIN, ("return", FEMORAL)]),
        ("vv_fem_jug", "VV", "adult", []),
        ("vvdl", "VVDL", "adult", [("both", JUGULAR)]),
        ("vvdl_child", "VVDL", "neonatal", [("both", JUGULAR)]),
        ("va_fem_fem", "VA", "adult", [DRAIN, ("return", ARTERY), DISTAL]),
        ("va_fem_fem", "VA", "adult", [DRAIN, ("return", ARTERY)]),
        ("va_fem_upper", "VA", "adult", [DRAIN, ("return", "axillary_a")]),
        ("va_central", "VA", "adult", [("drainage", "right_atrium"), ("return", "aorta")]),
        (
            "va_jug_carotid_child",
            "VA",
            "neonatal",
            [("drainage", JUGULAR), ("return", "carotid_a")],
        ),
        ("va_jug_carotid", "VA", "adult", [("drainage", JUGULAR), ("return", "carotid_a")]),
        ("vav", "VAV", "adult", [DRAIN, ("return", ARTERY), BACK, DISTAL]),
        ("vva", "VVA", "adult", [DRAIN, ("drainage", JUGULAR), ("return", ARTERY)]),
        ("vp", "VP", "adult", [DRAIN, ("return", "pulmonary_a")]),
        ("av", "AV", "adult", [("drainage", ARTERY), ("return", FEMORAL)]),
        ("any", "unknown", "adult", []),
        ("va_fem_fem", "unknown", "adult", [DRAIN, ("return", ARTERY)]),
    ],
)
def test_a_configuration_has_its_drawing(template, mode, age, rows):
    drawing = drawn(mode, *rows, age=age)

    assert drawing.template.id == template
    assert drawing.left_over == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.id)
def test_every_template_is_drawn_with_a_name_and_words_for_who_cannot_see_it(template):
    rows = [(one.purposes[0], (one.sites or ("other",))[0]) for one in template.cannulas]
    mode = next(iter(sorted(template.modes)), "unknown")
    age = next(iter(sorted(template.ages)), "adult")
    drawing = draw(
        mode=mode, mode_label=mode, cannulas=cannulas(*rows), values={}, age=age,
        templates=[template],
    )  # fmt: skip

    html = render_to_string("circuits/_diagram.html", {"drawing": drawing, "key": "k"})

    assert 'role="img"' in html
    assert f"{template.title}</title>" in html
    assert "No values yet." in html
    assert all(tube.path.startswith("M") for tube in drawing.tubes)


def test_a_distal_line_is_on_the_drawing_only_when_there_is_one():
    with_line = drawn("VA", DRAIN, ("return", ARTERY), DISTAL)
    without = drawn("VA", DRAIN, ("return", ARTERY))

    assert sum(tube.is_thin for tube in with_line.tubes) == 1
    assert not any(tube.is_thin for tube in without.tubes)
    assert [one.node.id for one in with_line.nodes["junction"]] == ["split"]
    assert without.nodes["junction"] == []
    assert "Distal perfusion" not in without.words


def test_what_is_not_entered_is_dashed_and_said():
    drawing = drawn("VV", DRAIN)

    assert "Drainage: R femoral vein 21 Fr. Return: not entered." in drawing.words
    assert {tube.blood: tube.is_known for tube in drawing.tubes}[Blood.ARTERIAL] is False


def test_a_cannula_that_has_no_place_is_told_beside_the_drawing():
    drawing = drawn("VV", DRAIN, BACK, ("vent", "other"))

    assert drawing.left_over == ["R other vessel 21 Fr"]
    assert "Not on the drawing: R other vessel 21 Fr." in drawing.words


def test_values_carry_their_unit_attention_as_a_shape_and_a_hatch_when_old():
    drawing = drawn(
        "VV",
        DRAIN,
        BACK,
        values={
            "delta_p": Value(Decimal(96), 3),
            "blood_flow": Value(Decimal("4.2"), 0, is_old=True),
        },
    )

    (oxygenator,) = drawing.nodes["oxygenator"]
    flow = next(one for one in drawing.nodes["sensor"] if one.node.id == "flow")
    assert (oxygenator.level, oxygenator.lines[0].mark) == ("high", "\N{BLACK DIAMOND}")
    assert (flow.lines[0].value, flow.lines[0].unit) == ("4.20", "L/min")
    assert flow.lines[0].hatch
    assert (flow.is_old, oxygenator.is_old) == (True, False)
    assert flow.lines[1].value == "not read"
    assert "\N{GREEK CAPITAL LETTER DELTA}P 96 mmHg (high attention)" in drawing.words
    assert "Flow 4.20 L/min (old)" in drawing.words


def test_an_adjunct_device_is_on_the_drawing_while_it_is_in_the_circuit():
    with_filter, plain = drawn("VV", DRAIN, parts={"hemofilter"}), drawn("VV", DRAIN)

    assert [one.node.label for one in with_filter.nodes["adjunct"]] == ["Haemofilter"]
    assert "Also in the circuit: Haemofilter." in with_filter.words
    assert with_filter.height > plain.height


TWO_LUNGS = {
    "id": "two_lungs",
    "title": "V-V with two oxygenators",
    "modes": ["VV"],
    "frame": "standard",
    "nodes": [
        {"id": "drain", "kind": "cannula", "at": [70, 236], "label": "Drainage"}
        | {"purposes": ["drainage"], "text_at": [136, 392]},
        {"id": "return", "kind": "cannula", "at": [104, 88], "label": "Return"}
        | {"purposes": ["return"], "text_at": [150, 117]},
        {"id": "second", "kind": "oxygenator", "at": [250, 200], "label": "SECOND"},
    ],
    "edges": [{"start": "drain", "end": "pump", "blood": "venous"}],
}


def test_a_site_adds_a_configuration_of_its_own_without_code(run, physician, director):
    document = draft_document(
        centre=run.unit.centre, kind="circuit_diagrams", body=[TWO_LUNGS], by=physician, at=NOON
    )
    approve_document(document=document, valid_from=NOON, by=director, at=NOON)
    with_circuit(run, physician)

    diagram = diagram_of(run, list(Recent(run)), [], {"oxygenator"}, NOON)
    before = diagram_of(run, [], [], set(), NOON - timedelta(minutes=1))

    assert diagram.drawing.template.title == "V-V with two oxygenators"
    assert len(diagram.drawing.nodes["oxygenator"]) == 2
    assert before.drawing.template.id == "vv_fem_jug"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"id": ""}, "needs an id"),
        ({"frame": "round"}, "no frame round"),
        ({"modes": ["VX"]}, "no modes: VX"),
        ({"edges": [{"start": "drain", "end": "nowhere", "blood": "venous"}]}, "no node: nowhere"),
        ({"edges": [{"start": "drain", "end": "pump", "blood": "green"}]}, "edge cannot be read"),
        ({"nodes": [{"id": "x", "kind": "heart", "at": [1, 1]}]}, "node cannot be read"),
        ({"nodes": [{"id": "x", "kind": "pump", "at": [1, 900]}]}, "outside the grid"),
        (
            {"nodes": [{"id": "x", "kind": "pump", "at": [1, 1], "measures": ["joy"]}]},
            "no measures",
        ),
        ({"nodes": [{"id": "x", "kind": "pump", "at": [1, 1], "sites": ["ear"]}]}, "no sites"),
    ],
)
def test_a_template_that_cannot_be_drawn_is_refused_with_what_is_wrong(change, sentence):
    with pytest.raises(Unreadable, match=sentence):
        read_templates([{**TWO_LUNGS, **change}], FRAMES)


def test_templates_come_as_a_list():
    with pytest.raises(Unreadable, match="a list"):
        read_templates({"id": "x"}, FRAMES)


def test_every_sensor_has_a_place_for_its_text():
    bare = [
        (template.id, node.id)
        for template in TEMPLATES
        for node in template.nodes
        if node.kind is NodeKind.SENSOR and node.text_at is None
    ]

    assert bare == []


def test_a_tube_turns_round_corners_and_short_straights_bear_no_arrow():
    assert round_path([(0, 0), (0, 100), (10, 100)]) == "M0 0L0 95Q0 100 5 100L10 100"
    assert [one.turn for one in arrows([(0, 0), (0, 100), (10, 100)], [])] == [90]
    assert arrows([(0, 0), (200, 0)], [(100, 0)])[0].x == 72
    assert arrows([(0, 0), (60, 0)], [(30, 0)]) == []


def test_the_room_of_a_text_follows_its_anchor():
    left, middle, right = (text_box((100, 50), a, "4.2", "L") for a in ("start", "middle", "end"))

    assert left.x > middle.x > right.x
    assert left.width == middle.width == right.width
