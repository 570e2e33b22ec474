"""Severity and survival scores of a run."""

from typing import Any
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from audit.tracking import append_only, tracked
from clinical.scores.catalogue import SCORES
from clinical.scores.score import Score
from patients.models.run import Run


class ScoreResultQuerySet(models.QuerySet["ScoreResult"]):
    def current(self) -> "ScoreResultQuerySet":
        """Results that no later one corrects."""
        return self.filter(corrected_by=None)


@tracked
class ScoreResult(models.Model):
    """One result of one score: its version, its inputs, what came out, when and by whom.

    Each input keeps its value, its unit and where it comes from. A score that is not worked out
    here keeps a result from elsewhere with its source. A correction is a new row.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    run = models.ForeignKey(Run, models.PROTECT, related_name="scores")
    name = models.CharField(max_length=20)
    version = models.CharField(max_length=40)
    inputs = models.JSONField("value, unit, source and time of each input", default=dict)
    points = models.JSONField("points of each item", null=True, blank=True)
    value = models.DecimalField(max_digits=12, decimal_places=4)
    unit = models.CharField("unit (UCUM)", max_length=30, blank=True)
    band = models.CharField("class", max_length=20, blank=True)
    further = models.JSONField("what else the score gives", default=dict, blank=True)
    remarks = models.JSONField(default=list, blank=True)
    external_source = models.CharField(
        "where a result from elsewhere comes from", max_length=200, blank=True
    )
    computed_at = models.DateTimeField("worked out at")
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )
    reason = models.CharField("why corrected", max_length=200, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = ScoreResultQuerySet.as_manager()

    class Meta:
        ordering = ["-entered_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(computed_at__lte=F("entered_at")),
                name="patients_scoreresult_not_worked_out_in_the_future",
            ),
            models.CheckConstraint(
                condition=Q(corrects=None) | ~Q(reason=""),
                name="patients_scoreresult_correction_has_a_reason",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.name} {self.value:g}"

    @property
    def score(self) -> Score:
        """The score as the product knows it now."""
        return SCORES[self.name]

    @property
    def answers(self) -> list[dict[str, Any]]:
        """The inputs in the order of the score, each with its label; lists as words."""
        return [
            {**kept, "label": one.label, "value": _worded(kept["value"])}
            for one in self.score.inputs
            if (kept := self.inputs.get(one.name))
        ]


def _worded(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, list | tuple) else str(value).replace("_", " ")
