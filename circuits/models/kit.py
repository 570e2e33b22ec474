"""What must be at hand: back-up console, hand crank, clamps, gas cylinders; each look at it."""

from datetime import datetime
from uuid import uuid4

from django.db import models
from django.db.models import Q

from accounts.models import Unit, User
from accounts.permissions import Permission
from audit.tracking import append_only, tracked


class KitKind(models.TextChoices):
    BACKUP_CONSOLE = "backup_console", "Back-up console"
    HAND_CRANK = "hand_crank", "Hand crank"
    CLAMPS = "clamps", "Clamps"
    CYLINDER = "cylinder", "Gas cylinder"


class KitQuerySet(models.QuerySet["KitItem"]):
    def visible_to(self, user: User, at: datetime) -> "KitQuerySet":
        """Kit of units where `user` may read the catalogue."""
        units = Unit.objects.with_permission(user, Permission.CATALOGUE_VIEW, at)
        return self.filter(unit__in=units.values("pk"))


@tracked
class KitItem(models.Model):
    """One thing that is looked at again and again. Not looked at is not ready."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="kit")
    kind = models.CharField(max_length=14, choices=KitKind)
    label = models.CharField(max_length=60)
    location = models.CharField("where it stands", max_length=100)
    cylinder_size = models.CharField("size of the cylinder", max_length=10, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = KitQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "label"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "label"],
                condition=Q(retired_at=None),
                name="circuits_kititem_label_unique_in_unit",
            ),
            models.CheckConstraint(
                condition=Q(kind="cylinder") & ~Q(cylinder_size="")
                | ~Q(kind="cylinder") & Q(cylinder_size=""),
                name="circuits_kititem_only_a_cylinder_has_a_size",
            ),
        ]

    def __str__(self) -> str:
        return self.label


@tracked
class KitLook(models.Model):
    """One look at a thing: good or not, and for a cylinder what was read. Written once."""

    item = models.ForeignKey(KitItem, models.PROTECT, related_name="looks")
    is_good = models.BooleanField()
    pressure_psi = models.DecimalField(
        "pressure (psi)", max_digits=6, decimal_places=0, null=True, blank=True
    )
    flow_l_min = models.DecimalField(
        "flow it is meant for (L/min)", max_digits=5, decimal_places=2, null=True, blank=True
    )
    count = models.PositiveSmallIntegerField("how many", null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    looked_at = models.DateTimeField()
    entered_at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["looked_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_good=True) | ~Q(note=""), name="circuits_kitlook_not_good_says_why"
            )
        ]
        indexes = [models.Index(fields=["item", "-looked_at"], name="circuits_kitlook_newest")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.item} {self.looked_at:%Y-%m-%d %H:%M}"
