"""Ask for a report, make it, sign it off."""

from reports.actions.ask import (
    AlreadyInWork,
    MonthNotOver,
    produce_last_month,
    request_report,
)
from reports.actions.produce import produce_report, sweep
from reports.actions.sign import (
    NotToReview,
    SignsOwnReport,
    can_sign_off,
    check_can_sign_off,
    sign_off,
)

__all__ = [
    "AlreadyInWork",
    "MonthNotOver",
    "NotToReview",
    "SignsOwnReport",
    "can_sign_off",
    "check_can_sign_off",
    "produce_last_month",
    "produce_report",
    "request_report",
    "sign_off",
    "sweep",
]
