"""The graph in cells."""

from __future__ import annotations

from parigot.session.views import EdgeView, ServiceView
from rich.cells import cell_len

from parigot_studio.render.graph import (
    HEAT,
    GraphState,
    Structure,
    Traffic,
    draw,
    graph_row,
    structure,
    traffic,
)
from parigot_studio.render.palette import DARK


def view(
    name: str, state: str = "running", calls_in: int = 0, calls_out: int = 0, errors: int = 0
) -> ServiceView:
    return ServiceView(name, "service", state, "", (), (), 0, calls_in, calls_out, errors, 0)


SERVICES = (view("hello", calls_out=7), view("greeting", calls_in=7, errors=1), view("spare", "unneeded"))
EDGES = (EdgeView("hello", "greeting", "greeting.v1.Greeting", 7, 1),)


def state(
    heat: dict[tuple[str, str], int] | None = None, services: tuple[ServiceView, ...] = SERVICES
) -> GraphState:
    return GraphState({view.name: view for view in services}, traffic(EDGES), heat or {}, None, False)


def painted(what: Structure, how: GraphState) -> list[str]:
    drawing = draw(what)
    rows = ["".join(words for words, _ in graph_row(drawing, y, how, DARK)) for y in range(drawing.height)]
    assert {cell_len(row) for row in rows} == {drawing.width}
    return rows


def test_boxes_hold_state_name_and_traffic() -> None:
    text = "\n".join(painted(structure(SERVICES, EDGES, True), state()))
    assert "● hello" in text
    assert "↓0 ↑7" in text
    assert "● greeting" in text
    assert "✗1" in text
    assert "· spare" in text
    assert "unneeded" in text


def test_the_count_stands_beside_its_arrow() -> None:
    rows = painted(structure(SERVICES, EDGES, False), state())
    assert any("│7" in row for row in rows)


def test_unneeded_guests_are_left_out_and_counted() -> None:
    what = structure(SERVICES, EDGES, False)
    assert [name for name, _ in what.boxes] == ["hello", "greeting"]
    assert what.hidden == 1


def test_compact_boxes_hold_the_name_only() -> None:
    rows = painted(structure(SERVICES, EDGES, False, compact=True), state())
    assert len(rows) < len(painted(structure(SERVICES, EDGES, False), state()))
    assert not any("↑" in row for row in rows)


def test_a_name_that_nobody_exports_is_a_box_of_its_own() -> None:
    edges = (*EDGES, EdgeView("greeting", "", "dictionary.v1.Dictionary", 0, 0))
    text = "\n".join(painted(structure(SERVICES, edges, False), state()))
    assert "? dictionary.v1.Dictionary"[:20] in text
    assert "nobody exports it" in text


def test_states_have_glyphs_of_their_own() -> None:
    for name, glyph in (("starting", "○"), ("ended", "✓"), ("failed", "✗"), ("strange", "?")):
        services = (view("a", name),)
        assert f"{glyph} a" in "\n".join(painted(structure(services, (), True), state(services=services)))


def test_an_arrow_that_was_just_crossed_is_lit() -> None:
    what = structure(SERVICES, EDGES, False)
    drawing = draw(what)

    def colours(heat: int) -> set[object]:
        how = state({("hello", "greeting"): heat})
        return {
            style.color
            for y in range(drawing.height)
            for words, style in graph_row(drawing, y, how, DARK)
            if "│" in words and "hello" not in words
        }

    assert DARK.heat[HEAT - 1].color in colours(HEAT)
    assert DARK.heat[0].color in colours(1)
    assert DARK.heat_error.color in colours(-1)
    assert DARK.heat[0].color not in colours(0)


def test_cycles_wide_names_and_odd_names_are_drawn() -> None:
    services = (view("漢字サービス"), view("a[b]\x1b[2J"), view("x" * 60))
    edges = tuple(EdgeView(one.name, other.name, "n", 1, 0) for one in services for other in services)
    how = GraphState({one.name: one for one in services}, traffic(edges), {}, "漢字サービス", True)
    text = "\n".join(painted(structure(services, edges, True), how))
    assert "漢字サービス" in text
    assert "a[b]␛[2J" in text
    assert "…" in text


def test_calls_between_two_guests_are_counted_once() -> None:
    edges = (EdgeView("a", "b", "one", 5, 1), EdgeView("a", "b", "two", 5, 1))
    assert traffic(edges) == {("a", "b"): Traffic(5, 1)}
