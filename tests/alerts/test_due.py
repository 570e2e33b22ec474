"""What is due: one open row a kind, rewritten as the state of things asks."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from alerts.actions import set_dues
from alerts.models import Due as Row
from alerts.owed import Owed
from alerts.queries import dues, overdue
from clinical.due import Due
from tests.factories import NOON

HOUR = timedelta(hours=1)
CHECK = Owed(
    kind="check",
    label="Bedside check",
    due=Due(
        rule="check.hourly",
        anchor=NOON,
        due_at=NOON + HOUR,
        overdue_at=NOON + HOUR + timedelta(minutes=20),
        why="A check every 60 min.",
        inputs={"every_min": "60"},
    ),
    owner="specialist",
    source="demo policy 1",
)
KINDS = frozenset({"check", "sample"})


def rewrite(run, *owed, kinds=KINDS, at=NOON):
    set_dues(unit=run.unit, run=run, subject=str(run.public_id), kinds=kinds, dues=owed, at=at)


def statements(asked):
    return len([q for q in asked if "SAVEPOINT" not in q["sql"]])


def test_what_is_owed_is_a_row_with_its_reason(run):
    rewrite(run, CHECK)

    row = dues(run).get()
    assert (row.label, row.owner, row.due_at) == ("Bedside check", "specialist", NOON + HOUR)
    assert row.rule == "check.hourly (demo policy 1)"
    assert row.inputs == {"every_min": "60", "why": "A check every 60 min."}


def test_the_same_again_writes_nothing(run):
    rewrite(run, CHECK)

    with CaptureQueriesContext(connection) as asked:
        rewrite(run, CHECK)

    assert statements(asked) == 1


def test_a_new_time_moves_the_row(run):
    rewrite(run, CHECK)
    later = replace(CHECK, source="", due=replace(CHECK.due, due_at=NOON + 2 * HOUR))

    with CaptureQueriesContext(connection) as asked:
        rewrite(run, later)

    assert statements(asked) == 2
    row = dues(run).get()
    assert (row.due_at, row.rule) == (NOON + 2 * HOUR, "check.hourly")


def test_what_is_not_owed_any_more_is_settled(run):
    rewrite(run, CHECK)

    rewrite(run, at=NOON + HOUR)

    assert not dues(run).exists()
    assert Row.objects.get().settled_at == NOON + HOUR


def test_other_kinds_are_left_alone(run):
    rewrite(run, CHECK)

    rewrite(run, kinds=frozenset({"sample"}))

    assert dues(run).exists()


def test_a_kind_that_is_not_rewritten_cannot_be_handed_in(run):
    with pytest.raises(ValueError, match="check"):
        rewrite(run, CHECK, kinds=frozenset({"sample"}))


def test_late_begins_after_the_grace_and_not_while_the_answer_is_awaited(run, unit):
    rewrite(run, CHECK)
    late_at = CHECK.due.overdue_at

    assert not overdue(unit, late_at).exists()
    assert overdue(unit, late_at + timedelta(seconds=1)).exists()

    rewrite(run, replace(CHECK, is_pending=True))
    assert not overdue(unit, late_at + HOUR).exists()


def test_the_database_refuses_two_open_rows_of_one_kind(run):
    rewrite(run, CHECK)
    row = dues(run).get()
    row.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()
