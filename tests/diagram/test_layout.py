"""What every drawn graph must keep, whatever the graph: found by random graphs, then some by name."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from parigot.diagram import Edge, Layout, Node, draw, layout, paint

Graph = tuple[list[Node], list[Edge]]


@st.composite
def graphs(draw_: st.DrawFn, largest: int = 14) -> Graph:
    count = draw_(st.integers(0, largest))
    text = st.text(alphabet="ab ▶語é\n\x1b", max_size=9)
    nodes = [
        Node(f"n{i}", tuple(draw_(st.lists(text, max_size=2)))) if draw_(st.booleans()) else Node(f"n{i}")
        for i in range(count)
    ]
    if not count:
        return nodes, []
    end = st.integers(0, count - 1)
    pairs = draw_(st.lists(st.tuples(end, end), max_size=2 * largest))
    return nodes, [Edge(f"n{a}", f"n{b}", f"l{i % 3}") for i, (a, b) in enumerate(pairs)]


def check(result: Layout, nodes: list[Node], edges: list[Edge]) -> None:
    """All invariants at once: they are cheap, and a failing graph breaks one of them."""
    by_name = {box.name: box for box in result.boxes}
    assert [box.name for box in result.boxes] == [node.name for node in nodes]

    owner: dict[tuple[int, int], str] = {}
    for box in result.boxes:
        assert box.x >= 0
        assert box.y >= 0
        assert box.x + box.width <= result.width
        assert box.y + box.height <= result.height
        for x in range(box.x, box.x + box.width):
            for y in range(box.y, box.y + box.height):
                assert owner.setdefault((x, y), box.name) == box.name, "boxes overlap"

    assert {(p.source, p.target) for p in result.paths} == {(e.source, e.target) for e in edges}
    assert len(result.paths) == len({(e.source, e.target) for e in edges})
    ports: set[tuple[int, int]] = set()
    used: dict[tuple[int, int], str] = {}  # what a cell holds: "down", "across", "corner", "port"
    for path in result.paths:
        for (x0, y0), (x1, y1) in zip(path.points, path.points[1:], strict=False):
            assert (x0 == x1) != (y0 == y1), "a slanted or empty line"
        cells = path.cells()
        assert len(set(cells)) == len(cells), "a route crosses itself"
        assert owner[cells[0]] == path.source
        assert owner[cells[-1]] == path.target
        for x, y in (cells[0], cells[-1]):
            box = by_name[owner[x, y]]
            assert (x in (box.x, box.x + box.width - 1)) + (y in (box.y, box.y + box.height - 1)) == 1
            assert used.setdefault((x, y), "port") == "port"
        assert not {cells[0], cells[-1]} & ports, "two edges share a port"
        ports.update((cells[0], cells[-1]))
        for before, (x, y), after in zip(cells, cells[1:], cells[2:], strict=False):
            assert 0 <= x < result.width
            assert 0 <= y < result.height
            assert (x, y) not in owner, "a route runs through a box"
            kind = "down" if before[0] == after[0] else "across" if before[1] == after[1] else "corner"
            if (x, y) in used:
                assert {kind, used[x, y]} == {"down", "across"}, "two routes share more than a crossing"
            used[x, y] = kind


@settings(max_examples=300, deadline=None)
@given(graphs())
def test_every_drawing_is_readable(graph: Graph) -> None:
    nodes, edges = graph
    result = layout(nodes, edges)
    check(result, nodes, edges)
    assert result == layout(nodes, edges)
    rows = paint(result)
    assert len(rows) == result.height
    assert {len(row) for row in rows} <= {result.width}
    for row in rows:
        for cell in row:
            assert cell.char == "" or cell.char.isprintable()


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_cells_know_what_they_show(graph: Graph) -> None:
    nodes, edges = graph
    result = layout(nodes, edges)
    rows = paint(result)
    for box in result.boxes:
        assert rows[box.y][box.x].node == box.name
        assert rows[box.y][box.x].char == "┌"
    for path in result.paths:
        (x0, y0), (x1, y1) = path.points[0], path.points[-1]
        assert rows[y0][x0].edge == rows[y1][x1].edge == (path.source, path.target)
        assert rows[y0][x0].node == path.source
        assert rows[y1][x1].node == path.target
        assert rows[y0][x0].char in "┬┴├┤"
        assert rows[y1][x1].char in "▼▲▶◀"


def test_a_crossing_is_drawn_as_one() -> None:
    nodes = [Node(name) for name in "abcd"]
    edges = [Edge("a", "c"), Edge("a", "d"), Edge("b", "c"), Edge("b", "d")]
    text = draw(layout(nodes, edges))
    assert text.count("┼") == 1
    assert text.count("▼") == 4


def test_one_edge_is_a_straight_line() -> None:
    assert draw(layout([Node("hello"), Node("greeting")], [Edge("hello", "greeting")])) == (
        " ┌───────┐\n │ hello │\n └───┬───┘\n     │\n┌────▼─────┐\n│ greeting │\n└──────────┘"
    )


def test_a_parent_stands_above_the_middle_of_its_children() -> None:
    result = layout([Node(n) for n in ("top", "left", "right")], [Edge("top", "left"), Edge("top", "right")])
    assert draw(result) == (
        "      ┌─────┐\n"
        "      │ top │\n"
        "      └─┬─┬─┘\n"
        "   ╭────╯ ╰────╮\n"
        "┌──▼───┐   ┌───▼───┐\n"
        "│ left │   │ right │\n"
        "└──────┘   └───────┘"
    )


def test_a_cycle_is_closed_by_an_edge_that_points_up() -> None:
    text = draw(layout([Node("a"), Node("b")], [Edge("a", "b"), Edge("b", "a")]))
    assert text == "┌───┐\n│ a │\n└┬─▲┘\n │ │\n┌▼─┴┐\n│ b │\n└───┘"


def test_an_edge_to_itself_goes_around_the_corner() -> None:
    assert draw(layout([Node("self")], [Edge("self", "self")])) == (
        "┌──────┐\n│ self ◀╮\n└─────┬┘│\n      ╰─╯"
    )


def test_nodes_without_edges_stand_in_rows_below() -> None:
    result = layout([Node(n) for n in ("x", "a", "b", "y")], [Edge("a", "b")])
    place = {box.name: box.y for box in result.boxes}
    assert place["a"] < place["b"] < place["x"] == place["y"]
    many = layout([Node(f"service-{i}") for i in range(40)], [])
    assert many.width <= 72
    assert len({box.y for box in many.boxes}) > 1


def test_what_is_required_stands_below() -> None:
    names = ["log", "clock", "greeting", "hello"]
    edges = [Edge("hello", "greeting"), Edge("hello", "log"), Edge("greeting", "clock"), Edge("clock", "log")]
    result = layout([Node(name) for name in names], edges)
    top = {box.name: box.y for box in result.boxes}
    assert all(top[edge.source] < top[edge.target] for edge in edges)


def test_several_edges_between_two_nodes_are_one_route() -> None:
    result = layout(
        [Node("a"), Node("b")], [Edge("a", "b", "x.v1.X"), Edge("a", "b", "y.v1.Y"), Edge("a", "b")]
    )
    assert [path.labels for path in result.paths] == [("x.v1.X", "y.v1.Y")]


def test_wide_letters_keep_the_border_in_its_column() -> None:
    rows = paint(layout([Node("a", ("語x", "\x1b[31m"))], []))
    assert [row[-1].char for row in rows] == ["┐", "│", "│", "┘"]
    assert "\x1b" not in draw(layout([Node("a", ("語x", "\x1b[31m"))], []))


def test_an_empty_graph_is_an_empty_drawing() -> None:
    result = layout([], [])
    assert (result.width, result.height) == (0, 0)
    assert draw(result) == ""


def test_unknown_ends_and_shared_names_are_refused() -> None:
    with pytest.raises(ValueError, match="'b'"):
        layout([Node("a")], [Edge("a", "b")])
    with pytest.raises(ValueError, match="share a name"):
        layout([Node("a"), Node("a")], [])


def test_a_fleet_stays_readable() -> None:
    """300 services in layers, every one with its own tracks."""
    nodes = [Node(f"service-{i}") for i in range(300)]
    edges = [
        Edge(f"service-{i}", f"service-{j}")
        for i in range(260)
        for j in (i + 20 + i * 7 % 20, i + 40)
        if j < 300
    ]
    result = layout(nodes, edges)
    check(result, nodes, edges)
