"""The configuration string: printed examples, both cases of the letters, and what is not known."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinical.maastricht import Level, Tube, maastricht, why_not

D = Decimal


def tube(site, purpose, **facts):
    return Tube(site=site, purpose=purpose, **facts)


def drain(site="femoral_v", **facts):
    return tube(site, "drainage", **facts)


def back(site, **facts):
    return tube(site, "return", **facts)


def dual(site="internal_jugular_v", lumens="dl", **facts):
    return tube(site, "both", lumens=lumens, **facts)


DISTAL = tube("femoral_a", "distal_perfusion")
CEPHALAD = tube("internal_jugular_v", "cephalad")
JUGULAR, FEMORAL, ARTERY = "internal_jugular_v", "femoral_v", "femoral_a"

# Bedside reference 3.6; Crit Care 2019;23:36 table 1 (examples whose every letter is explained).
PRINTED = [
    (1, "V-V", [drain(), back(JUGULAR)]),
    (1, "VV-A", [drain(), drain(JUGULAR), back(ARTERY)]),
    (1, "V-AV", [drain(), back(ARTERY), back(JUGULAR)]),
    (1, "V-VA", [drain(), back(JUGULAR), back(ARTERY)]),
    (1, "(dl)V-V", [dual()]),
    (1, "(ca)V-V", [dual(lumens="ca")]),
    (1, "V-Ad", [drain(), back(ARTERY), DISTAL]),
    (1, "Vcep-V", [drain(JUGULAR), back(FEMORAL), CEPHALAD]),
    (1, "(bc)Vcep-V", [dual(lumens="bc"), CEPHALAD]),
    (1, "(dl)VV-Ad", [drain(JUGULAR, lumens="dl"), back(ARTERY), DISTAL]),
    (1, "Vv-VAd", [drain(), drain(JUGULAR, is_minor=True), back(JUGULAR), back(ARTERY), DISTAL]),
    (1, "(dl)V-VA", [dual(), back(ARTERY)]),
    (1, "V-AdV", [drain(), back(ARTERY), back(JUGULAR), DISTAL]),
    (2, "Vf-Vj", [drain(), back(JUGULAR)]),
    (2, "Vj-Af", [drain(JUGULAR), back(ARTERY)]),
    (2, "(dl)Vf-V", [dual(FEMORAL)]),
    (2, "(ca)Vjcep-V", [dual(lumens="ca"), CEPHALAD]),
    (2, "VjVf-Afd", [drain(JUGULAR), drain(), back(ARTERY), DISTAL]),
    (2, "VfVj-A", [drain(), drain(JUGULAR), back("axillary_a")]),
    (2, "Vj-Acar", [drain(JUGULAR), back("carotid_a")]),
    (2, "Vf-VjAf", [drain(), back(JUGULAR), back(ARTERY)]),
    (2, "(bc)Vj-VAfd", [dual(lumens="bc"), back(ARTERY), DISTAL]),
    (2, "Vj-AfVf", [drain(JUGULAR), back(ARTERY), back(FEMORAL)]),
    (3, "Vjacep-Vf", [drain(JUGULAR, tip="right atrium"), back(FEMORAL), CEPHALAD]),
    (3, "Vfsvc-Vf", [drain(tip="superior vena cava"), back(FEMORAL)]),
    (3, "Vf-VfivcAf", [drain(), back(FEMORAL, tip="IVC"), back(ARTERY)]),
    (4, "V21f-V17fivc", [drain(size_fr=D(21)), back(FEMORAL, size_fr=D(17), tip="ivc")]),
    (4, "V21f-V17", [drain(size_fr=D(21)), back("other_v", size_fr=D(17))]),
    (4, "(dl31)V-V", [dual("other_v", size_fr=D(31))]),
    (4, "(ca32)Vjcep-V", [dual(lumens="ca", size_fr=D(32)), CEPHALAD]),
    (4, "(dl23)Vj-VAf", [dual(size_fr=D(23)), back(ARTERY)]),
]


@pytest.mark.parametrize(("level", "text", "tubes"), PRINTED, ids=[row[1] for row in PRINTED])
def test_a_printed_example_is_written_from_its_cannulas(level, text, tubes):
    assert maastricht(tubes, level=Level(level)) == text


@pytest.mark.parametrize(
    ("text", "tubes", "more"),
    [
        pytest.param(
            "(pl)Afl-Vfr",
            [drain(ARTERY, side="L"), back(FEMORAL, side="R")],
            {"is_pumpless": True},
            id="without-a-pump",
        ),
        pytest.param(
            "Vj-Asrg",
            [drain(JUGULAR), back("subclavian_a", side="R", is_graft=True)],
            {},
            id="through-a-chimney-graft",
        ),
        pytest.param("RA-AO", [drain("right_atrium"), back("aorta")], {}, id="central"),
        pytest.param("Vf-PA", [drain(), back("pulmonary_a")], {}, id="to-the-pulmonary-artery"),
        pytest.param("(dl)Vj-P", [dual(tip="Pulmonary  artery")], {}, id="dual-lumen-RA-to-PA"),
        pytest.param(
            "Vf-AfrAfld",
            [
                drain(),
                back(ARTERY, side="R"),
                back(ARTERY, side="L"),
                tube(ARTERY, "distal_perfusion", side="L"),
            ],
            {},
            id="the-line-perfuses-the-leg-on-its-side",
        ),
    ],
)
def test_sides_pumps_and_central_vessels_are_written(text, tubes, more):
    assert maastricht(tubes, level=Level.SITE, has_sides=True, **more) == text


@pytest.mark.parametrize(
    ("tubes", "texts"),
    [
        pytest.param(
            [drain(size_fr=D("23.0"), length_cm=D(38), tip="IVC"), back(JUGULAR)],
            ("V-V", "Vf-Vj", "Vfivc-Vj", "V23/38fivc-Vj"),
            id="only-the-drain-is-measured",
        ),
        pytest.param(
            [drain(length_cm=D(38)), back(JUGULAR, size_fr=D("17.5"))],
            ("V-V", "Vf-Vj", "Vf-Vj", "Vf-V17.5j"),
            id="a-length-without-a-diameter-is-not-told",
        ),
        pytest.param(
            [drain("right_atrium", size_fr=D(32)), back("aorta", size_fr=D(20))],
            ("V-A", "RA-AO", "RA-AO", "RA32-AO20"),
            id="central",
        ),
        pytest.param(
            [drain(tip="somewhere in the atrium"), back("axillary_a", side="R")],
            ("V-A", "Vf-A", "Vf-A", "Vf-A"),
            id="words-and-vessels-without-a-letter",
        ),
        pytest.param(
            [drain(), back(ARTERY), tube("other", "vent", tip="left atrium")],
            ("V-Avnt", "Vf-Afvnt", "Vf-Afvntal", "Vf-Afvntal"),
            id="a-vent",
        ),
        pytest.param(
            [drain(), back(ARTERY), tube("other", "vent", tip="left ventricle")],
            ("V-Avnt", "Vf-Afvnt", "Vf-Afvnt", "Vf-Afvnt"),
            id="a-vent-whose-place-has-no-letter-here",
        ),
    ],
)
def test_what_is_not_known_falls_back_to_the_lower_level(tubes, texts):
    assert tuple(maastricht(tubes, level=level) for level in Level) == texts


@pytest.mark.parametrize(
    ("text", "tubes", "more"),
    [
        pytest.param(
            "VcepV-A", [drain(JUGULAR), drain(), back(ARTERY), CEPHALAD], {}, id="of the neck"
        ),
        pytest.param("VVcep-A", [drain(), drain(), back(ARTERY), CEPHALAD], {}, id="of the last"),
        pytest.param("(pl)(dl)V-V", [dual()], {"is_pumpless": True}, id="two prefixes"),
    ],
)
def test_a_mark_stands_with_its_cannula_and_prefixes_follow_each_other(text, tubes, more):
    assert maastricht(tubes, level=1, **more) == text


def test_sides_are_written_only_where_they_are_asked_for():
    tubes = [drain(side="R"), back(JUGULAR, side="L")]

    assert maastricht(tubes, level=Level.SITE) == "Vf-Vj"
    assert maastricht(tubes, level=Level.SITE, has_sides=True) == "Vfr-Vjl"


def test_lower_case_is_the_minor_flow_whatever_the_order():
    tubes = [drain(JUGULAR, is_minor=True), drain(), back("carotid_a", is_minor=True), back(ARTERY)]

    assert maastricht(tubes, level=Level.SITE) == "Vfvj-Afacar"


@pytest.mark.parametrize(
    ("tubes", "why"),
    [
        ([], "no drainage and no return cannula is entered"),
        ([drain()], "no return cannula is entered"),
        ([back(JUGULAR), DISTAL], "no drainage cannula is entered"),
        ([drain("other"), back(JUGULAR)], "the vessel of a cannula is not entered"),
    ],
)
def test_without_both_ends_nothing_is_written_and_it_says_why(tubes, why):
    assert maastricht(tubes, level=Level.DIMENSION) is None
    assert why_not(tubes) == why


def test_a_line_without_an_artery_and_a_drain_without_a_neck_change_nothing_else():
    assert maastricht([drain(), back(JUGULAR), DISTAL], level=Level.HIERARCHY) == "V-V"
    assert maastricht([drain(), back(JUGULAR), CEPHALAD], level=Level.HIERARCHY) == "Vcep-V"


SITES = st.sampled_from([FEMORAL, JUGULAR, ARTERY, "carotid_a", "aorta", "right_atrium", "other"])
TUBES = st.builds(
    Tube,
    site=SITES,
    purpose=st.sampled_from(["drainage", "return", "both", "distal_perfusion", "cephalad", "vent"]),
    side=st.sampled_from(["L", "R", ""]),
    tip=st.sampled_from(["", "right atrium", "svc", "unclear"]),
    size_fr=st.none() | st.decimals(6, 36, places=1),
    is_minor=st.booleans(),
)


@given(st.lists(TUBES, max_size=5), st.sampled_from(Level))
def test_a_string_has_one_membrane_lung_or_says_why_there_is_none(tubes, level):
    text = maastricht(tubes, level=level, has_sides=True)

    assert (text is None) == bool(why_not(tubes))
    assert text is None or text.count("-") == 1
