"""The circuit diagram as data: frames, and templates of nodes and edges.

Ours stand in `diagrams.toml`. A site adds its own as the site document `circuit_diagrams`: a list
of templates of the same shape, tried before ours. Places are in a grid of 452 by 545.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from circuits.models import ComponentKind
from clinical.measures import MEASURES
from patients.models import CannulaPurpose, CannulaSite, Mode

SOURCE = Path(__file__).with_name("diagrams.toml")
WIDTH, HEIGHT = 452, 600
Point = tuple[float, float]


class Unreadable(ValueError):
    """A template that cannot be drawn; the text says which part of it is wrong."""


class NodeKind(StrEnum):
    PATIENT = "patient"
    CANNULA = "cannula"
    PUMP = "pump"
    OXYGENATOR = "oxygenator"
    GAS = "gas"
    SENSOR = "sensor"
    JUNCTION = "junction"
    ADJUNCT = "adjunct"


class Blood(StrEnum):
    VENOUS = "venous"
    ARTERIAL = "arterial"
    GAS = "gas"


@dataclass(frozen=True, slots=True)
class Node:
    """One thing at its place.

    `measures` are read at a sensor or device, one a line. A cannula takes the first row of its
    `purposes` and `sites` (none named: any); an adjunct is there while one of its `parts` is in the
    circuit. What is `optional` is left out while there is nothing to show; the rest is dashed.
    """

    id: str
    kind: NodeKind
    at: Point
    label: str = ""
    text_at: Point | None = None
    anchor: str = "start"
    measures: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    joins: Point | None = None
    body: str = "adult"
    blood: Blood = Blood.VENOUS
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """A tube from one node to another, along the points between."""

    start: str
    end: str
    blood: Blood
    via: tuple[Point, ...] = ()
    is_thin: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """One configuration: for which modes and ages it is meant, and what it is made of."""

    id: str
    title: str
    modes: frozenset[str]
    ages: frozenset[str]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    @property
    def cannulas(self) -> tuple[Node, ...]:
        """The places for cannulas."""
        return tuple(one for one in self.nodes if one.kind is NodeKind.CANNULA)


def read_templates(rows: list[Any], frames: Mapping[str, Any]) -> tuple[Template, ...]:
    """Read templates; raises Unreadable."""
    if not isinstance(rows, list):
        raise Unreadable("Diagrams are a list of templates.")
    return tuple(_template(row, frames) for row in rows)


def _template(row: Any, frames: Mapping[str, Any]) -> Template:
    if not isinstance(row, dict) or not row.get("id") or not row.get("title"):
        raise Unreadable("A template needs an id and a title.")
    name = f"template {row['id']}"
    frame = row.get("frame", "")
    if frame and frame not in frames:
        raise Unreadable(f"{name}: there is no frame {frame}; known are {', '.join(frames)}.")
    base = frames.get(frame, {})
    own = {str(one.get("id")) for one in row.get("nodes", ()) if isinstance(one, dict)}
    inherited = [one for one in base.get("nodes", ()) if one["id"] not in own]
    nodes = [_node(one, name) for one in [*inherited, *row.get("nodes", ())]]
    ids = {node.id for node in nodes}
    edges = [_edge(one, name, ids) for one in [*base.get("edges", ()), *row.get("edges", ())]]
    modes = frozenset(row.get("modes", ()))
    if strays := sorted(modes - set(Mode.values)):
        raise Unreadable(f"{name}: these are no modes: {', '.join(strays)}.")
    return Template(
        id=str(row["id"]),
        title=str(row["title"]),
        modes=modes,
        ages=frozenset(row.get("ages", ())),
        nodes=tuple(nodes),
        edges=tuple(edges),
    )


def _node(row: Any, where: str) -> Node:
    try:
        node = Node(
            id=str(row["id"]),
            kind=NodeKind(row["kind"]),
            at=_point(row["at"]),
            label=str(row.get("label", "")),
            text_at=_point(row["text_at"]) if "text_at" in row else None,
            anchor=str(row.get("anchor", "start")),
            measures=tuple(row.get("measures", ())),
            purposes=tuple(row.get("purposes", ())),
            sites=tuple(row.get("sites", ())),
            parts=tuple(row.get("parts", ())),
            joins=_point(row["joins"]) if "joins" in row else None,
            body=str(row.get("body", "adult")),
            blood=Blood(row.get("blood", "venous")),
            optional=bool(row.get("optional", False)),
        )
    except (KeyError, TypeError, ValueError) as wrong:
        raise Unreadable(f"{where}: a node cannot be read ({wrong!r}): {row!r}.") from wrong
    for found, known, what in (
        (node.measures, MEASURES, "measures"),
        (node.purposes, CannulaPurpose.values, "purposes of a cannula"),
        (node.sites, CannulaSite.values, "sites of a cannula"),
        (node.parts, ComponentKind.values, "kinds of part"),
        ((node.anchor,), ("start", "middle", "end"), "anchors of a text"),
        ((node.body,), ("adult", "baby"), "bodies"),
    ):
        if strays := sorted(set(found) - set(known)):
            raise Unreadable(f"{where}, node {node.id}: no {what}: {', '.join(strays)}.")
    return node


def _edge(row: Any, where: str, ids: set[str]) -> Edge:
    try:
        edge = Edge(
            start=str(row["start"]),
            end=str(row["end"]),
            blood=Blood(row["blood"]),
            via=tuple(_point(one) for one in row.get("via", ())),
            is_thin=bool(row.get("is_thin", False)),
        )
    except (KeyError, TypeError, ValueError) as wrong:
        raise Unreadable(f"{where}: an edge cannot be read ({wrong!r}): {row!r}.") from wrong
    if strays := sorted({edge.start, edge.end} - ids):
        raise Unreadable(f"{where}: an edge leads to no node: {', '.join(strays)}.")
    return edge


def _point(pair: Any) -> Point:
    x, y = (float(number) for number in pair)
    if not (0 <= x <= WIDTH and 0 <= y <= HEIGHT):
        raise ValueError(f"outside the grid of {WIDTH} by {HEIGHT}")
    return x, y


_FACTS = tomllib.loads(SOURCE.read_text(encoding="utf-8"))
FRAMES: Mapping[str, Any] = _FACTS["frames"]
TEMPLATES = read_templates(_FACTS["templates"], FRAMES)
