"""What the equipment of a unit owes, for who keeps it and need not see a patient."""

from typing import ClassVar

from django.db.models import QuerySet

from accounts.models import Unit
from accounts.permissions import Permission
from alerts.api import DuesOpen
from alerts.models import Due
from circuits.actions.equipment_dues import KINDS
from circuits.actions.incidents import REPORT
from circuits.actions.standby import DUES

P = Permission


class EquipmentDueEndpoint(DuesOpen):
    """Service, hygiene, loans, expiry, orders, standby circuits, reports of incidents: no patient's."""

    permissions: ClassVar = {"list": P.CATALOGUE_VIEW}

    def visible_rows(self) -> QuerySet[Due]:
        """Of the units whose equipment one sees."""
        units = Unit.objects.with_permission(self.user, P.CATALOGUE_VIEW, self.at)
        rows = Due.objects.open().filter(
            run=None, kind__in=KINDS | DUES | {REPORT}, unit__in=units.values("pk")
        )
        return rows.select_related("unit", "run").order_by("due_at", "kind", "pk")
