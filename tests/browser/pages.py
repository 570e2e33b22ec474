"""Every page of the URL walk, each opened by somebody who may, and what makes it worth opening."""

from datetime import date, timedelta
from typing import NamedTuple

from django.urls import reverse

from circuits.actions.adjuncts import start_adjunct
from circuits.actions.check_sets import draft_check_sets
from circuits.actions.clots import record_clot
from circuits.actions.consoles import add_console
from circuits.actions.emergencies import start_emergency
from circuits.actions.exchange import NewPart
from circuits.actions.kit import add_kit
from circuits.actions.prime import prime_standby
from circuits.actions.standby import assemble_standby, begin_standby_list
from circuits.actions.stock import quarantine_stock
from circuits.actions.support import record_cannula
from circuits.actions.transport import plan_leg
from circuits.actions.weaning import start_trial
from circuits.asked import CHECK_SETS
from circuits.models import (
    Adjunct,
    Check,
    ClotLook,
    ComponentUse,
    Console,
    DeviceIncident,
    DeviceModel,
    Emergency,
    KitItem,
    PlannedChange,
    Recall,
    StandbyCircuit,
    StockLot,
    StockMovement,
)
from clinical.checkset import DEFAULT_BODY
from episodes.actions.follow_up import plan_visit
from episodes.actions.handover import give_handover
from episodes.actions.huddle import add_action, plan_procedure
from episodes.actions.merging import merge_patients
from episodes.actions.referrals import receive_referral
from episodes.models import Handover, HuddleAction, PlannedProcedure
from interop.actions.receive import receive_message
from interop.models import Message, QuarantinedObservation
from labs.models import Infusion, InfusionChange, Result
from patients.actions.events import record_diagnosis
from patients.actions.patient import admit_unknown
from patients.models import (
    Cannula,
    FollowUpVisit,
    Patient,
    PatientMerge,
    Referral,
    TransportLeg,
    WeaningTrial,
)
from tests.architecture.walk import urls
from tests.interop.messages import adt_a40
from tests.scenarios import device
from web.models import ChecklistRun, SiteDocument

NO_PAGES = {
    "checklist-answer", "checklist-end", "circuits:standby-list", "circuits:task-do",
    "healthz", "readyz", "home", "circuits:run-trends", "accounts:theme", "api:schema",
    "alerts:alert-acknowledge", "staffing:shifts-publish", "staffing:shift-cancel",
    "account_reauthenticate", "account_inactive", "reports:report-ask", "reports:report-sign",
    "reports:report-file", "reports:run-sign", "reports:run-summary",
    "circuits:calendar-open", "circuits:calendar-close", "circuits:calendar-feed",
    "circuits:check-draft", "circuits:check-undo", "circuits:check-paper",
    "circuits:trial-restore", "circuits:target-withdraw", "circuits:item-answer",
    "circuits:part-photo", "circuits:device-labels-read",
    "reports:recall-trace", "reports:incident-report", "circuits:recall-search",
    "circuits:recall-close", "circuits:recall-file",
    "episodes:unit-sheet", "episodes:handover-take", "circuits:emergency-note", "circuits:emergency-name", "circuits:emergency-card",
}  # fmt: skip


REFERRAL_PAGES = (
    "detail", "edit", "log", "hand-over", "name", "flow-on", "take-back", "step",
)  # fmt: skip
LOT_PAGES = [
    f"circuits:stock-{page}" for page in ("detail", "count", "reserve", "set-aside", "discard")
]
CONSOLE_PAGES = [
    f"circuits:console-{page}"
    for page in ("detail", "service", "limits", "water", "state", "lend", "return")
]
ASIDE_PAGES = ["circuits:stock-put-back", "circuits:stock-throw-away"]
LEG_PAGES = ("decide", "depart", "arrive", "stand-down", "call-off")

RECALL_PAGES = (
    *tuple(f"circuits:recall-{page}" for page in ("detail", "fate", "tell")),
    "reports:recall-reply",
)
INCIDENT_STEPS = ("detail", "hand-over", "harm", "release", "report", "close")


CHANGE_PAGES = [
    f"circuits:change-{step}" for step in ("detail", "replan", "hand-over", "kit", "cancel")
]


class Place(NamedTuple):
    """A page: the URL's name, its address here, and the role that opens it."""

    name: str
    path: str
    who: str | None


def names():
    """Return the names of all URLs that are pages."""
    return sorted(
        one.name
        for one in urls()
        if not one.route.startswith(("api/v1", "admin/")) and one.name not in NO_PAGES
    )


def places(ward):
    """Return every page of the ward, but those whose row it lacks (a recall, an incident)."""
    run = ward.runs["membrane"]
    keys = _keys(ward, run)
    there = [name for name in names() if keys.get(name, run) is not None]
    return [Place(name, _path(name, keys, run), _who(name)) for name in there]


def _path(name, keys, run):
    steps = {
        "patients:event-create": (run, "bleeding"),
        "reports:score-create": (run, "resp"),
        "circuits:limit-change": (run, "p_drainage"),
        "episodes:referral-step": (keys.get("episodes:referral-step"), "triage"),
        "episodes:run-step": (run, "decannulating"),
    }
    if name == "patients:entry-withdraw":
        entry = run.diagnoses.first() or record_diagnosis(
            run=run,
            icd10="J80",
            label="ARDS",
            is_primary=True,
            by=run.entered_by,
            at=run.started_at,
        )
        return reverse(name, args=[run.public_id, "diagnosis", entry.public_id])
    if name in steps:
        row, step = steps[name]
        return reverse(name, args=[row.public_id, step])
    route = next(one.route for one in urls() if one.name == name)
    if "<" not in route:
        return reverse(name)
    if name == "circuits:layer-edit":
        return reverse(name, args=[run.unit.centre.public_id, "round"])
    others = {"circuits:recall-tell": run, "episodes:merge-create": run.patient}
    second = [others[name].public_id] if name in others else []
    return reverse(name, args=[keys.get(name, run).public_id, *second])


def _keys(ward, run):
    """Return the row that a page is about, where it is not the run."""
    message = Message.objects.order_by("pk").last()
    result = Result.objects.filter(sample__patient=run.patient).order_by("pk").last()
    infusion = Infusion.objects.get(run=run)
    check = Check.objects.filter(run=run).order_by("pk").last()
    return {
        "patient-trail": run.patient,
        "patients:patient-detail": run.patient,
        "patients:patient-correct": run.patient,
        "circuits:check-detail": check,
        **{f"circuits:check-{page}": check for page in ("amend", "signed", "withdraw")},
        **_check_sets(run),
        **_care(run),
        "circuits:part-fate": ComponentUse.objects.filter(circuit__run=run).first(),
        **_episode(run),
        **_merges(run),
        "episodes:handover-detail": _handover(run),
        **_huddle(run),
        **_emergency(run),
        **_standing(run),
        "circuits:component-exchange": ComponentUse.objects.filter(circuit__run=run).first(),
        **dict.fromkeys(CHANGE_PAGES, PlannedChange.objects.order_by("pk").last()),
        **_shelf(run),
        **dict.fromkeys(CONSOLE_PAGES, _console(run)),
        "circuits:device-edit": DeviceModel.objects.first(),
        "circuits:device-label": DeviceModel.objects.first(),
        "circuits:photo-create": ComponentUse.objects.filter(circuit__run=run).first(),
        **{name: Recall.objects.first() for name in RECALL_PAGES},
        **{f"circuits:incident-{step}": DeviceIncident.objects.first() for step in INCIDENT_STEPS},
        "staffing:shift-create": ward.unit,
        "labs:result-correct": result,
        "labs:infusion-change": infusion,
        "labs:change-withdraw": InfusionChange.objects.filter(infusion=infusion).last(),
        "interop:message-detail": message,
        "interop:message-match": message,
        "interop:message-merge": _waiting_merge(run),
        "interop:message-aside": message,
        "interop:value-resolve": QuarantinedObservation.objects.first(),
    }


def _handover(run):
    """Return a handover that nobody took over, made here."""
    facts = {"plan": "Wean the sweep", "watch_for": "", "by": run.entered_by, "at": run.started_at}
    return Handover.objects.first() or give_handover(run=run, **facts)


def _waiting_merge(run):
    """Return an ADT^A40 that waits for a person, made here where the ward has none."""
    found = Message.objects.filter(state="held", outcome="").first()
    if found is not None:
        return found
    done = {"by": run.entered_by, "at": run.started_at}
    unknown = admit_unknown(unit=run.unit, seen_at=run.started_at, called="ECPR", **done)
    patient = run.patient
    stays = f"PID|1||{patient.mrn}^^^{patient.assigning_authority}^MR||{patient.family_name}"
    raw = adt_a40(stays=stays, goes=unknown.mrn)
    return receive_message(raw=raw, centre=run.unit.centre, **done).message


def _huddle(run):
    """Return a planned procedure and an action, made here."""
    facts = {"owner": run.entered_by, "by": run.entered_by, "at": run.started_at}
    later = run.started_at + timedelta(days=1)
    procedure = PlannedProcedure.objects.first() or plan_procedure(
        run=run, what="Tracheostomy", planned_for=later, **facts
    )
    action = HuddleAction.objects.first() or add_action(
        unit=run.unit, text="Order a circuit", due_at=later, **facts
    )
    return {
        "episodes:action-create": run.unit,
        "episodes:action-close": action,
        "episodes:procedure-close": procedure,
    }


def _check_sets(run):
    """Return the centre whose checks are edited, and a draft, made here."""
    centre = run.unit.centre
    draft = SiteDocument.objects.filter(kind=CHECK_SETS).first() or draft_check_sets(
        centre=centre, body=DEFAULT_BODY, note="", by=run.entered_by, at=run.started_at
    )
    pages = ("layer-create", "layer-edit", "sets-shown")
    return {**{f"circuits:{name}": centre for name in pages}, "circuits:sets-approve": draft}


def _standing(run):
    """Return a primed circuit, a thing at hand, a checklist and an adjunct, made here."""
    facts = {"by": run.entered_by, "at": run.started_at}
    standby = StandbyCircuit.objects.first()
    if standby is None:
        standby = assemble_standby(
            unit=run.unit,
            label="Blue 1",
            location="Store",
            assembled_at=run.started_at,
            parts=[NewPart(model=device("tubing"), lot="T1")],
            **facts,
        )
        prime_standby(
            standby=standby,
            kind="crystalloid",
            fluid="Balanced",
            volume_ml=600,
            primed_at=run.started_at,
            primed_by=run.entered_by,
            **facts,
        )
        add_kit(
            unit=run.unit, kind="cylinder", label="O2", location="Bay", cylinder_size="E", **facts
        )
        start_adjunct(run=run, kind="crrt", started_at=run.started_at, **facts)
        seen = {"place": "oxygenator_post", "kind": "clot", "grade": 2}
        record_clot(run=run, seen_at=run.started_at, **seen, **facts)
        begin_standby_list(standby=standby, kind="priming", **facts)
    lists = ("detail", "prime", "status", "activate")
    return {
        **{f"circuits:standby-{name}": standby for name in lists},
        "circuits:prime-chemistry": standby,
        "circuits:kit-look": KitItem.objects.first(),
        "circuits:kit-retire": KitItem.objects.first(),
        "circuits:adjunct-end": Adjunct.objects.first(),
        "circuits:clot-look": ClotLook.objects.first(),
        "checklist": ChecklistRun.objects.first(),
    }


def _episode(run):
    """Return a referral and a visit, made here."""
    referral = Referral.objects.first() or receive_referral(
        unit=run.unit,
        call_back="555 1",
        called_at=run.started_at,
        by=run.entered_by,
        at=run.started_at,
    )
    visit = FollowUpVisit.objects.first() or plan_visit(
        run=run,
        name="6 months after ECMO",
        planned_on=date(2027, 3, 2),
        by=run.entered_by,
        at=run.started_at,
    )
    return {
        **{f"episodes:referral-{name}": referral for name in REFERRAL_PAGES},
        "episodes:visit-record": visit,
    }


def _shelf(run):
    """Return a lot, and something of it that is kept aside; made here where the ward has none."""
    done = {"by": run.entered_by, "at": run.started_at + timedelta(hours=1)}
    lot = StockLot.objects.first()
    aside = StockMovement.objects.filter(kind="quarantined").first()
    if lot is not None and aside is None:
        aside = quarantine_stock(**done, lot=lot, quarantined_at=done["at"], reason="torn wrapping")
    return {**dict.fromkeys(LOT_PAGES, lot), **dict.fromkeys(ASIDE_PAGES, aside)}


def _merges(run):
    """Return an unknown patient, and another one who turned out to be the patient of the run."""
    done = {"by": run.entered_by, "at": run.started_at + timedelta(hours=1)}
    unknown = Patient.objects.filter(is_identity_known=False, merged_into=None).first()
    unknown = unknown or admit_unknown(unit=run.unit, seen_at=run.started_at, called="ECMO", **done)
    merge = PatientMerge.objects.first() or merge_patients(
        retired=admit_unknown(unit=run.unit, seen_at=run.started_at, **done),
        survivor=run.patient,
        reason="wristband",
        confirmed=["same_person"],
        **done,
    )
    return {
        "episodes:merge-find": unknown,
        "episodes:merge-create": unknown,
        "episodes:merge-undo": merge,
    }


def _emergency(run):
    """Return an emergency; made here where the ward has none."""
    done = {"by": run.entered_by, "at": run.started_at + timedelta(hours=1)}
    row = Emergency.objects.first() or start_emergency(unit=run.unit, run=run, card="air", **done)
    names = ("emergency", "emergency-end", "emergency-debrief")
    return {f"circuits:{name}": row for name in names}


def _console(run):
    """Return a heater unit; made here where the ward has none."""
    return Console.objects.first() or add_console(
        unit=run.unit,
        model=DeviceModel.objects.get_or_create(kind="heater", name="Example heater")[0],
        serial="H-1",
        by=run.entered_by,
        at=run.started_at,
    )


def _care(run):
    """Return a trial, a cannula and a journey; made here where the ward has none."""
    done = {"run": run, "by": run.entered_by, "at": run.started_at + timedelta(hours=1)}
    trial = WeaningTrial.objects.first() or start_trial(
        **done, kind="vv_sweep_off", started_at=done["at"]
    )
    cannula = Cannula.objects.first() or record_cannula(
        **done, site="femoral_v", purpose="drainage", inserted_at=run.started_at
    )
    leg = TransportLeg.objects.first() or plan_leg(
        **done, kind="in_hospital", from_place="ICU", to_place="CT", planned_at=done["at"]
    )
    return {
        "circuits:trial-step": trial,
        "circuits:trial-judge": trial,
        **{f"circuits:cannula-{name}": cannula for name in ("correct", "move", "remove")},
        **{f"circuits:leg-{name}": leg for name in LEG_PAGES},
    }


def _who(name):
    others = {
        "styleguide": "administrator",
        "circuits:sets-approve": "director",
        "account_login": None,
    }
    return others.get(name, "coordinator")
