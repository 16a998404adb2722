"""What the kernel should do, said as simply as possible: plain lists, no indexes, no caches, no bytes.

It knows guests by place, services and calls by id keys, and predicts for every step the answer or the
error, the notices, and every inbox in order. `test_machine.py` walks it beside the real kernel.
"""

from __future__ import annotations

from google.protobuf.message import Message
from parigot.errors import KernelErr
from parigot.ids import EXIT_METHOD, LAUNCH_METHOD
from parigot.pb.protosupport.v1.protosupport_pb2 import IdRaw
from parigot.pb.syscall.v1 import syscall_pb2 as pb

from . import ask
from .model_records import OWN_VALUE, Key, MCall, MDelivery, MGuest, MService, Notice, Refused


class Model:
    """The reference kernel."""

    def __init__(self) -> None:
        self.guests: list[MGuest] = []
        self.services: list[MService] = []
        self.calls: list[MCall] = []  # in flight
        self.every: list[MCall] = []  # ever made
        self.notices: list[Notice] = []
        self.open = False
        self.considered: list[MService] = []
        self.told_names: set[str] = set()
        self.shutdown_code: int | None = None
        self._number = 0
        self._deliveries = 0
        self._turns: dict[str, int] = {}
        self._export_order: dict[tuple[Key, str], int] = {}

    # --- names ----------------------------------------------------------------------------------------

    def own(self, guest: MGuest, service: MService | None) -> MService:
        if service is None or service.guest is not guest:
            raise Refused(KernelErr.BadId)
        return service

    def exporters(self, name: str) -> list[MService]:
        """Live services that export a name, in the order in which they exported it."""
        found = [one for one in self.services if name in one.exports and not one.guest.gone]
        return sorted(found, key=lambda one: self._export_order[one.key, name])

    def require(self, guest: MGuest, service: MService, names: list[str]) -> None:
        self.own(guest, service)
        fresh: list[str] = []
        for name in map(str.lower, names):
            if name in service.requires + fresh:
                raise Refused(KernelErr.ServiceAlreadyRequired)
            fresh.append(name)
        service.requires += fresh

    def export(self, guest: MGuest, service: MService, names: list[str]) -> None:
        self.own(guest, service)
        fresh: list[str] = []
        for name in map(str.lower, names):
            taken = any(
                other.guest is guest or other.guest.group != guest.group or guest.replicas == 1
                for other in self.exporters(name)
            )
            if name in service.exports + fresh or taken:
                raise Refused(KernelErr.ServiceAlreadyClosedOrExported)
            fresh.append(name)
        for name in fresh:
            service.exports.append(name)
            self._export_order[service.key, name] = len(self._export_order)
        if service.told:
            self._offer(service)

    def locate(self, guest: MGuest, name: str, by: MService | None) -> MService:
        name = name.lower()
        if by is not None and name not in self.own(guest, by).requires:
            raise Refused(KernelErr.NotRequired)
        found = self.exporters(name)
        if not found:
            raise Refused(KernelErr.NotFound)
        found = [one for one in found if one.told] or found
        turn = self._turns.get(name, 0)
        self._turns[name] = turn + 1
        return found[turn % len(found)]

    # --- launching ------------------------------------------------------------------------------------

    def launch(self, guest: MGuest, service: MService, key: Key) -> None:
        self.own(guest, service)
        if service.launch is not None:
            raise Refused(KernelErr.ServiceAlreadyClosedOrExported)
        service.launch = self._begin_own("launch", guest, service, key)
        self._enter(guest, {"starting": "waiting"}.get(guest.state, guest.state))
        if self.open:
            self._consider(service)

    def begin(self) -> None:
        self.open = True
        for guest in self.guests:
            for service in self.services:
                if service.guest is guest and service.launch is not None:
                    self._consider(service)

    def _consider(self, service: MService) -> None:
        service.needs = list(service.requires)
        self.considered.append(service)
        self._launch_if_ready(service)

    def _launch_if_ready(self, service: MService) -> None:
        assert service.needs is not None
        assert service.launch is not None
        if set(service.needs) <= self.told_names:
            self.resolve(service.launch, None, 0)

    def _offer(self, service: MService) -> None:
        for name in service.exports:
            if name not in self.told_names:
                self.told_names.add(name)
                for waiter in self.considered:
                    if waiter.needs and name in waiter.needs and not waiter.guest.gone:
                        self._launch_if_ready(waiter)

    def stuck(self) -> set[Key]:
        """Services that can never be launched: nobody who may still launch brings what they wait for."""
        there = set(self.told_names)
        alive = [one for one in self.services if not one.guest.gone and one.launch is not None]
        for one in alive:
            assert one.launch is not None
            if one.launch.state == "resolved" and not one.launch.error:
                there |= set(one.exports)
        waiting = [one for one in alive if one.launch is not None and one.launch.state != "resolved"]
        while True:
            can = [one for one in waiting if set(one.needs or ()) <= there]
            if not can:
                return {one.key for one in waiting}
            for one in can:
                waiting.remove(one)
                there |= set(one.exports)

    # --- calls ----------------------------------------------------------------------------------------

    def in_flight(self, key: Key) -> MCall | None:
        return next((call for call in self.calls if call.key == key), None)

    def dispatch(
        self, guest: MGuest, service: MService | None, method: Key, key: Key, payload: bytes | None
    ) -> MCall:
        if service is None or method not in service.methods.values():
            raise Refused(KernelErr.IdDispatch)
        if self.in_flight(key) is not None:
            raise Refused(KernelErr.BadCallId)
        callee = service.guest
        size = 0 if payload is None else ask.packed(payload).ByteSize()
        if size > min(guest.message_limit, callee.message_limit):
            raise Refused(KernelErr.DataTooLarge)
        if not service.told and not callee.gone:
            raise Refused(KernelErr.NotReady)
        if not callee.gone:
            event = pb.ReadOneResponse(
                bundle=pb.MethodBundle(
                    host_id=_raw(guest.host), service_id=_raw(service.key), method_id=_raw(method),
                    call_id=_raw(key),
                )
            )  # fmt: skip
            if payload is not None:
                event.param_or_result.CopyFrom(ask.packed(payload))
            if event.ByteSize() > callee.buffer:
                raise Refused(KernelErr.DataTooLarge)
            if callee.calls_waiting >= callee.inbox_limit > 0:
                raise Refused(KernelErr.WriteTimeout)
        self._number += 1
        call = MCall("call", key, guest, callee, service, method, self._number, payload)
        self._begin(call)
        if callee.gone:
            self.resolve(call, None, KernelErr.ExecError if callee.state == "failed" else KernelErr.ClosedErr)
        else:
            self._put("call", callee, call)
        return call

    def return_value(self, guest: MGuest, key: Key, result: bytes | None, error: int) -> None:
        call = self.in_flight(key)
        if call is None or call.callee is not guest or call.kind == "launch" or call.state != "delivered":
            raise Refused(KernelErr.BadId)
        if not error and result is not None and ask.packed(result).ByteSize() > guest.message_limit:
            self.resolve(call, None, KernelErr.DataTooLarge)
            raise Refused(KernelErr.DataTooLarge)
        self.resolve(call, None if error else result, error)
        if call.caller.gone:
            raise Refused(KernelErr.CallerUnavailable)

    def resolve(self, call: MCall, result: bytes | None, error: int) -> None:
        if call.state == "resolved":
            return
        if call.state == "queued":
            call.callee.inbox = [one for one in call.callee.inbox if one.call is not call]
        caller = call.caller
        if not error and result is not None:
            resolved = pb.ResolvedCall(
                host_id=_raw(caller.host), call_id=_raw(call.key), result=ask.packed(result),
                method_id=_raw(call.method),
            )  # fmt: skip
            event = pb.ReadOneResponse(resolved=resolved).ByteSize()
            if event > caller.buffer or ask.packed(result).ByteSize() > caller.message_limit:
                result, error = None, KernelErr.DataTooLarge
        call.state = "resolved"
        call.result = result
        call.error = error
        self.calls.remove(call)
        self.notices.append(("resolved", call.key, (error, _reply(call))))
        if not caller.gone:
            self._put("launched" if call.kind == "launch" else "resolved", caller, call, code=error)

    def _begin_own(self, kind: str, guest: MGuest, service: MService, key: Key) -> MCall:
        if self.in_flight(key) is not None:
            raise Refused(KernelErr.BadCallId)
        fixed = LAUNCH_METHOD if kind == "launch" else EXIT_METHOD
        call = MCall(kind, key, guest, guest, service, (fixed.high, fixed.low), state="delivered")
        self._begin(call)
        return call

    def _begin(self, call: MCall) -> None:
        call.context = call.caller.handling
        call.parent = call.context.number if call.context is not None else None
        self.calls.append(call)
        self.every.append(call)
        self.notices.append(("dispatched", call.key, (call.number, call.parent)))

    # --- events ---------------------------------------------------------------------------------------

    def _put(
        self,
        kind: str,
        target: MGuest,
        call: MCall | None,
        service: MService | None = None,
        code: int = 0,
    ) -> None:
        self._deliveries += 1
        target.inbox.append(MDelivery(self._deliveries, kind, target, call, service, code))

    def pending(self) -> list[MDelivery]:
        waiting = [delivery for guest in self.guests for delivery in guest.inbox]
        return sorted(waiting, key=lambda delivery: delivery.number)

    def oldest(self) -> MDelivery | None:
        """The oldest event at the head of the inbox of somebody who waits."""
        heads = [guest.inbox[0] for guest in self.guests if guest.waiting and guest.inbox]
        return min(heads, key=lambda delivery: delivery.number, default=None)

    def read_one(self, guest: MGuest) -> None:
        guest.handling = None
        if guest.exit_call is not None:
            self.resolve(guest.exit_call, OWN_VALUE, 0)
        guest.waiting = True

    def deliver(self, delivery: MDelivery) -> None:
        guest = delivery.target
        assert guest.waiting, "only those who wait are told anything"
        guest.inbox.remove(delivery)
        guest.waiting = False
        call = delivery.call
        if delivery.kind == "call":
            assert call is not None
            call.state = "delivered"
            guest.handling = call
            self.notices.append(("delivered", call.key, None))
        elif delivery.kind == "resolved":
            assert call is not None
            guest.handling = call.context
            if call.kind == "exit":
                self._put("exit", guest, None, call.service, guest.exit_code)
        elif delivery.kind == "launched":
            assert call is not None
            if not call.error:
                service = call.service
                assert set(service.needs or ()) <= self.told_names
                service.told = True
                self._enter(guest, "running" if guest.state in ("waiting", "running") else guest.state)
                self._offer(service)

    # --- ends -----------------------------------------------------------------------------------------

    def leave(self, guest: MGuest, service: MService, key: Key, code: int, shutdown_all: bool) -> int:
        self.own(guest, service)
        call = self._begin_own("exit", guest, service, key)
        guest.exit_call = call
        guest.exit_code = call.code = code if 0 <= code <= 192 else 192
        if shutdown_all:
            self.shutdown_code = guest.exit_code
        self._enter(guest, "exiting")
        return guest.exit_code

    def send_exit(self, guest: MGuest, code: int) -> None:
        self._enter(guest, "exiting")
        mine = [service for service in self.services if service.guest is guest]
        self._put("exit", guest, None, mine[0] if mine else None, code)

    def end(self, guest: MGuest, state: str) -> None:
        if guest.gone:
            return
        self._enter(guest, state)
        guest.waiting = False
        guest.inbox = []
        error = KernelErr.ExecError if state == "failed" else KernelErr.ClosedErr
        for call in [call for call in self.calls if call.callee is guest]:
            self.resolve(call, None, error)

    def _enter(self, guest: MGuest, state: str) -> None:
        if guest.state != state:
            guest.state = state
            self.notices.append(("state", guest.place, state))


def _reply(call: MCall) -> bytes:
    if call.kind == "launch" and not call.error:
        return _any(pb.LaunchResponse())
    if call.result is OWN_VALUE:
        pair = pb.ExitPair(service_id=_raw(call.service.key), code=call.code)
        return _any(pb.ExitResponse(pair=pair))
    return b"" if call.result is None else ask.packed(call.result).SerializeToString()


def _any(message: Message) -> bytes:
    packed = ask.Any()
    packed.Pack(message)
    return packed.SerializeToString()


def _raw(key: Key) -> IdRaw:
    return IdRaw(high=key[0], low=key[1])
