"""The diagram of one run: the site's templates, its cannulas and parts, the newest values."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import Centre
from alerts.models import Alert
from circuits.diagram import Drawing, Value, draw
from circuits.diagram_nodes import FRAMES, Template, read_templates
from circuits.queries import Reading
from patients.configuration import Configuration, configuration_of, inside_at
from patients.models import Mode, Run
from patients.queries import mode_at
from patients.reconfiguration import default_group
from web.models import SiteDocument

DIAGRAMS = "circuit_diagrams"
OLD_AFTER = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Diagram:
    """The drawing with the configuration that it shows, and the time of the newest check."""

    drawing: Drawing
    configuration: Configuration
    read_at: datetime | None


def site_templates(centre: Centre, at: datetime) -> tuple[Template, ...]:
    """Return the site's own templates in force (one statement)."""
    document = SiteDocument.objects.in_force(centre, DIAGRAMS, at)
    return read_templates(document.body, FRAMES) if document else ()


def diagram_of(
    run: Run,
    readings: Sequence[Reading],
    alerts: Iterable[Alert],
    parts: Collection[str],
    at: datetime,
) -> Diagram:
    """Return the diagram of a run at `at`, or at flow off (three statements).

    `readings` are newest first: of each measure the newest is shown, hatched once it is old.
    `parts` are the kinds of part in the circuit.
    """
    when = run.ended_at or at
    mode = mode_at(list(run.modes.order_by("starts_at")), when)
    cannulas = inside_at(run, when)
    drawing = draw(
        mode=mode or Mode.UNKNOWN,
        mode_label=Mode(mode or Mode.UNKNOWN).label,
        cannulas=cannulas,
        values=_values(readings, alerts, when),
        parts=parts,
        age=default_group(run)[0].value,
        templates=site_templates(run.unit.centre, at),
    )
    return Diagram(
        drawing=drawing,
        configuration=configuration_of(cannulas, mode),
        read_at=readings[0].checked_at if readings else None,
    )


def _values(
    readings: Sequence[Reading], alerts: Iterable[Alert], when: datetime
) -> dict[str, Value]:
    severity: dict[str, int] = {}
    for alert in alerts:
        severity[alert.parameter] = max(alert.severity, severity.get(alert.parameter, 0))
    values: dict[str, Value] = {}
    for reading in readings:
        is_old = when - reading.checked_at > OLD_AFTER
        for code, number in reading.values.items():
            values.setdefault(code, Value(number, severity.get(code, 0), is_old))
    return values
