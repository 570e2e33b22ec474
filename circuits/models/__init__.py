"""Circuits, their components, and the bedside checks."""

from circuits.models.check import Check, CheckKind, Trial
from circuits.models.circuit import Circuit
from circuits.models.component import Component, ComponentUse, RemovalReason
from circuits.models.deferral import ReviewDeferral
from circuits.models.device import ComponentKind, DeviceModel

__all__ = [
    "Check",
    "CheckKind",
    "Circuit",
    "Component",
    "ComponentKind",
    "ComponentUse",
    "DeviceModel",
    "RemovalReason",
    "ReviewDeferral",
    "Trial",
]
