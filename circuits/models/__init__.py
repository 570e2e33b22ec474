"""Circuits, their components, and the bedside checks."""

from circuits.models.adjunct import Adjunct, AdjunctKind, Connection
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
from circuits.models.clot import ClotChange, ClotKind, ClotLook, ClotPlace
from circuits.models.component import Component, ComponentUse, Fate, RemovalReason
from circuits.models.console import (
    DURABLE,
    HYGIENE,
    Console,
    ConsoleQuerySet,
    ConsoleRecord,
    RecordKind,
    ServiceState,
    Verdict,
    WaterResult,
    WaterVerdict,
)
from circuits.models.deferral import ReviewDeferral
from circuits.models.device import ComponentKind, DeviceModel, PumpType
from circuits.models.emergency import Debrief, Emergency, EmergencyEntry, EntryKind
from circuits.models.exchange import Exchange, PartPhoto, Urgency
from circuits.models.hold import CircuitHold
from circuits.models.incident import CustodyEntry, DeviceIncident, HarmDone
from circuits.models.kit import KitItem, KitKind, KitLook
from circuits.models.label import DeviceLabel, Market, ModelLabelAcknowledgement
from circuits.models.recall import (
    ActionAsked,
    Found,
    Recall,
    RecallClass,
    RecallFate,
    RecallItem,
    RecallStep,
    StepKind,
)
from circuits.models.standby import (
    Prime,
    PrimeChemistry,
    PrimeFill,
    PrimeProduct,
    StandbyChange,
    StandbyCircuit,
    StandbyPart,
    StandbyStatus,
)
from circuits.models.stock import (
    ONTO_SHELF,
    MovementKind,
    ParLevel,
    StockCount,
    StockLot,
    StockMovement,
)

__all__ = [
    "DURABLE",
    "HYGIENE",
    "ONTO_SHELF",
    "ActionAsked",
    "Adjunct",
    "AdjunctKind",
    "CalendarFeed",
    "ChangeDecision",
    "ChangeState",
    "Check",
    "CheckKind",
    "Circuit",
    "CircuitHold",
    "ClotChange",
    "ClotKind",
    "ClotLook",
    "ClotPlace",
    "Component",
    "ComponentKind",
    "ComponentUse",
    "Connection",
    "Console",
    "ConsoleQuerySet",
    "ConsoleRecord",
    "CustodyEntry",
    "Debrief",
    "DecisionKind",
    "DeviceIncident",
    "DeviceLabel",
    "DeviceModel",
    "Emergency",
    "EmergencyEntry",
    "EntryKind",
    "Exchange",
    "Fate",
    "Found",
    "HarmDone",
    "KitItem",
    "KitKind",
    "KitLook",
    "Market",
    "ModelLabelAcknowledgement",
    "MovementKind",
    "ParLevel",
    "PartPhoto",
    "PlannedChange",
    "PlannedPart",
    "Prime",
    "PrimeChemistry",
    "PrimeFill",
    "PrimeProduct",
    "PumpType",
    "Recall",
    "RecallClass",
    "RecallFate",
    "RecallItem",
    "RecallStep",
    "RecordKind",
    "RemovalReason",
    "ReviewDeferral",
    "ServiceState",
    "StandbyChange",
    "StandbyCircuit",
    "StandbyPart",
    "StandbyStatus",
    "StepKind",
    "StockCount",
    "StockLot",
    "StockMovement",
    "Urgency",
    "Verdict",
    "WaterResult",
    "WaterVerdict",
]
