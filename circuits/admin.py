"""The device catalogue; circuits and checks are read only."""

from django.contrib import admin

from circuits.models import Check, Circuit, Component, ComponentUse, DeviceModel
from web.admin import ReadOnlyAdmin


@admin.register(DeviceModel)
class DeviceModelAdmin(admin.ModelAdmin[DeviceModel]):
    list_display = ("name", "kind", "manufacturer", "gtin", "is_draft")
    list_filter = ("kind", "is_draft")
    search_fields = ("name", "gtin")


@admin.register(Check)
class CheckAdmin(ReadOnlyAdmin):
    list_display = ("run", "checked_at", "version", "performed_by")


admin.site.register([Circuit, Component, ComponentUse], ReadOnlyAdmin)
