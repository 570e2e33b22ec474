"""`manage.py case FILE`."""

import json

import pytest
from django.core.management import CommandError, call_command

from tests.cases.test_reference_cases import PATHS


def test_a_bad_file_ends_with_what_is_wrong(tmp_path):
    path = tmp_path / "case.json"
    path.write_text("[]")

    with pytest.raises(CommandError, match="does not have the format of a case"):
        call_command("case", path)


def test_a_database_in_use_is_left_alone(centre):
    with pytest.raises(CommandError, match="needs one that is thrown away"):
        call_command("case", PATHS[0])


@pytest.mark.django_db(transaction=True)
def test_a_case_that_expects_something_else_fails_and_shows_it(tmp_path, capsys):
    case = json.loads(PATHS[-1].read_text(encoding="utf-8"))
    case["expected"]["runs"][0]["age_years"] += 1
    path = tmp_path / "case.json"
    path.write_text(json.dumps(case))

    with pytest.raises(SystemExit) as ended:
        call_command("case", path)

    assert ended.value.code == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "failed: run 1 age (age_years)"
    assert lines[-1].startswith("expectations: ")
    assert lines[-1].endswith(" 1 failed")
