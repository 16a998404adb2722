"""What a diagram is made of, before and after it is laid out: plain frozen values in character cells.

`x` grows to the right and `y` downwards, both from 0; a cell is one column of one row.
"""

from __future__ import annotations

from dataclasses import dataclass

Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Node:
    """One box to draw.

    Attributes:
        name: unique in the diagram.
        lines: text inside the box; empty means the name.
        kind: "service", "program" or "missing" change how other formats show it; "" is plain.
    """

    name: str
    lines: tuple[str, ...] = ()
    kind: str = ""

    @property
    def text(self) -> tuple[str, ...]:
        """The lines that are drawn."""
        return self.lines or (self.name,)


@dataclass(frozen=True, slots=True)
class Edge:
    """`source` requires `target`. Several edges between the same two nodes become one route."""

    source: str
    target: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A node in its place; `x`, `y` is the upper left corner of its border."""

    name: str
    x: int
    y: int
    width: int
    height: int
    lines: tuple[str, ...]

    def covers(self, x: int, y: int) -> bool:
        """Whether the cell belongs to the box, border included."""
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height


@dataclass(frozen=True, slots=True)
class Route:
    """The way of an edge, from its source to its target.

    Attributes:
        points: the corners, joined by horizontal and vertical lines. The first lies on the border of the
            source, the last on the border of the target; all between lie outside of every box.
        labels: those of the edges that it stands for, without empty ones and repetitions.
    """

    source: str
    target: str
    points: tuple[Point, ...]
    labels: tuple[str, ...] = ()

    def cells(self) -> list[Point]:
        """Every cell of the route, from source to target, each once in a row."""
        found = [self.points[0]]
        for (x0, y0), (x1, y1) in zip(self.points, self.points[1:], strict=False):
            step_x = (x1 > x0) - (x1 < x0)
            step_y = (y1 > y0) - (y1 < y0)
            for i in range(1, max(abs(x1 - x0), abs(y1 - y0)) + 1):
                found.append((x0 + i * step_x, y0 + i * step_y))
        return found


@dataclass(frozen=True, slots=True)
class Layout:
    """A whole diagram in its place. Boxes come in the order of the nodes, routes in that of the edges."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    paths: tuple[Route, ...]
