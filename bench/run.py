"""Build the ward, measure, print."""

import os
import platform
from collections.abc import Iterator

from django.utils import timezone

from bench.data import Ward
from bench.floors import Floors
from bench.measures import Bench, Figure, pdf
from bench.server import running
from bench.years import Years
from reports.pdf.run_summary import render_run_summary
from reports.queries.document import run_document


def main() -> bool:
    """Print every ratio beside its target; return whether every gate holds."""
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    ward = Ward()
    floors = Floors()
    floors.owner.execute("ANALYZE")
    figures = []
    for figure in _every(ward, floors):
        print(_line(figure), flush=True)
        figures.append(figure)
    print(f"load at the end {os.getloadavg()[0]:.1f}")
    broken = [figure.name for figure in figures if figure.is_gate and not figure.holds]
    print(f"gates broken: {', '.join(broken)}" if broken else "all gates hold")
    return not broken


def _every(ward: Ward, floors: Floors) -> Iterator[Figure]:
    with running() as server:
        bench = Bench(ward, server, floors)
        yield from bench.every()
        yield from bench.after_years(Years(ward, floors))
    document = run_document(ward.runs[0], timezone.now())
    yield pdf(lambda: render_run_summary(document), floors)


def _line(figure: Figure) -> str:
    state = "ok" if figure.holds else "ABOVE"
    gate = " (gate)" if figure.is_gate else ""
    if not figure.floor:
        return f"{figure.name:36} {figure.ours:8.0f}{'':26} target {figure.target:g} {state}{gate}"
    numbers = f"{figure.ours:8.1f} / {figure.floor:7.2f} {figure.unit:6}"
    return (
        f"{figure.name:36} {numbers} = {figure.ratio:6.1f}x target {figure.target:g}x {state}{gate}"
    )
