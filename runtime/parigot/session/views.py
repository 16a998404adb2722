"""Snapshots of a Session for front ends: plain frozen values, made when asked for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServiceView:
    """One guest as it stands now; `state` as in `ServiceChanged`."""

    name: str
    kind: str  # "service" | "program"
    state: str
    detail: str
    exports: tuple[str, ...]  # "greeting.v1.Greeting"
    requires: tuple[str, ...]
    inbox: int  # deliveries that wait for it
    calls_in: int
    calls_out: int
    errors: int  # calls to it that ended in an error
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class EdgeView:
    """`source` requires `name`, which `target` exports ("" while nobody does)."""

    source: str
    target: str
    name: str
    calls: int
    errors: int


@dataclass(frozen=True, slots=True)
class PendingView:
    """A delivery that waits for the scheduler. `number` is what `Session.deliver` takes."""

    number: int
    kind: str  # "call" | "resolved" | "launched" | "exit"
    target: str  # the guest it goes to
    source: str  # the guest it comes from; "" for the kernel
    call: int | None
    service: str
    method: str
    error: int
    payload: bytes  # a serialized google.protobuf.Any, maybe empty
    ready: bool  # the target waits for an event, so it can be delivered now


@dataclass(frozen=True, slots=True)
class CallView:
    """A call in flight."""

    call: int
    parent: int | None
    caller: str
    callee: str
    service: str
    method: str
    state: str  # "queued" | "delivered"
    dispatched_ns: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The whole picture at one moment, consistent in itself.

    `state` as in `RunChanged`. `steps` counts deliveries handed out so far. Services come in start order
    as far as known, then in the descriptor's. `next_pending` is what `step` would deliver.
    """

    seq: int
    time_ns: int
    state: str
    steps: int
    services: tuple[ServiceView, ...]
    edges: tuple[EdgeView, ...]
    pending: tuple[PendingView, ...]
    next_pending: int | None
    in_flight: tuple[CallView, ...]
    exit_code: int | None
    report: str
