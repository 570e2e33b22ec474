"""Pages of anticoagulation and laboratory results."""

from labs.views.forms import (
    change_withdraw,
    infusion_change,
    infusion_start,
    plan_set,
    result_correct,
    result_create,
)
from labs.views.pages import anticoagulation, results

__all__ = [
    "anticoagulation",
    "change_withdraw",
    "infusion_change",
    "infusion_start",
    "plan_set",
    "result_correct",
    "result_create",
    "results",
]
