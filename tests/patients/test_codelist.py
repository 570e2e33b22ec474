"""The site's own list of diagnoses: taken whole, or refused line by line with nothing changed."""

from datetime import timedelta

import pytest

from patients.actions.codes import ListUnreadable, import_diagnosis_codes
from patients.codelist import Fault, Unreadable, decoded, read_codes
from patients.models import DiagnosisCode
from tests.factories import NOON

GOOD = "code,text\nJ80,Acute respiratory distress syndrome\nI46.9,Cardiac arrest\n"


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        GOOD.replace(",", ";"),
        GOOD.replace(",", "\t"),
        GOOD.replace("\n", "\r\n"),
        GOOD.removeprefix("code,text\n"),
        "\n" + GOOD.replace("J80", " j80 "),
        GOOD + "\n,\n",
    ],
)
def test_a_list_is_read_whatever_separates_its_columns(text):
    codes = [line.code for line in read_codes(text)]

    assert codes == ["J80", "I46.9"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("80J,Shock lung", "“80J” is no ICD-10 code"),
        ("J8,Shock lung", "is no ICD-10 code"),
        ("J80.12345,Shock lung", "is no ICD-10 code"),
        ("J80,", "J80 has no text"),
        ("J80", "J80 has no text"),
        ("J80," + "x" * 201, "longer than 200"),
        ("J80,a\x00b", "cannot be stored"),
        ("I46.9,Arrest", "I46.9 stands in line 3 already"),
    ],
)
def test_a_wrong_line_is_named_with_its_number_and_all_of_them_at_once(line, why):
    text = f"code,text\nJ81,Oedema\nI46.9,Cardiac arrest\n{line}\n!!,x\n"

    with pytest.raises(Unreadable) as refused:
        read_codes(text)

    first, second = refused.value.faults
    assert first.line == 4
    assert why in first.why
    assert second.line == 5


def test_a_text_of_200_characters_and_the_longest_code_are_taken():
    assert read_codes(f"Z99.89AB,{'x' * 200}\n")[0].code == "Z99.89AB"


@pytest.mark.parametrize("text", ["", "\n\n", "code,text\n"])
def test_an_empty_file_is_no_list(text):
    with pytest.raises(Unreadable) as refused:
        read_codes(text)

    assert refused.value.faults == (Fault(1, "the file holds no diagnosis"),)


def test_a_file_that_is_not_utf_8_says_in_which_line():
    with pytest.raises(Unreadable) as refused:
        decoded(b"code,text\nJ80,Atemnot bei \xdc\n")

    assert refused.value.faults[0].line == 2
    assert decoded(b"\xef\xbb\xbfcode") == "code"


def test_a_line_longer_than_any_is_refused_with_its_number():
    with pytest.raises(Unreadable) as refused:
        read_codes("J80,a\nJ81," + "x" * 200_000 + "\n")

    assert refused.value.faults[0].line == 2


def take(centre, by, text, at=NOON):
    return import_diagnosis_codes(centre=centre, content=text.encode(), by=by, at=at)


def test_a_second_list_adds_changes_and_retires_but_deletes_nothing(centre, coordinator):
    take(centre, coordinator, "J80,ARDS\nJ81,Oedema\nJ82,Eosinophilia\n")
    later = NOON + timedelta(days=1)

    done = take(centre, coordinator, "J80,ARDS\nJ81,Pulmonary oedema\nJ83,New\n", later)

    assert done == (1, 1, 1, 1)
    assert list(DiagnosisCode.objects.in_use(centre).values_list("code", "label")) == [
        ("J80", "ARDS"), ("J81", "Pulmonary oedema"), ("J83", "New"),
    ]  # fmt: skip
    assert DiagnosisCode.objects.get(code="J82").retired_at == later
    assert take(centre, coordinator, "J82,Eosinophilia\n", later).changed == 1


def test_a_list_with_a_wrong_line_changes_nothing(centre, coordinator):
    take(centre, coordinator, "J80,ARDS\n")

    with pytest.raises(ListUnreadable, match="1 line is wrong") as refused:
        take(centre, coordinator, "J81,Oedema\nnonsense,x\n")

    assert refused.value.errors[0]["parameter"] == "line 2"
    assert [row.code for row in DiagnosisCode.objects.in_use(centre)] == ["J80"]


def test_of_many_wrong_lines_the_first_fifty_are_shown(centre, coordinator):
    with pytest.raises(ListUnreadable, match=r"60 lines are wrong.*first 50") as refused:
        take(centre, coordinator, "x,y\n" * 60)

    assert len(refused.value.errors) == 50
