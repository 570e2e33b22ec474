"""The steps of an episode from the call to the end of follow-up, and how it ends."""

from datetime import datetime
from uuid import uuid4

from django.db import models
from django.db.models import Q

from accounts.models import Unit, User
from accounts.permissions import Permission
from audit.tracking import append_only, tracked
from patients.models.referral import STATES, Referral
from patients.models.run import Run


class EpisodeStep(models.Model):
    """One step of an episode: from where to where, when, why. Written once.

    It belongs to a referral, to a run, or to both (flow on). A step that was an error is taken
    back by another one, which names it; the newest that was not taken back says where things are.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    referral = models.ForeignKey(
        Referral, models.PROTECT, null=True, blank=True, related_name="steps"
    )
    run = models.ForeignKey(Run, models.PROTECT, null=True, blank=True, related_name="steps")
    source = models.CharField("from", max_length=24, choices=STATES, blank=True)
    target = models.CharField("to", max_length=24, choices=STATES)
    happened_at = models.DateTimeField()
    reason = models.CharField(
        "reason: a code of the site's list, or words", max_length=200, blank=True
    )
    facts = models.JSONField("what was told with it, by item", default=dict, blank=True)
    takes_back = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="taken_back_by"
    )
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(referral__isnull=False) | Q(run__isnull=False),
                name="patients_episodestep_of_a_referral_or_a_run",
            )
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return self.get_target_display()


class Donation(models.TextChoices):
    OPEN = "", "Not asked yet"
    NOT_POSSIBLE = "not_possible", "Not possible"
    REFERRED = "referred", "Donation team told"
    CONSENTED = "consented", "Consented"
    DECLINED = "declined", "Declined"


class Coroner(models.TextChoices):
    OPEN = "", "Not asked yet"
    NOT_NEEDED = "not_needed", "Need not be told"
    TOLD = "told", "Told, nothing is held"
    HOLD = "hold", "Told: hold the circuit"


@tracked
class EndOfLife(models.Model):
    """What is kept about the end: the decision, the clamp, donation, coroner, who cares for the family.

    The time of death is the outcome's; the time of the clamp is here, since the two differ.
    """

    run = models.OneToOneField(Run, models.PROTECT, related_name="end_of_life")
    decided_at = models.DateTimeField("decision to withdraw", null=True, blank=True)
    decided_by = models.CharField(max_length=200, blank=True)
    decision = models.TextField("the decision and its grounds", blank=True)
    clamped_at = models.DateTimeField("circuit clamped", null=True, blank=True)
    donation = models.CharField(max_length=12, choices=Donation, blank=True)
    donation_note = models.CharField(max_length=200, blank=True)
    coroner = models.CharField(max_length=12, choices=Coroner, blank=True)
    coroner_note = models.CharField("coroner: reference", max_length=200, blank=True)
    bereavement_contact = models.CharField(
        "who cares for the family, and how they are reached", max_length=200, blank=True
    )
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "ends of life"

    def __str__(self) -> str:
        return f"End of life, {self.run}"

    @property
    def open_questions(self) -> list[str]:
        """What has not been answered yet."""
        asked = {
            "Has the donation team been asked?": self.donation,
            "Must the coroner be told, and is the circuit held?": self.coroner,
            "Who cares for the family?": self.bereavement_contact,
        }
        return [question for question, answer in asked.items() if not answer]


class VisitQuerySet(models.QuerySet["FollowUpVisit"]):
    def visible_to(self, user: User, at: datetime) -> "VisitQuerySet":
        """Visits of runs in units where `user` may see patients."""
        units = Unit.objects.with_permission(user, Permission.PATIENT_VIEW, at)
        return self.filter(run__unit__in=units.values("pk"))


@tracked
class FollowUpVisit(models.Model):
    """One look at the patient after ECMO: planned for a day, then held with its result."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    run = models.ForeignKey(Run, models.PROTECT, related_name="visits")
    name = models.CharField("what for", max_length=80)
    planned_on = models.DateField()
    seen_on = models.DateField(null=True, blank=True)
    result = models.CharField("result in one line", max_length=300, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_why = models.CharField(max_length=200, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = VisitQuerySet.as_manager()

    class Meta:
        ordering = ["planned_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(seen_on=None, result="") | (Q(seen_on__isnull=False) & ~Q(result="")),
                name="patients_followupvisit_seen_with_a_result",
            ),
            models.CheckConstraint(
                condition=Q(seen_on=None) | Q(cancelled_at=None),
                name="patients_followupvisit_not_both_seen_and_cancelled",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def unit(self) -> Unit:
        """The unit of the run: whose permissions decide."""
        return self.run.unit
