"""From what guests have declared to what a program needs: the bridge from records to the pure graph."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from parigot.kernel import (
    GONE,
    Declaration,
    Guest,
    analyse,
    behind_text,
    cycle_text,
    missing_text,
    needed,
)
from parigot.session.plan import Plan, PlanStep
from parigot.session.views import EdgeView, ServiceView

if TYPE_CHECKING:
    from parigot.session.running import RunningGuest


def declarations(records: Sequence[Guest]) -> list[Declaration]:
    """What each live guest declares, all its services taken together, in the order given.

    What a guest requires and exports itself is met within it and left out.
    """
    found = []
    for record in records:
        if record.state in GONE:
            continue
        exports = [folded for service in record.services for folded in service.exports]
        requires = [folded for service in record.services for folded in service.requires]
        if len(record.services) > 1:
            requires = [folded for folded in requires if folded not in exports]
        found.append(Declaration(record.name, tuple(dict.fromkeys(exports)), tuple(dict.fromkeys(requires))))
    return found


def needed_guests(guests: Sequence[RunningGuest], programs: Collection[str]) -> list[str]:
    """Names of the guests that the programs need, themselves included; without programs, all of them."""
    if not programs:
        return [guest.name for guest in guests]
    roots = [guest.name for guest in guests if guest.spec.name in programs]
    # Programs that do not speak parigot need nothing, but they run.
    return list(dict.fromkeys([*needed(declarations([g.record for g in guests]), roots), *roots]))


def spelling(records: Sequence[Guest]) -> dict[str, str]:
    """Folded names as people write them; the exporter's way comes first."""
    spelled: dict[str, str] = {}
    for record in records:
        for service in record.services:
            spelled.update(service.exports)
    for record in records:
        for service in record.services:
            for folded, name in service.requires.items():
                spelled.setdefault(folded, name)
    return spelled


def plan(
    guests: Sequence[RunningGuest],
    programs: Sequence[str],
    services: tuple[ServiceView, ...],
    edges: tuple[EdgeView, ...],
) -> Plan:
    """The plan for `programs`, once all guests have declared themselves."""
    records = [guest.record for guest in guests]
    spelled = spelling(records)
    wanted = set(needed_guests(guests, programs))
    chosen = [item for item in declarations(records) if item.node in wanted]
    analysis = analyse(chosen)
    problems = [cycle_text(cycle, spelled) for cycle in analysis.cycles]
    problems += [missing_text(node, name, spelled) for node, name in analysis.missing]
    problems += [behind_text(node) for node in analysis.behind]
    problems += [
        f"{record.name} failed before it declared anything: {record.detail}"
        for record in records
        if record.state.value == "failed"
    ]
    by_name = {guest.name: guest for guest in guests}
    provider: dict[str, str] = {}
    for node in analysis.order:
        for service in by_name[node].record.services:
            for folded in service.exports:
                provider.setdefault(folded, node)
    by_node = {item.node: item for item in chosen}
    steps = tuple(
        PlanStep(
            service=node,
            kind=by_name[node].spec.kind,
            order=place,
            layer=analysis.layers[node],
            requires=tuple((spelled[name], provider[name]) for name in by_node[node].requires),
            exports=tuple(spelled[name] for name in by_node[node].exports),
            needed_by=tuple(
                sorted(item.node for item in chosen if set(item.requires) & set(by_node[node].exports))
            ),
        )
        for place, node in enumerate(analysis.order, 1)
    )
    unneeded = tuple(guest.name for guest in guests if guest.name not in wanted)
    return Plan(tuple(programs), () if problems else steps, unneeded, tuple(problems), services, edges)
