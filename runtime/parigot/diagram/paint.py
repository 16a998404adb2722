"""A layout as characters: boxes, lines, arrow heads, each cell with what it belongs to."""

from __future__ import annotations

from typing import NamedTuple

from parigot.diagram.model import Box, Layout, Point, Route
from parigot.diagram.text import clusters

_UP, _DOWN, _LEFT, _RIGHT = 1, 2, 4, 8
_LINES = {
    _UP | _DOWN: "│",
    _LEFT | _RIGHT: "─",
    _DOWN | _RIGHT: "╭",
    _DOWN | _LEFT: "╮",
    _UP | _RIGHT: "╰",
    _UP | _LEFT: "╯",
}
_LEAVES = {_DOWN: "┬", _UP: "┴", _RIGHT: "├", _LEFT: "┤"}  # on the border, by the direction it leaves in
_HEADS = {_DOWN: "▼", _UP: "▲", _RIGHT: "▶", _LEFT: "◀"}  # on the border, by the direction it comes in


class Cell(NamedTuple):
    """One cell.

    `char` is one character, with its combining marks; "" right of a character that takes two cells.
    `node` is the box it belongs to, `edge` the (source, target) of the route. A cell where an edge meets a
    border has both; one where two edges cross has the edge that runs up and down.
    """

    char: str
    node: str | None = None
    edge: tuple[str, str] | None = None


_BLANK = Cell(" ")


def paint(layout: Layout) -> list[list[Cell]]:
    """The cells of a diagram, row by row; all rows are `layout.width` long."""
    grid = [[_BLANK] * layout.width for _ in range(layout.height)]
    for box in layout.boxes:
        _paint_box(grid, box)
    for route in layout.paths:
        _paint_route(grid, route)
    return grid


def draw(layout: Layout) -> str:
    """The diagram as text, without blanks at the ends of its lines."""
    return "\n".join("".join(cell.char for cell in row).rstrip() for row in paint(layout))


def _paint_box(grid: list[list[Cell]], box: Box) -> None:
    inner = box.width - 2
    name = box.name

    def write(y: int, chars: list[str]) -> None:
        grid[y][box.x : box.x + box.width] = [Cell(char, name) for char in chars]

    write(box.y, ["┌", *"─" * inner, "┐"])
    for number, line in enumerate(box.lines):
        cells: list[str] = []
        for char, width in clusters(line):
            cells += [char, ""] if width == 2 else [char]
        before = (inner - len(cells)) // 2
        write(box.y + 1 + number, ["│", *" " * before, *cells, *" " * (inner - before - len(cells)), "│"])
    write(box.y + box.height - 1, ["└", *"─" * inner, "┘"])


def _paint_route(grid: list[list[Cell]], route: Route) -> None:
    edge = (route.source, route.target)
    cells = route.cells()
    last = len(cells) - 1
    for i, (x, y) in enumerate(cells):
        under = grid[y][x]
        if i == 0:
            grid[y][x] = Cell(_LEAVES[_direction(cells[0], cells[1])], under.node, edge)
        elif i == last:
            grid[y][x] = Cell(_HEADS[_direction(cells[-2], cells[-1])], under.node, edge)
        else:
            shape = _direction(cells[i], cells[i - 1]) | _direction(cells[i], cells[i + 1])
            if under.edge is None:
                grid[y][x] = Cell(_LINES[shape], None, edge)
            else:
                grid[y][x] = Cell("┼", None, edge if shape == _UP | _DOWN else under.edge)


def _direction(start: Point, end: Point) -> int:
    if start[0] == end[0]:
        return _DOWN if end[1] > start[1] else _UP
    return _RIGHT if end[0] > start[0] else _LEFT
