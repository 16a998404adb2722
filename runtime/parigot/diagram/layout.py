"""The layout of a whole diagram: each connected part on its own, then all of them beside each other."""

from __future__ import annotations

from collections.abc import Sequence

from parigot.diagram.model import Box, Edge, Layout, Node, Point, Route
from parigot.diagram.order import arrange
from parigot.diagram.place import place
from parigot.diagram.route import Run, channel
from parigot.diagram.skeleton import LOOP_SPACE, Skeleton, Vertex, build
from parigot.diagram.text import cell_width

_PART_GAP = 4  # columns between two parts that no edge joins
_ROW_WIDTH = 72  # columns that rows of lone nodes may take, if nothing else is wider


def layout(nodes: Sequence[Node], edges: Sequence[Edge]) -> Layout:
    """Lays a graph out in layers, sources above what they require.

    The result depends on nothing but the arguments and their order. Cycles are allowed: the edge that
    closes one points upwards. Nodes without edges stand in rows at the bottom.

    Raises:
        ValueError: two nodes share a name, or an edge names an unknown node.
    """
    index = {node.name: i for i, node in enumerate(nodes)}
    if len(index) != len(nodes):
        raise ValueError("two nodes share a name")
    labels: dict[tuple[int, int], list[str]] = {}
    for edge in edges:
        for end in (edge.source, edge.target):
            if end not in index:
                raise ValueError(f"an edge names {end!r}, which is not a node")
        known = labels.setdefault((index[edge.source], index[edge.target]), [])
        if edge.label and edge.label not in known:
            known.append(edge.label)

    boxes: dict[int, Box] = {}
    routes: dict[tuple[int, int], Route] = {}
    left = bottom = 0
    lone: list[int] = []
    for part in _parts(len(nodes), list(labels)):
        if len(part) == 1 and (part[0], part[0]) not in labels:
            lone.extend(part)
            continue
        inside = [edge for edge in labels if edge[0] in set(part)]
        width, height = _lay_part(nodes, part, inside, labels, left, boxes, routes)
        left += width + _PART_GAP
        bottom = max(bottom, height)
    width = max(0, left - _PART_GAP)
    width, bottom = _lay_rows(nodes, lone, width, bottom + 1 if bottom else 0, boxes)
    return Layout(
        width, bottom, tuple(boxes[i] for i in range(len(nodes))), tuple(routes[edge] for edge in labels)
    )


def _parts(count: int, edges: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Connected parts, each in the order of the nodes."""
    head = list(range(count))

    def find(node: int) -> int:
        while head[node] != node:
            head[node] = head[head[node]]
            node = head[node]
        return node

    for source, target in edges:
        a, b = sorted((find(source), find(target)))
        head[b] = a
    parts: dict[int, list[int]] = {}
    for node in range(count):
        parts.setdefault(find(node), []).append(node)
    return list(parts.values())


def _lay_rows(
    nodes: Sequence[Node], lone: Sequence[int], width: int, top: int, boxes: dict[int, Box]
) -> tuple[int, int]:
    """Puts nodes without edges into rows below the rest; returns (width, height) of the whole."""
    if not lone:
        return width, max(0, top - 1)
    limit = max(width, _ROW_WIDTH)
    x, y, row_height, used = 0, top, 0, width
    for i in lone:
        text = nodes[i].text
        own = max(cell_width(line) for line in text) + 4
        if x and x + own > limit:
            x, y, row_height = 0, y + row_height, 0
        boxes[i] = Box(nodes[i].name, x, y, own, len(text) + 2, text)
        used = max(used, x + own)
        row_height = max(row_height, len(text) + 2)
        x += own + 3
    return used, y + row_height


def _lay_part(
    nodes: Sequence[Node],
    part: Sequence[int],
    edges: Sequence[tuple[int, int]],
    labels: dict[tuple[int, int], list[str]],
    left: int,
    boxes: dict[int, Box],
    routes: dict[tuple[int, int], Route],
) -> tuple[int, int]:
    """Lays one connected part out, its leftmost column at `left`; returns its (width, height)."""
    local = {node: i for i, node in enumerate(part)}
    own = [nodes[i] for i in part]
    skeleton = build(own, [(local[s], local[t]) for s, t in edges])
    arrange(skeleton)
    place(skeleton)
    tops, gaps, height = _stack(skeleton)
    columns = [run.low for gap in gaps for runs, _ in gap.values() for run in runs]
    shift = left - min(0, *columns) if columns else left  # a detour may leave the layers on the left
    right = left

    for layer in skeleton.layers:
        for vertex in layer:
            vertex.x += shift
            right = max(right, vertex.x + vertex.space)
            if vertex.node is not None:
                node = own[vertex.node]
                top = tops[vertex.layer]
                boxes[part[vertex.node]] = Box(
                    node.name, vertex.x, top, vertex.width, vertex.height, node.text
                )
                if vertex.loop:
                    i = part[vertex.node]
                    points = _loop(boxes[i])
                    routes[i, i] = Route(node.name, node.name, points, tuple(labels[i, i]))
    for chain in skeleton.chains:
        points_down: list[Point] = []
        for position, segment in enumerate(chain.segments):
            runs, base = gaps[segment.upper.layer][id(segment)]
            if position == 0:
                top = tops[segment.upper.layer] + segment.upper.height - 1
                points_down.append((segment.upper_x, top))
            for run in runs:
                right = max(right, run.high + shift + 1)
                points_down += [(run.start + shift, base + run.row), (run.end + shift, base + run.row)]
        last = chain.segments[-1]
        points_down.append((last.lower_x, tops[last.lower.layer]))
        points = tuple(reversed(points_down) if chain.reversed else points_down)
        edge = (part[chain.source], part[chain.target])
        routes[edge] = Route(own[chain.source].name, own[chain.target].name, points, tuple(labels[edge]))
    return right - left, height


Gap = dict[int, tuple[list[Run], int]]  # id of a segment -> (its runs, the row of the channel's first track)


def _stack(skeleton: Skeleton) -> tuple[list[int], list[Gap], int]:
    """Rows: (top row of each layer, the channel below each layer, height)."""
    tops: list[int] = []
    gaps: list[Gap] = []
    y = 0
    for layer in skeleton.layers:
        tops.append(y)
        y += max(_height(vertex) for vertex in layer)
        segments = [segment for vertex in layer for segment in vertex.below]
        runs, rows = channel([(segment.upper_x, segment.lower_x) for segment in segments])
        gaps.append({id(segment): (own, y) for segment, own in zip(segments, runs, strict=True)})
        if segments:
            y += max(1, rows)
    return tops, gaps, y


def _height(vertex: Vertex) -> int:
    return vertex.height + (1 if vertex.loop else 0)


def _loop(box: Box) -> tuple[Point, ...]:
    """From the lower border around the lower right corner back to the right border."""
    out = box.x + box.width - 2
    side = box.x + box.width + LOOP_SPACE - 2
    under = box.y + box.height
    return ((out, under - 1), (out, under), (side, under), (side, under - 2), (side - 1, under - 2))
