"""A weaning trial as the rules read it."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from circuits.change_policies import band_of
from circuits.models import ComponentKind
from circuits.queries import Recent, installed
from clinical import weaning
from clinical.check import FDO2, SWEEP
from clinical.weaning import LOW_FLOW_KINDS, FlowAt, Support, TrialKind
from labs.queries.infusions import infusion_now, infusions_of
from patients.models import CannulaPurpose, Run, WeaningTrial
from patients.queries import mode_at

PUMP_SPEED = "pump_speed"
RETURNS = (CannulaPurpose.RETURN, CannulaPurpose.BOTH)


def running_trial(run: Run) -> WeaningTrial | None:
    """Return the trial that goes on, if any (one statement)."""
    return run.weaning_trials.filter(ended_at=None).select_related("entered_by").first()


def support_of(run: Run, at: datetime) -> Support:
    """Return the mode, where blood is returned, the age and if there is a bridge (3 statements)."""
    returns = run.cannulas.filter(purpose__in=RETURNS, inserted_at__lte=at)
    sites = returns.exclude(removed_at__lte=at).values_list("site", flat=True)
    return Support(
        mode=mode_at(list(run.modes.order_by("starts_at")), at),
        return_sites=frozenset(sites),
        age_group=band_of(run),
        has_bridge=installed(run, at).filter(kind=ComponentKind.BRIDGE).exists(),
    )


def agents_running(run: Run, at: datetime) -> frozenset[str]:
    """Return the anticoagulants that flow now (two statements)."""
    now = [infusion_now(one, at) for one in infusions_of(run)]
    return frozenset(one.infusion.agent for one in now if one.is_running)


def as_trial(run: Run, row: WeaningTrial, at: datetime) -> weaning.Trial:
    """Return a trial with the flows read since it began."""
    return weaning.Trial(
        kind=TrialKind(row.kind),
        started_at=row.started_at,
        support=support_of(run, at),
        flows=tuple(_flows(run, row.started_at)),
        agents=agents_running(run, at),
    )


def settings_of(kind: str) -> tuple[str, ...]:
    """Return the settings that such a trial moves, and that a restore brings back."""
    return (PUMP_SPEED, SWEEP, FDO2) if kind in LOW_FLOW_KINDS else (SWEEP, FDO2)


def settings_before(run: Run, kind: str, when: datetime) -> dict[str, Any]:
    """Return the newest settings by `when`, each with the time it was read, for a restore."""
    wanted, found = set(settings_of(kind)), {}
    for reading in Recent(run):
        if reading.checked_at > when:
            continue
        for code in wanted & reading.values.keys():
            found[code] = {
                "value": str(reading.values[code]),
                "at": reading.checked_at.isoformat(),
            }
        wanted -= found.keys()
        if not wanted:
            break
    return found


def restorable(row: WeaningTrial) -> dict[str, Decimal]:
    """Return the settings that a restore goes back to, in the units of the measures."""
    return {code: Decimal(known["value"]) for code, known in row.settings_before.items()}


def _flows(run: Run, since: datetime) -> Iterator[FlowAt]:
    for reading in Recent(run):
        if reading.checked_at < since:
            return
        yield FlowAt(reading.checked_at, reading.values.get("blood_flow"))
