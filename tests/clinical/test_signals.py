"""What proposes the change of a part: each rule at its edges, what is missing, what is censored."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from clinical.circuit import Observation
from clinical.inspection import Look
from clinical.oxygenator import GasPolicy, MembraneCheck, ResistancePolicy
from clinical.signal_rules import (
    ClearanceRule,
    ClotRule,
    FactRule,
    GasRule,
    LevelRule,
    ResistanceRule,
    RiseRule,
    SlopeRule,
    TextRule,
)
from clinical.signals import Evidence, Fact, ScoreStep, TextResult, Urgency, judge

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
D = Decimal


def at(hours):
    return NOON + hours * HOUR


def checks(*rows, **shared):
    return [MembraneCheck(f"c{n}", at(n), **{**shared, **row}) for n, row in enumerate(rows, 1)]


def labs(analyte, *values, every_h=24):
    """Results a day apart; text such as "<5" carries a comparator."""
    found = []
    for n, value in enumerate(values, 1):
        text = str(value)
        comparator = next((c for c in ("<=", ">=", "<", ">") if text.startswith(c)), None)
        number = D(text.lstrip("<>="))
        found.append(Observation(analyte, number, at(n * every_h), f"r{n}", comparator))
    return {analyte: found}


def evidence(**known):
    return Evidence(installed_at=NOON, **known)


RESISTANCE = ResistanceRule(
    id="resistance", hold_for=2, policy=ResistancePolicy(D("1.5"), 2, 1, 6, 3)
)
GAS = GasRule(id="gas", hold_for=2, policy=GasPolicy(D(200), D("0.9"), 2))
CO2 = ClearanceRule(id="co2", below=D(5), sweep_min=D(10))
PF_HB = LevelRule(id="pf_hb", analyte="pf_hb", above=D(50))
FIBRINOGEN = LevelRule(id="fib", analyte="fibrinogen", below=D(200))
D_DIMER = RiseRule(id="dd", analyte="d_dimer", times=D(2), window_h=48)
FALLING = SlopeRule(id="fall", analyte="fibrinogen", per_day=D(-50), window_h=120)
CLOT = ClotRule(id="clot", grade_at_least=3)
HIT = TextRule(id="hit", analyte="hit_antibody", words=("positive", "reactive"))
RECALL = FactRule(id="recall", fact="recall")


def resistances(*values):
    return evidence(
        checks=checks(*({"resistance": None if v is None else D(str(v))} for v in values))
    )


def gases(*rows):
    return evidence(checks=checks(*({"po2_post": p and D(p), "fdo2": f} for p, f in rows)))


def co2(pre, post, sweep):
    return evidence(checks=checks({"pco2_pre": pre, "pco2_post": post, "sweep": sweep}))


def looked(*grades):
    return evidence(looks=[Look("clot_fibrin", f"grade_{g}", at(n)) for n, g in enumerate(grades)])


ONE = D(1)
FIRES = [
    pytest.param(RESISTANCE, resistances(6, 6, 6, 9.1, 9.1), True, id="resistance held twice"),
    pytest.param(RESISTANCE, resistances(6, 6, 6, 9, 9), False, id="exactly one and a half times"),
    pytest.param(RESISTANCE, resistances(6, 6, 6, 9.1, 8, 9.1), False, id="not in a row"),
    pytest.param(RESISTANCE, resistances(6, 6, 6, 9.1, None, 9.1), True, id="one not measured"),
    pytest.param(GAS, gases((199, ONE), (199, ONE)), True, id="gas low twice"),
    pytest.param(GAS, gases((200, ONE), (199, ONE)), False, id="gas at the bound"),
    pytest.param(GAS, gases((150, D("0.89")), (150, D("0.89"))), False, id="at a low FdO2"),
    pytest.param(GAS, gases((150, None), (150, None)), False, id="FdO2 not known"),
    pytest.param(CO2, co2(D(44), D(40), D(10)), True, id="takes out 4 mmHg"),
    pytest.param(CO2, co2(D(45), D(40), D(10)), False, id="takes out exactly 5"),
    pytest.param(CO2, co2(D(41), D(40), D("9.9")), False, id="sweep too low to say"),
    pytest.param(CO2, co2(None, D(40), D(10)), False, id="PCO2 pre missing"),
    pytest.param(CO2, co2(D(41), D(40), D(0)), False, id="gas off: nothing to judge"),
    pytest.param(PF_HB, evidence(labs=labs("pf_hb", 51)), True, id="above"),
    pytest.param(PF_HB, evidence(labs=labs("pf_hb", 50)), False, id="on the bound"),
    pytest.param(PF_HB, evidence(labs=labs("pf_hb", ">50")), True, id="more than the bound"),
    pytest.param(PF_HB, evidence(labs=labs("pf_hb", ">40")), False, id="perhaps above"),
    pytest.param(PF_HB, evidence(labs=labs("pf_hb", "<5")), False, id="below all doubt"),
    pytest.param(PF_HB, evidence(labs=labs("pf_hb", "<60")), False, id="perhaps below"),
    pytest.param(FIBRINOGEN, evidence(labs=labs("fibrinogen", 199)), True, id="low"),
    pytest.param(FIBRINOGEN, evidence(labs=labs("fibrinogen", 200)), False, id="just enough"),
    pytest.param(FIBRINOGEN, evidence(labs=labs("fibrinogen", "<60")), True, id="unclottable"),
    pytest.param(D_DIMER, evidence(labs=labs("d_dimer", 4, 8.1)), True, id="doubled"),
    pytest.param(D_DIMER, evidence(labs=labs("d_dimer", 4, 8)), False, id="exactly twice"),
    pytest.param(D_DIMER, evidence(labs=labs("d_dimer", 20)), False, id="nothing to compare"),
    pytest.param(D_DIMER, evidence(labs=labs("d_dimer", 3, 9, 9, 9)), False, id="low is long ago"),
    pytest.param(D_DIMER, evidence(labs=labs("d_dimer", "<1", 9)), False, id="no number before"),
    pytest.param(D_DIMER, evidence(labs=labs("d_dimer", 4, ">20")), False, id="no number now"),
    pytest.param(
        FALLING, evidence(labs=labs("fibrinogen", 500, 440, 380, 320)), True, id="60 a day"
    ),
    pytest.param(
        FALLING, evidence(labs=labs("fibrinogen", 500, 450, 400, 350)), False, id="exactly 50"
    ),
    pytest.param(
        FALLING, evidence(labs=labs("fibrinogen", 500, 430, 360)), False, id="three values only"
    ),
    pytest.param(
        FALLING, evidence(labs=labs("fibrinogen", 500, 300, 520, 310)), False, id="up and down"
    ),
    pytest.param(
        FALLING,
        evidence(labs=labs("fibrinogen", 500, 440, "<60", 320)),
        False,
        id="a censored one is no number",
    ),
    pytest.param(CLOT, looked(2, 3), True, id="grade 3"),
    pytest.param(CLOT, looked(4), True, id="grade 4"),
    pytest.param(CLOT, looked(2), False, id="grade 2"),
    pytest.param(CLOT, evidence(looks=[Look("air", "none", NOON)]), False, id="not looked at"),
    pytest.param(
        HIT,
        evidence(texts={"hit_antibody": [TextResult(" Positive ", NOON, "r")]}),
        True,
        id="positive, however written",
    ),
    pytest.param(
        HIT,
        evidence(texts={"hit_antibody": [TextResult("not positive", NOON, "r")]}),
        False,
        id="other words",
    ),
    pytest.param(
        RECALL, evidence(facts={"recall": Fact(NOON, "lot L-1", "recall:1")}), True, id="recalled"
    ),
    pytest.param(RECALL, evidence(), False, id="not recalled"),
]


@pytest.mark.parametrize(("rule", "known", "fires"), FIRES)
def test_a_rule_fires_on_what_it_asks_for_and_on_nothing_else(rule, known, fires):
    judgement = rule.judge(known)

    assert judgement.is_holding is fires
    assert rule.says


@pytest.mark.parametrize(
    ("rule", "known", "why"),
    [
        pytest.param(RESISTANCE, resistances(6, 6), "no baseline", id="no baseline"),
        pytest.param(RESISTANCE, evidence(), "no baseline", id="nothing read"),
        pytest.param(PF_HB, evidence(), "not measured", id="never measured"),
        pytest.param(PF_HB, evidence(labs=labs("pf_hb", ">40")), "not measured", id="either side"),
        pytest.param(FALLING, evidence(labs=labs("fibrinogen", 1, 2)), "too few", id="too few"),
        pytest.param(CLOT, evidence(), "not measured", id="not looked at"),
        pytest.param(RECALL, evidence(), "", id="no recall is nothing to measure"),
    ],
)
def test_what_was_not_measured_is_said_not_taken_for_good(rule, known, why):
    judgement = rule.judge(known)

    assert why in judgement.why_not
    assert bool(judgement.why_not) is bool(why)


def test_a_signal_carries_the_readings_that_fired_it_with_unit_and_source():
    signal = RESISTANCE.judge(resistances(6, 6, 6, 9.1, 9.2, 9.3)).signal

    assert [one.text for one in signal.readings] == ["9.1 mmHg·min/L", "9.2 mmHg·min/L"]
    assert [one.source for one in signal.readings] == ["c4", "c5"]
    assert (signal.since, signal.newest.text) == (at(5), "9.3 mmHg·min/L")
    assert PF_HB.judge(evidence(labs=labs("pf_hb", ">50"))).signal.newest.text == ">50 mg/dL"


def test_a_signal_that_went_away_is_told_as_past_and_counts_no_more():
    verdict = judge([RESISTANCE], resistances(6, 6, 6, 9.1, 9.2, 8))

    assert [one.rule.id for one in verdict.past] == ["resistance"]
    assert (verdict.score, verdict.urgency, verdict.holding) == (0, None, ())


WEIGHED = [
    LevelRule(id="a", analyte="pf_hb", above=D(50), weight=2),
    LevelRule(id="b", analyte="ldh", above=D(1000), weight=1),
    LevelRule(id="c", analyte="d_dimer", above=D(25), weight=2, urgency=Urgency.PLANNED),
]
STEPS = [ScoreStep(3, Urgency.PLANNED), ScoreStep(5, Urgency.URGENT)]


@pytest.mark.parametrize(
    ("pf_hb", "ldh", "d_dimer", "score", "urgency"),
    [
        pytest.param(10, 500, 3, 0, None, id="nothing"),
        pytest.param(60, 500, 3, 2, None, id="support alone proposes nothing"),
        pytest.param(60, 1200, 3, 3, "planned", id="together they reach the first step"),
        pytest.param(10, 500, 30, 2, "planned", id="a rule with an urgency of its own"),
        pytest.param(60, 500, 30, 4, "planned", id="one below the second step"),
        pytest.param(60, 1200, 30, 5, "urgent", id="the second step"),
    ],
)
def test_weights_add_up_and_the_most_urgent_decides(pf_hb, ldh, d_dimer, score, urgency):
    known = evidence(labs={**labs("pf_hb", pf_hb), **labs("ldh", ldh), **labs("d_dimer", d_dimer)})

    verdict = judge(WEIGHED, known, STEPS)

    assert (verdict.score, verdict.urgency) == (score, urgency)


def test_urgencies_are_in_rising_order():
    assert [one.rank for one in Urgency] == [0, 1, 2, 3]
    assert max(Urgency, key=lambda one: one.rank) is Urgency.EMERGENT


def test_what_nothing_says_anything_of_is_listed():
    verdict = judge([PF_HB, CLOT, RECALL], evidence())

    assert [one.rule.id for one in verdict.unjudged] == ["pf_hb", "clot"]
