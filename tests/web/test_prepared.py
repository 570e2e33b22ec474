"""A prepared question has the rows that its queryset would have."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import BigIntegerField, DateTimeField, TextField
from django.utils import timezone

from patients.models import ModeSegment, Run, WeightEntry
from tests.factories import RunFactory, WeightEntryFactory
from web.prepared import Given, Prepared, among

pytestmark = pytest.mark.django_db
RUN = Given("run", BigIntegerField())
WEIGHTS = Prepared(lambda: WeightEntry.objects.filter(run=RUN).order_by("weight_kg"))


def weighed(*kilograms: int) -> Run:
    """Return a run with one weight entry a weight."""
    run: Run = RunFactory.create()
    for number in kilograms:
        WeightEntryFactory.create(run=run, weight_kg=Decimal(number))
    return run


def test_instances_equal_those_of_the_queryset_and_can_be_saved() -> None:
    run = weighed(70, 72)
    weighed(90)
    rows = WEIGHTS(run=run.pk)
    assert rows == list(run.weights.order_by("weight_kg"))
    assert [row.weight_kg for row in rows] == [70, 72]
    assert rows[0].run == run
    assert not rows[0]._state.adding


def test_values_and_lists_of_values_equal_those_of_the_queryset() -> None:
    run = weighed(70)
    facts = ("public_id", "weight_kg", "measured_at", "basis")
    named = Prepared(lambda: WeightEntry.objects.filter(run=RUN).values(*facts))
    listed = Prepared(lambda: WeightEntry.objects.filter(run=RUN).values_list(*facts))
    assert named(run=run.pk) == list(run.weights.values(*facts))
    assert listed(run=run.pk) == list(run.weights.values_list(*facts))


def test_a_json_column_is_read_as_the_queryset_reads_it() -> None:
    run = RunFactory.create(registry_facts={"bridge": ["to recovery", 2]})
    facts = Prepared(lambda: Run.objects.filter(pk=RUN).values("registry_facts"))
    assert facts(run=run.pk) == [{"registry_facts": {"bridge": ["to recovery", 2]}}]


def test_each_call_asks_anew_with_what_is_given() -> None:
    first, second = weighed(70), weighed(80, 81)
    assert [len(WEIGHTS(run=run.pk)) for run in (first, second)] == [1, 2]
    WeightEntryFactory.create(run=first, weight_kg=Decimal(71))
    assert len(WEIGHTS(run=first.pk)) == 2


@pytest.mark.parametrize(
    ("wanted", "found"), [([], []), (["70.000"], [70]), (["70.000", "72.000"], [70, 72])]
)
def test_among_finds_what_the_list_names_and_nothing_for_an_empty_one(
    wanted: list[str], found: list[int]
) -> None:
    run = weighed(70, 72, 74)
    rows = Prepared(
        lambda: (
            WeightEntry.objects.filter(among("weight_kg", "wanted"), run=RUN)
            .order_by("weight_kg")
            .values_list("weight_kg")
        )
    )
    assert [kg for (kg,) in rows(run=run.pk, wanted=[Decimal(kg) for kg in wanted])] == found


def test_text_that_is_given_is_a_value_and_never_sql() -> None:
    weighed(70)
    rows = Prepared(lambda: Run.objects.filter(end_reason=Given("why", TextField())).values("pk"))
    assert rows(why="'; DROP TABLE patients_run; --") == []
    assert Run.objects.count() == 1


def test_a_value_that_was_not_given_is_named() -> None:
    early = Prepared(
        lambda: ModeSegment.objects.filter(run=RUN, starts_at__lte=Given("at", DateTimeField()))
    )
    with pytest.raises(KeyError, match="at"):
        early(run=1)
    assert early(run=1, at=timezone.now() - timedelta(days=1)) == []


def test_instances_with_related_ones_are_refused() -> None:
    related = Prepared(lambda: WeightEntry.objects.filter(run=RUN).select_related("run"))
    with pytest.raises(TypeError, match="without related"):
        related(run=1)
