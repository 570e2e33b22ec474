"""Drawing lightly makes the very database that Django's own thorough way makes.

The thorough way takes minutes, so it is gone only when what it depends on has changed: `compared.txt`
says for which migrations, and which Django, the two were last seen to be equal.
"""

import hashlib
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import psycopg
import pytest

from tests.databases import scratch
from tests.environment import SERVERS, VAR

THOROUGH = """
import contextlib, django
django.setup()
from django.core.management import call_command
from ecmo.management.commands import setup_database
setup_database.light_drawing = contextlib.nullcontext
call_command("setup_database", verbosity=0)
"""
SHAPE = """
SELECT 'column', table_name || '.' || column_name, concat_ws(' ', data_type, is_nullable,
       character_maximum_length, generation_expression, identity_generation)
  FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL
SELECT 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL
SELECT 'index', indexrelid::regclass::text, pg_get_indexdef(indexrelid)
  FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
  WHERE relnamespace = 'public'::regnamespace
UNION ALL
SELECT 'trigger', tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid)
  FROM pg_trigger WHERE NOT tgisinternal
UNION ALL
SELECT 'function', p.oid::regprocedure::text, pg_get_functiondef(p.oid)
  FROM pg_proc p JOIN pg_language l ON l.oid = prolang
  WHERE pronamespace = 'public'::regnamespace AND lanname IN ('sql', 'plpgsql')
"""


def shape(url):
    with psycopg.connect(url) as database:
        return {(kind, name): text for kind, name, text in database.execute(SHAPE)}


COMPARED = Path(__file__).with_name("compared.txt")
ROOT = VAR.parent


def inputs():
    """Name what both ways depend on: the migrations, the drawing, and the libraries they use."""
    digest = hashlib.sha256()
    for file in (*sorted(ROOT.glob("*/migrations/*.py")), ROOT / "ecmo" / "migrating.py"):
        digest.update(file.read_bytes())
    libraries = [f"{name} {version(name)}" for name in ("django", "django-pgtrigger")]
    return "\n".join([*libraries, f"migrations {digest.hexdigest()}", ""])


@pytest.mark.skipif("COMPARE" not in os.environ, reason="takes minutes: `make compare`")
def test_drawing_lightly_changes_nothing_in_the_database(django_db_setup):
    with scratch() as addresses:
        environment = {**os.environ, **addresses, "DJANGO_SETTINGS_MODULE": "ecmo.settings"}
        command = [sys.executable, "-c", THOROUGH]
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
        thorough = shape(addresses["DATABASE_OWNER_URL"])

    assert len(thorough) > 100
    assert shape(SERVERS.owner_url) == thorough
    COMPARED.write_text(inputs())


def test_these_migrations_were_compared():
    assert COMPARED.read_text() == inputs(), "Run `make compare`, and commit compared.txt."
