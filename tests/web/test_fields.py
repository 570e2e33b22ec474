"""Form fields of the bedside."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django import forms
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from web.fields import ClinicalDateTimeField, MeasureField, ThreeAnswers
from web.formbase import ClockedForm, OnceForm

AT = datetime(2026, 11, 24, 13, 5, tzinfo=UTC)


class CheckForm(ClockedForm, OnceForm):
    measured_at = ClinicalDateTimeField(label="Time")
    blood_flow = MeasureField(label="Blood flow", unit="L/min", decimals=1, min_value=Decimal(0))
    p_drainage = MeasureField(label="Drainage pressure", unit="mmHg", required=False)
    clots = forms.ChoiceField(
        choices=[("ok", "None seen"), ("bad", "Seen"), ("nc", "Not checked")],
        widget=ThreeAnswers,
        required=False,
    )
    is_seen = forms.BooleanField(required=False, help_text="By two people")


def filled(**answers):
    typed = {"measured_at": "14:00", "blood_flow": "4,2", "client_uuid": str(uuid4())}
    return CheckForm({**typed, **answers}, at=AT)


@pytest.fixture(autouse=True)
def _in_vienna():
    with timezone.override("Europe/Vienna"):
        yield


def test_numbers_and_times_come_out_as_they_were_meant():
    form = filled(p_drainage="\N{MINUS SIGN}68")

    assert form.is_valid(), form.errors
    assert form.cleaned_data["measured_at"] == datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
    assert form.cleaned_data["blood_flow"] == Decimal("4.2")
    assert form.cleaned_data["p_drainage"] == Decimal(-68)


def test_what_was_not_typed_is_nothing_and_not_nought():
    form = filled(p_drainage="")

    assert form.is_valid()
    assert form.cleaned_data["p_drainage"] is None


def test_a_number_that_is_one_already_is_taken_as_it_is():
    assert MeasureField(unit="L/min").clean(Decimal("4.10")) == Decimal("4.10")


def test_nought_is_kept():
    form = filled(blood_flow="0")

    assert form.is_valid()
    assert form.cleaned_data["blood_flow"] == 0


@pytest.mark.parametrize(
    ("field", "typed", "advice"),
    [
        ("blood_flow", "4,200", "4200 or 4.200"),
        ("blood_flow", "-1", "greater than or equal to 0"),
        ("blood_flow", "9" * 20, "no more than 12 digits"),
        ("measured_at", "2 pm", "24-hour clock"),
        ("measured_at", "", "required"),
        ("client_uuid", "twice", "valid UUID"),
    ],
)
def test_a_refusal_says_what_to_type(field, typed, advice):
    form = filled(**{field: typed})

    assert not form.is_valid()
    assert advice in form.errors.as_text()


def test_the_keypad_with_a_minus_is_asked_for_only_where_needed():
    html = str(filled())

    assert 'inputmode="decimal"' in html.split('name="blood_flow"')[1].split(">", maxsplit=1)[0]
    assert 'inputmode="text"' in html.split('name="p_drainage"')[1].split(">", maxsplit=1)[0]


def test_the_value_before_stands_beside_an_empty_box():
    form = CheckForm(at=AT)
    form.show_before("blood_flow", Decimal("4.3"), AT)

    html = str(form["blood_flow"])

    assert "4.3" in html
    assert "at 14:05" in html
    assert "value=" not in html


def test_showing_the_value_before_leaves_the_next_form_alone():
    CheckForm(at=AT).show_before("blood_flow", Decimal("4.3"), AT)

    assert "4.3" not in str(CheckForm(at=AT)["blood_flow"])


def test_a_label_is_heard_with_its_unit():
    assert ", in L/min" in CheckForm(at=AT)["blood_flow"].as_field_group()


def test_a_refused_field_is_tied_to_its_reason():
    form = filled(blood_flow="4,200")

    html = form["blood_flow"].as_field_group()

    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_blood_flow_error"' in html
    assert 'id="id_blood_flow_error"' in html


def test_no_answer_is_chosen_beforehand():
    assert " checked" not in str(CheckForm(at=AT)["clots"]).replace("Not checked", "")


def test_a_stored_time_is_shown_as_it_is_typed():
    form = CheckForm(at=AT, initial={"measured_at": AT})

    assert 'value="24-Nov-2026 14:05"' in str(form["measured_at"])
    assert form.fields["measured_at"].to_python(AT) == AT


def test_an_unchanged_time_counts_as_unchanged():
    typed = {"measured_at": "24-Nov-2026 14:05"}

    assert "measured_at" not in CheckForm(typed, at=AT, initial={"measured_at": AT}).changed_data


def test_a_time_field_without_a_clock_is_a_fault_of_ours():
    with pytest.raises(ImproperlyConfigured):
        ClinicalDateTimeField().clean("14:00")


def test_each_form_has_its_own_key_against_double_sending():
    assert str(OnceForm()["client_uuid"]) != str(OnceForm()["client_uuid"])


def test_only_an_optional_field_says_so():
    assert "(optional)" in CheckForm(at=AT)["p_drainage"].as_field_group()
    assert "(optional)" not in CheckForm(at=AT)["blood_flow"].as_field_group()
    assert "By two people" in CheckForm(at=AT)["is_seen"].as_field_group()


def test_only_a_measure_has_a_value_before():
    with pytest.raises(TypeError, match="measured_at is no measure"):
        CheckForm(at=AT).show_before("measured_at", Decimal(1), AT)
