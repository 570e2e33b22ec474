"""Clinical rows, read only."""

from django.contrib import admin

from patients.models import Patient, Run
from web.admin import ReadOnlyAdmin

admin.site.register([Patient, Run], ReadOnlyAdmin)
