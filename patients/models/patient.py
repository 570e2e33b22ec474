"""The person on ECMO."""

import unicodedata
from datetime import datetime
from uuid import uuid4

from django.apps import apps
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse

from accounts.models import Centre, Unit, User
from accounts.permissions import Permission
from audit.tracking import tracked


class Sex(models.TextChoices):
    FEMALE = "female", "Female"
    MALE = "male", "Male"
    OTHER = "other", "Other"
    UNKNOWN = "unknown", "Not known"


class PatientQuerySet(models.QuerySet["Patient"]):
    def visible_to(self, user: User, at: datetime) -> "PatientQuerySet":
        """Patients looked after in a unit where `user` may see patients, now or in a run."""
        units = Unit.objects.with_permission(user, Permission.PATIENT_VIEW, at).values("pk")
        seen_in_runs = apps.get_model("patients", "Run").objects.filter(unit__in=units)
        return self.filter(Q(unit__in=units) | Q(pk__in=seen_in_runs.values("patient")))

    def kept(self) -> "PatientQuerySet":
        """Patients without those records that went into another."""
        return self.filter(merged_into=None)

    def named(self, text: str) -> "PatientQuerySet":
        """Patients whose name or MRN contains every word of `text` (at least one word)."""
        found = self
        for word in search_key(text).split():
            found = found.filter(search__contains=word)
        return found

    def with_state(self) -> "PatientQuerySet":
        """Annotate each patient with when the newest run began and whether it goes on."""
        newest = apps.get_model("patients", "Run").objects.filter(patient=OuterRef("pk"))
        newest = newest.order_by("-started_at")
        return self.annotate(
            last_run_at=Subquery(newest.values("started_at")[:1]),
            last_run_ended_at=Subquery(newest.values("ended_at")[:1]),
        )


@tracked
class Patient(models.Model):
    """One person, known by the MRN that one authority gave in one centre."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="patients")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="patients")
    mrn = models.CharField("MRN", max_length=40)
    assigning_authority = models.CharField(max_length=40, blank=True)
    family_name = models.CharField(max_length=200)
    given_name = models.CharField(max_length=200, blank=True)
    born_at = models.DateTimeField("born", null=True, blank=True)
    is_birth_time_known = models.BooleanField(default=False)
    sex = models.CharField(max_length=10, choices=Sex, default=Sex.UNKNOWN)
    race = models.CharField("race, as the registry asks it", max_length=60, blank=True)
    bed = models.CharField(max_length=20, blank=True)
    is_identity_known = models.BooleanField("it is known who this is", default=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged_records"
    )
    registry_id = models.CharField("unique id in the registry", max_length=40, blank=True)
    entered_at = models.DateTimeField()
    search = models.CharField("casefolded names and MRN", max_length=500, editable=False)
    sort_key = models.CharField("casefolded, unaccented name", max_length=420, editable=False)

    objects = PatientQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "pk"]
        indexes = [
            GinIndex(fields=["search"], opclasses=["gin_trgm_ops"], name="patients_patient_search")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "mrn"], name="patients_patient_mrn_unique_in_centre"
            ),
            models.CheckConstraint(
                condition=~Q(mrn="") & ~Q(family_name=""),
                name="patients_patient_has_mrn_and_family_name",
            ),
        ]

    def __str__(self) -> str:
        return full_name(self.family_name, self.given_name)

    def get_absolute_url(self) -> str:
        """Return the patient page."""
        return reverse("patients:patient-detail", args=[self.public_id])

    @property
    def as_kept(self) -> "Patient":
        """The record that is kept of this person: another one if this went into it."""
        return self.merged_into or self


def full_name(family: str, given: str) -> str:
    """Return FAMILY, Given."""
    return f"{family.upper()}, {given}" if given else family.upper()


def search_key(text: str) -> str:
    """Return `text` casefolded and without accents: what names are searched and sorted by."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()
