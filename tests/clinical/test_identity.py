"""What speaks against two records being of one person; what is not known speaks neither way."""

from datetime import UTC, date, datetime, timedelta

import pytest

from clinical.identity import Person, doubts, is_mixed_up_easily

ON = datetime(2026, 3, 1, 3, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
UNKNOWN = Person(family_name="Unknown", seen_from=ON)
KNOWN = Person(family_name="Canary", sex="Female", born_on=date(1964, 9, 30))


@pytest.mark.parametrize(
    ("unknown", "known", "codes"),
    [
        ({}, {}, []),
        ({"family_name": ""}, {}, []),
        ({"family_name": "CANARY "}, {}, []),
        ({"family_name": "Robin"}, {}, ["name"]),
        ({"sex": "Female"}, {}, []),
        ({"sex": "Male"}, {}, ["sex"]),
        ({"sex": "Male"}, {"sex": ""}, []),
        ({"born_on": date(1964, 9, 30)}, {}, []),
        ({"born_on": date(1964, 9, 29)}, {}, ["born"]),
        ({"born_on": date(1964, 9, 29)}, {"born_on": None}, []),
        ({}, {"born_on": date(2026, 3, 1)}, []),
        ({}, {"born_on": date(2026, 3, 2)}, ["unborn"]),
        ({"seen_from": None}, {"born_on": date(2026, 3, 2)}, []),
        ({}, {"died_at": ON}, []),
        ({}, {"died_at": ON - MINUTE}, ["died"]),
        ({"seen_from": None}, {"died_at": ON - MINUTE}, []),
        (
            {"family_name": "Robin", "sex": "Male"},
            {"died_at": ON - MINUTE},
            ["name", "sex", "died"],
        ),
    ],
)
def test_only_what_both_records_hold_can_contradict(unknown, known, codes):
    one = Person(**{**_facts(UNKNOWN), **unknown})
    other = Person(**{**_facts(KNOWN), **known})

    assert [doubt.code for doubt in doubts(one, other)] == codes


def test_each_doubt_is_a_sentence_that_names_both():
    unknown = Person(family_name="Robin", sex="Male", born_on=date(1964, 9, 29), seen_from=ON)
    known = Person(
        family_name="Canary", sex="Female", born_on=date(2026, 3, 2), died_at=ON - MINUTE
    )

    assert [doubt.message for doubt in doubts(unknown, known)] == [
        "The unknown patient was called Robin, the known one is Canary.",
        "The sex differs: Male and Female.",
        "The birth date differs: 29-Sep-1964 and 02-Mar-2026.",
        "The known patient was born after flow on of the unknown one.",
        "The known patient had died before flow on of the unknown one.",
    ]


def _facts(person):
    return {name: getattr(person, name) for name in person.__slots__}


@pytest.mark.parametrize(
    ("one", "other", "is_alike"),
    [
        (("Canary", "Wren"), ("CANARY", "Una"), True),
        (("Canary", "Wren"), ("Canery", "Wren"), True),
        (("Canary", "Wren"), ("Sparrow", "Wren"), False),
        (("Wren", "Canary"), ("Canary", "Wren"), False),
        (("", "Wren"), ("", "Wren"), False),
        (("Unknown", ""), ("Unknown", ""), False),
        (("De  Vries", "Jan"), ("de vries", ""), True),
        (("De Vries", "Jan"), ("Devries", "Jan"), True),
        (("", "Canary Wren"), ("Canary", "Wren"), False),
        (("Abcdefghij", ""), ("Abcdefghxy", ""), False),
        (("Abcdefghijklmnopqrst", ""), ("Abcdefghijklmnopqxyz", ""), True),
        (("Abcdefghijklmnopqrst", ""), ("Abcdefghijklmnopwxyz", ""), False),
    ],
)
def test_names_that_could_be_mistaken_are_alike_and_an_unknown_name_is_nobody_s(
    one, other, is_alike
):
    assert is_mixed_up_easily(one, other) is is_alike
    assert is_mixed_up_easily(other, one) is is_alike
