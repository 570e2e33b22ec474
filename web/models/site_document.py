"""Versioned site data: limits, policies, protocols, check sets, catalogues, checklists."""

from datetime import datetime
from uuid import uuid4

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Centre
from audit.tracking import tracked
from web.prepared import Given, Prepared


class SiteDocumentQuerySet(models.QuerySet["SiteDocument"]):
    def in_force(self, centre: Centre, kind: str, at: datetime) -> "SiteDocument | None":
        """Return the approved version of `kind` that holds in `centre` at `at`."""
        return next(iter(_IN_FORCE(centre=centre.pk, kind=kind, at=at)), None)


@tracked
class SiteDocument(models.Model):
    """One version of one site-owned table. Once approved it never changes; edit by a new version."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="site_documents")
    kind = models.SlugField("what it rules", max_length=60)
    version = models.PositiveIntegerField()
    body = models.JSONField()
    is_fictitious = models.BooleanField("demo content, not for clinical use", default=False)
    note = models.TextField("what changed and why", blank=True)
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    valid_from = models.DateTimeField(null=True, blank=True)

    objects = SiteDocumentQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "-version"]
        triggers = [
            pgtrigger.Protect(
                name="approved_never_changes",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__approved_at__isnull=False),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "kind", "version"],
                name="web_sitedocument_version_unique_in_centre_and_kind",
            ),
            models.CheckConstraint(
                condition=Q(approved_at=None, approved_by=None, valid_from=None)
                | Q(approved_at__isnull=False, approved_by__isnull=False, valid_from__isnull=False),
                name="web_sitedocument_approved_by_at_and_valid_from_together",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} version {self.version}"


def _in_force() -> "models.QuerySet[SiteDocument]":
    return SiteDocument.objects.filter(
        centre=Given("centre", models.BigIntegerField()),
        kind=Given("kind", models.TextField()),
        approved_at__isnull=False,
        valid_from__lte=Given("at", models.DateTimeField()),
    ).order_by("-valid_from", "-version")[:1]


_IN_FORCE = Prepared(_in_force)
