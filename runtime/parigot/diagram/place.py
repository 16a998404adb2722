"""Columns: where each vertex stands in its layer, and where on its border each edge leaves and arrives.

A layer is placed by isotonic regression: of all positions that keep the order and the distances, those
with the least sum of weighted distances to where the neighbours would like them. Weighted medians make most
edges exactly straight instead of nearly straight.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from parigot.diagram.skeleton import Segment, Skeleton, Vertex

_PASSES = 8
_BOX_GAP = 3  # columns between two boxes
_LINE_GAP = 1  # columns between a line and its neighbour

_ANYWHERE = float("-inf")

Wish = tuple[int, int]  # (wanted position, weight)


def place(skeleton: Skeleton) -> None:
    """Sets `x` of every vertex and the ports of every segment; the leftmost column is 0."""
    layers = skeleton.layers
    for layer in layers:
        x = 0
        for vertex in layer:
            _spread_ports(vertex)
            vertex.x = x
            x += vertex.space + _BOX_GAP
    best = _remember(layers)
    least = _cost(layers)
    for turn in range(_PASSES):
        for up, down in ((True, False), (False, True), (True, True)):
            order = layers if up and not (down and turn % 2) else list(reversed(layers))
            for layer in order:
                _settle_layer(layer, up, down)
            found = _cost(layers)
            if found <= least:
                least, best = found, _remember(layers)
    for layer, xs in zip(layers, best, strict=True):
        for vertex, x in zip(layer, xs, strict=True):
            vertex.x = x
    for layer in layers[1:]:
        _straighten(layer)
    shift = min((vertex.x for layer in layers for vertex in layer), default=0)
    for layer in layers:
        for vertex in layer:
            vertex.x -= shift


def settle(wishes: Sequence[Sequence[Wish]], distances: Sequence[int]) -> list[int]:
    """Positions that keep the distances and lie as near to the wishes as can be.

    Args:
        wishes: for each item the positions it is drawn to; an item without any follows its neighbours.
        distances: least distance from each item to the next.
    """
    offsets = [0]
    for distance in distances[: len(wishes) - 1]:
        offsets.append(offsets[-1] + distance)
    # Pool adjacent violators, with weighted medians: (median, pooled wishes, number of items).
    pools: list[tuple[float, list[Wish], int]] = []
    for own, offset in zip(wishes, offsets, strict=False):
        pooled = sorted((want - offset, weight) for want, weight in own)
        size = 1
        median = _median(pooled) if pooled else (pools[-1][0] if pools else _ANYWHERE)
        while pools and pools[-1][0] > median:
            _, other, count = pools.pop()
            pooled = sorted(other + pooled)
            size += count
            median = _median(pooled)
        pools.append((median, pooled, size))
    flat = [median for median, _, size in pools for _ in range(size)]
    known = next((value for value in flat if value != _ANYWHERE), 0.0)
    return [
        round(known if value == _ANYWHERE else value) + offset
        for value, offset in zip(flat, offsets, strict=False)
    ]


def _median(wishes: list[Wish]) -> float:
    """The weighted median; in the middle where a whole range would do."""
    half = sum(weight for _, weight in wishes) / 2
    seen = 0
    for i, (value, weight) in enumerate(wishes):
        seen += weight
        if seen > half:
            return value
        if seen == half:
            return (value + wishes[i + 1][0]) // 2 if i + 1 < len(wishes) else value
    return wishes[-1][0] if wishes else _ANYWHERE


def _settle_layer(layer: list[Vertex], up: bool, down: bool) -> None:
    wishes = []
    for vertex in layer:
        own: list[Wish] = []
        if up:
            own += [(s.upper_x - s.lower_port, s.weight * 2) for s in vertex.above]
        if down:
            own += [(s.lower_x - s.upper_port, s.weight * 2) for s in vertex.below]
        wishes.append(own or [(vertex.x, 1)])
    distances = [a.space + _gap(a, b) for a, b in itertools.pairwise(layer)]
    for vertex, x in zip(layer, settle(wishes, distances), strict=True):
        vertex.x = x


def _gap(left: Vertex, right: Vertex) -> int:
    return _LINE_GAP if left.node is None or right.node is None else _BOX_GAP


def _cost(layers: list[list[Vertex]]) -> int:
    total = 0
    for layer in layers:
        for vertex in layer:
            for s in vertex.above:
                away = abs(s.upper_x - s.lower_x)
                total += s.weight * (away + (4 if away else 0))
    return total


def _remember(layers: list[list[Vertex]]) -> list[list[int]]:
    return [[vertex.x for vertex in layer] for layer in layers]


def _spread_ports(vertex: Vertex) -> None:
    """Ports around the middle of each side, in the order of the far ends."""
    vertex.above.sort(key=lambda segment: segment.upper.order)
    vertex.below.sort(key=lambda segment: segment.lower.order)
    for segment, port in zip(vertex.above, _spread(vertex, len(vertex.above)), strict=True):
        segment.lower_port = port
    for segment, port in zip(vertex.below, _spread(vertex, len(vertex.below)), strict=True):
        segment.upper_port = port


def _spread(vertex: Vertex, ports: int) -> list[int]:
    if not ports:
        return []
    columns = vertex.last_port - vertex.first_port + 1
    step = max(2, min(8, columns // ports))
    if ports % 2 == 0 and columns % 2 == 1 and step % 2 == 1:
        step -= 1  # an odd step cannot be symmetric here
    start = vertex.first_port + (columns - 1 - step * (ports - 1)) // 2
    return [start + step * i for i in range(ports)]


def _straighten(layer: list[Vertex]) -> None:
    """Slides the ports between this layer and the one above, so that more edges run straight down."""
    uppers = list(dict.fromkeys(segment.upper for vertex in layer for segment in vertex.above))
    for _ in range(2):
        for vertex in layer:
            _slide(vertex, vertex.above, lower_end=True)
        for vertex in uppers:
            _slide(vertex, vertex.below, lower_end=False)


def _slide(vertex: Vertex, segments: list[Segment], *, lower_end: bool) -> None:
    if vertex.node is None or not segments:
        return
    first, last = vertex.first_port, vertex.last_port
    wishes = []
    for i, segment in enumerate(segments):
        port = segment.lower_port if lower_end else segment.upper_port
        want = (segment.upper_x if lower_end else segment.lower_x) - vertex.x
        # Only where it becomes straight: a port in the corner of a box gains nothing else.
        fits = first + 2 * i <= want <= last - 2 * (len(segments) - 1 - i)
        wishes.append([(want, 8)] if fits else [(port, 1)])
    ports = settle(wishes, [2] * (len(segments) - 1))
    for i, (segment, port) in enumerate(zip(segments, ports, strict=True)):
        port = max(first + 2 * i, min(port, last - 2 * (len(segments) - 1 - i)))
        if lower_end:
            segment.lower_port = port
        else:
            segment.upper_port = port
