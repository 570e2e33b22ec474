"""The run as a document, and the charts for print."""

import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pikepdf
import pypdfium2
import pytest

from circuits.models import Adjunct
from clinical.instants import elapsed
from patients.models import Run
from reports.document import Valued, days_of, series_of, thinned
from reports.elso.mapping import fields_of
from reports.pdf.charts import Bar, columns, line, share_bar
from reports.pdf.run_summary import render_run_summary
from reports.queries.cohort import cohort
from reports.queries.document import run_document
from tests.reports.situations import APRIL, check
from tests.scenarios import running_vv

ON = datetime(2026, 1, 10, tzinfo=UTC)
OSLO = ZoneInfo("Europe/Oslo")


def row(hours, **values):
    numbers = {name: Decimal(value) for name, value in values.items()}
    return Valued(ON + timedelta(hours=hours), numbers)


def text_of(content):
    document = pypdfium2.PdfDocument(content)
    return " ".join(page.get_textpage().get_text_bounded() for page in document)


def test_a_run_is_told_with_its_patient_course_parts_events_and_checks(told):
    text = text_of(render_run_summary(run_document(told, APRIL)))

    for said in ("CANARY, Wren", "MRN", "M1", "Flow off", "48:00", "Circuit blood flow",
                 "Example oxygenator", "Run: Flow on", "Bedside checks", "3,400"):  # fmt: skip
        assert said in text, said


def test_adjunct_devices_are_told_with_their_hours_and_reach_the_registry(told, specialist):
    began = told.started_at
    Adjunct.objects.create(
        run=told, kind="iabp", model_name="Balloon 40", started_at=began - timedelta(hours=3),
        ended_at=began + timedelta(hours=20), ended_by=specialist, end_reason="weaned",
        entered_at=APRIL, entered_by=specialist,
    )  # fmt: skip
    Adjunct.objects.create(
        run=told, kind="hemofilter", connection="post_pump_pre_pump", settings="30 mL/min",
        started_at=began + timedelta(hours=1), entered_at=APRIL, entered_by=specialist,
    )  # fmt: skip

    text = text_of(render_run_summary(run_document(told, APRIL)))
    (member,) = cohort(Run.objects.filter(pk=told.pk), as_of=APRIL)
    fields = {field.field: field.value for field in fields_of(member.record)}

    for said in ("Adjunct devices", "Intra-aortic balloon pump", "Balloon 40", "23:00", "weaned",
                 "Draws after the pump, returns before it", "30 mL/min", "47:00"):  # fmt: skip
        assert said in " ".join(text.split()), said
    assert fields["pre_support"] == ["iabp", "norepinephrine"]
    assert fields["equipment"][-1][:2] == ["hemofilter", "Haemofilter in the circuit"]


def test_the_document_is_tagged_and_its_title_names_nobody(told):
    with pikepdf.open(io.BytesIO(render_run_summary(run_document(told, APRIL)))) as document:
        assert document.docinfo["/Title"] == "Run 1, ECMO run summary"
        assert document.Root.MarkInfo.Marked


def test_a_run_of_which_nothing_was_charted_is_told_as_well(patient, specialist, settings):
    settings.DEMO = True
    run = running_vv(patient, specialist)

    text = text_of(render_run_summary(run_document(run, APRIL)))

    assert "Nothing was charted twice." in text
    assert "No check was charted." in text
    assert "None entered." in text
    assert "running" in text
    assert "Demo: fictitious patient." in text


def test_html_in_a_name_is_text(told):
    told.patient.family_name = "<b>Bold</b>"
    told.patient.save(update_fields=["family_name"])

    assert "<B>BOLD</B>" in text_of(render_run_summary(run_document(told, APRIL)))


def test_statements_of_a_document_do_not_grow_with_the_checks(
    told, specialist, django_assert_num_queries
):
    for number in range(2):
        fresh = Run.objects.select_related("patient__centre", "unit__centre").get(pk=told.pk)
        with django_assert_num_queries(17):
            run_document(fresh, APRIL)
        for hours in (10, 12, 14):
            check(told, specialist, hours + number)


def test_a_series_breaks_where_half_a_day_is_missing():
    rows = [row(0, blood_flow="4.0"), row(12, blood_flow="4.2"), row(24.5, blood_flow="3.9")]

    (series,) = series_of(rows, ["blood_flow", "map"], ON)

    assert series.points == ((0, Decimal("4.0")), (12, Decimal("4.2")), (18.25, None), (24.5, Decimal("3.9")))  # fmt: skip
    assert (series.low, series.high, series.last) == (Decimal("3.9"), Decimal("4.2"), Decimal("3.9"))  # fmt: skip


def test_what_was_measured_once_is_no_series():
    assert list(series_of([row(0, blood_flow=4)], ["blood_flow"], ON)) == []


def test_checks_stand_by_local_day_and_a_value_not_taken_is_a_dash():
    rows = [row(22, blood_flow="4.1"), row(23.5, blood_flow="4.0", p_drainage="-68")]

    days = list(days_of(rows, OSLO))

    assert [day.day for day in days] == [date(2026, 1, 10), date(2026, 1, 11)]
    assert days[0].text.split("\t")[0] == "23:00"
    assert days[0].text.strip("\N{FIGURE SPACE}").endswith("\N{EN DASH}")
    assert "\N{MINUS SIGN}68" in days[1].text


def test_all_checks_of_fourteen_days_are_kept_and_one_in_four_hours_before():
    rows = [row(hours) for hours in range(24 * 20)]
    until = rows[-1].at

    kept = thinned(rows, until)

    recent = [one for one in kept if elapsed(one.at, until) <= timedelta(days=14)]
    older = [one for one in kept if elapsed(one.at, until) > timedelta(days=14)]
    assert len(recent) == 24 * 14 + 1
    assert {b.at - a.at for a, b in pairwise(older)} == {timedelta(hours=4)}


@pytest.mark.parametrize("values", [[], [0, 0], [3, 12.5]])
def test_columns_are_drawn_and_said(values):
    bars = [Bar(f"m{index}", value) for index, value in enumerate(values)]

    drawn = columns(bars, label="Hours by month")

    assert drawn.count("<rect") == len(values)
    assert 'aria-label="Hours by month"' in drawn


def test_a_share_that_is_not_given_has_no_fill():
    assert share_bar(None, label="not given").count("<rect") == 1
    assert 'width="100.0"' in share_bar(50, label="half")


def test_a_line_shows_gaps_single_points_and_its_target():
    points = [(0, 1), (1, None), (2, 3), (3, 4)]

    drawn = line(points, until=48, label="flow", band=(2, 4))

    assert drawn.count("M") >= 3
    assert "h.01" in drawn
    assert drawn.count("<path") == 3


def test_a_line_of_nothing_is_an_empty_frame():
    assert line([], until=0, label="none").count("<path") == 2


def test_nothing_in_a_picture_is_left_to_page_styles():
    drawn = line([(0, 1), (1, 2)], until=24, label="x") + columns([Bar("a", 1)], label="y")

    assert "var(" not in drawn
    assert "style=" not in drawn
