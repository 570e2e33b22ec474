"""Where on the drawing of a circuit a clot can be tapped in, and what is marked there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from circuits.clots import Clot
from circuits.diagram import Drawing, Placed
from circuits.diagram_nodes import NodeKind, Point
from circuits.models import ClotPlace

HALF_W, HALF_H = 70, 27
PUMP_R = 43
EDGE = 4
AROUND = 24
"""Half the side of the square around a cannula's port or a sensor."""

ADJUNCTS = {
    "bladder": ClotPlace.BLADDER,
    "bridge": ClotPlace.BRIDGE,
    "filter": ClotPlace.HEMOFILTER,
}
SENSORS = {
    "p1": ClotPlace.TUBING_PRE,
    "p2": ClotPlace.TUBING_PRE,
    "p3": ClotPlace.TUBING_POST,
}
MARKS = {
    1: "\N{WHITE CIRCLE}",
    2: "\N{BLACK CIRCLE}",
    3: "\N{BLACK SQUARE}",
    4: "\N{BLACK DIAMOND}",
}
"""The shape of each grade, as attention has them: grade 1 needs nobody."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that can be tapped: a box on the drawing, and the worst grade there (0: none)."""

    place: str
    label: str
    x: float
    y: float
    width: float
    height: float
    grade: int = 0
    count: int = 0

    @property
    def mark_at(self) -> Point:
        """Where its mark stands: on the edge of a device, so that its words can be read."""
        if self.width > self.height:
            return self.x + self.width - EDGE, self.y + self.height / 2
        is_device = self.width > 2 * AROUND
        return self.x + self.width / 2, self.y + self.height / (1 if is_device else 2)

    @property
    def mark(self) -> str:
        """The shape of its grade."""
        return MARKS.get(self.grade, "")


def spots_of(drawing: Drawing, clots: Iterable[Clot]) -> list[Spot]:
    """Return the places of a drawing; each first one of a kind carries the marks of its place."""
    grades: dict[str, list[int]] = {}
    for clot in clots:
        grades.setdefault(clot.now.place, []).append(clot.now.grade)
    found, marked = [], set()
    for place, box in _boxes(drawing):
        here = [] if place in marked else grades.get(place, [])
        marked.add(place)
        found.append(
            Spot(place, str(ClotPlace(place).label), *box, max(here, default=0), len(here))
        )
    return found


Box = tuple[float, float, float, float]


def _boxes(drawing: Drawing) -> Iterable[tuple[str, Box]]:
    nodes = drawing.nodes
    for x, y in _places(nodes, NodeKind.PUMP):
        yield ClotPlace.PUMP_HEAD, (x - PUMP_R, y - PUMP_R, 2 * PUMP_R, 2 * PUMP_R)
    for x, y in _places(nodes, NodeKind.OXYGENATOR):
        yield ClotPlace.OXYGENATOR_POST, (x - HALF_W, y - 2 * HALF_H, 2 * HALF_W, 2 * HALF_H)
        yield ClotPlace.OXYGENATOR_PRE, (x - HALF_W, y, 2 * HALF_W, 2 * HALF_H)
    for one in nodes.get(NodeKind.SENSOR, ()):
        if one.node.id in SENSORS:
            yield SENSORS[one.node.id], _around(one.node.at)
    for point in _places(nodes, NodeKind.CANNULA):
        yield ClotPlace.CANNULA_HUB, _around(point)
    for one in nodes.get(NodeKind.ADJUNCT, ()):
        if one.node.id in ADJUNCTS:
            yield ADJUNCTS[one.node.id], (*one.node.at, 116, 34)


def _places(nodes: Mapping[str, Sequence[Placed]], kind: NodeKind) -> list[Point]:
    return [one.node.at for one in nodes.get(kind, ())]


def _around(point: Point) -> Box:
    return (point[0] - AROUND, point[1] - AROUND, 2 * AROUND, 2 * AROUND)
