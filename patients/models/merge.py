"""Two records that turned out to be of one person."""

from datetime import datetime
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from accounts.models import Unit, User
from audit.tracking import tracked
from patients.models.patient import Patient


class MergeQuerySet(models.QuerySet["PatientMerge"]):
    def standing(self) -> "MergeQuerySet":
        """Merges that were not taken back."""
        return self.filter(undone_at=None)

    def visible_to(self, user: User, at: datetime) -> "MergeQuerySet":
        """Merges into patients whom `user` may see."""
        return self.filter(survivor__in=Patient.objects.visible_to(user, at).values("pk"))


@tracked
class PatientMerge(models.Model):
    """The record of an unknown patient went into that of a known one.

    The retired record stays as it was, without its rows. `moved` names them, by kind and public
    id, with what changed in the kept record, so that all of it can be taken back.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    retired = models.ForeignKey(Patient, models.PROTECT, related_name="merges_away")
    survivor = models.ForeignKey(Patient, models.PROTECT, related_name="merges")
    reason = models.CharField("how it is known who this is", max_length=200)
    doubts = models.JSONField("what spoke against it and was confirmed", default=list, blank=True)
    moved = models.JSONField("the rows that went along", default=dict, blank=True)
    merged_at = models.DateTimeField()
    merged_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    undone_why = models.CharField(max_length=200, blank=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        ordering = ["-merged_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["retired"],
                condition=Q(undone_at=None),
                name="patients_patientmerge_once_for_a_record",
            ),
            models.CheckConstraint(
                condition=~Q(retired=F("survivor")), name="patients_patientmerge_of_two_records"
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None, undone_why="")
                | (Q(undone_at__gte=F("merged_at"), undone_by__isnull=False) & ~Q(undone_why="")),
                name="patients_patientmerge_undone_at_by_and_why_together",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.retired.mrn} into {self.survivor.mrn}"

    @property
    def unit(self) -> Unit:
        """The unit of the kept record: whose permissions decide."""
        return self.survivor.unit
