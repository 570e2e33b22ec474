"""The policy of changes: by kind, by age band, by model; the most specific row wins."""

from datetime import timedelta
from decimal import Decimal

import pytest
from rest_framework.serializers import ValidationError

from circuits.actions.checks import record_check
from circuits.actions.exchange import NewPart, install_component, open_circuit
from circuits.change_policies import DEFAULT_CHANGE_POLICY, ChangePolicy, change_policy
from circuits.document import Typed
from circuits.lives import lives, lives_of
from clinical.age import AgeGroup
from ecmo.change_data import check_change_policy
from ecmo.site_data import KINDS
from labs.models import Result, Sample
from tests.factories import NOON, PatientFactory
from tests.labs.reference import site_document
from tests.scenarios import device, running_vv, with_circuit

BODY = {
    "oxygenator": {
        "policy_hours": 336,
        "warn_pct": 80,
        "resistance_signal": DEFAULT_CHANGE_POLICY["oxygenator"]["resistance_signal"],
        "signals": [
            {"id": "clot", "kind": "clot", "grade_at_least": 3, "weight": 3},
            {"id": "pf_hb", "kind": "level", "analyte": "pf_hb", "above": 50},
        ],
        "by_band": {
            "neonatal": {
                "policy_hours": 240,
                "signals": [{"id": "clot", "kind": "clot", "grade_at_least": 2}],
            }
        },
        "by_model": {
            "Example Lung": {
                "policy_hours": 120,
                "resistance_signal": None,
                "signals": [{"id": "pf_hb", "kind": "level", "analyte": "pf_hb", "is_off": True}],
            }
        },
    },
    "circuit_set": {"policy_hours": 200, "warn_pct": 80},
}
POLICY = ChangePolicy(BODY, "change_policy version 3")


def result(run, analyte, value=None, unit="", *, text="", status="final", collected_at=NOON):
    sample = Sample.objects.create(patient=run.patient, collected_at=collected_at, entered_at=NOON)
    Result.objects.create(
        sample=sample,
        analyte=analyte,
        value=value,
        unit=unit,
        value_text=text,
        status=status,
        status_at=NOON,
        known_at=NOON,
    )


@pytest.mark.parametrize(
    ("model", "band", "hours", "because", "rules"),
    [
        pytest.param(
            "Other",
            None,
            336,
            "every oxygenator",
            ["resistance", "clot 3", "pf_hb"],
            id="age not known, model not named",
        ),
        pytest.param(
            "Other",
            AgeGroup.ADULT,
            336,
            "every oxygenator",
            ["resistance", "clot 3", "pf_hb"],
            id="a band without a row",
        ),
        pytest.param(
            "Other",
            AgeGroup.NEONATAL,
            240,
            "neonatal patients",
            ["resistance", "clot 2", "pf_hb"],
            id="a band replaces hours and one rule",
        ),
        pytest.param(
            "example lung",
            AgeGroup.ADULT,
            120,
            "the model example lung",
            ["clot 3"],
            id="a model switches rules off, whatever the case of its name",
        ),
        pytest.param(
            "Example Lung",
            AgeGroup.NEONATAL,
            120,
            "the model Example Lung",
            ["clot 2"],
            id="the model goes before the band, which still holds where it is silent",
        ),
    ],
)
def test_the_most_specific_row_wins_and_says_so(model, band, hours, because, rules):
    found = POLICY.of("oxygenator", model=model, band=band)

    shown = [
        f"{one.id} {one.grade_at_least}" if one.id == "clot" else one.id for one in found.rules
    ]
    assert (found.review.policy_hours, found.because, shown) == (hours, because, rules)


def test_a_kind_that_the_policy_does_not_name_has_nothing():
    found = POLICY.of("hemofilter")

    assert (found.review, found.rules, found.because) == (None, (), "every hemofilter")


def test_every_rule_of_the_default_can_be_read():
    default = ChangePolicy(DEFAULT_CHANGE_POLICY, "default")

    assert [one.id for one in default.of("pump_head").rules] == ["pf_hb", "ldh", "recall"]
    assert len(default.of("oxygenator").rules) == 7
    check_change_policy(DEFAULT_CHANGE_POLICY)


@pytest.mark.parametrize(
    "row",
    [
        pytest.param({"signals": [{"id": "x", "kind": "magic"}]}, id="no such rule"),
        pytest.param({"signals": [{"id": "x", "kind": "clot"}]}, id="a number is missing"),
        pytest.param({"signals": [{"id": "x", "kind": "level", "analyte": "ldh"}]}, id="no bound"),
        pytest.param(
            {"signals": [{"id": "x", "kind": "level", "analyte": "ldh", "above": 1, "below": 2}]},
            id="two bounds",
        ),
        pytest.param({"by_band": {"elderly": {"policy_hours": 1}}}, id="no such band"),
        pytest.param({"by_model": {"X": {"policy_hours": "12"}}}, id="text for a number"),
        pytest.param({"score": [{"at_least": 3, "urgency": "soon"}]}, id="no such urgency"),
        pytest.param({"projection": {"min_points": 2}}, id="too few points to project"),
    ],
)
def test_a_policy_that_could_not_be_read_is_refused(row):
    with pytest.raises(ValidationError):
        check_change_policy({"oxygenator": {"policy_hours": 1, "warn_pct": 80, **row}})


def test_a_day_must_end_after_it_begins():
    with pytest.raises(ValidationError, match="end after it begins"):
        KINDS["change_schedule"]({"day_from": "16:00", "day_to": "08:00"})

    KINDS["change_schedule"]({"day_from": "08:00", "day_to": "16:00", "duties": ["perfusion"]})


def test_hours_come_from_the_band_of_the_patient(unit, specialist):
    site_document(unit.centre, "change_policy", BODY)
    born = NOON - timedelta(days=10)
    run = running_vv(PatientFactory(unit=unit, born_at=born), specialist, weight_kg="3.4")
    with_circuit(run, specialist)

    oxygenator, pump = lives(run, NOON)

    assert oxygenator.policy.because == "neonatal patients"
    assert oxygenator.clock.review_due_at == oxygenator.use.installed_at + timedelta(hours=240)
    assert run.dues.get(kind="review").due_at == oxygenator.clock.review_due_at
    assert (pump.clock, pump.policy.rules) == (None, ())


def test_checks_looks_and_results_since_the_part_went_in_are_what_is_judged(run, specialist):
    with_circuit(run, specialist)
    for hours, clot in ((1, "grade_1"), (2, "grade_3")):
        record_check(
            run=run,
            typed=Typed(
                checked_at=run.started_at + timedelta(hours=hours),
                values={"blood_flow": 4, "pco2_pre": 46, "pco2_post": 43, "sweep_gas_flow": 4},
                findings={"clot_fibrin": clot},
            ),
            by=specialist,
            at=NOON,
        )
    result(run, "fibrinogen", 180, "mg/dL")
    result(run, "hit_antibody", text="POSITIVE")
    result(run, "d_dimer", 30, "ug/mL{FEU}", status="preliminary")
    result(run, "ldh", 5000, "U/L", collected_at=run.started_at - timedelta(hours=1))

    oxygenator, pump = lives(run, NOON)

    assert {one.rule.id for one in oxygenator.verdict.holding} == {
        "co2",
        "fibrinogen_low",
        "clot",
        "hit",
    }
    assert (oxygenator.verdict.score, oxygenator.verdict.urgency) == (10, "urgent")
    assert [one.rule.id for one in pump.verdict.unjudged] == ["pf_hb", "ldh"]


def test_the_lives_of_many_runs_cost_as_much_as_of_one(unit, specialist, django_assert_num_queries):
    runs = []
    for number in range(3):
        run = running_vv(PatientFactory(unit=unit, mrn=f"L{number}"), specialist)
        circuit = open_circuit(
            run=run, label="C", started_at=run.started_at, by=specialist, at=NOON
        )
        install_component(
            circuit=circuit,
            part=NewPart(device("oxygenator"), serial=f"SN-{number}"),
            installed_at=run.started_at,
            by=specialist,
            at=NOON,
        )
        runs.append(run)

    with django_assert_num_queries(5):
        one = lives_of(runs[:1], NOON, is_inside=True)
    with django_assert_num_queries(5):
        many = lives_of(runs, NOON, is_inside=True)

    assert [len(one[runs[0].pk]), *(len(many[run.pk]) for run in runs)] == [1, 1, 1, 1]


def test_the_default_is_marked_as_no_policy_of_the_site(centre):
    found = change_policy(centre, NOON)

    assert found.document is None
    assert "product default" in found.source


def test_resistance_rises_to_its_limit_as_projected(run, specialist):
    """Resistance 5 from flow on, then 0.1 an hour: its limit of 7.5 in about two hours."""
    with_circuit(run, specialist)
    for hour in range(1, 48):
        drop = Decimal(20) + max(hour - 20, 0) * Decimal("0.4")
        typed = Typed(
            checked_at=run.started_at + timedelta(hours=hour),
            values={
                "blood_flow": 4,
                "p_pre_membrane": 150 + drop,
                "p_post_membrane": 150,
            },
        )
        record_check(run=run, typed=typed, by=specialist, at=NOON)

    life = next(one for one in lives(run, NOON) if one.use.kind == "oxygenator")

    assert life.projection.limit == Decimal("7.5")
    assert life.projection.outlook == "reached"
    assert [one.rule.id for one in life.verdict.holding] == ["resistance"]
