"""The circuit as a drawing: a template filled with the run's cannulas, parts and newest values.

Read aloud it is a few sentences (`Drawing.words`). What is not entered is dashed and said so; an
old or missing value is hatched; attention is a shape and a word beside the value.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from circuits.diagram_nodes import TEMPLATES, Blood, Edge, Node, NodeKind, Point, Template
from circuits.diagram_paths import LINE, Arrow, Box, arrows, round_path, text_box
from clinical.measures import MEASURES
from patients.models import Cannula, CannulaSite
from web.marks import level_name
from web.numbers import show_number

NOT_READ = "not read"
NOT_ENTERED = "not entered"
PLAIN_HEIGHT, HEIGHT_WITH_ADJUNCTS = 545, 600
MATCHED, IN_VESSEL, MISSING, LEFT_OVER, OF_MODE, OF_AGE, FOR_ANY = 10, 2, -4, -6, 100, 5, 1
MARKS = {
    "high": "\N{BLACK DIAMOND}",
    "med": "\N{BLACK SQUARE}",
    "low": "\N{BLACK CIRCLE}",
}
SHORT_SITES = {
    CannulaSite.INTERNAL_JUGULAR_V: "jugular vein",
    CannulaSite.OTHER: "other vessel",
}


@dataclass(frozen=True, slots=True)
class Value:
    """A value as it was read: its severity if an alert is open on it, and whether it is old."""

    number: Decimal
    severity: int = 0
    is_old: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One value written at its sensor."""

    at: Point
    value: str
    unit: str
    level: str
    hatch: Box | None
    label: str
    is_old: bool = False

    @property
    def mark(self) -> str:
        """The shape of its attention level."""
        return MARKS.get(self.level, "")


@dataclass(frozen=True, slots=True)
class Placed:
    """A node with what is written at it."""

    node: Node
    level: str = ""
    lines: Sequence[Line] = ()
    is_known: bool = True
    text: str = ""

    @property
    def is_old(self) -> bool:
        """Whether any of its values is old: a device is hatched as a whole."""
        return any(line.is_old for line in self.lines)

    @property
    def lead_to(self) -> Point:
        """Where the line from the port to its label ends."""
        x, y = self.node.text_at or self.node.at
        return x - 4, y - 3

    @property
    def second_line(self) -> float:
        """Where the text below a label stands."""
        return (self.node.text_at or self.node.at)[1] + LINE


@dataclass(frozen=True, slots=True)
class Tube:
    """A tube as a path, with the arrows on it."""

    path: str
    blood: Blood
    arrows: Sequence[Arrow]
    is_thin: bool
    is_known: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the template draws, and the same in words."""

    template: Template
    height: int
    tubes: Sequence[Tube]
    nodes: Mapping[str, Sequence[Placed]]
    words: str
    left_over: Sequence[str] = field(default=())


def draw(
    *,
    mode: str,
    mode_label: str,
    cannulas: Iterable[Cannula],
    values: Mapping[str, Value],
    parts: Collection[str] = (),
    age: str = "",
    templates: Sequence[Template] = (),
) -> Drawing:
    """Return the drawing of a circuit.

    `values` are by measure, `parts` the kinds in the circuit; `templates` are the site's own.
    """
    rows = sorted(cannulas, key=lambda one: (one.inserted_at, one.pk))
    template, matched = _best((*templates, *TEMPLATES), mode, age, rows)
    placed = [_place(node, matched, values, parts) for node in template.nodes]
    placed = [one for one in placed if one.is_known or not _may_be_missing(one.node)]
    shown = {one.node.id: one for one in placed}
    tubes = [_tube(edge, shown, template) for edge in template.edges if _is_drawn(edge, shown)]
    drawn = [row for row in matched.values() if row is not None]
    left_over = [_cannula_text(row) for row in rows if row not in drawn]
    has_adjuncts = any(one.node.kind is NodeKind.ADJUNCT for one in placed)
    return Drawing(
        template=template,
        height=HEIGHT_WITH_ADJUNCTS if has_adjuncts else PLAIN_HEIGHT,
        tubes=tubes,
        nodes={
            kind.value: [
                one
                for one in placed
                if one.node.kind is kind and not _is_lone(one, tubes, template)
            ]
            for kind in NodeKind
        },
        words=_words(mode_label, template, placed, left_over),
        left_over=left_over,
    )


def _may_be_missing(node: Node) -> bool:
    return node.optional or node.kind is NodeKind.ADJUNCT


Match = dict[str, Cannula | None]


def _best(
    templates: Sequence[Template], mode: str, age: str, rows: Sequence[Cannula]
) -> tuple[Template, Match]:
    """Return the template that holds most of the cannulas, the first of equals."""
    fitting = [one for one in templates if not one.ages or age in one.ages]
    matches = [(one, _match(one, rows)) for one in fitting]
    return max(matches, key=lambda pair: _score(pair[0], pair[1], mode, age, rows))


def _score(template: Template, match: Match, mode: str, age: str, rows: Sequence[Cannula]) -> int:
    held = {row.pk for row in match.values() if row is not None}
    missing = sum(match[one.id] is None and not one.optional for one in template.cannulas)
    in_vessel = sum(bool(one.sites) and match[one.id] is not None for one in template.cannulas)
    score = MATCHED * len(held) + IN_VESSEL * in_vessel + MISSING * missing
    score += LEFT_OVER * (len(rows) - len(held))
    score += OF_MODE if mode in template.modes else 0
    score += FOR_ANY if not template.modes else 0
    return score + (OF_AGE if age in template.ages else 0)


def _match(template: Template, rows: Sequence[Cannula]) -> Match:
    """Give each place its cannula; the two places of a dual-lumen cannula hold the same one."""
    match: Match = {}
    taken: set[int] = set()
    for node in template.cannulas:
        row = next(
            (
                one
                for one in rows
                if one.purpose in node.purposes
                and (not node.sites or one.site in node.sites)
                and (one.pk not in taken or one.purpose == "both")
            ),
            None,
        )
        match[node.id] = row
        if row is not None:
            taken.add(row.pk)
    return match


def _place(node: Node, match: Match, values: Mapping[str, Value], parts: Collection[str]) -> Placed:
    if node.kind is NodeKind.CANNULA:
        row = match[node.id]
        text = _cannula_text(row) if row is not None else NOT_ENTERED
        return Placed(node, is_known=row is not None, text=text)
    if node.kind is NodeKind.ADJUNCT:
        return Placed(node, is_known=bool(set(node.parts) & set(parts)))
    lines = [_line(node, index, code, values.get(code)) for index, code in enumerate(node.measures)]
    severity = max((values[c].severity for c in node.measures if c in values), default=0)
    is_known = not node.measures or any(code in values for code in node.measures)
    return Placed(node, level_name(severity) if severity else "", lines, is_known)


def _line(node: Node, index: int, code: str, value: Value | None) -> Line:
    measure = MEASURES[code]
    x, y = node.text_at or node.at
    at = (x, y + LINE * (index + 1))
    if value is None:
        box = text_box(at, node.anchor, NOT_READ, "")
        return Line(at, NOT_READ, "", "", box if node.text_at else None, measure.short)
    text = show_number(measure.shown(value.number), measure.decimals)
    unit = measure.display_unit
    return Line(
        at=at,
        value=text,
        unit=unit,
        level=level_name(value.severity) if value.severity else "",
        hatch=text_box(at, node.anchor, text, unit) if value.is_old else None,
        label=measure.short,
        is_old=value.is_old,
    )


def _is_drawn(edge: Edge, shown: Mapping[str, Placed]) -> bool:
    return edge.start in shown and edge.end in shown


def _is_lone(one: Placed, tubes: Sequence[Tube], template: Template) -> bool:
    """Whether a junction joins nothing, since its branch is left out."""
    if one.node.kind is not NodeKind.JUNCTION or not one.node.optional:
        return False
    return len(tubes) < len(template.edges)


def _tube(edge: Edge, shown: Mapping[str, Placed], template: Template) -> Tube:
    start, end = shown[edge.start], shown[edge.end]
    points = [start.node.at, *edge.via, end.node.at]
    covered = (NodeKind.SENSOR, NodeKind.PUMP, NodeKind.OXYGENATOR, NodeKind.JUNCTION)
    sensors = [one.at for one in template.nodes if one.kind in covered]
    return Tube(
        path=round_path(points),
        blood=edge.blood,
        arrows=[] if edge.blood is Blood.GAS or edge.is_thin else arrows(points, sensors),
        is_thin=edge.is_thin,
        is_known=all(one.is_known or one.node.kind is not NodeKind.CANNULA for one in (start, end)),
    )


def _cannula_text(row: Cannula) -> str:
    site = CannulaSite(row.site)
    name = SHORT_SITES.get(site, site.label.lower())
    if site is CannulaSite.OTHER and row.tip_position:
        name = row.tip_position
    size = f"{row.size_fr.normalize():f} Fr" if row.size_fr else ""
    return " ".join(part for part in (row.side, name, size) if part)


def _words(
    mode: str, template: Template, placed: Sequence[Placed], left_over: Sequence[str]
) -> str:
    cannulas = [
        f"{one.node.label}: {one.text}."
        for one in placed
        if one.node.kind is NodeKind.CANNULA and one.node.label
    ]
    adjuncts = [one.node.label for one in placed if one.node.kind is NodeKind.ADJUNCT]
    read = [_read_aloud(line) for one in placed for line in one.lines if line.unit]
    parts = [
        f"{mode}. {template.title}.",
        *cannulas,
        f"Also in the circuit: {', '.join(adjuncts)}." if adjuncts else "",
        f"Not on the drawing: {', '.join(left_over)}." if left_over else "",
        f"Newest values: {'; '.join(read)}." if read else "No values yet.",
    ]
    return " ".join(part for part in parts if part)


def _read_aloud(line: Line) -> str:
    marks = [f"{line.level} attention" if line.level else "", "old" if line.is_old else ""]
    told = ", ".join(mark for mark in marks if mark)
    return f"{line.label} {line.value} {line.unit}" + (f" ({told})" if told else "")
