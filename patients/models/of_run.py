"""Rows that belong to a run: who may see the run's unit may see them."""

from datetime import datetime
from typing import TypeVar

from django.db import models

from accounts.models import Unit, User
from accounts.permissions import Permission

M = TypeVar("M", bound=models.Model)


class OfRunQuerySet(models.QuerySet[M]):
    """Rows with a foreign key `run`."""

    def visible_to(self, user: User, at: datetime) -> "OfRunQuerySet[M]":
        """Rows of runs in units where `user` may see patients."""
        units = Unit.objects.with_permission(user, Permission.PATIENT_VIEW, at)
        return self.filter(run__unit__in=units.values("pk"))
