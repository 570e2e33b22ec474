"""How single fields of the record are chosen and derived."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from clinical.runtime import ModeSegment
from reports.elso.dictionary import DICTIONARY
from reports.elso.mapping import fields_of
from reports.elso.records import (
    AdjunctRow,
    ComplicationRow,
    EcprRecord,
    InfectionRow,
    SupportRow,
)
from tests.reports.elso.runs import (
    ON,
    a_run,
    before,
    born,
    component,
    day,
    ended,
    flow,
    gas,
    hours,
    pressure,
    sources,
    values,
    vent,
)


def test_every_field_stands_in_the_dictionary_with_its_unit():
    run = a_run(
        time_on_here=hours(2),
        ecpr=EcprRecord(source="ecpr", arrest_at=hours(-1)),
        outcome=ended(discharged_alive=False, died_at=hours(300)),
        patient=born(birth_weight_kg=Decimal(3), apgar_1=0),
    )
    units = {each.name: each.unit for each in DICTIONARY.fields}

    assert all(units[each.field] == each.unit for each in fields_of(run))


def test_the_order_of_export_is_that_of_the_dictionary():
    order = [each.name for each in DICTIONARY.fields]
    fields = [each.field for each in fields_of(a_run())]

    assert fields == [name for name in order if name in fields]


def test_times_are_written_on_the_centres_clock_of_that_day():
    zone = ZoneInfo("America/Chicago")

    found = values(zone=zone, time_on_here=hours(24 * 100))

    assert found["time_on"] == "2026-01-10T06:00-06:00"
    assert found["time_on_here"] == "2026-04-20T07:00-05:00"


def test_hours_are_absolute_over_a_change_of_the_clock():
    zone = ZoneInfo("America/Chicago")
    on = ON.replace(month=3, day=7).astimezone(zone)
    off = (on + timedelta(days=2)).astimezone(zone)

    found = values(zone=zone, time_on=on, time_off=off)

    assert (found["hours_ecmo_exact"], found["hours_ecmo"]) == ("47:00", 47)


def test_a_run_that_goes_on_has_no_hours_yet():
    found = values(time_off=None, time_on_here=hours(2), modes=(ModeSegment("VV", ON),))

    assert found["hours_ecmo"] is None
    assert found["hours_here_exact"] is None
    assert found["survived_ecls"] is None
    assert found["modes"] == ["VV 2026-01-10T12:00+00:00 /"]
    assert found["h24_ph"] == Decimal("7.40")


def test_times_in_the_wrong_order_leave_their_derived_fields_empty():
    assert values(time_off=hours(-1))["hours_ecmo_exact"] is None
    assert values(patient=born(born_at=hours(48)))["age_days"] is None


@pytest.mark.parametrize(
    ("sex", "expected"),
    [("female", "Female"), ("MALE", "Male"), ("other", "Unknown"), ("", None)],
)
def test_sex_is_one_of_three_words(sex, expected):
    assert values(patient=born(sex=sex))["sex"] == expected


def test_an_intubation_after_flow_is_negative():
    assert values(intubated_at=hours(0.5))["intubation_to_on_exact"] == "-0:30"
    assert "intubation_to_on_exact" not in values(intubated_at=None)


@pytest.mark.parametrize(
    ("modes", "expected"),
    [
        ((), None),
        ((ModeSegment("unknown", ON),), None),
        ((ModeSegment("VA", hours(5)), ModeSegment("VV", ON)), "VV"),
    ],
)
def test_the_initial_mode_is_the_first_that_is_known(modes, expected):
    assert values(modes=modes)["initial_mode"] == expected


@pytest.mark.parametrize(
    ("start", "end", "counts"),
    [
        (-1, None, True),
        (None, None, True),
        (0, None, False),
        (-30, -24, True),
        (-30, -24.1, False),
    ],
)
def test_support_counts_if_begun_before_and_not_long_ended(start, end, counts):
    row = SupportRow(
        item="dopamine",
        started_at=None if start is None else hours(start),
        ended_at=None if end is None else hours(end),
    )

    assert (values(support_before=(row,))["pre_support"] == ["dopamine"]) is counts


@pytest.mark.parametrize(
    ("kind", "start", "end", "item"),
    [
        ("iabp", -1, None, "iabp"),
        ("iabp", 0, None, None),
        ("iabp", -30, -24, "iabp"),
        ("iabp", -30, -24.1, None),
        ("impella", -1, None, "percutaneous_vad"),
        ("nitric_oxide", -1, None, "inhaled_nitric_oxide"),
        ("crrt", -1, None, "renal_replacement"),
        ("hemofilter", -1, None, "renal_replacement"),
        ("lv_vent", -1, None, None),
    ],
)
def test_a_device_that_ran_before_flow_is_support_before_and_never_none(kind, start, end, item):
    none = (SupportRow(item="none", started_at=hours(-5)),)

    found = values(adjuncts=(adjunct(kind, start, end),), support_before=none)

    assert found["pre_support"] == [item or "none"]


def test_a_filter_charted_as_an_adjunct_is_equipment_and_one_of_a_crrt_machine_is_not():
    charted = (adjunct("hemofilter", 2, 30, "clotted"), adjunct("crrt", 2))

    assert values(components=(), adjuncts=charted)["equipment"] == [
        [
            "hemofilter",
            "hemofilter 1",
            "2026-01-10T14:00+00:00",
            "2026-01-11T18:00+00:00",
            "clotted",
        ]
    ]


def adjunct(kind, start, end=None, reason=None):
    ended_at = None if end is None else hours(end)
    return AdjunctRow(
        id=f"{kind} 1", kind=kind, started_at=hours(start), ended_at=ended_at, end_reason=reason
    )


@pytest.mark.parametrize(("at", "inside"), [(-6, True), (-6.1, False), (-0.1, True), (0, False)])
def test_the_window_before_ecls_is_six_hours_and_excludes_flow(at, inside):
    found = values(before=before(gases=(gas(at),)))["pre_ph_closest"]

    assert (found is not None) is inside


def test_the_closest_values_come_from_one_row_and_the_worst_each_from_their_own():
    rows = (
        gas(-5, source="a", ph="7.10", paco2=50),
        gas(-1, source="b", ph="7.30", paco2=60, lactate=None),
    )

    found, source = values(before=before(gases=rows)), sources(before=before(gases=rows))

    assert (found["pre_ph_closest"], found["pre_lactate_closest"]) == (Decimal("7.30"), None)
    assert source["pre_lactate_closest"] == "b"
    assert (found["pre_ph_worst_6h"], source["pre_ph_worst_6h"]) == (Decimal("7.10"), "a")
    assert (found["pre_paco2_worst_6h"], source["pre_paco2_worst_6h"]) == (Decimal(60), "b")
    assert (found["pre_pao2_worst_6h"], source["pre_pao2_worst_6h"]) == (Decimal(90), "a")


@pytest.mark.parametrize(
    ("site", "laboratory", "counts"),
    [
        ("arterial_umbilical", False, True),
        ("venous", False, False),
        ("capillary_arterialised", False, False),
        ("membrane_post", False, False),
        ("RIGHT RADIAL ARTERIAL LINE", True, True),
        ("Arterial blood", True, True),
        ("", True, False),
    ],
)
def test_only_arterial_gases_count(site, laboratory, counts):
    row = replace(gas(-1, site=site), from_laboratory=laboratory)
    rows = (
        {"laboratory_gases": (row,), "before": before(gases=())}
        if laboratory
        else {"before": before(gases=(row,))}
    )

    assert (values(**rows)["pre_ph_closest"] is not None) is counts


def test_a_row_without_a_pressure_has_no_pulse_pressure():
    rows = (pressure(-2, dbp=None), pressure(-1, dbp=None))

    found = values(before=before(haemodynamics=rows))

    assert found["pre_pulse_pressure_closest"] is None
    assert found["pre_pulse_pressure_worst_6h"] is None


def test_inspired_oxygen_is_given_in_percent():
    assert values(before=before(ventilator=(vent(-1, fio2="0.45"),)))["pre_fio2_pct_closest"] == 45
    assert values(before=before(ventilator=(vent(-1, fio2=None),)))["pre_fio2_pct_closest"] is None


@pytest.mark.parametrize(
    ("hours_after", "chosen"),
    [
        ((17.9, 30.1), None),
        ((18,), "18"),
        ((30,), "30"),
        ((23, 25), "23"),
        ((25, 23), "23"),
        ((20, 25), "25"),
    ],
)
def test_the_24_hour_row_is_the_nearest_within_its_window(hours_after, chosen):
    rows = tuple(gas(at, source=str(at)) for at in hours_after)

    assert sources(at_24h=day(gases=rows))["h24_ph"] == chosen


@pytest.mark.parametrize(("length", "blank"), [(17.9, True), (18, False)])
def test_a_run_under_18_hours_says_why_the_24_hour_values_are_blank(length, blank):
    found = values(time_off=hours(length))

    assert ("h24_reason_blank" in found) is blank
    assert ("h24_ph" in found) is not blank
    assert ("flow_24h" in found) is not blank


@pytest.mark.parametrize(
    ("readings", "expected"),
    [((2.9, 5.1), None), ((3,), "check 3"), ((5,), "check 5"), ((3.5, 4.5), "check 3.5")],
)
def test_the_flow_at_four_hours_is_read_between_three_and_five(readings, expected):
    assert sources(flows=tuple(flow(at) for at in readings))["flow_4h"] == expected


@pytest.mark.parametrize(
    ("outcome", "survived", "timing"),
    [
        (ended(), True, None),
        (ended(reason_discontinued="death_or_poor_prognosis"), False, None),
        (ended(discharged_alive=False, died_at=hours(120)), False, "on_ecls"),
        (ended(discharged_alive=False, died_at=hours(121)), True, "moribund_after_ecls"),
        (ended(reason_discontinued=None), None, None),
    ],
)
def test_ecls_was_survived_without_death_up_to_flow_off(outcome, survived, timing):
    found = values(outcome=outcome)

    assert found["survived_ecls"] is survived
    assert found.get("death_timing") == timing


def test_low_flow_and_no_flow_times_need_both_their_ends():
    whole = EcprRecord(source="ecpr", arrest_at=hours(-1), cpr_started_at=hours(-0.9))

    assert values(ecpr=whole)["ecpr_no_flow_min"] == 6
    assert values(ecpr=whole)["ecpr_low_flow_min"] == 54
    assert values(ecpr=replace(whole, cpr_started_at=None))["ecpr_low_flow_min"] is None


def test_complications_are_sorted_and_keep_a_missing_time():
    rows = (
        ComplicationRow(code="601", at=hours(2)),
        ComplicationRow(code="222", at=None),
        ComplicationRow(code="601", at=hours(1)),
    )

    assert values(complications=rows)["complications"] == [
        ["222", None],
        ["601", "2026-01-10T13:00+00:00"],
        ["601", "2026-01-10T14:00+00:00"],
    ]


def test_tubing_and_cultures_before_flow_are_not_exported():
    culture = InfectionRow(organism="E. coli", site="urine", collected_at=hours(-1))

    found = values(components=(component("tub-1", type="tubing"),), infections=(culture,))

    assert (found["equipment"], found["infections"]) == ([], [])


def test_a_birth_that_is_not_known_leaves_birth_and_age_empty():
    found = values(patient=born(born_at=None))

    assert [found[name] for name in ("birth", "age_group", "age_days", "age_years")] == [None] * 4
