"""Circuits, their components, and the bedside checks."""

from circuits.models.check import Check, CheckKind
from circuits.models.circuit import Circuit
from circuits.models.component import Component, ComponentUse, Fate, RemovalReason
from circuits.models.deferral import ReviewDeferral
from circuits.models.device import ComponentKind, DeviceModel
from circuits.models.exchange import Exchange, PartPhoto, Urgency

__all__ = [
    "Check",
    "CheckKind",
    "Circuit",
    "Component",
    "ComponentKind",
    "ComponentUse",
    "DeviceModel",
    "Exchange",
    "Fate",
    "PartPhoto",
    "RemovalReason",
    "ReviewDeferral",
    "Urgency",
]
