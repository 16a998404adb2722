"""Calls between guests: dispatch, return_value, and what becomes of calls whose guest is gone.

A call is resolved exactly once; its caller hears of it by exactly one delivery, whatever happens to the
callee. `resolve` is the only way there.
"""

from __future__ import annotations

from collections.abc import Iterable

from parigot.errors import KernelErr, KernelError
from parigot.ids import EXIT_METHOD, EXIT_SERVICE, LAUNCH_METHOD, Id, IdKind, IdSource
from parigot.kernel import wire
from parigot.kernel.inboxes import Inboxes
from parigot.kernel.names import Names
from parigot.kernel.records import (
    Call,
    CallKind,
    DeliveryKind,
    Guest,
    Method,
    Notice,
    NoticeKind,
    Service,
)
from parigot.kernel.tables import GONE, CallState, GuestState
from parigot.pb.protosupport.v1.protosupport_pb2 import IdRaw
from parigot.pb.syscall.v1 import syscall_pb2 as messages

_DISPATCHED = NoticeKind.DISPATCHED
_RESOLVED = NoticeKind.RESOLVED


class Traffic:
    """Every call in flight."""

    def __init__(self, ids: IdSource, names: Names, inboxes: Inboxes, notices: list[Notice]) -> None:
        self._ids = ids
        self._names = names
        self._inboxes = inboxes
        self._notices = notices
        self._number = 0
        self._in_flight: dict[wire.Key, Call] = {}
        self._heads: dict[tuple[int, Method], bytes] = {}  # what all events of one caller to one method share

    # --- the ABI's calls ------------------------------------------------------------------------------

    def dispatch(self, guest: Guest, request: bytes, now: int) -> bytes:
        """dispatch_: queues a call for the guest that owns the service."""
        asked = wire.parse(messages.DispatchRequest, request)
        bundle = asked.bundle
        raw = bundle.host_id
        if (raw.high or raw.low) and not self._names.is_own_host(guest, raw):
            raise KernelError(KernelErr.BadId, "dispatch with someone else's host id")
        method = self._names.method_by_key(wire.key_of(bundle.method_id))
        service = self._names.service_by_key(wire.key_of(bundle.service_id))
        if service is None or method is None or method.service is not service:
            raise KernelError(KernelErr.IdDispatch, "unknown service or method")
        call_id, key = self._call_id(bundle.call_id)
        callee = service.guest
        param = asked.param.SerializeToString() if asked.HasField("param") else b""
        if len(param) > guest.message_limit or len(param) > callee.message_limit:
            limit = min(guest.message_limit, callee.message_limit)
            raise KernelError(
                KernelErr.DataTooLarge, f"a request of {len(param)} bytes; the limit is {limit}"
            )
        head = self._heads.get((guest.index, method))
        if head is None:
            head = wire.bundle_head(guest.host_id, service.id, method.id)
            self._heads[guest.index, method] = head
        if not service.launched and callee.state not in GONE:
            raise KernelError(KernelErr.NotReady, f"{service.name} is not launched yet")

        parent = guest.handling
        self._number = number = self._number + 1
        call = Call(number, call_id, CallKind.CALL, guest, callee, service, method, parent, param, now)
        if callee.state in GONE:
            self._in_flight[key] = call
            self._begin(call)
            failed = callee.state is GuestState.FAILED
            error = KernelErr.ExecError if failed else KernelErr.ClosedErr
            self.resolve(call, b"", error, f"{callee.name} has {'failed' if failed else 'ended'}", now)
        else:
            event = wire.call_event(head, call)
            if len(event) > callee.buffer_size:
                reason = f"an event of {len(event)} bytes; {callee.name} takes {callee.buffer_size}"
                raise KernelError(KernelErr.DataTooLarge, reason)
            if callee.inbox_calls >= callee.inbox_limit > 0:
                raise KernelError(
                    KernelErr.WriteTimeout, f"{callee.inbox_calls} calls wait for {callee.name}"
                )
            self._in_flight[key] = call
            self._begin(call)
            self._inboxes.put(DeliveryKind.CALL, callee, call, event)
        return wire.field(b"\x0a", call_id.wire) + wire.field(b"\x12", callee.host_id.wire)

    def return_value(self, guest: Guest, request: bytes, now: int) -> bytes:
        """return_value_: the outcome of a call that this guest was given."""
        asked = wire.parse(messages.ReturnValueRequest, request)
        call = self._in_flight.get(wire.key_of(asked.bundle.call_id))
        if call is None or call.callee is not guest or call.kind is CallKind.LAUNCH:
            raise KernelError(KernelErr.BadId, "not a call that this guest has to answer")
        if call.state is not CallState.DELIVERED:
            raise KernelError(KernelErr.BadId, "this call has not been delivered yet")
        error = asked.result_error
        result = asked.result.SerializeToString() if not error and asked.HasField("result") else b""
        if len(result) > guest.message_limit:
            reason = f"a reply of {len(result)} bytes; the limit of {guest.name} is {guest.message_limit}"
            self.resolve(call, b"", KernelErr.DataTooLarge, reason, now)
            raise KernelError(KernelErr.DataTooLarge, reason)
        gone = call.caller.state in GONE
        self.resolve(call, result, error, "", now)
        if gone:
            raise KernelError(KernelErr.CallerUnavailable, f"{call.caller.name} is gone")
        return b""

    # --- for the rest of the kernel -------------------------------------------------------------------

    def begin_own(self, kind: CallKind, guest: Guest, service: Service, raw: IdRaw, now: int) -> Call:
        """A launch or an exit: a call of the guest to the kernel on its own behalf."""
        call_id, key = self._call_id(raw)
        call = Call(0, call_id, kind, guest, guest, service, None, guest.handling, b"", now)
        call.state = CallState.DELIVERED
        call.delivered_ns = now
        self._in_flight[key] = call
        self._begin(call)
        return call

    def resolve(self, call: Call, result: bytes, error: int, reason: str, now: int) -> None:
        """The call's outcome is known: its caller is told by a delivery, if it is still there."""
        if call.state is CallState.RESOLVED:
            return
        if call.state is CallState.QUEUED:
            self._inboxes.withdraw(call)
        caller = call.caller
        method_id = call.method.id if call.method else _OWN_METHODS[call.kind]
        event = wire.resolved_event(caller.host_id, call.id, method_id, result, error)
        if len(event) > caller.buffer_size or len(result) > caller.message_limit:
            most = min(caller.buffer_size, caller.message_limit)
            reason = f"a reply of {len(result)} bytes; {caller.name} takes {most}"
            result, error = b"", int(KernelErr.DataTooLarge)
            event = wire.resolved_event(caller.host_id, call.id, method_id, result, error)
        call.state = CallState.RESOLVED
        call.reply = result
        call.error = error
        call.reason = reason
        call.resolved_ns = now
        if error:
            call.callee.errors += 1
        del self._in_flight[wire.key_of_id(call.id)]
        self._notices.append((_RESOLVED, call))
        if caller.state not in GONE:
            launched = call.kind is CallKind.LAUNCH
            self._inboxes.put(
                DeliveryKind.LAUNCHED if launched else DeliveryKind.RESOLVED, caller, call, event, error
            )

    def abandon(self, guest: Guest, error: KernelErr, reason: str, now: int) -> None:
        """A guest is gone: everyone who waits for it gets `error`. Calls that it made itself stay with
        their callees, whose answers will find no caller.
        """
        for call in [call for call in self._in_flight.values() if call.callee is guest]:
            self.resolve(call, b"", error, reason, now)

    def send_exit(self, guest: Guest, service: Service | None, code: int) -> None:
        """Queues the exit event: the guest has to end now."""
        event = wire.exit_event(service.id if service is not None else EXIT_SERVICE, code)
        self._inboxes.put(DeliveryKind.EXIT, guest, None, event, code)

    def in_flight(self) -> Iterable[Call]:
        """Calls between guests that are not resolved, oldest first."""
        return (call for call in self._in_flight.values() if call.kind is CallKind.CALL)

    def _begin(self, call: Call) -> None:
        if call.kind is CallKind.CALL:
            call.caller.calls_out += 1
        self._notices.append((_DISPATCHED, call))

    def _call_id(self, raw: IdRaw) -> tuple[Id, wire.Key]:
        """The caller's call id, or a fresh one where it left it out."""
        if raw.high == 0 and raw.low == 0:
            fresh = self._ids.new(IdKind.CALL)
            return fresh, wire.key_of_id(fresh)
        key = wire.key_of(raw)
        if key in self._in_flight:
            raise KernelError(KernelErr.BadCallId, "this call id is in flight already")
        given = wire.id_of(raw)
        if given.is_nothing:
            raise KernelError(KernelErr.BadCallId, "the zero value is no call id")
        return given, key


_OWN_METHODS = {CallKind.LAUNCH: LAUNCH_METHOD, CallKind.EXIT: EXIT_METHOD}
