"""The admin writes reference data only, and nothing clinical."""

import pytest
from django.apps import apps
from django.contrib import admin

from web.admin import ReadOnlyAdmin

REFERENCE = {
    "accounts.Centre",
    "accounts.Unit",
    "accounts.Membership",
    "accounts.User",
    "circuits.DeviceModel",
    "staffing.Person",
}
CLINICAL_APPS = {"patients", "circuits", "labs", "alerts", "reports", "interop", "staffing", "web"}
REGISTERED = [
    (model, page)
    for model, page in admin.site._registry.items()  # noqa: SLF001 -- Django has no public list
    if model._meta.app_label in CLINICAL_APPS
]


def test_there_are_clinical_rows_in_the_admin():
    assert len(REGISTERED) >= 8
    assert set(REFERENCE) <= {m._meta.label for m in apps.get_models()}


@pytest.mark.parametrize(("model", "page"), REGISTERED, ids=str)
def test_a_clinical_row_is_read_only_in_the_admin(rf, model, page):
    if model._meta.label in REFERENCE:
        return
    request = rf.get("/admin/")

    assert isinstance(page, ReadOnlyAdmin)
    assert not page.has_add_permission(request)
    assert not page.has_change_permission(request)
    assert not page.has_delete_permission(request)
