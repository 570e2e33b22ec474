"""What the history keeps, whatever did it."""

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from accounts.models import Centre
from audit.context import action
from audit.models import Access

pytestmark = pytest.mark.django_db


def test_raw_sql_leaves_a_trace():
    centre = Centre.objects.create(code="one", name="One")

    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_centre SET name = 'Two' WHERE id = %s", [centre.pk])

    assert [e.pgh_label for e in centre.events.order_by("pgh_id")] == ["insert", "update"]


def test_the_history_knows_who_did_what():
    @action("renamed a centre")
    def rename(*, centre, by, at, reason):
        centre.name = "Two"
        centre.save(update_fields=["name"])

    centre = Centre.objects.create(code="one", name="One")

    rename(centre=centre, by="Sam", at="now", reason="it moved")

    event = centre.events.get(pgh_label="update")
    assert event.pgh_context["action"] == "renamed a centre"
    assert event.pgh_context["name"] == "Sam"
    assert event.pgh_context["why"] == "it moved"


def test_the_access_trail_is_never_changed(django_user_model):
    Access.objects.create(at="2026-01-01T00:00Z", user_key="1", user_name="S", what="patient")

    for sql in (
        "UPDATE audit_access SET what = ''",
        "DELETE FROM audit_access",
        "TRUNCATE audit_access",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
