"""Samples and results; anticoagulation plans and infusions."""

from labs.models.infusion import (
    ChangeKind,
    Infusion,
    InfusionChange,
    InfusionChangeWithdrawal,
)
from labs.models.plan import Agent, AnticoagulationPlan
from labs.models.result import Result, ResultStatus
from labs.models.sample import Sample

__all__ = [
    "Agent",
    "AnticoagulationPlan",
    "ChangeKind",
    "Infusion",
    "InfusionChange",
    "InfusionChangeWithdrawal",
    "Result",
    "ResultStatus",
    "Sample",
]
