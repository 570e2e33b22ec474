"""An emergency: the clock at once, any card, any order; what was given; the end; the debrief.

Nothing here refuses what happened, and nothing waits for a patient to be named.
"""

from datetime import datetime
from functools import partial
from uuid import UUID

from accounts.models import Unit, User
from alerts.actions import reconcile_alerts
from audit.context import action
from circuits.models import ComponentKind, Debrief, Emergency, EmergencyEntry, HarmDone
from circuits.queries import installed
from clinical.emergency import PREFIX, UNKNOWN, fitting
from clinical.findings import Assessment, Finding, Severity
from patients.actions.times import refuse_future
from patients.models import Run
from web.actions import begin_checklist, end_checklist
from web.models import ChecklistRun
from web.problems import RuleBroken

ALERT = "emergency"


class NamesAnother(RuleBroken):
    code = "names_another"


class BeforeItBegan(RuleBroken):
    code = "before_it_began"


class SayWhat(RuleBroken):
    code = "say_what"
    status = 422


@action("started an emergency")
def start_emergency(
    *,
    unit: Unit,
    by: User,
    at: datetime,
    run: Run | None = None,
    card: str = UNKNOWN,
    started_at: datetime | None = None,
    public_id: UUID | None = None,
) -> Emergency:
    """Start the clock with a card, and call who is on. `run` may be named later.

    Without `started_at` it began now. Raises NoSuchList for an unknown card.
    """
    run = Run.objects.locked(run.pk) if run else None
    began = started_at or at
    refuse_future(began, at, "start of the emergency")
    emergency = Emergency(
        unit=run.unit if run else unit, run=run, started_at=began, started_by=by, entered_at=at
    )
    if public_id is not None:
        emergency.public_id = public_id
    emergency.save()
    opened = open_card(emergency=emergency, card=card, by=by, at=at)
    _tell(emergency, str(opened), at)
    return emergency


@action("opened an emergency card")
def open_card(*, emergency: Emergency, card: str, by: User, at: datetime) -> ChecklistRun:
    """Open a card, as it fits the circuit; one that is open already stays as it is."""
    emergency = Emergency.objects.locked(emergency.pk)
    begun = ChecklistRun.objects.filter(
        subject=str(emergency.public_id), kind=PREFIX + card
    ).first()
    if begun is not None:
        return begun
    pumps, consoles = _circuit_of(emergency.run, at)
    return begin_checklist(
        unit=emergency.unit,
        kind=PREFIX + card,
        subject=str(emergency.public_id),
        patient_key=str(emergency.run.patient.public_id) if emergency.run else "",
        fit=partial(fitting, pumps=pumps, consoles=consoles),
        by=by,
        at=at,
    )


@action("named the patient of an emergency")
def name_patient(*, emergency: Emergency, run: Run, by: User, at: datetime) -> Emergency:
    """Say whose emergency it is. Again changes nothing; another raises NamesAnother."""
    run = Run.objects.locked(run.pk)
    emergency = Emergency.objects.locked(emergency.pk)
    if emergency.run_id not in {None, run.pk}:
        raise NamesAnother(
            "This emergency is another patient's. Start one for this patient, and say in a note "
            "which lines belong here."
        )
    if emergency.run_id is None:
        if emergency.ended_at is None:
            _settle(emergency, at)
        emergency.run, emergency.unit = run, run.unit
        emergency.save(update_fields=["run", "unit"])
        cards = ChecklistRun.objects.filter(subject=str(emergency.public_id))
        cards.update(patient_key=str(run.patient.public_id), unit=run.unit)
        if emergency.ended_at is None:
            _tell(emergency, "Emergency", at)
    return emergency


@action("noted something in an emergency")
def note_in_emergency(
    *,
    emergency: Emergency,
    kind: str,
    text: str,
    by: User,
    at: datetime,
    occurred_at: datetime | None = None,
    public_id: UUID | None = None,
) -> EmergencyEntry:
    """Add a line: said, given, read, called. Without `occurred_at` it was now; late ones are taken."""
    if not text.strip():
        raise SayWhat("Type what was said, given or read, each number with its unit.")
    when = occurred_at or at
    refuse_future(when, at, "time of the entry")
    entry = EmergencyEntry(
        emergency=emergency,
        kind=kind,
        text=text.strip(),
        occurred_at=when,
        entered_at=at,
        entered_by=by,
    )
    if public_id is not None:
        entry.public_id = public_id
    entry.save(force_insert=True)
    return entry


@action("ended an emergency")
def end_emergency(
    *,
    emergency: Emergency,
    ended_at: datetime,
    by: User,
    at: datetime,
    harm: str = HarmDone.NOT_KNOWN,
    effect: str = "",
) -> Emergency:
    """Stop the clock and close the cards; what is noted later is still taken. Twice: once."""
    if emergency.run is not None:
        Run.objects.locked(emergency.run.pk)
    emergency = Emergency.objects.locked(emergency.pk)
    refuse_future(ended_at, at, "end of the emergency")
    if ended_at < emergency.started_at:
        raise BeforeItBegan("The end lies before the start of the emergency. Check the time.")
    if emergency.ended_at is not None:
        return emergency
    emergency.ended_at, emergency.ended_by = ended_at, by
    emergency.harm, emergency.effect = harm, effect.strip()
    emergency.save(update_fields=["ended_at", "ended_by", "harm", "effect"])
    open_cards = ChecklistRun.objects.filter(subject=str(emergency.public_id), ended_at=None)
    for card in open_cards:
        end_checklist(checklist=card, by=by, at=at)
    _settle(emergency, at)
    return emergency


@action("held a debrief")
def debrief_emergency(
    *,
    emergency: Emergency,
    led_by: str,
    held_at: datetime,
    by: User,
    at: datetime,
    went_well: str = "",
    to_fix: str = "",
    equipment_faults: str = "",
    staff_ok: bool | None = None,
) -> Debrief:
    """Keep what was said soon after; it is read with the right to peer review, or by who wrote it."""
    refuse_future(held_at, at, "time of the debrief")
    said = {
        "went_well": went_well.strip(),
        "to_fix": to_fix.strip(),
        "equipment_faults": equipment_faults.strip(),
    }
    if not any(said.values()):
        raise SayWhat("Say what went well, what is to be mended, or which equipment failed.")
    return Debrief.objects.create(
        emergency=emergency,
        led_by=led_by,
        held_at=held_at,
        **said,
        staff_ok=staff_ok,
        entered_at=at,
        entered_by=by,
    )


def _circuit_of(run: Run | None, at: datetime) -> tuple[set[str], set[str]]:
    """Return kinds of pump and names of consoles in the circuit; empty where not known."""
    if run is None:
        return set(), set()
    models = [use.component.model for use in installed(run, at)]
    pumps = {one.pump_type for one in models if one.pump_type}
    return pumps, {one.name for one in models if one.kind == ComponentKind.CONSOLE}


def _tell(emergency: Emergency, title: str, at: datetime) -> None:
    message = f"{title}: the clock runs, the card is open"
    finding = Finding(code=ALERT, severity=Severity.CRITICAL, message=message)
    _reconcile(emergency, (finding,), at)


def _settle(emergency: Emergency, at: datetime) -> None:
    _reconcile(emergency, (), at)


def _reconcile(emergency: Emergency, findings: tuple[Finding, ...], at: datetime) -> None:
    reconcile_alerts(
        unit=emergency.unit,
        run=emergency.run,
        assessment=Assessment(frozenset({ALERT}), findings),
        at=at,
        subject=str(emergency.public_id),
    )
