"""The admin keeps reference data. Clinical rows are read there, never written."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from web.models import SiteDocument


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """The base of every admin page of clinical rows: look, do not touch."""

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Never: the bedside writes through its actions."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Never."""
        return False


@admin.register(SiteDocument)
class SiteDocumentAdmin(ReadOnlyAdmin):
    """Site data is drafted and approved by two people through its own pages and API."""

    list_display = ("kind", "version", "centre", "approved_by", "valid_from")
    list_filter = ("kind", "centre")
