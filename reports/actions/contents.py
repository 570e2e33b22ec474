"""What goes into a report: its files, and the counts that lists show."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from circuits.policies import check_cadence
from episodes.policy import referral_policy
from reports.elso.findings import Finding
from reports.elso.writer import Head as ExportHead
from reports.elso.writer import csv_bundle, xml_document
from reports.judging import Judged, judge
from reports.models import Report, ReportKind
from reports.months import name_of, span_of
from reports.pdf.programme import render_programme
from reports.programme import WINDOW_MONTHS, Head, programme_of
from reports.queries.calls import calls_in
from reports.queries.checks import checks_in
from reports.queries.cohort import cohort, ended_in, on_ecmo_in


@dataclass(frozen=True, slots=True)
class NewFile:
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Made:
    """A finished report. `summary` holds counts and findings, no names."""

    files: tuple[NewFile, ...]
    summary: dict[str, Any]


def make(report: Report, at: datetime) -> Made:
    """Make what a report asks for, with what is known at `at`."""
    match report.kind:
        case ReportKind.REGISTRY:
            return _registry(report, at)
        case ReportKind.PROGRAMME:
            return _programme(report, at)
    raise ValueError(f"There is no report of the kind {report.kind}.")


def _registry(report: Report, at: datetime) -> Made:
    """The runs that ended in the month and that nothing holds back. The rest is listed."""
    span = span_of(report.month, report.centre.tz)
    judged = judge(cohort(ended_in(report.centre, span), as_of=at))
    ready = [one for one in judged if one.is_exportable]
    held = [one for one in judged if not one.is_exportable]
    head = ExportHead(
        centre=report.centre.elso_number or report.centre.code,
        period=name_of(report.month),
        revision=report.revision,
    )
    fields = [one.fields for one in ready]
    return Made(
        files=(
            NewFile(_name(report, "zip"), "application/zip", csv_bundle(fields, head)),
            NewFile(_name(report, "xml"), "application/xml", xml_document(fields, head)),
        ),
        summary={
            "runs": len(judged),
            "exported": len(ready),
            "patients": sorted({str(one.run.patient.public_id) for one in ready}),
            "held_back": [_held(one) for one in held],
            "warnings": sum(len(one.findings) - len(one.blocks) for one in ready),
        },
    )


def _programme(report: Report, at: datetime) -> Made:
    zone = report.centre.tz
    window = span_of(report.month, zone, months=WINDOW_MONTHS)
    judged = judge(cohort(on_ecmo_in(report.centre, window), as_of=at))
    cadence, _ = check_cadence(report.centre, at)
    checks = checks_in(_runs(judged), span_of(report.month, zone))
    head = Head(
        centre=report.centre.name,
        elso_number=report.centre.elso_number,
        month=report.month,
        revision=report.revision,
        as_at=at.astimezone(zone),
        zone_name=report.centre.timezone,
    )
    calls = calls_in(report.centre, window, as_of=at)
    reasons = referral_policy(report.centre, at).decline_reasons
    values = programme_of(head, judged, checks, cadence, calls, reasons)
    content = render_programme(values, is_demo=settings.DEMO)
    return Made(
        files=(NewFile(_name(report, "pdf"), "application/pdf", content),),
        summary={
            "runs": values.now.ended,
            "begun": values.now.begun,
            "running": values.running_at_end,
            "to_do": len(values.to_do),
            "calls": values.calls_now.calls,
            "accepted": values.calls_now.accepted,
            "declined": values.calls_now.declined,
        },
    )


def _runs(judged: Sequence[Judged]) -> list[Any]:
    return [one.run for one in judged]


def _held(one: Judged) -> dict[str, Any]:
    return {
        "run": str(one.run.public_id),
        "label": one.label,
        "filled_pct": str(one.mandatory.pct),
        "missing": list(one.mandatory.missing),
        "findings": _as_rows(one.blocks),
    }


def _as_rows(findings: Collection[Finding]) -> list[dict[str, str]]:
    return [
        {"check": each.check, "level": str(each.level), "subject": each.subject, "why": each.why}
        for each in findings
    ]


def _name(report: Report, ending: str) -> str:
    return f"{report.centre.code}-{report.kind}-{name_of(report.month)}-r{report.revision}.{ending}"
