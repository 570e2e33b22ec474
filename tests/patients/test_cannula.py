"""Cannulas: in, corrected, moved, out; what lies in the patient is never refused."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from patients.actions.cannula import (
    CannulaIsOut,
    RemovedBeforeInsertion,
    correct_cannula,
    insert_cannula,
    record_tip,
    remove_cannula,
    reposition_cannula,
)
from patients.actions.times import InTheFuture
from patients.models import CannulaPosition
from tests.factories import NOON
from web.problems import RuleBroken

HOUR = timedelta(hours=1)


@pytest.fixture
def cannula(run, physician):
    return insert_cannula(
        run=run,
        inserted_at=NOON - 5 * HOUR,
        by=physician,
        at=NOON - 4 * HOUR,
        site="femoral_v",
        side="R",
        purpose="drainage",
        size_fr=Decimal(25),
        depth_cm=Decimal(38),
    )


def move(cannula, by, *, hours, **facts):
    return reposition_cannula(
        cannula=cannula, seen_at=NOON + hours * HOUR, by=by, at=NOON, reason="moved", **facts
    )


def test_a_cannula_shows_the_newest_depth_and_tip_and_keeps_the_earlier(cannula, physician):
    move(cannula, physician, hours=-1, depth_cm=Decimal(35), tip_position="right atrium")
    late = move(cannula, physician, hours=-2, depth_cm=Decimal(40))

    assert (late.depth_cm, late.tip_position) == (Decimal(35), "right atrium")
    assert [str(one) for one in cannula.positions.all()] == [
        "38 cm",
        "40 cm",
        "35 cm, right atrium",
    ]


def test_a_tip_that_was_seen_is_a_position_of_now(cannula, physician):
    seen = record_tip(cannula=cannula, tip_position="IVC", by=physician, at=NOON)

    assert (seen.tip_position, seen.tip_entered_at, seen.depth_cm) == ("IVC", NOON, 38)


def test_a_position_says_something(cannula, physician):
    with pytest.raises(RuleBroken, match="depth, the position"):
        move(cannula, physician, hours=-1)
    with pytest.raises(IntegrityError, match="says_something"), transaction.atomic():
        CannulaPosition.objects.create(
            cannula=cannula, seen_at=NOON, entered_at=NOON, entered_by=physician
        )


def test_a_correction_needs_a_reason_and_changes_what_was_entered_wrong(cannula, physician):
    with pytest.raises(RuleBroken, match="Say why"):
        correct_cannula(cannula=cannula, by=physician, at=NOON, reason=" ", side="L")

    right = correct_cannula(cannula=cannula, by=physician, at=NOON, reason="misread", side="L")

    assert (right.side, right.size_fr) == ("L", 25)


@pytest.mark.parametrize(
    ("hours", "refusal"), [(1, InTheFuture), (-5, RemovedBeforeInsertion)], ids=["future", "before"]
)
def test_a_cannula_comes_out_after_it_went_in_and_not_tomorrow(cannula, physician, hours, refusal):
    with pytest.raises(refusal):
        remove_cannula(
            cannula=cannula, removed_at=NOON + hours * HOUR, reason="clot", by=physician, at=NOON
        )


def test_a_second_removal_is_told_who_recorded_the_first_and_when(cannula, physician, nurse):
    out = {"cannula": cannula, "removed_at": NOON - HOUR, "reason": "clot", "at": NOON}
    remove_cannula(by=physician, repair="suture", **out)

    with pytest.raises(CannulaIsOut, match="Fay Physician recorded that at 02-Mar-2026 13:00"):
        remove_cannula(by=nurse, **out)

    cannula.refresh_from_db()
    assert (cannula.removed_reason, cannula.repair, cannula.removed_by) == (
        "clot",
        "suture",
        physician,
    )


def test_a_correction_keeps_the_removal_after_the_insertion(cannula, physician):
    remove_cannula(
        cannula=cannula, removed_at=NOON - 2 * HOUR, reason="clot", by=physician, at=NOON
    )

    with pytest.raises(RemovedBeforeInsertion):
        correct_cannula(
            cannula=cannula, by=physician, at=NOON, reason="time", inserted_at=NOON - HOUR
        )
