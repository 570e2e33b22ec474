"""What the role of web and workers may do, and the locks on the functions that write the history.

Roles belong to the whole database server and the trigger functions are rewritten by migrations, so
none of this can be a migration: `manage.py setup_database` does it after each `migrate`.

Three holes are closed (each was tried): a trigger function that runs with the rights of its caller
would need those rights on the history; `pgtrigger.ignore` would switch the history off; and both
come back with the next trigger migration, so that `weaknesses` looks each time.
"""

import pgtrigger
from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from pghistory.models import Event
from psycopg import sql

NEVER_IGNORE = """
CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name)
RETURNS boolean LANGUAGE sql STABLE AS 'select false'
"""
TRIGGER_FUNCTIONS = """
SELECT p.oid::regprocedure::text, p.prosecdef AND p.proconfig IS NOT NULL
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = 'public' AND p.prorettype = 'trigger'::regtype
"""
IGNORE_FUNCTION = "SELECT prosrc FROM pg_proc WHERE proname = '_pgtrigger_should_ignore'"
CAN_REWRITE = "SELECT has_table_privilege(current_user, %s, 'UPDATE, DELETE, TRUNCATE')"


def history_tables() -> list[str]:
    """Tables that only triggers write."""
    return sorted(
        model._meta.db_table
        for model in apps.get_models()
        if issubclass(model, Event) and model._meta.managed
    )


def append_only_tables() -> list[str]:
    """Tables whose rows are written once and never changed."""
    return sorted(
        {
            model._meta.db_table
            for model, trigger in pgtrigger.registered()
            if str(trigger.name).startswith("append_only")
        }
    )


def grant(connection: BaseDatabaseWrapper, *, app: str) -> None:
    """Give the role `app` what web and workers need, and take everything else from it."""
    role = sql.Identifier(app)
    with connection.cursor() as cursor:
        for statement in (
            "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
            "GRANT USAGE ON SCHEMA public TO {role}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
            "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}",
            "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
        ):
            cursor.execute(sql.SQL(statement).format(role=role))
        for rights, tables in (
            ("UPDATE, DELETE", append_only_tables()),
            ("INSERT, UPDATE, DELETE", history_tables()),
        ):
            revoke = sql.SQL(f"REVOKE {rights} ON {{table}} FROM {{role}}")
            for table in tables:
                cursor.execute(revoke.format(table=sql.Identifier(table), role=role))


def harden(connection: BaseDatabaseWrapper) -> None:
    """Let the triggers act with the owner's rights, and never let themselves be switched off."""
    with connection.cursor() as cursor:
        cursor.execute(NEVER_IGNORE)
        cursor.execute(TRIGGER_FUNCTIONS)
        for function, is_hardened in cursor.fetchall():
            if not is_hardened:
                cursor.execute(
                    f"ALTER FUNCTION {function} SECURITY DEFINER SET search_path = public, pg_temp"
                )


def weaknesses(connection: BaseDatabaseWrapper) -> list[str]:
    """Say what is not as `grant` and `harden` leave it, as seen by the role that asks."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(IGNORE_FUNCTION)
        if [row[0] for row in cursor.fetchall()] != ["select false"]:
            found.append("the history can be switched off")
        cursor.execute(TRIGGER_FUNCTIONS)
        functions = cursor.fetchall()
        if not functions:
            found.append("no trigger writes the history")
        found += [f"{name} is not hardened" for name, is_hardened in functions if not is_hardened]
        for table in (*history_tables(), *append_only_tables()):
            cursor.execute(CAN_REWRITE, [table])
            if cursor.fetchone() == (True,):
                found.append(f"{table} can be rewritten")
    return found
