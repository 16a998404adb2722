"""A diagram as a self-contained SVG picture that follows the reader's light or dark theme."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from parigot.diagram.layout import layout
from parigot.diagram.model import Box, Edge, Node, Point, Route

_CELL_W, _CELL_H = 9, 18
_MARGIN = 18
_BEND = 7  # radius of the corners of routes

_STYLE = """\
  :root { color-scheme: light dark }
  .sheet { fill: #ffffff } .box { fill: #f4f6f8; stroke: #57606a; stroke-width: 1.4 }
  .program { fill: #e7f0fd; stroke: #1f5fbf; stroke-width: 2 }
  .missing { fill: #fdecea; stroke: #c0392b; stroke-dasharray: 5 3 }
  .route { fill: none; stroke: #57606a; stroke-width: 1.4 } .head { fill: #57606a }
  text { fill: #1f2328; font: 14px ui-monospace, Menlo, Consolas, monospace; text-anchor: middle }
  @media (prefers-color-scheme: dark) {
    .sheet { fill: #0d1117 } .box { fill: #1b222b; stroke: #8b949e }
    .program { fill: #14294a; stroke: #6ea8fe } .missing { fill: #3a1715; stroke: #ff7b72 }
    .route { stroke: #8b949e } .head { fill: #8b949e } text { fill: #e6edf3 }
  }"""


def to_svg(nodes: Sequence[Node], edges: Sequence[Edge]) -> str:
    """The laid out graph as SVG. Hovering over an edge shows what it stands for."""
    result = layout(nodes, edges)
    kinds = {node.name: node.kind for node in nodes}
    width = result.width * _CELL_W + 2 * _MARGIN
    height = result.height * _CELL_H + 2 * _MARGIN
    rows = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img">',
        f"<style>\n{_STYLE}\n</style>",
        '<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" '
        'markerUnits="userSpaceOnUse" orient="auto"><path class="head" d="M0 1 10 5 0 9z"/></marker></defs>',
        f'<rect class="sheet" width="{width}" height="{height}"/>',
    ]
    rows += [_route(route) for route in result.paths]
    rows += [_box(box, kinds[box.name]) for box in result.boxes]
    return "\n".join([*rows, "</svg>"]) + "\n"


def _center(point: Point) -> tuple[float, float]:
    return _MARGIN + (point[0] + 0.5) * _CELL_W, _MARGIN + (point[1] + 0.5) * _CELL_H


def _box(box: Box, kind: str) -> str:
    # The border runs through the middle of its cells, as it does in character cells.
    x, y = _center((box.x, box.y))
    style = f"box {kind}" if kind in ("program", "missing") else "box"
    parts = [
        f'<rect class="{style}" x="{x:g}" y="{y:g}" width="{(box.width - 1) * _CELL_W}" '
        f'height="{(box.height - 1) * _CELL_H}" rx="5"/>'
    ]
    middle = x + (box.width - 1) * _CELL_W / 2
    for number, line in enumerate(box.lines):
        clean = "".join(char if char.isprintable() else " " for char in line)
        baseline = y + (number + 1) * _CELL_H + 5
        parts.append(f'<text x="{middle:g}" y="{baseline:g}">{escape(clean)}</text>')
    return f"<g>{''.join(parts)}</g>"


def _route(route: Route) -> str:
    points = [_center(point) for point in route.points]
    steps = [f"M{points[0][0]:g} {points[0][1]:g}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        into, out = _towards(corner, before), _towards(corner, after)
        steps.append(f"L{into[0]:g} {into[1]:g}Q{corner[0]:g} {corner[1]:g} {out[0]:g} {out[1]:g}")
    steps.append(f"L{points[-1][0]:g} {points[-1][1]:g}")
    title = f"{route.source} requires " + (", ".join(route.labels) + " of " if route.labels else "")
    shown = "".join(char if char.isprintable() else " " for char in title + route.target)
    return (
        f"<g><title>{escape(shown)}</title>"
        f'<path class="route" marker-end="url(#head)" d={quoteattr("".join(steps))}/></g>'
    )


def _towards(corner: tuple[float, float], end: tuple[float, float]) -> tuple[float, float]:
    """The point a bend's radius away from the corner, on the way to `end`."""
    away = abs(end[0] - corner[0]) + abs(end[1] - corner[1])
    part = min(_BEND, away / 2) / away if away else 0.0
    return corner[0] + (end[0] - corner[0]) * part, corner[1] + (end[1] - corner[1]) * part
