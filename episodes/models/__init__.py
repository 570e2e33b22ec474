"""What people tell one another about patients: handovers, plans of the day, open actions."""

from episodes.models.handover import Handover
from episodes.models.huddle import HuddleAction, PlannedProcedure

__all__ = ["Handover", "HuddleAction", "PlannedProcedure"]
