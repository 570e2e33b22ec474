"""What web and workers cannot do to the record, whatever their program tries."""

import os
import subprocess
import sys

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from ecmo.roles import append_only_tables, history_tables, weaknesses
from tests.environment import SERVERS, VAR

REWRITES = {
    "update": "UPDATE {table} SET {column} = {column}",
    "delete": "DELETE FROM {table}",
    "truncate": "TRUNCATE {table}",
    "switch the triggers off": "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "drop": "DROP TABLE {table}",
}
PROTECTED = [*history_tables(), *append_only_tables()]


def owner_runs(statement):
    with psycopg.connect(SERVERS.owner_url, autocommit=True) as owner:
        owner.execute(statement)


def test_there_are_tables_to_protect():
    assert history_tables()
    assert append_only_tables()


@pytest.mark.parametrize("rewrite", REWRITES)
@pytest.mark.parametrize("table", PROTECTED)
def test_the_record_cannot_be_rewritten(db, table, rewrite):
    with connection.cursor() as cursor:
        column = connection.introspection.get_table_description(cursor, table)[0].name
    statement = REWRITES[rewrite].format(table=table, column=column)

    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize("table", history_tables())
def test_only_triggers_write_history(db, table):
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(%s, 'INSERT')", [table])

        assert cursor.fetchone() == (False,)


def test_triggers_cannot_be_bypassed_by_playing_replica(db):
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET session_replication_role = replica")


def test_the_database_as_set_up_has_no_weakness(db):
    assert weaknesses(connection) == []


@pytest.mark.django_db(transaction=True)
def test_a_weakness_is_seen_and_set_up_again_cures_it():
    table = append_only_tables()[0]
    role = connection.settings_dict["USER"]
    owner_runs(f"GRANT UPDATE ON {table} TO {role}")
    owner_runs(
        "CREATE OR REPLACE FUNCTION _pgtrigger_should_ignore(trigger_name name)"
        " RETURNS boolean LANGUAGE sql AS 'select true'"
    )
    owner_runs(
        "DO $$ BEGIN EXECUTE (SELECT format('ALTER FUNCTION %s SECURITY INVOKER',"
        " oid::regprocedure) FROM pg_proc WHERE prorettype = 'trigger'::regtype"
        " AND pronamespace = 'public'::regnamespace LIMIT 1); END $$"
    )

    found = weaknesses(connection)

    assert "the history can be switched off" in found
    assert f"{table} can be rewritten" in found
    assert sum("not hardened" in weakness for weakness in found) == 1
    connection.close()
    set_up_again()
    assert weaknesses(connection) == []


def set_up_again():
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "ecmo.settings"}
    command = [sys.executable, "manage.py", "setup_database", "--verbosity=0"]
    subprocess.run(command, cwd=VAR.parent, env=environment, check=True, capture_output=True)
