"""What a program needs, in which order it starts, and why: plain values for front ends.

Made by `survey` (see `parigot.session.survey`): every guest runs until it has declared what it requires
and exports, and none is launched.
"""

from __future__ import annotations

from dataclasses import dataclass

from parigot.session.views import EdgeView, ServiceView


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One guest that will be launched.

    Attributes:
        service: its name in the descriptor.
        kind: "service" or "program".
        order: position in the start order, from 1.
        layer: 0 for guests that require nothing, else 1 + the highest layer among its providers.
        requires: (required name, guest that provides it) in the order of declaration.
        exports: names it exports.
        needed_by: guests that require one of its names directly, sorted.
    """

    service: str
    kind: str
    order: int
    layer: int
    requires: tuple[tuple[str, str], ...]
    exports: tuple[str, ...]
    needed_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The answer of `parigot plan`.

    Attributes:
        programs: the programs asked about.
        steps: what will be launched, in start order; empty when `problems` is not.
        unneeded: guests that none of the programs needs, in the descriptor's order.
        problems: why the programs cannot start (cycles with their path, names nobody exports,
            guests that failed before they declared anything), one readable sentence each.
        services, edges: the whole declared app, for graphs.
    """

    programs: tuple[str, ...]
    steps: tuple[PlanStep, ...]
    unneeded: tuple[str, ...]
    problems: tuple[str, ...]
    services: tuple[ServiceView, ...]
    edges: tuple[EdgeView, ...]
