"""The words of the templates: values, attention, pictures, times."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import timezone
from django.utils.html import strip_tags

from web.marks import level_name

AT = datetime(2026, 11, 24, 13, 5, tzinfo=UTC)


def show(source, **context):
    return Template(source).render(Context(context))


def words(source, **context):
    return strip_tags(show(source, **context))


def test_a_value_always_has_its_unit():
    assert words('{% val v "L/min" 1 %}', v=Decimal("4.2")) == "4.2L/min"


def test_a_missing_value_is_said_in_words():
    assert words('{% val v "mmHg" 0 %}', v=None) == "Not measured"
    assert words('{% val v "mmHg" missing="Not known" %}', v="") == "Not known"


def test_nought_is_not_a_missing_value():
    assert words('{% val v "mmHg" 0 %}', v=0) == "0mmHg"


def test_a_marked_value_has_a_shape_and_a_word_besides_its_colour():
    html = show('{% val 48 "mmHg" 0 att="med" %}')

    assert 'data-att="med"' in html
    assert "<svg" in html
    assert "medium attention" in html


def test_an_old_value_is_hatched():
    assert 'class="v old"' in show('{% val 1.4 "mmol/L" 1 old=True %}')


def test_levels_differ_in_shape_and_not_only_in_colour():
    drawings = {
        re.sub(r"^.*?d=", "", show(f'{{% shape "{level}" %}}'))
        for level in ("high", "med", "low", "ok", "stale", "local")
    }

    assert len(drawings) == 6


def test_a_chip_says_its_level_in_words():
    assert words('{% att "high" %}') == "HIGH"
    assert words('{% att 3 "2 HIGH" %}') == "2 HIGH"
    assert words('{% att "ok" "in target" %}') == "in target"


def test_a_message_begins_with_its_level():
    assert words('{% msg 2 "Flow is low." %}') == "Medium Flow is low."
    assert words('{% msg "ok" "Saved." %}') == "Saved."


@pytest.mark.parametrize("level", ["danger", "", 0, 4, None])
def test_there_is_no_other_level(level):
    with pytest.raises(ValueError, match="no attention level"):
        level_name(level)


def test_what_a_person_wrote_cannot_become_markup():
    hostile = "<script>alert(1)</script>"
    html = show(
        '{% att "high" x %}{% msg "low" x x %}{% val x x att="high" %}{% meter 1 2 x %}{{ x|chem }}'
        "{{ x|n }}{{ x|initials }}",
        x=hostile,
    )

    assert "<script" not in html


def test_no_tag_writes_an_inline_style():
    html = show(
        '{% spark values 18 30 %}{% meter 123 336 "5d of 14d" "low" %}{% att "high" %}'
        '{% val 4.2 "L/min" 1 att="high" %}{% msg "med" "x" %}',
        values=[21, 22, 48],
    )

    assert "style=" not in html


def test_a_gap_in_a_sparkline_stays_a_gap():
    whole = show("{% spark values %}", values=[1, 2, 3, 4])
    broken = show("{% spark values %}", values=[1, 2, None, 3, 4])

    assert whole.count('class="line"') == 1
    assert broken.count('class="line"') == 2


def test_a_sparkline_of_one_value_or_none_does_not_fail():
    assert 'class="line"' in show("{% spark values %}", values=[Decimal(4)])
    assert show("{% spark values %}", values=[None]) == ""


def test_a_sparkline_has_its_band_only_when_both_limits_are_known():
    assert 'class="band"' in show("{% spark values 1 3 %}", values=[1, 2])
    assert 'class="band"' not in show("{% spark values 1 %}", values=[1, 2])


def test_a_sparkline_for_print_has_literal_colours():
    html = show("{% spark_print values 1 3 %}", values=[1, 2])

    assert 'stroke="#' in html
    assert "var(" not in html


@pytest.mark.parametrize(
    ("part", "whole", "width"),
    [(84, 336, "25.0"), (400, 336, "100.0"), (0, 336, "0.0"), (1, 0, "0.0")],
)
def test_a_bar_is_filled_in_proportion_and_never_beyond(part, whole, width):
    html = show('{% meter part whole "5d of 14d" %}', part=part, whole=whole)

    assert f'class="fill" width="{width}"' in html
    assert 'aria-label="5d of 14d"' in html


def test_oxygen_has_its_subscript():
    assert show('{{ "SpO2, PaCO2 and O2"|chem }}') == (
        "SpO<sub>2</sub>, PaCO<sub>2</sub> and O<sub>2</sub>"
    )
    assert show('{{ "CO25"|chem }}') == "CO25"


def test_times_are_shown_in_the_zone_of_the_centre():
    with timezone.override("Europe/Vienna"):
        shown = show("{{ t|clinical }}, {{ t|clock }}, {{ t|clinical_date }}", t=AT)

    assert shown == "24-Nov-2026 14:05, 14:05, 24-Nov-2026"


def test_a_date_of_birth_does_not_move_with_the_zone():
    with timezone.override("America/Los_Angeles"):
        assert show("{{ d|clinical_date }}", d=date(1980, 3, 2)) == "02-Mar-1980"


def test_what_is_not_known_is_said_so():
    shown = show("{{ x|clinical }}, {{ x|clock }}, {{ x|clinical_date }}, {{ x|ago:at }}", at=AT)

    assert shown == "Not known, Not known, Not known, Not known"
    assert show("{{ x|dur }}", x=None) == "\N{EN DASH}"


def test_durations_count_from_the_time_handed_in():
    assert show("{{ t|ago:at }}", t=AT - timedelta(minutes=22), at=AT) == "22min ago"
    assert show("{{ s|dur }}", s=timedelta(days=5, hours=3)) == "5d 3hr"


def test_initials_are_of_the_first_and_last_name():
    assert show('{{ "Chie Nakamura"|initials }}') == "CN"
    assert show('{{ "Ana de la Cruz"|initials }}') == "AC"
    assert show('{{ "System"|initials }}') == "S"
