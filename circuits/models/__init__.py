"""Circuits, their components, and the bedside checks."""

from circuits.models.change import (
    CalendarFeed,
    ChangeDecision,
    ChangeState,
    DecisionKind,
    PlannedChange,
    PlannedPart,
)
from circuits.models.check import Check, CheckKind
from circuits.models.circuit import Circuit
from circuits.models.component import Component, ComponentUse, Fate, RemovalReason
from circuits.models.deferral import ReviewDeferral
from circuits.models.device import ComponentKind, DeviceModel
from circuits.models.exchange import Exchange, PartPhoto, Urgency

__all__ = [
    "CalendarFeed",
    "ChangeDecision",
    "ChangeState",
    "Check",
    "CheckKind",
    "Circuit",
    "Component",
    "ComponentKind",
    "ComponentUse",
    "DecisionKind",
    "DeviceModel",
    "Exchange",
    "Fate",
    "PartPhoto",
    "PlannedChange",
    "PlannedPart",
    "RemovalReason",
    "ReviewDeferral",
    "Urgency",
]
