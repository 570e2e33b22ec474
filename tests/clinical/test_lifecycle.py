"""An episode: which step may follow which, what a plan is refused without, what is owed of a fact."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from clinical.lifecycle import (
    ITEMS,
    TRANSITIONS,
    Kind,
    Phase,
    State,
    Waiting,
    asked_for,
    label,
    missing,
    next_steps,
    owed,
    phase,
    referral_due,
    refusal,
    run_state,
    transition,
)

S = State
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
WAITING = Waiting(acknowledge_min=10, call_from_h=12, call_until_h=24)

MAY_FOLLOW = {
    None: "referred supporting",
    S.REFERRED: "triage supporting died",
    S.TRIAGE: "candidate declined watch supporting died",
    S.CANDIDATE: "accepted declined watch supporting died",
    S.WATCH: "candidate declined watch supporting died",
    S.ACCEPTED: "mobilising cannulating declined supporting died",
    S.MOBILISING: "cannulating declined supporting died",
    S.CANNULATING: "supporting aborted died",
    S.DECLINED: "triage supporting died",
    S.ABORTED: "triage supporting died",
    S.SUPPORTING: "weaning_trial transporting decannulating off_support_cannulated converted withdrawn died",
    S.WEANING_TRIAL: "supporting decannulating off_support_cannulated converted withdrawn died",
    S.TRANSPORTING: "supporting off_support_cannulated converted withdrawn died",
    S.DECANNULATING: "supporting post_ecls off_support_cannulated converted withdrawn died",
    S.OFF_SUPPORT_CANNULATED: "post_ecls converted withdrawn died",
    S.CONVERTED: "post_ecls followup died",
    S.WITHDRAWN: "post_ecls died",
    S.POST_ECLS: "followup closed died",
    S.FOLLOWUP: "closed died",
    S.CLOSED: "followup died",
    S.DIED: "",
}
PAIRS = [
    pytest.param(source, target, target.value in words.split(), id=f"{source} to {target}")
    for source, words in MAY_FOLLOW.items()
    for target in State
]


def test_every_state_has_its_row_in_the_table_of_this_test():
    assert set(MAY_FOLLOW) == {None, *State}


@pytest.mark.parametrize(("source", "target", "may"), PAIRS)
def test_a_step_is_taken_or_refused_with_what_can_be_done(source, target, may):
    said = refusal(source, target)

    assert (said is None) is may
    assert (transition(source, target) is not None) is may
    if said and source:
        assert label(source) in said
        assert all(label(step.target) in said for step in next_steps(source) if target != source)


def test_a_state_that_holds_already_is_told_as_such():
    said = refusal(S.ACCEPTED, S.ACCEPTED)

    assert said == "This episode is “Accepted” already. Reload the page to see what was entered."


def test_a_refusal_names_what_can_follow():
    assert refusal(S.REFERRED, S.ACCEPTED) == (
        "This episode is “Referred” and cannot become “Accepted” now. What can follow is "
        "“In triage”, “On support” or “Died”."
    )


def test_an_episode_begins_with_a_referral_or_with_flow_on():
    assert refusal(None, S.ACCEPTED) == "An episode begins with a referral or with flow on."


@pytest.mark.parametrize(
    ("source", "target", "of_run", "who", "is_next"),
    [
        pytest.param(S.TRIAGE, S.DECLINED, False, "referral_decide", True, id="its own row"),
        pytest.param(S.REFERRED, S.ACCEPTED, False, "referral_decide", False, id="from elsewhere"),
        pytest.param(S.REFERRED, S.SUPPORTING, False, "run_start", True, id="its own, of a run"),
        pytest.param(S.POST_ECLS, S.WEANING_TRIAL, True, "run_edit", False, id="of a run"),
        pytest.param(S.POST_ECLS, S.ACCEPTED, True, None, False, id="no run is accepted"),
        pytest.param(S.REFERRED, S.WEANING_TRIAL, False, None, False, id="no call is weaned"),
        pytest.param(S.ACCEPTED, S.REFERRED, False, None, False, id="only begins"),
    ],
)
def test_a_form_is_shown_for_a_step_that_leads_there_from_elsewhere(
    source, target, of_run, who, is_next
):
    found = asked_for(source, target, of_run=of_run)

    assert (found and found.who) == who
    if found:
        assert found.target is target
        assert (source in found.sources) is is_next
        assert found.sources


def test_nothing_follows_death_but_taking_it_back():
    assert "Take that step back first" in refusal(S.DIED, S.FOLLOWUP)


@pytest.mark.parametrize("source", [state for state in State if state is not S.DIED])
def test_death_can_always_be_recorded(source):
    assert transition(source, S.DIED).kind is Kind.FACT


@pytest.mark.parametrize(
    "source", [state for state in State if phase(state) is Phase.REFERRAL] + [S.DECLINED, S.ABORTED]
)
def test_flow_on_is_a_fact_wherever_a_referral_stands(source):
    step = transition(source, S.SUPPORTING)

    assert step.kind is Kind.FACT
    assert missing(step, {}) == ()


@pytest.mark.parametrize(
    ("source", "target", "needed"),
    [
        (S.TRIAGE, S.DECLINED, {"reason", "advice"}),
        (S.TRIAGE, S.WATCH, {"review_at"}),
        (S.CANDIDATE, S.ACCEPTED, {"physicians"}),
        (S.DECLINED, S.TRIAGE, {"reason"}),
        (S.FOLLOWUP, S.CLOSED, {"reason"}),
        (S.REFERRED, S.TRIAGE, set()),
    ],
)
def test_a_plan_lacks_what_it_needs_until_it_is_given(source, target, needed):
    step = transition(source, target)

    assert {item.code for item in missing(step, {})} == needed
    assert {item.code for item in missing(step, dict.fromkeys(needed, " "))} == needed
    assert missing(step, dict.fromkeys(needed, "told")) == ()


def test_what_was_asked_for_and_not_given_is_owed():
    accept = transition(S.CANDIDATE, S.ACCEPTED)
    given = {"bed": "4", "team": "on call", "blood": " "}

    assert {item.code for item in owed(accept, given)} == {
        "mode", "place", "cannula_plan", "blood", "transport", "consent",
    }  # fmt: skip


def test_what_a_fact_needed_is_owed_and_what_a_plan_needs_is_not():
    plan = replace(transition(S.CANDIDATE, S.ACCEPTED), asked=())
    fact = replace(plan, kind=Kind.FACT)

    assert owed(plan, {}) == ()
    assert owed(fact, {}) == plan.needed


def test_every_transition_says_who_may_what_it_is_called_and_what_follows():
    assert all(step.who and step.verb and step.follows.endswith(".") for step in TRANSITIONS)
    assert {step.who for step in TRANSITIONS} == {
        "referral_record", "referral_triage", "referral_decide", "run_start", "run_edit",
    }  # fmt: skip


def test_every_item_is_asked_for_somewhere():
    asked = {item.code for step in TRANSITIONS for item in (*step.needed, *step.asked)}

    assert asked == set(ITEMS)


def test_no_pair_of_states_has_two_rows():
    pairs = [(source, row.target) for row in TRANSITIONS for source in row.sources or {None}]

    assert len(pairs) == len(set(pairs))


@pytest.mark.parametrize(
    ("last", "is_running", "inside", "outside", "state"),
    [
        pytest.param(None, True, 0, 0, S.SUPPORTING, id="older than its steps, flow on"),
        pytest.param(None, False, 1, 1, S.OFF_SUPPORT_CANNULATED, id="older, one cannula in"),
        pytest.param(None, False, 0, 0, S.POST_ECLS, id="older, none charted"),
        pytest.param(S.SUPPORTING, True, 2, 0, S.SUPPORTING, id="on support"),
        pytest.param(S.WEANING_TRIAL, True, 2, 0, S.WEANING_TRIAL, id="a trial"),
        pytest.param(S.WITHDRAWN, True, 2, 0, S.WITHDRAWN, id="withdrawn, still clamping"),
        pytest.param(S.DIED, True, 2, 0, S.DIED, id="died with flow on"),
        pytest.param(S.POST_ECLS, True, 0, 0, S.SUPPORTING, id="flow is on whatever was charted"),
        pytest.param(S.SUPPORTING, False, 0, 0, S.OFF_SUPPORT_CANNULATED, id="off, none charted"),
        pytest.param(S.SUPPORTING, False, 0, 2, S.POST_ECLS, id="off, all out"),
        pytest.param(S.SUPPORTING, False, 0, 1, S.POST_ECLS, id="off, the only one out"),
        pytest.param(S.OFF_SUPPORT_CANNULATED, False, 1, 1, S.OFF_SUPPORT_CANNULATED, id="one in"),
        pytest.param(S.OFF_SUPPORT_CANNULATED, False, 0, 2, S.POST_ECLS, id="the last came out"),
        pytest.param(S.FOLLOWUP, False, 0, 2, S.FOLLOWUP, id="follow-up"),
        pytest.param(S.DIED, False, 2, 0, S.DIED, id="died, cannulas left in"),
    ],
)  # fmt: skip
def test_flow_and_cannulas_say_where_a_run_is(last, is_running, inside, outside, state):
    found = run_state(last, is_running=is_running, cannulas_in=inside, cannulas_out=outside)

    assert found is state


@pytest.mark.parametrize(
    ("state", "review_h", "called", "rule", "due_h", "late_h"),
    [
        pytest.param(S.REFERRED, None, False, "referral.acknowledge", 10 / 60, 10 / 60, id="new"),
        pytest.param(S.WATCH, 4, False, "referral.re_review", 4, 4, id="watched"),
        pytest.param(S.DECLINED, None, False, "referral.call_back", 12, 24, id="declined"),
        pytest.param(S.DECLINED, None, True, None, None, None, id="called since"),
        pytest.param(S.WATCH, None, False, None, None, None, id="watched without a time"),
        pytest.param(S.TRIAGE, None, False, None, None, None, id="in triage"),
        pytest.param(S.SUPPORTING, None, False, None, None, None, id="on support"),
    ],
)
def test_a_referral_waits_for_one_thing(state, review_h, called, rule, due_h, late_h):
    review_at = None if review_h is None else NOON + review_h * HOUR

    due = referral_due(state, since=NOON, review_at=review_at, was_called=called, waiting=WAITING)

    assert (due.rule if due else None) == rule
    if due:
        assert (due.due_at, due.overdue_at) == (NOON + due_h * HOUR, NOON + late_h * HOUR)
        assert not due.is_overdue(due.overdue_at)
        assert due.anchor == NOON
        assert (
            due.why
            == {
                S.REFERRED: "A referral is taken on within 10 min of the call.",
                S.WATCH: "A watched patient is looked at again at the time that was set.",
                S.DECLINED: "The referrer of a declined patient is called 12 to 24 h later.",
            }[state]
        )
