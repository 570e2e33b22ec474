"""When equipment falls due: service and hygiene of a device, a loan, a lot's expiry, an order.

Source: bedside reference 3.2 and 3.4 name what is looked after; how often is the site's own rule or
what the device's label says. Times are absolute. All of it is paperwork: late, it wakes nobody.
"""

from datetime import datetime, timedelta

from clinical.due import Due
from clinical.instants import utc


def service_due(
    what: str,
    *,
    last_at: datetime | None,
    known_at: datetime,
    written_at: datetime | None = None,
    every_days: int | None = None,
) -> Due | None:
    """Return when a service is due next: as written on the device, else by the site's interval.

    Without either it is not known, and None is returned: that is said on the page, never guessed.
    A device on which it was never done is due at once (`known_at`).
    """
    if last_at is not None and written_at is not None:
        return Due(
            "equipment.as_written", last_at, written_at, written_at, f"{what}: as written on it."
        )
    if every_days is None:
        return None
    days = {"every_days": str(every_days)}
    if last_at is None:
        why = f"{what} is not on record; it is asked for every {every_days} days."
        return Due("equipment.never_done", known_at, known_at, known_at, why, inputs=days)
    due_at = utc(last_at) + timedelta(days=every_days)
    why = f"{what} every {every_days} days, counted from the last."
    return Due("equipment.interval", last_at, due_at, due_at, why, inputs=days)


def loan_due(owner: str, *, since: datetime, until: datetime) -> Due:
    """Return when what is lent goes back."""
    return Due("equipment.loan", since, until, until, f"Lent: it goes back to {owner}.")


def expiry_due(
    *, received_at: datetime, over_at: datetime, warn_days: int, there: int
) -> Due | None:
    """Return by when a lot is to be used or discarded; nothing is owed of a lot that is gone.

    `over_at` is the end of its last day of use.
    """
    if there <= 0:
        return None
    return Due(
        "stock.expiry",
        received_at,
        over_at,
        over_at,
        f"{there} of the lot are there; after its last day they may not be used.",
        warn_at=utc(over_at) - timedelta(days=warn_days),
        inputs={"warn_days": str(warn_days), "there": str(there)},
    )


def order_due(*, usable: int, wanted: int, below_since: datetime, within_days: int) -> Due | None:
    """Return by when a product is to be ordered, if fewer are usable than wanted."""
    if usable >= wanted:
        return None
    due_at = utc(below_since) + timedelta(days=within_days)
    return Due(
        "stock.below_par",
        below_since,
        due_at,
        due_at,
        f"{usable} of {wanted} wanted are free, in date and not recalled.",
        warn_at=below_since,
        inputs={"usable": str(usable), "wanted": str(wanted), "within_days": str(within_days)},
    )
