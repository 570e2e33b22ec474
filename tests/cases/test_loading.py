"""A file that is no case is told what is wrong with it."""

import json

import pytest

from ecmo.cases import loading
from ecmo.cases.loading import BadCase, load
from tests.cases.test_reference_cases import PATHS


@pytest.fixture
def case():
    return json.loads(PATHS[0].read_text(encoding="utf-8"))


@pytest.fixture
def written(tmp_path):
    def write(content):
        path = tmp_path / "case.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    return write


def test_a_case_from_anywhere_is_read(case, written):
    assert load(written(case)) == case


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(BadCase, match=r"none\.json cannot be read: No such file"):
        load(tmp_path / "none.json")


def test_text_that_is_not_json_is_told_with_its_line(written):
    with pytest.raises(BadCase, match=r"not JSON: .* \(line 2, column 1\)"):
        load(written("{\nx"))


def test_bytes_that_are_no_text_are_told(tmp_path):
    path = tmp_path / "case.json"
    path.write_bytes(b'"\xff"')

    with pytest.raises(BadCase, match="not UTF-8"):
        load(path)


def test_each_fault_of_the_format_is_named_with_its_place(case, written):
    del case["timezone"]
    case["runs"][0]["checks"][0]["values"]["blood_flow"] = "fast"

    with pytest.raises(BadCase) as fault:
        load(written(case))

    assert "$.runs[0].checks[0].values.blood_flow: 'fast' is not of type 'number'" in str(
        fault.value
    )
    assert "'timezone' is a required property" in str(fault.value)


def test_many_faults_are_counted_and_long_ones_cut(case, written):
    for check in case["runs"][0]["checks"]:
        check["kind"] = ["x" * 300]

    with pytest.raises(BadCase, match=r" \.\.\.\n(.*\n)*  \.\.\. and \d+ more"):
        load(written(case))


@pytest.mark.parametrize("zone", ["Nowhere/Land", "../etc"])
def test_a_time_zone_that_nobody_knows_is_told(case, written, zone):
    case["timezone"] = zone

    with pytest.raises(BadCase, match="is no time zone"):
        load(written(case))


def test_a_month_that_no_calendar_has_is_told_with_its_place(case, written):
    case["runs"][0]["time_on"] = "2026-13-13T15:40-06:00"

    with pytest.raises(BadCase, match=r"\$\.runs\[0\]\.time_on: 2026-13-13T15:40-06:00 is no time"):
        load(written(case))


def test_without_the_schema_nothing_is_read(case, written, tmp_path, monkeypatch):
    monkeypatch.setattr(loading, "FOLDERS", (tmp_path / "nothing",))

    with pytest.raises(BadCase, match=r"case\.schema\.json is neither beside"):
        load(written(case))
