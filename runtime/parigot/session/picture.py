"""Snapshots: the one place where the run's records become views for front ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from parigot.kernel import Call, CallKind, Delivery, DeliveryKind, Kernel
from parigot.session.declared import spelling
from parigot.session.running import RunningGuest
from parigot.session.views import CallView, EdgeView, PendingView, ServiceView, Snapshot

MOST_PENDING = 1_000
MOST_IN_FLIGHT = 1_000


def service_views(guests: Sequence[RunningGuest]) -> tuple[ServiceView, ...]:
    """Every guest, in the descriptor's order."""
    return tuple(
        ServiceView(
            name=guest.name,
            kind=guest.spec.kind,
            state=guest.record.state.value,
            detail=guest.record.detail,
            exports=tuple(name for service in guest.record.services for name in service.exports.values()),
            requires=tuple(name for service in guest.record.services for name in service.requires.values()),
            inbox=len(guest.record.inbox),
            calls_in=guest.record.calls_in,
            calls_out=guest.record.calls_out,
            errors=guest.record.errors,
            memory_bytes=guest.guest.memory_bytes,
        )
        for guest in guests
    )


def edge_views(guests: Sequence[RunningGuest]) -> tuple[EdgeView, ...]:
    """One edge for every required name."""
    calls: Counter[tuple[int, int]] = Counter()
    errors: Counter[tuple[int, int]] = Counter()
    for guest in guests:
        for route in guest.record.routes.values():
            pair = (guest.record.index, route.callee.index)
            calls[pair] += route.calls
            errors[pair] += route.errors
    records = [guest.record for guest in guests]
    spelled = spelling(records)
    exporters: dict[str, list[RunningGuest | None]] = {}
    for guest in guests:
        for service in guest.record.services:
            for folded in service.exports:
                exporters.setdefault(folded, []).append(guest)
    edges = []
    for guest in guests:
        for service in guest.record.services:
            for folded in service.requires:
                for target in exporters.get(folded, [None]):
                    pair = (guest.record.index, target.record.index if target is not None else -1)
                    edges.append(
                        EdgeView(
                            source=guest.name,
                            target=target.name if target is not None else "",
                            name=spelled[folded],
                            calls=calls[pair],
                            errors=errors[pair],
                        )
                    )
    return tuple(edges)


def take(
    *,
    seq: int,
    time_ns: int,
    state: str,
    steps: int,
    kernel: Kernel,
    guests: Sequence[RunningGuest],
    exit_code: int | None,
    report: str,
) -> Snapshot:
    """The whole picture now."""
    following = kernel.next_delivery()
    in_flight: list[CallView] = []
    for call in kernel.in_flight():
        if len(in_flight) == MOST_IN_FLIGHT:
            break
        in_flight.append(_call(call))
    return Snapshot(
        seq=seq,
        time_ns=time_ns,
        state=state,
        steps=steps,
        services=service_views(guests),
        edges=edge_views(guests),
        pending=tuple(_pending(delivery) for delivery in kernel.pending()[:MOST_PENDING]),
        next_pending=following.number if following is not None else None,
        in_flight=tuple(in_flight),
        exit_code=exit_code,
        report=report,
    )


def _call(call: Call) -> CallView:
    return CallView(
        call=call.number,
        parent=call.parent,
        caller=call.caller.name,
        callee=call.callee.name,
        service=call.service.name,
        method=call.method_name,
        state=call.state.value,
        dispatched_ns=call.dispatched_ns,
    )


def _pending(delivery: Delivery) -> PendingView:
    call = delivery.call
    between_guests = call is not None and call.kind is CallKind.CALL
    incoming = delivery.kind is DeliveryKind.CALL
    return PendingView(
        number=delivery.number,
        kind=delivery.kind.value,
        target=delivery.target.name,
        source="" if call is None or not between_guests else (call.caller if incoming else call.callee).name,
        call=call.number if call is not None and between_guests else None,
        service=call.service.name if call is not None else "",
        method=call.method_name if call is not None else "",
        error=call.error if call is not None and not incoming else 0,
        payload=b"" if call is None or not between_guests else call.request if incoming else call.reply,
        ready=delivery.target.waiting,
    )
