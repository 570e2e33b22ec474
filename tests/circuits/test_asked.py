"""What the check of a run asks for: by its cannulas, and once only for what it does not have."""

from datetime import timedelta

from circuits.actions.checks import record_check
from circuits.actions.support import record_cannula
from circuits.asked import CHECK_SETS, NOT_FITTED, asked_of
from circuits.document import Typed
from patients.queries import segments_of
from tests.factories import NOON
from web.actions import approve_document, draft_document

HOUR = timedelta(hours=1)


def asked(run, at=NOON, **facts):
    return asked_of(run, "hourly", segments_of(run), at, **facts)


def cannulate(run, by, purpose, site, at):
    record_cannula(
        run=run,
        purpose=purpose,
        site=site,
        side="L",
        size_fr=7,
        technique="percutaneous",
        inserted_at=at,
        by=by,
        at=at,
    )


def say(run, by, at, *, values=None, lacks=()):
    typed = Typed(
        checked_at=at, values=values or {"blood_flow": 4}, not_done=dict.fromkeys(lacks, NOT_FITTED)
    )
    return record_check(run=run, typed=typed, by=by, at=at)


def test_the_cannulas_say_whether_limb_and_distal_perfusion_are_asked_for(run, specialist):
    assert "limb" in asked(run).set.looks

    cannulate(run, specialist, "both", "internal_jugular_v", NOON - HOUR)
    assert "limb" not in asked(run).set.looks

    cannulate(run, specialist, "drainage", "femoral_v", NOON - HOUR)
    assert "limb" in asked(run).set.looks
    assert "dpc_flow" not in asked(run).set.values


def test_cannulas_half_on_record_leave_nothing_out(run, specialist):
    run.modes.update(mode="VA")
    cannulate(run, specialist, "drainage", "femoral_v", NOON - HOUR)
    assert "dpc_flow" in asked(run).set.values

    cannulate(run, specialist, "return", "femoral_a", NOON - HOUR)
    assert "dpc_flow" not in asked(run).set.values

    cannulate(run, specialist, "distal_perfusion", "femoral_a", NOON - HOUR)
    assert "dpc_flow" in asked(run).set.values


def test_what_the_circuit_does_not_have_is_answered_once_until_something_changes(run, specialist):
    say(run, specialist, NOON - 3 * HOUR, lacks=["p_post_membrane", "sat_pre_membrane"])
    once = asked(run)

    assert {one.measure.code for one in once.lacking} == {"p_post_membrane", "sat_pre_membrane"}
    assert not {"p_post_membrane", "sat_pre_membrane"} & set(once.set.values)
    assert "p_post_membrane" in asked(run, still=["p_post_membrane"]).set.values

    say(run, specialist, NOON - 2 * HOUR, values={"p_post_membrane": 150, "blood_flow": 4})
    assert [one.measure.code for one in asked(run).lacking] == ["sat_pre_membrane"]

    cannulate(run, specialist, "return", "internal_jugular_v", NOON - HOUR)
    assert asked(run).lacking == ()


def test_a_value_not_measured_for_another_reason_is_asked_again(run, specialist):
    typed = Typed(checked_at=NOON - HOUR, values={"blood_flow": 4}, not_done={"fdo2": "sensor off"})
    record_check(run=run, typed=typed, by=specialist, at=NOON)

    assert asked(run).lacking == ()


def test_a_site_asks_what_it_has_approved_and_shows_its_own_units(
    run, specialist, coordinator, director
):
    body = {
        "layers": [{"id": "a", "label": "A", "kinds": ["hourly"], "values": ["po2_post"]}],
        "units": {"po2_post": "kPa"},
    }
    document = draft_document(
        centre=run.unit.centre, kind=CHECK_SETS, body=body, by=coordinator, at=NOON - HOUR
    )
    approve_document(document=document, valid_from=NOON, by=director, at=NOON - HOUR)

    assert asked(run).set.values == ("po2_post",)
    assert asked(run).measures()["po2_post"].display_unit == "kPa"
    assert asked(run).source == "check_sets version 1"
    assert "blood_flow" in asked(run, NOON - HOUR).set.values
