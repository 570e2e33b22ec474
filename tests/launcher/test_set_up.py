"""The set-up step says in one line what the machine lacks, and is quick when nothing changed."""

import ast
import json
from pathlib import Path

import pytest

from launcher import set_up

SOURCE = Path(set_up.__file__).read_text()


def test_an_old_python_is_told_that_it_is_too_old():
    assert set_up.too_old((3, 9, 2), "/usr/bin/python3") == (
        "Python 3.11 or newer is needed, /usr/bin/python3 is 3.9.2. "
        "If there is another, name it: make PYTHON=python3.12 demo"
    )


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 4), (4, 0, 0)])
def test_a_new_python_is_welcome(version):
    assert set_up.too_old(version, "python3") == ""


def test_an_old_python_can_read_the_file_that_tells_it():
    assert ast.parse(SOURCE, feature_version=(3, 6))


def test_a_full_disk_is_said_in_one_line(monkeypatch):
    monkeypatch.setitem(set_up.NEEDED_MB, "requirements.txt", 10**9)

    assert set_up.no_room("requirements.txt").startswith("The disk is too full: 1000000000 MB")


def test_a_missing_venv_module_comes_with_the_command_that_helps(monkeypatch):
    monkeypatch.setattr(set_up, "can_make_venv", lambda: False)
    monkeypatch.setattr(set_up, "install_by_apt", lambda *_: False)

    assert "sudo apt-get install python3." in set_up.no_venv_module()


def test_a_command_that_does_not_exist_does_not_succeed():
    assert not set_up.succeeds(["/there/is/no/such/program"])


@pytest.fixture
def clone(tmp_path, monkeypatch):
    monkeypatch.setattr(set_up, "ROOT", tmp_path)
    (tmp_path / ".venv").mkdir()
    for name in ("requirements.txt", "requirements-dev.txt"):
        (tmp_path / name).write_text(f"{name}\n")
    return tmp_path


def note_installed(*names):
    set_up.stamp().write_text(json.dumps(set_up.digests(list(names))))


def test_nothing_is_installed_in_a_fresh_clone(clone):
    assert not set_up.is_installed("requirements.txt")


def test_what_is_installed_is_not_installed_again(clone):
    note_installed("requirements.txt", "requirements-dev.txt")

    assert set_up.main(["requirements.txt"]) == 0
    assert set_up.main(["requirements-dev.txt"]) == 0


def test_new_pins_are_installed(clone):
    note_installed("requirements.txt")
    (clone / "requirements.txt").write_text("something newer\n")

    assert not set_up.is_installed("requirements.txt")


def test_a_problem_is_one_line_and_a_failure(clone, capsys, monkeypatch):
    monkeypatch.setitem(set_up.NEEDED_MB, "requirements.txt", 10**9)

    assert set_up.main([]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
