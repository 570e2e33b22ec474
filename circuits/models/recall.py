"""Recalls: what a notice says, the parts it is about, and everything done until it is closed."""

from datetime import datetime
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Count, F, Q, Subquery
from django.db.models.expressions import Combinable

from accounts.models import Centre, Unit, User
from accounts.permissions import Permission
from audit.tracking import append_only, tracked
from circuits.models.component import Component
from circuits.models.device import ComponentKind, DeviceModel
from circuits.models.stock import StockLot
from clinical.recall import Affected, LotRange, RecallAction, Verdict
from patients.models import Run
from web.models import Attachment

OPEN_FIRST: list[str | Combinable] = [F("closed_at").desc(nulls_first=True), "-received_at", "-pk"]


class ActionAsked(models.TextChoices):
    """What the notice asks for: they differ, a corrected part may stay in use."""

    REMOVAL = RecallAction.REMOVAL.value, "Removal"
    CORRECTION = RecallAction.CORRECTION.value, "Correction"


class RecallClass(models.TextChoices):
    """The class that the authority gave; many notices outside the United States have none."""

    I = "I", "Class I"  # noqa: E741 -- its name
    II = "II", "Class II"
    III = "III", "Class III"


class Found(models.TextChoices):
    """What the recall says of a part."""

    AFFECTED = Verdict.AFFECTED.value, "Affected"
    CANNOT_TELL = Verdict.CANNOT_TELL.value, "Cannot be ruled out"


class RecallFate(models.TextChoices):
    """What was done about a part."""

    REMOVED = "removed", "Removed"
    CORRECTED = "corrected", "Corrected"
    STAYS = "stays", "Stays in use, with a reason"
    RETURNED = "returned", "Returned to the manufacturer"
    DISCARDED = "discarded", "Discarded"
    RULED_OUT = "ruled_out", "Looked at: not affected"


class RecallQuerySet(models.QuerySet["Recall"]):
    def open(self) -> "RecallQuerySet":
        """Recalls that nobody has closed."""
        return self.filter(closed_at=None)

    def visible_to(self, user: User, at: datetime) -> "RecallQuerySet":
        """Recalls of the centres in which `user` may read the catalogue."""
        units = Unit.objects.with_permission(user, Permission.CATALOGUE_VIEW, at)
        return self.filter(centre__in=units.values("centre"))

    def with_state(self) -> "RecallQuerySet":
        """Annotate each recall with its items, those without a fate, and its newest search."""
        searches = RecallStep.objects.filter(recall=models.OuterRef("pk"), kind=StepKind.SEARCHED)
        newest = searches.order_by("-happened_at", "-pk")
        return self.annotate(
            found=Count("items"),
            undecided=Count("items", filter=Q(items__fate="")),
            searched_at=Subquery(newest.values("happened_at")[:1]),
        ).order_by(*OPEN_FIRST)

    def locked(self, pk: int) -> "Recall":
        """Return the recall, locked until the transaction ends. Runs are locked after it."""
        rows = self.select_for_update(of=("self",), no_key=True)
        return rows.select_related("centre", "model").get(pk=pk)


@tracked
class Recall(models.Model):
    """One notice that came to one centre, as a case from receipt to closing by two people."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="recalls")
    issuer = models.CharField("who issued it", max_length=150)
    reference = models.CharField("their reference", max_length=80)
    product = models.CharField("product as the notice names it", max_length=200)
    action = models.CharField(max_length=12, choices=ActionAsked)
    recall_class = models.CharField("class", max_length=3, choices=RecallClass, blank=True)
    issued_on = models.DateField("dated")
    received_at = models.DateTimeField()
    kind = models.CharField("kind of part", max_length=20, choices=ComponentKind, blank=True)
    model = models.ForeignKey(
        DeviceModel, models.PROTECT, null=True, blank=True, related_name="recalls"
    )
    gtins = ArrayField(models.CharField(max_length=14), verbose_name="GTINs", default=list)
    lots = ArrayField(models.CharField(max_length=40), default=list)
    lot_ranges = models.JSONField("[first, last] of each range of lots", default=list)
    serials = ArrayField(models.CharField(max_length=40), default=list)
    instruction = models.TextField("what the notice says to do")
    notice = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")
    closing_asked_at = models.DateTimeField(null=True, blank=True)
    closing_asked_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = RecallQuerySet.as_manager()

    class Meta:
        ordering = OPEN_FIRST
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "issuer", "reference"],
                name="circuits_recall_one_per_notice_and_centre",
            ),
            models.CheckConstraint(
                condition=~Q(model=None) | ~Q(gtins=[]), name="circuits_recall_names_a_product"
            ),
            models.CheckConstraint(
                condition=~Q(instruction=""), name="circuits_recall_says_what_to_do"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None)
                | Q(
                    closed_at__isnull=False,
                    closed_by__isnull=False,
                    closing_asked_at__isnull=False,
                    closing_asked_by__isnull=False,
                )
                & ~Q(closed_by=F("closing_asked_by")),
                name="circuits_recall_closed_by_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.issuer} {self.reference}"

    @property
    def affected(self) -> Affected:
        """What the notice names, as the rules read it."""
        return Affected(
            kind=self.kind,
            models=frozenset([str(self.model_id)] if self.model_id else ()),
            gtins=frozenset(self.gtins),
            lots=frozenset(self.lots),
            ranges=tuple(LotRange(first, last) for first, last in self.lot_ranges),
            serials=frozenset(self.serials),
        )


@tracked
class RecallItem(models.Model):
    """One part, or what is left of one lot in a store, that a recall is or may be about."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    recall = models.ForeignKey(Recall, models.PROTECT, related_name="items")
    component = models.ForeignKey(
        Component, models.PROTECT, null=True, blank=True, related_name="recall_items"
    )
    stock_lot = models.ForeignKey(
        StockLot, models.PROTECT, null=True, blank=True, related_name="recall_items"
    )
    found = models.CharField(max_length=12, choices=Found)
    found_at = models.DateTimeField()
    fate = models.CharField(max_length=12, choices=RecallFate, blank=True)
    fate_at = models.DateTimeField(null=True, blank=True)
    fate_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    fate_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["found_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(component=None, stock_lot__isnull=False)
                | Q(component__isnull=False, stock_lot=None),
                name="circuits_recallitem_one_part_or_one_lot",
            ),
            models.UniqueConstraint(
                fields=["recall", "component"], name="circuits_recallitem_part_once_in_recall"
            ),
            models.UniqueConstraint(
                fields=["recall", "stock_lot"], name="circuits_recallitem_lot_once_in_recall"
            ),
            models.CheckConstraint(
                condition=Q(fate="", fate_at=None, fate_by=None)
                | ~Q(fate="") & Q(fate_at__isnull=False, fate_by__isnull=False),
                name="circuits_recallitem_fate_at_and_by_together",
            ),
            models.CheckConstraint(
                condition=~Q(fate__in=[RecallFate.STAYS, RecallFate.RULED_OUT])
                | ~Q(fate_reason=""),
                name="circuits_recallitem_staying_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return str(self.component or self.stock_lot)


class StepKind(models.TextChoices):
    RECEIVED = "received", "Received"
    SEARCHED = "searched", "Searched"
    TURNED_UP = "turned_up", "A part turned up"
    TOLD = "told", "Physician told"
    FATE = "fate", "Fate of a part"
    REPLIED = "replied", "Reply sent"
    CLOSING_ASKED = "closing_asked", "Closing asked"
    CLOSED = "closed", "Closed"
    REOPENED = "reopened", "Reopened"


@tracked
class RecallStep(models.Model):
    """One thing done about a recall; written once.

    `facts` of a search are its proof: what was searched, how many rows, how many were found.
    Nobody stands beside a part that turned up: the system found it as it was put in or received.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    recall = models.ForeignKey(Recall, models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=15, choices=StepKind)
    item = models.ForeignKey(
        RecallItem, models.PROTECT, null=True, blank=True, related_name="steps"
    )
    run = models.ForeignKey(Run, models.PROTECT, null=True, blank=True, related_name="recall_steps")
    facts = models.JSONField(default=dict, blank=True)
    note = models.CharField(max_length=500, blank=True)
    file = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")
    happened_at = models.DateTimeField()
    entered_at = models.DateTimeField()
    by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="by whom"
    )

    class Meta:
        ordering = ["happened_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(happened_at__lte=F("entered_at")),
                name="circuits_recallstep_happened_before_entered",
            )
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.happened_at:%Y-%m-%d %H:%M}"
