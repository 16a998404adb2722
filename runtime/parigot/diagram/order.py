"""The order of the vertices within each layer, with few crossings.

Sweeps down and up put each vertex at the barycentre of its neighbours; then neighbours swap places while
that helps. The best order seen wins.
"""

from __future__ import annotations

from bisect import bisect_left, insort

from parigot.diagram.skeleton import Skeleton, Vertex

_SWEEPS = 24
_PATIENCE = 6  # sweeps without progress before we stop
_SWAP_LIMIT = 600  # vertices; swapping is quadratic in the size of a layer


def arrange(skeleton: Skeleton) -> None:
    """Orders the layers in place and sets `order` of every vertex."""
    layers = skeleton.layers
    _walk_order(layers)
    small = sum(len(layer) for layer in layers) <= _SWAP_LIMIT
    best = [list(layer) for layer in layers]
    fewest = crossings(layers)
    for mirrored in (False, True):
        if mirrored:
            if not small or fewest == 0:
                break
            _walk_order(layers)
            for layer in layers:
                layer.reverse()
                _number(layer)
        patience = _PATIENCE
        for sweep in range(_SWEEPS):
            if fewest == 0 or patience == 0:
                break
            _sweep(layers, downwards=sweep % 2 == 0)
            if small:
                _swap(layers)
            found = crossings(layers)
            patience -= 1
            if found < fewest:
                fewest, best, patience = found, [list(layer) for layer in layers], _PATIENCE
    for layer, order in zip(layers, best, strict=True):
        layer[:] = order
        _number(layer)


def crossings(layers: list[list[Vertex]]) -> int:
    """How many pairs of segments cross."""
    total = 0
    for layer in layers[1:]:
        seen: list[int] = []  # orders of the lower ends so far, sorted
        pairs = sorted((s.upper.order, s.lower.order) for vertex in layer for s in vertex.above)
        for _, lower in pairs:
            total += len(seen) - bisect_left(seen, lower + 1)
            insort(seen, lower)
    return total


def _number(layer: list[Vertex]) -> None:
    for order, vertex in enumerate(layer):
        vertex.order = order


def _walk_order(layers: list[list[Vertex]]) -> None:
    """A first order: as a walk from the top meets the vertices, so that trees start without crossings."""
    met: dict[Vertex, None] = {}
    for layer in layers:
        boxes = [vertex for vertex in layer if vertex.node is not None]
        boxes.sort(key=lambda vertex: vertex.node or 0)
        stack = [vertex for vertex in reversed(boxes) if not vertex.above]
        while stack:
            vertex = stack.pop()
            if vertex not in met:
                met[vertex] = None
                stack.extend(segment.lower for segment in reversed(vertex.below))
    position = {vertex: index for index, vertex in enumerate(met)}
    for layer in layers:
        layer.sort(key=position.__getitem__)
        _number(layer)


def _sweep(layers: list[list[Vertex]], *, downwards: bool) -> None:
    for layer in layers[1:] if downwards else reversed(layers[:-1]):
        wanted = {}
        for vertex in layer:
            if downwards:
                orders = [segment.upper.order for segment in vertex.above]
            else:
                orders = [segment.lower.order for segment in vertex.below]
            wanted[vertex] = sum(orders) / len(orders) if orders else None
        # Vertices without neighbours on that side keep their place; the others fill the rest in order.
        movers = sorted(
            (v for v in layer if wanted[v] is not None), key=lambda v: (wanted[v] or 0.0, v.order)
        )
        rest = iter(movers)
        layer[:] = [vertex if wanted[vertex] is None else next(rest) for vertex in layer]
        _number(layer)


def _swap(layers: list[list[Vertex]]) -> None:
    for _ in range(4):
        helped = False
        for layer in layers:
            for i in range(len(layer) - 1):
                left, right = layer[i], layer[i + 1]
                if _pair(left, right) > _pair(right, left):
                    layer[i], layer[i + 1] = right, left
                    left.order, right.order = i + 1, i
                    helped = True
        if not helped:
            return


def _pair(left: Vertex, right: Vertex) -> int:
    """Crossings between the segments of two neighbours, when they stand in this order."""
    above = sum(a.upper.order > b.upper.order for a in left.above for b in right.above)
    below = sum(a.lower.order > b.lower.order for a in left.below for b in right.below)
    return above + below
