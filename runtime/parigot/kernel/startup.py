"""Launching: every service after everything it requires, and a clear reason when that cannot be.

A service counts as launched when its launch resolution has been *delivered*, not when it was queued:
nothing starts before what it requires, whatever order of deliveries the scheduler chooses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from parigot.errors import KernelErr, KernelError
from parigot.ids import LAUNCH_METHOD
from parigot.kernel import wire
from parigot.kernel.graph import (
    Analysis,
    Declaration,
    analyse,
    behind_text,
    cycle_text,
    missing_text,
)
from parigot.kernel.names import Names
from parigot.kernel.records import CallKind, Guest, Service
from parigot.kernel.tables import GONE, CallState, GuestMove
from parigot.kernel.traffic import Traffic
from parigot.pb.syscall.v1 import syscall_pb2 as messages


@dataclass(frozen=True, slots=True)
class StartupFailure:
    """Why some services can never be launched.

    Attributes:
        errors: (service, the error its launch gets, why), in the order of registration.
        analysis: cycles, missing names and those behind, over nodes named as in `reasons`.
        reasons: one sentence for a person per cycle, missing name and service behind them.
    """

    errors: tuple[tuple[Service, KernelErr, str], ...]
    analysis: Analysis
    reasons: tuple[str, ...]


class Startup:
    """Who waits for its launch, and for which names."""

    def __init__(self, names: Names, traffic: Traffic, enter: Callable[[Guest, GuestMove], None]) -> None:
        self._names = names
        self._traffic = traffic
        self._enter = enter
        self._open = False
        self._waiting_for: dict[str, list[Service]] = {}
        self._available: set[str] = set()  # folded names of launched services; only asked for membership

    def launch(self, guest: Guest, request: bytes) -> bytes:
        """launch_: its call resolves once every required name is exported by a launched service."""
        asked = wire.parse(messages.LaunchRequest, request)
        service = self._names.own_service(guest, asked.service_id)
        self._names.check_host(guest, asked)
        if wire.key_of(asked.method_id) != wire.key_of_id(LAUNCH_METHOD):
            raise KernelError(KernelErr.BadId, "launch_ takes the launch method's id")
        if service.launch is not None:
            raise KernelError(KernelErr.ServiceAlreadyClosedOrExported, f"{service.name} is launched already")
        service.launch = self._traffic.begin_own(CallKind.LAUNCH, guest, service, asked.call_id)
        self._enter(guest, GuestMove.LAUNCH_ASKED)
        if self._open:
            self._consider(service)
        return b""

    def begin(self, guests: Sequence[Guest]) -> None:
        """Launches from now on: first all those that require nothing, in the order of the guests."""
        self._open = True
        for guest in guests:
            for service in guest.services:
                if service.launch is not None:
                    self._consider(service)

    def delivered(self, service: Service) -> None:
        """The service was told that it is launched: what waits only for its names is launched next."""
        service.launched = True
        self._enter(service.guest, GuestMove.LAUNCHED)
        self._offer(service)

    def exported(self, guest: Guest) -> None:
        """The guest exports more: names of launched services are there at once."""
        for service in guest.services:
            if service.launched:
                self._offer(service)

    def _offer(self, service: Service) -> None:
        for folded in service.exports:
            self._available.add(folded)
            for waiter in self._waiting_for.pop(folded, ()):
                waiter.unmet.discard(folded)
                if not waiter.unmet and waiter.guest.state not in GONE:
                    self._resolve(waiter)

    def failure(self, guests: Sequence[Guest]) -> StartupFailure | None:
        """See `Kernel.startup_failure`."""
        stuck = [
            service
            for guest in guests
            if guest.state not in GONE
            for service in guest.services
            if service.launch is not None and service.launch.state is not CallState.RESOLVED
        ]
        if not stuck or not self._open:
            return None
        every = [service for guest in guests if guest.state not in GONE for service in guest.services]
        label = _labels(every)
        spelled = {folded: name for service in every for folded, name in service.requires.items()}
        # Names count as long as their service may still launch, requirements as long as they are waited for.
        waiting = {id(service) for service in stuck}
        dead = {id(service) for service in every if service.launch is None or service.launch.error}
        analysis = analyse(
            [
                Declaration(
                    label[id(service)],
                    () if id(service) in dead else tuple(service.exports),
                    tuple(folded for folded in service.requires if folded in service.unmet)
                    if id(service) in waiting
                    else (),
                )
                for service in every
            ]
        )
        lost = {
            folded: f"but {service.guest.name}, which exported it, is {service.guest.state.value}"
            for guest in guests
            if guest.state in GONE
            for service in guest.services
            for folded in service.exports
        }
        lost |= {
            folded: f"but {label[id(service)]}, which exports it, never launches"
            for service in every
            if id(service) in dead
            for folded in service.exports
        }
        errors, reasons = _explain(stuck, label, spelled, lost, analysis)
        return StartupFailure(tuple(errors), analysis, tuple(reasons)) if errors else None

    def fail(self, failure: StartupFailure) -> None:
        """Resolves every launch of `failure` with its error."""
        for service, error, reason in failure.errors:
            if service.launch is not None:
                self._traffic.resolve(service.launch, b"", error, reason)

    def _consider(self, service: Service) -> None:
        for folded in service.requires:
            if folded not in self._available:
                service.unmet.add(folded)
                self._waiting_for.setdefault(folded, []).append(service)
        if not service.unmet:
            self._resolve(service)

    def _resolve(self, service: Service) -> None:
        if service.launch is not None:
            self._traffic.resolve(service.launch, wire.LAUNCH_RESULT, 0, "")


def _labels(services: Sequence[Service]) -> dict[int, str]:
    """What people call each service: its guest's name, with the service's own where a guest has several.

    Numbered where that is not enough: a guest may register the same name again and again.
    """
    labels: dict[int, str] = {}
    used: dict[str, int] = {}
    for service in services:
        label = service.guest.name
        if len(service.guest.services) > 1:
            label += f"/{service.name}"
        used[label] = number = used.get(label, 0) + 1
        labels[id(service)] = label if number == 1 else f"{label}#{number}"
    return labels


def _explain(
    stuck: Sequence[Service],
    label: dict[int, str],
    spelled: dict[str, str],
    lost: dict[str, str],
    analysis: Analysis,
) -> tuple[list[tuple[Service, KernelErr, str]], list[str]]:
    reasons: list[str] = []
    why: dict[str, tuple[KernelErr, str]] = {}
    for cycle in analysis.cycles:
        text = cycle_text(cycle, spelled)
        reasons.append(text)
        for node in cycle.members:
            why[node] = (KernelErr.DependencyCycle, text)
    for node, name in analysis.missing:
        text = missing_text(node, name, spelled, lost.get(name, ""))
        reasons.append(text)
        why.setdefault(node, (KernelErr.NotFound, text))
    for node in analysis.behind:
        text = behind_text(node)
        reasons.append(text)
        why[node] = (KernelErr.KernelDependencyFailure, text)
    errors = [(service, *why[label[id(service)]]) for service in stuck if label[id(service)] in why]
    return errors, reasons
