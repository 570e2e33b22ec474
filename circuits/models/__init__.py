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
from circuits.models.console import (
    DURABLE,
    HYGIENE,
    Console,
    ConsoleRecord,
    RecordKind,
    ServiceState,
    Verdict,
    WaterResult,
    WaterVerdict,
)
from circuits.models.deferral import ReviewDeferral
from circuits.models.device import ComponentKind, DeviceModel
from circuits.models.exchange import Exchange, PartPhoto, Urgency
from circuits.models.hold import CircuitHold
from circuits.models.label import DeviceLabel, Market, ModelLabelAcknowledgement
from circuits.models.stock import MovementKind, ParLevel, StockLot, StockMovement

__all__ = [
    "DURABLE",
    "HYGIENE",
    "CalendarFeed",
    "ChangeDecision",
    "ChangeState",
    "Check",
    "CheckKind",
    "Circuit",
    "CircuitHold",
    "Component",
    "ComponentKind",
    "ComponentUse",
    "Console",
    "ConsoleRecord",
    "DecisionKind",
    "DeviceLabel",
    "DeviceModel",
    "Exchange",
    "Fate",
    "Market",
    "ModelLabelAcknowledgement",
    "MovementKind",
    "ParLevel",
    "PartPhoto",
    "PlannedChange",
    "PlannedPart",
    "RecordKind",
    "RemovalReason",
    "ReviewDeferral",
    "ServiceState",
    "StockLot",
    "StockMovement",
    "Urgency",
    "Verdict",
    "WaterResult",
    "WaterVerdict",
]
