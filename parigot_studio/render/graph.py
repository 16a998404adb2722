"""The dependency graph in cells: what depends on structure is drawn once, what changes is laid over it.

`structure` says what there is to draw (equal structures are equal values, so a drawing can be kept for as
long as the structure stays); `draw` is the slow part; `graph_row` paints one row with states, counts and
the edges that calls just crossed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from parigot.diagram import Box, Edge, Layout, Node, layout, paint
from parigot.session.views import EdgeView, ServiceView
from rich.cells import cell_len
from rich.style import Style

from parigot_studio.render.numbers import count, count_in
from parigot_studio.render.palette import Palette
from parigot_studio.render.text import clean, fit

GLYPHS = {
    "starting": "○",
    "waiting": "○",
    "running": "●",
    "exiting": "◌",
    "ended": "✓",
    "failed": "✗",
    "unneeded": "·",
}
HEAT = 5  # ticks that an edge stays lit
MISSING = "?:"  # prefix of the box of a name that nobody exports
COUNT_CELLS = (5, 4, 3)  # room for a count beside an arrow, the best first
WIDEST_NAME = 24
# Up to here the guests that no program needs are shown with the others.
SMALL_APP = 12

Pair = tuple[str, str]
Piece = tuple[str, Style]
BLANK = Style()


@dataclass(frozen=True, slots=True)
class Structure:
    """What there is to draw: boxes (name, words), arrows, and how many guests are left out."""

    boxes: tuple[Pair, ...]
    arrows: tuple[Pair, ...]
    hidden: int
    compact: bool = False  # boxes with a name only, for small panes


@dataclass(frozen=True, slots=True)
class Traffic:
    """What crossed between two guests, over all names that one requires of the other."""

    calls: int
    errors: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """A structure that was laid out and painted."""

    structure: Structure
    layout: Layout
    rows: tuple[tuple[tuple[str, str | None, Pair | None], ...], ...]
    boxes: dict[str, Box]
    notes: dict[int, dict[int, tuple[Pair, int, bool]]]  # y → x → (edge, cells, right aligned)

    @property
    def width(self) -> int:
        """Cells from left to right."""
        return self.layout.width

    @property
    def height(self) -> int:
        """Rows."""
        return self.layout.height


@dataclass(frozen=True, slots=True)
class GraphState:
    """What changes while the structure stays."""

    services: Mapping[str, ServiceView]
    traffic: Mapping[Pair, Traffic]
    heat: Mapping[Pair, int]  # ticks left; negative after an error
    selected: str | None
    focused: bool


def structure(
    services: Sequence[ServiceView], edges: Sequence[EdgeView], show_unneeded: bool, compact: bool = False
) -> Structure:
    """What to draw of an app.

    Args:
        show_unneeded: with the guests that no program needs.
        compact: with small boxes.
    """
    shown = {view.name for view in services if show_unneeded or view.state != "unneeded"}
    boxes = [(view.name, view.name) for view in services if view.name in shown]
    arrows: dict[Pair, None] = {}
    missing: dict[str, None] = {}
    for edge in edges:
        if edge.source not in shown or (edge.target and edge.target not in shown):
            continue
        if not edge.target:
            missing[edge.name] = None
        arrows[edge.source, edge.target or MISSING + edge.name] = None
    boxes += [(MISSING + name, name) for name in missing]
    return Structure(tuple(boxes), tuple(arrows), len(services) - len(shown), compact)


def traffic(edges: Sequence[EdgeView]) -> dict[Pair, Traffic]:
    """Calls and errors by pair of guests.

    A pair may have several edges, one for each name; the session counts what crosses between the two.
    """
    found: dict[Pair, Traffic] = {}
    for edge in edges:
        pair = (edge.source, edge.target or MISSING + edge.name)
        before = found.get(pair)
        if before is None:
            found[pair] = Traffic(edge.calls, edge.errors)
        else:
            found[pair] = Traffic(max(before.calls, edge.calls), max(before.errors, edge.errors))
    return found


def draw(what: Structure) -> Drawing:
    """Lays out and paints a structure; the slow part, for any thread."""
    nodes = []
    for name, words in what.boxes:
        wide = min(WIDEST_NAME, cell_len(clean(words)))
        # Placeholders: what is really written there changes with every tick, its room does not.
        nodes.append(Node(name, ("x" * (wide + 2),) if what.compact else ("x" * max(wide + 2, 11),) * 2))
    placed = layout(nodes, [Edge(source, target) for source, target in what.arrows])
    rows = tuple(tuple((cell.char, cell.node, cell.edge) for cell in row) for row in paint(placed))
    return Drawing(what, placed, rows, {box.name: box for box in placed.boxes}, _notes(placed, rows))


def draw_to_fit(what: Structure, width: int) -> Drawing:
    """Draws a structure, with small boxes where large ones take more than `width` cells."""
    drawing = draw(what)
    if what.compact or drawing.width <= width:
        return drawing
    return draw(replace(what, compact=True))


def _notes(
    placed: Layout, rows: Sequence[Sequence[tuple[str, str | None, Pair | None]]]
) -> dict[int, dict[int, tuple[Pair, int, bool]]]:
    """Finds blank room beside each arrow for its count, as near to its target as there is."""
    taken: set[tuple[int, int]] = set()
    notes: dict[int, dict[int, tuple[Pair, int, bool]]] = {}

    def blank(x: int, y: int, room: int) -> bool:
        return (
            x >= 0
            and x + room <= placed.width
            and all(rows[y][column][0] == " " and (column, y) not in taken for column in range(x, x + room))
        )

    for route in placed.paths:
        cells = route.cells()
        upright = [point for point, after in pairwise(cells[1:]) if point[0] == after[0]]
        places = (
            (start, y, room, right)
            for room in COUNT_CELLS
            for x, y in reversed(upright)
            for start, right in ((x + 1, False), (x - room, True))
        )
        for x, y, room, right in places:
            if 0 <= y < placed.height and blank(x, y, room):
                taken |= {(column, y) for column in range(x, x + room)}
                notes.setdefault(y, {})[x] = ((route.source, route.target), room, right)
                break
    return notes


def graph_row(drawing: Drawing, y: int, state: GraphState, palette: Palette) -> list[Piece]:
    """One row of the graph as it stands, as pieces of one style each."""
    pieces: list[Piece] = []
    if not 0 <= y < drawing.height:
        return pieces
    notes = drawing.notes.get(y, {})
    row = drawing.rows[y]
    run: list[str] = []
    run_style = BLANK
    x = 0
    while x < len(row):
        char, node, edge = row[x]
        note = notes.get(x)
        box = drawing.boxes.get(node) if node is not None else None
        inside = box is not None and x == box.x + 1 and box.y < y < box.y + box.height - 1
        if note is None and not inside:
            if char == " ":
                style = run_style  # a blank looks the same in every style
            elif edge is not None and (node is None or state.heat.get(edge, 0)):
                style = _arrow(edge, state, palette)
            elif node is not None:
                style = _frame(node, state, palette)
            else:
                style = palette.faint
            if style is not run_style:
                if run:
                    pieces.append(("".join(run), run_style))
                    run = []
                run_style = style
            run.append(char)
            x += 1
            continue
        if run:
            pieces.append(("".join(run), run_style))
            run = []
        if note is not None:
            pair, room, right = note
            pieces.append(_note(state.traffic.get(pair), room, right, palette))
            x += room
        elif box is not None:
            pieces += _inside(box, y - box.y - 1, state, palette)
            x += box.width - 2
    if run:
        pieces.append(("".join(run), run_style))
    return pieces


def _note(crossed: Traffic | None, room: int, right: bool, palette: Palette) -> Piece:
    if crossed is None or not crossed.calls:
        return " " * room, BLANK
    return fit(count_in(crossed.calls, room), room, right), palette.error if crossed.errors else palette.muted


def _frame(name: str, state: GraphState, palette: Palette) -> Style:
    view = state.services.get(name)
    tone = palette.error if view is None else palette.state(view.state)
    if name == state.selected:
        return palette.accent
    if view is not None and view.state == "running":
        return palette.muted
    return tone


def _arrow(edge: Pair, state: GraphState, palette: Palette) -> Style:
    if edge[1].startswith(MISSING):
        return palette.error
    heat = state.heat.get(edge, 0)
    if heat < 0:
        return palette.heat_error
    if heat > 0:
        return palette.heat[min(heat, len(palette.heat)) - 1]
    return palette.faint


def _inside(box: Box, line: int, state: GraphState, palette: Palette) -> list[Piece]:
    width = box.width - 2
    view = state.services.get(box.name)
    chosen = box.name == state.selected and state.focused
    ground = palette.cursor if chosen else Style()
    # One blank on each side when the layout leaves that much room.
    pad = " " if width >= 3 else ""
    inner = width - 2 * len(pad)
    out: list[Piece] = [(pad, ground)]
    if view is None:
        words = "? " + box.name.removeprefix(MISSING) if line == 0 else "nobody exports it"
        out.append((fit(words, inner), palette.error + ground))
    elif line == 0:
        out.append((fit(GLYPHS.get(view.state, "?"), 2), palette.state(view.state) + ground))
        name_style = palette.faint if view.state == "unneeded" else palette.service(view.name)
        bold = Style(bold=view.kind == "program")
        out.append((fit(view.name, inner - 2), name_style + bold + ground))
    elif line == 1:
        words = ""
        if view.state in ("starting", "waiting", "failed", "unneeded", "exiting") and not view.calls_in:
            words = view.state
        elif view.calls_in or view.calls_out:
            words = f"↓{count(view.calls_in)} ↑{count(view.calls_out)}"
        tail = f"✗{count(view.errors)}" if view.errors else f"+{count(view.inbox)}" if view.inbox else ""
        if len(words) + len(tail) + 1 > inner:
            words = f"↓{count(view.calls_in)}"
        room = max(0, inner - len(tail))
        out.append((fit(words, room), palette.muted + ground))
        out.append((tail, (palette.error if view.errors else palette.warn) + ground))
    else:
        out.append((" " * inner, ground))
    out.append((pad, ground))
    return out
