"""Geometry of the diagram: tubes with round corners, and where their arrows and texts stand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import atan2, degrees, dist

from circuits.diagram_nodes import Point

CORNER = 20.0
CLEAR_OF_SENSOR = 26.0
SHORTEST_FOR_ARROW = 56.0
WIDTH_OF_DIGIT, WIDTH_OF_UNIT = 9.6, 7.0
LINE = 17.0


@dataclass(frozen=True, slots=True)
class Arrow:
    """Which way the blood goes: a chevron at a place, turned by so many degrees."""

    x: float
    y: float
    turn: float


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle behind a text."""

    x: float
    y: float
    width: float
    height: float


def round_path(points: Sequence[Point]) -> str:
    """Return an SVG path through points, its corners rounded."""
    text = [f"M{_xy(points[0])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(CORNER, dist(before, corner) / 2, dist(corner, after) / 2)
        text.append(f"L{_xy(_towards(corner, before, radius))}")
        text.append(f"Q{_xy(corner)} {_xy(_towards(corner, after, radius))}")
    text.append(f"L{_xy(points[-1])}")
    return "".join(text)


def arrows(points: Sequence[Point], sensors: Iterable[Point]) -> list[Arrow]:
    """Return an arrow for each long straight, where no sensor or device covers it."""
    sensors = list(sensors)
    found = []
    for start, end in pairwise(points):
        if dist(start, end) < SHORTEST_FOR_ARROW:
            continue
        places = [_between(start, end, part) for part in (0.5, 0.36, 0.64, 0.25, 0.75)]
        free = [one for one in places if all(dist(one, s) > CLEAR_OF_SENSOR for s in sensors)]
        if free:
            turn = degrees(atan2(end[1] - start[1], end[0] - start[0]))
            found.append(Arrow(free[0][0], free[0][1], round(turn, 1)))
    return found


def text_box(at: Point, anchor: str, value: str, unit: str) -> Box:
    """Return about the room that a value with its unit takes: for the hatch behind it."""
    width = len(value) * WIDTH_OF_DIGIT + (len(unit) + 1) * WIDTH_OF_UNIT + 6
    left = {"start": at[0], "middle": at[0] - width / 2, "end": at[0] - width}[anchor]
    return Box(left - 3, at[1] - LINE + 2, width, LINE + 3)


def _xy(point: Point) -> str:
    return f"{point[0]:g} {point[1]:g}"


def _towards(start: Point, end: Point, length: float) -> Point:
    whole = dist(start, end)
    return _between(start, end, length / whole) if whole else start


def _between(start: Point, end: Point, part: float) -> Point:
    return (
        round(start[0] + (end[0] - start[0]) * part, 1),
        round(start[1] + (end[1] - start[1]) * part, 1),
    )
