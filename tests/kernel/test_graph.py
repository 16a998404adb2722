"""Start orders, cycles and what is missing: against an oracle that tries everything, and the kernel."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from parigot.errors import KernelErr
from parigot.kernel import Analysis, Declaration, analyse, needed

from .playbook import World, new_kernel
from .steps import begin, export, guest, launch, quietly, read, register, require

NAMES = [f"p.{letter}" for letter in "abcdefgh"]

name_sets = st.lists(st.sampled_from(NAMES), max_size=3, unique=True).map(tuple)
# More names than exporters have, so that some are missing; several exporters of one are replicas.
apps = st.lists(st.tuples(name_sets, name_sets), max_size=8).map(
    lambda parts: [
        Declaration(f"n{number}", exports, requires) for number, (exports, requires) in enumerate(parts)
    ]
)
many = settings(max_examples=150, deadline=None, derandomize=True)


# --- the oracle: rounds and reachability, nothing clever ----------------------------------------------


def rounds(app: Sequence[Declaration]) -> dict[str, int]:
    """Node -> the round in which it can start: all it requires was brought in earlier rounds."""
    found: dict[str, int] = {}
    brought: set[str] = set()
    number = 0
    while True:
        ready = [one for one in app if one.node not in found and set(one.requires) <= brought]
        if not ready:
            return found
        found |= dict.fromkeys((one.node for one in ready), number)
        brought |= {name for one in ready for name in one.exports}
        number += 1


def reachable(edges: set[tuple[str, str]], nodes: Sequence[str]) -> set[tuple[str, str]]:
    """All pairs with a path of at least one edge (Warshall)."""
    found = set(edges)
    for middle in nodes:
        for start in nodes:
            for end in nodes:
                if (start, middle) in found and (middle, end) in found:
                    found.add((start, end))
    return found


def knots(app: Sequence[Declaration], started: set[str]) -> set[frozenset[str]]:
    """Groups of nodes that wait for each other."""
    brought = {name for one in app if one.node in started for name in one.exports}
    stuck = [one.node for one in app if one.node not in started]
    edges = {
        (one.node, other.node)
        for one in app
        for other in app
        if one.node in stuck and set(one.requires) & set(other.exports) - brought
    }
    paths = reachable(edges, stuck)
    return {
        frozenset(other for other in stuck if (node, other) in paths and (other, node) in paths)
        for node in stuck
        if (node, node) in paths
    }


# --- analyse ------------------------------------------------------------------------------------------


@many
@given(apps)
def test_all_that_can_start_starts_and_in_a_valid_order(app: list[Declaration]) -> None:
    found = analyse(app)
    by_node = {one.node: one for one in app}
    assert set(found.order) == set(rounds(app))
    assert len(found.order) == len(set(found.order))
    brought: set[str] = set()
    for node in found.order:
        assert set(by_node[node].requires) <= brought
        brought |= set(by_node[node].exports)
    free = [one.node for one in app if not one.requires]
    assert list(found.order[: len(free)]) == free


@many
@given(apps)
def test_layers(app: list[Declaration]) -> None:
    found = analyse(app)
    assert found.layers == rounds(app)
    assert [found.layers[node] for node in found.order] == sorted(found.layers.values())


@many
@given(apps)
def test_every_cycle_is_reported_once_with_a_path_that_exists(app: list[Declaration]) -> None:
    found = analyse(app)
    by_node = {one.node: one for one in app}
    assert {cycle.members for cycle in found.cycles} == knots(app, set(found.order))
    assert len({cycle.members for cycle in found.cycles}) == len(found.cycles)
    places = {one.node: place for place, one in enumerate(app)}
    firsts = [cycle.path[0] for cycle in found.cycles]
    assert firsts == sorted(firsts, key=places.__getitem__)
    for cycle in found.cycles:
        assert cycle.path[0] == cycle.path[-1] == min(cycle.members, key=places.__getitem__)
        assert set(cycle.path) <= cycle.members
        assert len(set(cycle.path)) == len(cycle.path) - 1 == len(cycle.names)
        for source, name, target in zip(cycle.path, cycle.names, cycle.path[1:], strict=False):
            assert name in by_node[source].requires
            assert name in by_node[target].exports


@many
@given(apps)
def test_what_is_missing_and_who_is_behind(app: list[Declaration]) -> None:
    found = analyse(app)
    exported = {name for one in app for name in one.exports}
    assert list(found.missing) == [
        (one.node, name) for one in app for name in one.requires if name not in exported
    ]
    knotted = {node for cycle in found.cycles for node in cycle.members}
    lacking = {node for node, _ in found.missing}
    stuck = [one.node for one in app if one.node not in found.order]
    assert list(found.behind) == [node for node in stuck if node not in knotted | lacking]
    assert knotted | lacking | set(found.behind) == set(stuck)


@many
@given(apps, st.randoms(use_true_random=False))
def test_the_order_of_declarations_decides_nothing_but_ties(app: list[Declaration], chance) -> None:  # type: ignore[no-untyped-def]
    found = analyse(app)
    assert analyse(list(app)) == found
    shuffled = list(app)
    chance.shuffle(shuffled)
    other = analyse(shuffled)
    assert other.layers == found.layers
    assert {cycle.members for cycle in other.cycles} == {cycle.members for cycle in found.cycles}
    assert set(other.missing) == set(found.missing)
    assert set(other.behind) == set(found.behind)


def test_the_path_is_a_shortest_one() -> None:
    app = [
        Declaration("a", ("p.a",), ("p.b", "p.e")),
        Declaration("b", ("p.b",), ("p.c",)),
        Declaration("c", ("p.c",), ("p.a",)),
        Declaration("e", ("p.e",), ("p.a",)),
    ]
    (cycle,) = analyse(app).cycles
    assert cycle.path == ("a", "e", "a")
    assert cycle.names == ("p.e", "p.a")
    assert cycle.members == {"a", "b", "c", "e"}


def test_a_name_that_a_replica_brings_holds_nobody_up() -> None:
    app = [
        Declaration("first", ("p.work",), ()),
        Declaration("second", ("p.work",), ("p.boss",)),
        Declaration("boss", ("p.boss",), ("p.work", "p.nobody")),
    ]
    found = analyse(app)
    assert found.order == ("first",)
    assert found.cycles == ()
    assert found.missing == (("boss", "p.nobody"),)
    assert found.behind == ("second",)


@pytest.mark.parametrize("size", [2_000])
def test_long_chains_and_rings_need_no_recursion(size: int) -> None:
    chain = [
        Declaration(f"n{number}", (f"p.{number}",), (f"p.{number + 1}",) if number + 1 < size else ())
        for number in range(size)
    ]
    found = analyse(chain)
    assert found.order == tuple(f"n{number}" for number in reversed(range(size)))
    assert needed(chain, ["n0"]) == [one.node for one in chain]
    ring = [*chain[:-1], Declaration(chain[-1].node, chain[-1].exports, ("p.0",))]
    (cycle,) = analyse(ring).cycles
    assert len(cycle.path) == size + 1


def test_nothing_at_all() -> None:
    assert analyse([]) == Analysis((), {}, (), (), ())
    assert needed([], ["n0"]) == []


# --- needed -------------------------------------------------------------------------------------------


@many
@given(apps, st.lists(st.integers(0, 9).map(lambda number: f"n{number}"), max_size=3))
def test_needed_is_the_closure_in_the_order_given(app: list[Declaration], roots: list[str]) -> None:
    wanted = {one.node for one in app if one.node in roots}
    while True:
        names = {name for one in app if one.node in wanted for name in one.requires}
        more = wanted | {one.node for one in app if names & set(one.exports)}
        if more == wanted:
            break
        wanted = more
    assert needed(app, roots) == [one.node for one in app if one.node in wanted]


# --- the kernel tells the same story ------------------------------------------------------------------


@settings(max_examples=150, deadline=None, derandomize=True)
@given(apps)
def test_the_kernel_launches_in_that_order_and_fails_for_those_reasons(app: list[Declaration]) -> None:
    world = World(new_kernel())
    kernel = world.kernel
    for one in app:
        quietly(
            guest(one.node, group="all", replicas=8),
            register(one.node, f"s-{one.node}"),
            require(one.node, f"s-{one.node}", *one.requires),
            export(one.node, f"s-{one.node}", *one.exports),
            launch(one.node, f"s-{one.node}", f"up-{one.node}"),
            read(one.node),
        ).run(world)
    begin().run(world)
    order = []
    while (delivery := kernel.next_delivery()) is not None:
        order.append(delivery.target.name)
        kernel.deliver(delivery)
    found = analyse(app)
    assert tuple(order) == found.order

    failure = kernel.startup_failure()
    knotted = {node for cycle in found.cycles for node in cycle.members}
    lacking = {node for node, _ in found.missing}
    expected = {
        node: KernelErr.DependencyCycle
        if node in knotted
        else KernelErr.NotFound
        if node in lacking
        else KernelErr.KernelDependencyFailure
        for node in (one.node for one in app if one.node not in found.order)
    }
    told = {} if failure is None else {service.guest.name: error for service, error, _ in failure.errors}
    assert told == expected
    if failure is not None:
        assert failure.analysis.cycles == found.cycles
        assert failure.analysis.missing == found.missing
        for cycle in found.cycles:
            way = f"dependency cycle: {cycle.path[0]}"
            way += "".join(
                f" -> {node} (for {name})" for node, name in zip(cycle.path[1:], cycle.names, strict=True)
            )
            assert any(reason.startswith(way) for reason in failure.reasons)
