"""People; shifts are drafted and published on the roster's own page."""

from django.contrib import admin

from staffing.models import Person, Shift
from web.admin import ReadOnlyAdmin


@admin.register(Person)
class PersonAdmin(admin.ModelAdmin[Person]):
    list_display = ("name", "job", "unit", "user")
    list_filter = ("unit", "job")


admin.site.register(Shift, ReadOnlyAdmin)
