"""Which complication a part taken out for a fault asks for, and when it counts as told."""

from datetime import UTC, datetime, timedelta

import pytest

from clinical.complications import (
    ANY_FAULT,
    BY_CODE,
    CODES_OF_FAULT,
    COMPLICATIONS,
    NO_FAULT,
    WITHIN,
    Certainty,
    ComplicationCode,
    codes_of,
    is_fault,
    is_told,
    read,
)

OUT = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_the_list_is_read_whole_or_not_at_all(tmp_path):
    path = tmp_path / "codes.toml"
    entry = '[[complication]]\ncode = "9"\ncategory = "other"\nlabel = "Hæmo"\n'

    path.write_text(f'{entry}certainty = "ours"\n', encoding="utf-8")
    assert read(path) == (ComplicationCode("9", "other", "Hæmo", Certainty.OURS),)
    assert read() == COMPLICATIONS
    for certainty, error in (('"guessed"', ValueError), ("", KeyError)):
        path.write_text(entry + (f"certainty = {certainty}\n" if certainty else ""))
        with pytest.raises(error):
            read(path)


@pytest.mark.parametrize("reason", sorted(NO_FAULT))
def test_a_part_that_did_not_fail_asks_for_nothing(reason: str) -> None:
    assert not is_fault(reason)
    assert codes_of(reason) == frozenset()
    assert is_told(reason, OUT, [])


@pytest.mark.parametrize("reason", sorted(CODES_OF_FAULT))
def test_each_fault_asks_for_codes_that_the_list_offers(reason: str) -> None:
    assert is_fault(reason)
    assert codes_of(reason) <= BY_CODE.keys()
    assert not is_told(reason, OUT, [])


def test_a_fault_without_a_code_of_its_own_takes_any_of_them() -> None:
    assert codes_of("other") == ANY_FAULT
    assert is_told("other", OUT, [("104", OUT)])
    assert not is_told("other", OUT, [("no such code", OUT)])


@pytest.mark.parametrize(
    ("reason", "code", "after", "told"),
    [
        ("pump", "104", timedelta(), True),
        ("pump", "104", WITHIN, True),
        ("pump", "104", -WITHIN, True),
        ("pump", "104", WITHIN + SECOND, False),
        ("pump", "104", -WITHIN - SECOND, False),
        ("pump", "104", None, False),
        ("pump", "101", timedelta(), False),
        ("clot", "101", timedelta(), True),
        ("clot", "134", timedelta(), True),
    ],
)
def test_it_is_told_by_a_code_of_the_fault_within_a_day(
    reason: str, code: str, after: timedelta | None, *, told: bool
) -> None:
    assert is_told(reason, OUT, [(code, None if after is None else OUT + after)]) is told
