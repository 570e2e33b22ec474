"""Handovers and what the huddle agreed, read only."""

from django.contrib import admin

from episodes.models import Handover, HuddleAction, PlannedProcedure
from web.admin import ReadOnlyAdmin

admin.site.register([Handover, HuddleAction, PlannedProcedure], ReadOnlyAdmin)
