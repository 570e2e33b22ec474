"""Series of a run for charts, built as JSON inside PostgreSQL: one statement, one string."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import F, FloatField, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, Extract, JSONObject

from clinical.measures import MEASURES, Kind
from patients.models import Run

SHOWN = (
    "blood_flow",
    "pump_speed",
    "delta_p",
    "p_drainage",
    "sat_post_membrane",
    "sweep_gas_flow",
)
WINDOWS = {"12": timedelta(hours=12), "24": timedelta(hours=24), "72": timedelta(hours=72)}
DEFAULT_WINDOW = "24"
WINDOW_LABELS = (("12", "12hr"), ("24", "24hr"), ("72", "72hr"), ("run", "Run"))


def trend_json(run: Run, measures: Sequence[str], since: datetime, until: datetime) -> str:
    """Return `{"t": [unix seconds], "amended": [...], "series": {measure: [number or null]}}`.

    Numbers are in the unit of the measure; a check without the value gives null, so that a gap
    stays a gap. Amended checks are marked, for a hollow point.
    """
    order = (F("checked_at"), F("entered_at"))
    rows = run.checks.current().filter(checked_at__gte=since, checked_at__lte=until)
    found: dict[str, str | None] = rows.order_by().aggregate(
        body=Cast(
            JSONObject(
                t=_list(Extract("checked_at", "epoch", tzinfo=UTC), order),
                amended=_list(F("version"), order),
                series=JSONObject(**{code: _list(_number(code), order) for code in measures}),
            ),
            TextField(),
        )
    )
    return found["body"] or "{}"


def window(run: Run, name: str, at: datetime) -> tuple[datetime, datetime]:
    """Return from when until when a chart reaches: 12, 24 or 72 hours, or the whole run."""
    end = run.ended_at or at
    return (max(run.started_at, end - WINDOWS[name]) if name in WINDOWS else run.started_at), end


def _number(code: str) -> Combinable:
    part = "derived" if MEASURES[code].kind is Kind.DERIVED else "values"
    path = f"document__{part}__{code}" + ("" if part == "derived" else "__value")
    return Cast(KT(path), FloatField())


def _list(expression: Combinable, order: Sequence[F]) -> Combinable:
    return Coalesce(JSONBAgg(expression, order_by=order), Value("[]", output_field=None))
