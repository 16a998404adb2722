"""From nodes and edges to layers: cycles are opened, every node gets a layer, long edges get bends.

What comes out is a layered graph in which every segment joins two neighbouring layers. Everything here
follows the order of the nodes and edges as given, so that the same input always gives the same diagram.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

from parigot.diagram.model import Node
from parigot.diagram.text import cell_width

LOOP_SPACE = 2  # columns to the right of a box for an edge from the node to itself


@dataclass(slots=True, eq=False)
class Vertex:
    """A box, or the bend of a long edge in a layer between its ends (then `node` is None)."""

    node: int | None
    layer: int
    width: int  # of the border; 1 for a bend
    height: int
    loop: bool = False
    order: int = 0
    x: int = 0
    above: list[Segment] = field(default_factory=list)
    below: list[Segment] = field(default_factory=list)

    @property
    def space(self) -> int:
        """Columns that it takes in its layer."""
        return self.width + (LOOP_SPACE if self.loop else 0)

    @property
    def first_port(self) -> int:
        """Offset of the first column in which an edge may leave or arrive."""
        return 0 if self.node is None else 1

    @property
    def last_port(self) -> int:
        """Offset of the last such column."""
        if self.node is None:
            return 0
        return self.width - 2 - (2 if self.loop else 0)


@dataclass(slots=True, eq=False)
class Segment:
    """A piece of an edge between two neighbouring layers. Ports are offsets from the vertex's `x`."""

    upper: Vertex
    lower: Vertex
    upper_port: int = 0
    lower_port: int = 0

    @property
    def upper_x(self) -> int:
        return self.upper.x + self.upper_port

    @property
    def lower_x(self) -> int:
        return self.lower.x + self.lower_port

    @property
    def weight(self) -> int:
        """How much it matters that it is straight: a long edge should not wiggle."""
        bends = (self.upper.node is None) + (self.lower.node is None)
        return (1, 3, 8)[bends]


@dataclass(slots=True, eq=False)
class Chain:
    """An edge: its segments from top to bottom. `reversed` if it points upwards."""

    source: int
    target: int
    reversed: bool
    segments: list[Segment]


@dataclass(slots=True, eq=False)
class Skeleton:
    """A layered graph."""

    layers: list[list[Vertex]]
    chains: list[Chain]


def build(nodes: Sequence[Node], edges: Sequence[tuple[int, int]]) -> Skeleton:
    """Makes the layered graph.

    Args:
        edges: (source, target) as positions in `nodes`, without repetitions.
    """
    proper = [edge for edge in edges if edge[0] != edge[1]]
    loops = {source for source, target in edges if source == target}
    turned = _back_edges(len(nodes), proper)
    downward = [(t, s) if (s, t) in turned else (s, t) for s, t in proper]
    ranks = _ranks(len(nodes), downward)

    vertices: list[Vertex] = []
    layers: list[list[Vertex]] = [[] for _ in range(max(ranks, default=-1) + 1)]
    for index, node in enumerate(nodes):
        text = node.text
        width = max(cell_width(line) for line in text) + 4
        vertices.append(Vertex(index, ranks[index], width, len(text) + 2, index in loops))
        layers[ranks[index]].append(vertices[-1])

    chains = []
    for (source, target), (top, bottom) in zip(proper, downward, strict=True):
        stops = [vertices[top]]
        for rank in range(ranks[top] + 1, ranks[bottom]):
            stops.append(Vertex(None, rank, 1, 1))
            layers[rank].append(stops[-1])
        stops.append(vertices[bottom])
        segments = [Segment(a, b) for a, b in itertools.pairwise(stops)]
        for segment in segments:
            segment.upper.below.append(segment)
            segment.lower.above.append(segment)
        chains.append(Chain(source, target, (source, target) in turned, segments))

    for vertex in vertices:  # a port every other column, and a border around them
        ports = max(len(vertex.above), len(vertex.below))
        vertex.width = max(vertex.width, 2 * ports + 1 + (2 if vertex.loop else 0))
    return Skeleton(layers, chains)


def _back_edges(count: int, edges: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
    """The edges that close a cycle on a walk that starts at the nodes nobody requires."""
    below: list[list[int]] = [[] for _ in range(count)]
    required = [False] * count
    for source, target in edges:
        below[source].append(target)
        required[target] = True
    unseen, open_, done = 0, 1, 2
    state = [unseen] * count
    back: set[tuple[int, int]] = set()
    for start in sorted(range(count), key=lambda node: required[node]):
        if state[start] != unseen:
            continue
        state[start] = open_
        stack = [(start, iter(below[start]))]
        while stack:
            node, rest = stack[-1]
            for target in rest:
                if state[target] == open_:
                    back.add((node, target))
                elif state[target] == unseen:
                    state[target] = open_
                    stack.append((target, iter(below[target])))
                    break
            else:
                state[node] = done
                stack.pop()
    return back


def _ranks(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """Layers by longest path from the top; then nodes slide to where their edges are shortest."""
    below: list[list[int]] = [[] for _ in range(count)]
    above: list[list[int]] = [[] for _ in range(count)]
    for source, target in edges:
        below[source].append(target)
        above[target].append(source)
    missing = [len(sources) for sources in above]
    queue = [node for node in range(count) if not missing[node]]
    ranks = [0] * count
    for node in queue:  # grows while we walk: a topological order
        for target in below[node]:
            ranks[target] = max(ranks[target], ranks[node] + 1)
            missing[target] -= 1
            if not missing[target]:
                queue.append(target)
    for _ in range(4):
        for node in reversed(queue):
            # What nobody requires (programs above all) stays on top.
            if above[node] and len(below[node]) > len(above[node]):
                ranks[node] = max(ranks[node], min(ranks[target] for target in below[node]) - 1)
    return ranks
