"""Building the demo unit, as of a moment: first who is on ECMO now, then the two years before."""

from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from multiprocessing import get_context
from time import monotonic

import django
from django.db import transaction

from accounts.models import Centre
from alerts.actions import acknowledge
from alerts.models import Alert
from ecmo.demo.calls import plan_call, receive_declined, receive_today
from ecmo.demo.care import plan_care
from ecmo.demo.changes import plan_a_change
from ecmo.demo.checks import plan_checks
from ecmo.demo.closed import closed
from ecmo.demo.course import Course
from ecmo.demo.entries import plan_entries
from ecmo.demo.equipment import furnish
from ecmo.demo.laboratory import send_puzzles
from ecmo.demo.people import open_hospital
from ecmo.demo.readiness import stand_ready
from ecmo.demo.roster import Crew, fill_roster
from ecmo.demo.running import running
from ecmo.demo.site import adopt_tables, list_devices, protocols
from ecmo.demo.stay import Site, Stay
from ecmo.demo.support import plan_support
from ecmo.demo.treatment import plan_treatment
from patients.models import Run
from reports.actions import request_report
from reports.models import ReportKind
from reports.months import last_month

OPENED_BEFORE = timedelta(days=780)
SEEN_AFTER = timedelta(minutes=7)
Say = Callable[[str], None]


class NotEmpty(Exception):
    """The database holds a centre already, perhaps a real one."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What to build: as of when, by which dice, how many closed runs, how often running ones are charted.

    `workers` processes build the closed runs; whatever their number, the values are the same.
    """

    at: datetime
    seed: int = 1
    closed_runs: int = 60
    every_h: float = 1
    workers: int = 1


def build(wish: Wish, say: Say) -> None:
    """Build the unit. Raises NotEmpty unless the database holds no centre yet."""
    if Centre.objects.exists():
        raise NotEmpty("This database holds a centre already; the demo builds on an empty one.")
    begun = monotonic()
    with transaction.atomic():
        site = open_site(wish)
        for course in running(wish.at, wish.every_h):
            play(site, course)
        receive_declined(site, wish.closed_runs)
        receive_today(site)
        stand_ready(site)
        furnish(site)
        plan_a_change(site)
        _see_alerts(site)
        first = site.crew.hospital.units["icu"].patients.order_by("mrn").first()
        if first is not None:
            send_puzzles(site.crew.hospital, first, wish.at)
    say(f"patients on ECMO now: {_seconds(begun)}")
    begun = monotonic()
    courses = closed(wish.at, wish.closed_runs, site.rng("closed runs"))
    if wish.workers == 1:
        for course in courses:
            play_alone(site, course)
    else:
        _play_side_by_side(site, courses, wish.workers)
    _ask_for_reports(site)
    say(f"{wish.closed_runs} closed runs: {_seconds(begun)}")


def play(site: Site, course: Course) -> Run:
    """Play one course to its end, or to now."""
    stay = Stay.of(site, course)
    plan_call(stay)
    plan_support(stay)
    plan_treatment(stay)
    plan_checks(stay)
    plan_care(stay)
    plan_entries(stay)
    stay.play()
    return stay.run


def play_alone(site: Site, course: Course) -> None:
    """Play one course in a transaction of its own."""
    with transaction.atomic():
        play(site, course)


def _play_side_by_side(site: Site, courses: Iterable[Course], workers: int) -> None:
    """Play courses in fresh processes: none of them shares our connection to the database."""
    with ProcessPoolExecutor(workers, get_context("spawn"), initializer=django.setup) as pool:
        for _ in pool.map(partial(play_alone, site), courses):
            pass  # raises what a worker raised


def open_site(wish: Wish) -> Site:
    """Make all that patients share: hospital, tables, devices, roster."""
    opened_at = wish.at - OPENED_BEFORE
    hospital = open_hospital(opened_at)
    adopt_tables(hospital, opened_at)
    devices = list_devices(hospital, opened_at)
    fill_roster(hospital, wish.at)
    return Site(Crew(hospital), devices, protocols(), wish.at, wish.seed)


def _ask_for_reports(site: Site) -> None:
    """Let the worker make both reports of the last two months as soon as it runs."""
    hospital = site.crew.hospital
    month = last_month(site.now, hospital.centre.tz)
    for asked in (month, (month - timedelta(days=1)).replace(day=1)):
        for kind in ReportKind.values:
            request_report(
                kind=kind,
                centre=hospital.centre,
                month=asked,
                by=hospital.login("registry"),
                at=site.now,
            )


def _see_alerts(site: Site) -> None:
    """Let whoever is on acknowledge what has been open for a while."""
    for alert in Alert.objects.open().filter(opened_at__lt=site.now - timedelta(hours=1)):
        at = min(alert.opened_at + SEEN_AFTER, site.now)
        by = site.crew.bedside(alert.unit.code, at)
        acknowledge(alert=alert, by=by, at=at, note="")


def _seconds(begun: float) -> str:
    return f"{monotonic() - begun:.0f} s"
