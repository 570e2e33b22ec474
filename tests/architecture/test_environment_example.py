"""`.env.example` names what the settings read, neither more nor less."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READ = re.compile(r"env\.(?:str|int|bool|list|float|dj_db_url)\(\s*\"([A-Z_]+)\"")
READ_BY_CELERY = re.compile(r"os\.environ\.get\(\"([A-Z_]+)\"")
NAMED = re.compile(r"^(?:# )?([A-Z_]+)=", re.MULTILINE)


def test_every_variable_is_in_the_example():
    read = set(READ.findall((ROOT / "ecmo" / "settings.py").read_text()))
    read |= set(READ_BY_CELERY.findall((ROOT / "ecmo" / "celery.py").read_text()))

    assert read
    assert set(NAMED.findall((ROOT / ".env.example").read_text())) == read
