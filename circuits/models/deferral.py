"""Reviews of components that somebody put off."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from audit.tracking import append_only, tracked
from circuits.models.component import ComponentUse


@tracked
class ReviewDeferral(models.Model):
    """One decision to look at a component later than the site's hours say: who, why, until when."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    use = models.ForeignKey(ComponentUse, models.PROTECT, related_name="deferrals")
    next_review_at = models.DateTimeField()
    reason = models.CharField(max_length=300)
    deferred_at = models.DateTimeField()
    deferred_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["deferred_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(next_review_at__gt=F("deferred_at")),
                name="circuits_reviewdeferral_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""), name="circuits_reviewdeferral_has_reason"
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.use} until {self.next_review_at:%Y-%m-%d %H:%M}"
