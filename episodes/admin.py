"""Handovers, read only."""

from django.contrib import admin

from episodes.models import Handover
from web.admin import ReadOnlyAdmin

admin.site.register([Handover], ReadOnlyAdmin)
