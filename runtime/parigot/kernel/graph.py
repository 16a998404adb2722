"""Dependencies between services by name: start order, cycles with their path, what is missing.

Pure functions over plain declarations, used by the kernel when a startup stalls and by `plan` before
anything is launched, so that both tell the same story.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Declaration:
    """What one node declares. Names are folded (lower case) already."""

    node: str
    exports: tuple[str, ...]
    requires: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cycle:
    """`path` starts and ends with the same node; each requires a name that the next one exports."""

    path: tuple[str, ...]
    names: tuple[str, ...]  # names[i] is what path[i] requires of path[i + 1]
    members: frozenset[str]  # every node of the strongly connected component


@dataclass(frozen=True, slots=True)
class Analysis:
    """What can start, in which order, and why the rest cannot.

    Attributes:
        order: nodes that can start, in the order in which the kernel launches them: each after everything
            it requires, those that require nothing in the order given.
        layers: node -> 0 for those that require nothing, else 1 + the highest layer it requires.
        cycles: every strongly connected component with a cycle in it, each once, with one path.
        missing: (node, name) pairs: nobody exports the name.
        behind: nodes that cannot start because something they require cannot.
    """

    order: tuple[str, ...]
    layers: Mapping[str, int]
    cycles: tuple[Cycle, ...]
    missing: tuple[tuple[str, str], ...]
    behind: tuple[str, ...]


def providers(declarations: Sequence[Declaration]) -> dict[str, list[str]]:
    """Name -> nodes that export it, in the order given."""
    found: dict[str, list[str]] = {}
    for declaration in declarations:
        for name in declaration.exports:
            found.setdefault(name, []).append(declaration.node)
    return found


def needed(declarations: Sequence[Declaration], roots: Iterable[str]) -> list[str]:
    """`roots` and everything they require, transitively, in the order of `declarations`."""
    by_node = {declaration.node: declaration for declaration in declarations}
    exported_by = providers(declarations)
    seen: dict[str, None] = {}
    todo = [node for node in roots if node in by_node]
    while todo:
        node = todo.pop()
        if node in seen:
            continue
        seen[node] = None
        for name in by_node[node].requires:
            todo.extend(exported_by.get(name, ()))
    return [declaration.node for declaration in declarations if declaration.node in seen]


def analyse(declarations: Sequence[Declaration]) -> Analysis:
    """Works out the start order of `declarations`, and why what cannot start cannot.

    A name exported by several nodes (replicas) is met as soon as one of them has started.
    """
    exported_by = providers(declarations)
    waiting_for: dict[str, list[str]] = {}
    unmet: dict[str, set[str]] = {}
    missing: list[tuple[str, str]] = []
    for declaration in declarations:
        unmet[declaration.node] = set(declaration.requires)
        for name in declaration.requires:
            waiting_for.setdefault(name, []).append(declaration.node)
            if name not in exported_by:
                missing.append((declaration.node, name))

    by_node = {declaration.node: declaration for declaration in declarations}
    order: list[str] = []
    layers: dict[str, int] = {}
    name_layer: dict[str, int] = {}
    ready = [declaration.node for declaration in declarations if not unmet[declaration.node]]
    while ready:
        following: list[str] = []
        for node in ready:
            layers[node] = 1 + max((name_layer[name] for name in by_node[node].requires), default=-1)
            order.append(node)
            for name in by_node[node].exports:
                if name in name_layer:
                    continue
                name_layer[name] = layers[node]
                for waiter in waiting_for.get(name, ()):
                    unmet[waiter].discard(name)
                    if not unmet[waiter] and waiter not in layers:
                        following.append(waiter)
        ready = list(dict.fromkeys(following))

    stuck = [declaration for declaration in declarations if declaration.node not in layers]
    cycles = _cycles(stuck, unmet, exported_by)
    explained = {node for cycle in cycles for node in cycle.members} | {node for node, _ in missing}
    behind = tuple(declaration.node for declaration in stuck if declaration.node not in explained)
    return Analysis(tuple(order), layers, cycles, tuple(missing), behind)


def _cycles(
    stuck: Sequence[Declaration], unmet: Mapping[str, set[str]], exported_by: Mapping[str, Sequence[str]]
) -> tuple[Cycle, ...]:
    # Only names that are waited for: one that some replica brings holds nobody up.
    steps: dict[str, list[tuple[str, str]]] = {
        declaration.node: [
            (name, target)
            for name in declaration.requires
            if name in unmet[declaration.node]
            for target in exported_by.get(name, ())
        ]
        for declaration in stuck
    }
    return tuple(
        _path_through(component, steps)
        for component in _components([declaration.node for declaration in stuck], steps)
        if len(component) > 1 or any(target == component[0] for _, target in steps[component[0]])
    )


def _path_through(component: Sequence[str], steps: Mapping[str, Sequence[tuple[str, str]]]) -> Cycle:
    """The shortest cycle through the component's first node (breadth first, ties in given order)."""
    members = frozenset(component)
    start = component[0]
    came_from: dict[str, tuple[str, str]] = {}
    frontier = [start]
    while start not in came_from:
        following: list[str] = []
        for node in frontier:
            for name, target in steps[node]:
                if target in members and target not in came_from:
                    came_from[target] = (node, name)
                    following.append(target)
        frontier = following
    path, names = [start], []
    node = start
    while True:
        node, name = came_from[node]
        path.append(node)
        names.append(name)
        if node == start:
            break
    return Cycle(tuple(reversed(path)), tuple(reversed(names)), members)


def _components(nodes: Sequence[str], steps: Mapping[str, Sequence[tuple[str, str]]]) -> list[list[str]]:
    """Strongly connected components (Tarjan 1972, iterative), each in the order of `nodes`."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    on_stack: set[str] = set()
    stack: list[str] = []
    found: list[list[str]] = []
    position = {node: place for place, node in enumerate(nodes)}
    for root in nodes:
        if root in index:
            continue
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        work = [(root, iter(steps[root]))]
        while work:
            node, rest = work[-1]
            for _, target in rest:
                if target not in index:
                    index[target] = low[target] = len(index)
                    stack.append(target)
                    on_stack.add(target)
                    work.append((target, iter(steps[target])))
                    break
                if target in on_stack:
                    low[node] = min(low[node], index[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    component = []
                    while True:
                        member = stack.pop()
                        on_stack.discard(member)
                        component.append(member)
                        if member == node:
                            break
                    found.append(sorted(component, key=position.__getitem__))
    return sorted(found, key=lambda component: position[component[0]])


# --- in words: one way to say it, whether a plan fails or a startup ---------------------------------------


def cycle_text(cycle: Cycle, spelled: Mapping[str, str]) -> str:
    """The cycle with its path; `spelled` gives folded names as people write them."""
    steps = "".join(
        f" -> {target} (for {spelled.get(name, name)})"
        for target, name in zip(cycle.path[1:], cycle.names, strict=True)
    )
    others = sorted(cycle.members - set(cycle.path))
    knot = f"; in the same knot: {', '.join(others)}" if others else ""
    return f"dependency cycle: {cycle.path[0]}{steps}{knot}"


def missing_text(node: str, name: str, spelled: Mapping[str, str], because: str = "") -> str:
    """What a node lacks, and why it is not there: unless told, because nobody exports it."""
    return f"{node} requires {spelled.get(name, name)}, {because or 'which nobody exports'}"


def behind_text(node: str) -> str:
    """A node that is not at fault itself."""
    return f"{node} cannot start because something it requires cannot"
