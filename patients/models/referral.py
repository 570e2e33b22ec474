"""A call about a patient who may need ECMO, and what was said on the phone."""

from datetime import datetime
from decimal import Decimal
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Unit, User
from accounts.permissions import Permission
from audit.tracking import append_only, tracked
from clinical.lifecycle import Phase, State, label, phase
from patients.models.patient import Patient
from patients.models.run import Run, SupportType

STATES = [(state.value, label(state)) for state in State]
OPEN = [state.value for state in State if phase(state) is Phase.REFERRAL]


class AgeUnit(models.TextChoices):
    YEARS = "a", "years"
    MONTHS = "mo", "months"
    DAYS = "d", "days"


def told(
    label: str, digits: int, places: int
) -> "models.DecimalField[Decimal | None, Decimal | None]":
    """Return a nullable number as it was told on the phone."""
    return models.DecimalField(
        label, max_digits=digits, decimal_places=places, null=True, blank=True
    )


class ReferralQuerySet(models.QuerySet["Referral"]):
    def open(self) -> "ReferralQuerySet":
        """Referrals that wait for something: their clock runs."""
        return self.filter(state__in=OPEN)

    def visible_to(self, user: User, at: datetime) -> "ReferralQuerySet":
        """Referrals to units where `user` may see patients."""
        units = Unit.objects.with_permission(user, Permission.PATIENT_VIEW, at)
        return self.filter(unit__in=units.values("pk"))

    def locked(self, pk: int) -> "Referral":
        """Take the referral's lock: every write about a referral takes it first."""
        return (
            self.select_for_update(of=("self",))
            .select_related("unit__centre", "patient", "run")
            .get(pk=pk)
        )


@tracked
class Referral(models.Model):
    """One call for help: who to call back, what was told, and where it stands.

    Everything but the call-back number may be unknown. Numbers are as told on the phone: nobody
    here has measured them. The patient is linked once it is known who that is.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="referrals")
    call_back = models.CharField("call-back number", max_length=60)
    called_at = models.DateTimeField("the call came in")
    referrer = models.CharField(max_length=120, blank=True)
    location = models.CharField("hospital and ward", max_length=200, blank=True)
    patient_name = models.CharField("patient, as told", max_length=200, blank=True)
    age = told("age", 5, 1)
    age_unit = models.CharField(max_length=2, choices=AgeUnit, default=AgeUnit.YEARS)
    weight_kg = told("weight (kg)", 7, 3)
    diagnosis = models.CharField(max_length=300, blank=True)
    support_type = models.CharField(
        "support asked for", max_length=20, choices=SupportType, blank=True
    )
    onset_at = models.DateTimeField("ill since", null=True, blank=True)
    had_arrest = models.BooleanField("cardiac arrest", null=True, blank=True)
    fio2_pct = told("FiO2 (%)", 4, 1)
    peep_cmh2o = told("PEEP (cmH2O)", 4, 1)
    plateau_cmh2o = told("plateau pressure (cmH2O)", 4, 1)
    tidal_ml = told("tidal volume (mL)", 6, 1)
    rate_per_min = told("ventilator rate (/min)", 5, 1)
    ph = told("pH", 4, 3)
    pao2_mmhg = told("PaO2 (mmHg)", 5, 1)
    paco2_mmhg = told("PaCO2 (mmHg)", 5, 1)
    lactate_mmol_l = told("lactate (mmol/L)", 4, 1)
    gas_at = models.DateTimeField("time of the gas", null=True, blank=True)
    story = models.TextField("what else was told", blank=True)
    state = models.CharField(max_length=24, choices=STATES, default=State.REFERRED)
    state_since = models.DateTimeField()
    review_at = models.DateTimeField("look again at", null=True, blank=True)
    owner = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    owned_since = models.DateTimeField(null=True, blank=True)
    patient = models.ForeignKey(
        Patient, models.PROTECT, null=True, blank=True, related_name="referrals"
    )
    run = models.OneToOneField(Run, models.PROTECT, null=True, blank=True, related_name="referral")
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = ReferralQuerySet.as_manager()

    class Meta:
        ordering = ["-called_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(call_back=""), name="patients_referral_has_a_call_back_number"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.WATCH) | Q(review_at__isnull=False),
                name="patients_referral_watched_until_a_time",
            ),
            models.CheckConstraint(
                condition=Q(owner=None, owned_since=None)
                | Q(owner__isnull=False, owned_since__isnull=False),
                name="patients_referral_owner_and_since_together",
            ),
            models.CheckConstraint(
                condition=Q(run=None) | Q(patient__isnull=False),
                name="patients_referral_run_only_with_a_patient",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "state"], name="patients_referral_state"),
        ]

    def __str__(self) -> str:
        return f"Referral of {self.called_at:%d-%b-%Y %H:%M} UTC"

    def get_absolute_url(self) -> str:
        """Return the referral's page."""
        return reverse("episodes:referral-detail", args=[self.public_id])

    @property
    def is_open(self) -> bool:
        """Its clock runs."""
        return self.state in OPEN


class LogKind(models.TextChoices):
    CALL = "call", "Call"
    NOTE = "note", "Note"
    HANDOVER = "handover", "Handed over"


class CallLogEntry(models.Model):
    """One call, note or handover about a referral. Written once."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    referral = models.ForeignKey(Referral, models.PROTECT, related_name="log")
    kind = models.CharField(max_length=10, choices=LogKind, default=LogKind.CALL)
    spoke_with = models.CharField(max_length=120, blank=True)
    text = models.TextField("what was said")
    to = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="handed over to"
    )
    happened_at = models.DateTimeField()
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = [F("happened_at").desc(), "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind="handover", to__isnull=False))
                | (~Q(kind="handover") & Q(to=None)),
                name="patients_calllogentry_handed_over_to_somebody",
            )
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.happened_at:%d-%b-%Y %H:%M} UTC"
