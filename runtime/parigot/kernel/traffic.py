"""Calls between guests: dispatch, return_value, and what becomes of calls whose guest is gone.

A call is resolved exactly once; its caller hears of it by exactly one delivery, whatever happens to the
callee. `resolve` is the only way there.

`dispatch` and `return_value` are the hot path. Guests repeat themselves: all calls of one guest to one
method start with the same bytes, and an answer starts with the very bundle that its call was given with.
Both are compared first, and only what does not match is parsed.
"""

from __future__ import annotations

from collections.abc import Iterable

from parigot.errors import KernelErr, KernelError
from parigot.ids import EXIT_METHOD, EXIT_SERVICE, LAUNCH_METHOD, IdKind, IdSource
from parigot.kernel import wire
from parigot.kernel.inboxes import Inboxes
from parigot.kernel.names import Names
from parigot.kernel.records import (
    Call,
    CallKind,
    DeliveryKind,
    Guest,
    Method,
    Moment,
    Notice,
    NoticeKind,
    Route,
    Service,
)
from parigot.kernel.tables import CallState, GuestState
from parigot.pb.protosupport.v1.protosupport_pb2 import IdRaw
from parigot.pb.syscall.v1 import syscall_pb2 as messages

# Members of enums, looked up once: on the hot path each look-up shows.
_DISPATCHED, _RESOLVED = NoticeKind.DISPATCHED, NoticeKind.RESOLVED
_CALL, _LAUNCH = CallKind.CALL, CallKind.LAUNCH
_DELIVERED, _RESOLVED_STATE = CallState.DELIVERED, CallState.RESOLVED
_TO_CALL, _TO_CALLER, _TO_LAUNCH = DeliveryKind.CALL, DeliveryKind.RESOLVED, DeliveryKind.LAUNCHED
_MOST_ROUTES = 10_000  # of one guest; beyond that its requests are parsed each time


class Traffic:
    """Every call in flight."""

    def __init__(
        self, ids: IdSource, names: Names, inboxes: Inboxes, notices: list[Notice], moment: Moment
    ) -> None:
        self._ids = ids
        self._names = names
        self._inboxes = inboxes
        self._notices = notices
        self._moment = moment
        self._number = 0
        self._in_flight: dict[bytes, Call] = {}  # by the call id's wire form

    # --- the ABI's calls ------------------------------------------------------------------------------

    def dispatch(self, guest: Guest, request: bytes) -> bytes:
        """dispatch_: queues a call for the guest that owns the service."""
        head_end = guest.head_end
        route = guest.routes.get(request[2:head_end])
        param: bytes | None = None
        if route is not None and request[0] == 0x0A:
            # 0a len head 22 len id, then 1a len param or nothing
            bundle_end = request[1] + 2
            id_field = request[head_end + 1 : bundle_end]
            if wire.is_plain_call_id(id_field) and request[head_end] == 0x22:
                param = route.param.read(request, bundle_end)
        if route is not None and param is not None:
            # The event is what came, but for its first tag.
            call_id = id_field[1:]
            bundle = request[2:bundle_end]
            event = b"\x12" + request[1:]
        else:
            route, call_id, param = self._parse_dispatch(guest, request)
            id_field = wire.SHORT[len(call_id)] + call_id
            bundle = route.head + b"\x22" + id_field
            event = wire.call_event(bundle, param)
        if call_id in self._in_flight:
            raise KernelError(KernelErr.BadCallId, "this call id is in flight already")
        callee = route.callee
        size = len(param)
        if size > guest.message_limit or size > callee.message_limit:
            limit = min(guest.message_limit, callee.message_limit)
            raise KernelError(KernelErr.DataTooLarge, f"a request of {size} bytes; the limit is {limit}")
        if not route.service.launched and not callee.gone:
            raise KernelError(KernelErr.NotReady, f"{route.service.name} is not launched yet")

        now = self._moment.now
        call = Call(self._number + 1, call_id, id_field, bundle, _CALL, guest, route, param, now)
        if not callee.gone:
            if len(event) > callee.buffer_size:
                reason = f"an event of {len(event)} bytes; {callee.name} takes {callee.buffer_size}"
                raise KernelError(KernelErr.DataTooLarge, reason)
            if callee.inbox_calls >= callee.inbox_limit > 0:
                reason = f"{callee.inbox_calls} calls wait for {callee.name}"
                raise KernelError(KernelErr.WriteTimeout, reason)
            self._begin(call)
            self._inboxes.put(_TO_CALL, callee, call, event)
        else:
            self._begin(call)
            failed = callee.state is GuestState.FAILED
            error = KernelErr.ExecError if failed else KernelErr.ClosedErr
            self.resolve(call, b"", error, f"{callee.name} has {'failed' if failed else 'ended'}")
        return b"\x0a" + id_field + route.answer

    def return_value(self, guest: Guest, request: bytes) -> bytes:
        """return_value_: the outcome of a call that this guest was given."""
        call = guest.handling
        result: bytes | None = None
        error = 0
        if call is not None and call.state is _DELIVERED and request.startswith(call.bundle, 2):
            # 0a len bundle, then 12 len result or nothing
            size = len(call.bundle)
            if request[0] == 0x0A and request[1] == size < 0x80:
                result = call.route.result.read(request, size + 2)
        if call is None or result is None:
            call, result, error = self._parse_return(request)
        if call.route.callee is not guest or call.kind is _LAUNCH:
            raise KernelError(KernelErr.BadId, "not a call that this guest has to answer")
        if call.state is not _DELIVERED:
            raise KernelError(KernelErr.BadId, f"this call is {call.state.value}, not to be answered")
        if len(result) > guest.message_limit:
            reason = f"a reply of {len(result)} bytes; the limit of {guest.name} is {guest.message_limit}"
            self.resolve(call, b"", KernelErr.DataTooLarge, reason)
            raise KernelError(KernelErr.DataTooLarge, reason)
        self.resolve(call, result, error, "")
        if call.caller.gone:
            raise KernelError(KernelErr.CallerUnavailable, f"{call.caller.name} is gone")
        return b""

    # --- for the rest of the kernel -------------------------------------------------------------------

    def begin_own(self, kind: CallKind, guest: Guest, service: Service, raw: IdRaw) -> Call:
        """A launch or an exit: a call of the guest to the kernel on its own behalf."""
        method_id = LAUNCH_METHOD if kind is CallKind.LAUNCH else EXIT_METHOD
        route = Route(
            service,
            None,
            head=wire.bundle_head(guest.host_id, service.id, method_id),
            answer=b"",
            host_field=wire.field(b"\x0a", guest.host_id.wire),
            method_field=wire.field(b"\x1a", method_id.wire),
        )
        call_id = self._call_id(raw)
        if call_id in self._in_flight:
            raise KernelError(KernelErr.BadCallId, "this call id is in flight already")
        id_field = wire.SHORT[len(call_id)] + call_id
        call = Call(0, call_id, id_field, b"", kind, guest, route, b"", self._moment.now)
        call.state = CallState.DELIVERED
        call.delivered_ns = call.dispatched_ns
        self._begin(call)
        return call

    def resolve(self, call: Call, result: bytes, error: int, reason: str) -> None:
        """The call's outcome is known: its caller is told by a delivery, if it is still there."""
        if call.state is not _DELIVERED:
            if call.state is CallState.RESOLVED:
                return
            self._inboxes.withdraw(call)
        caller, route = call.caller, call.route
        head = route.host_field + b"\x12" + call.id_field + route.method_field
        event = wire.resolved_event(head, result, error)
        if len(event) > caller.buffer_size or len(result) > caller.message_limit:
            most = min(caller.buffer_size, caller.message_limit)
            reason = f"a reply of {len(result)} bytes; {caller.name} takes {most}"
            result, error = b"", int(KernelErr.DataTooLarge)
            event = wire.resolved_event(head, b"", error)
        call.state = _RESOLVED_STATE
        call.bundle = call.id_field = b""  # nobody asks again, and a trace may keep the call for long
        call.reply = result
        call.error = error
        call.reason = reason
        call.resolved_ns = self._moment.now
        route.calls += 1
        if error:
            route.errors += 1
            call.callee.errors += 1
        del self._in_flight[call.wire_id]
        self._notices.append((_RESOLVED, call))
        if not caller.gone:
            self._inboxes.put(_TO_LAUNCH if call.kind is _LAUNCH else _TO_CALLER, caller, call, event, error)

    def abandon(self, guest: Guest, error: KernelErr, reason: str) -> None:
        """A guest is gone: everyone who waits for it gets `error`. Calls that it made itself stay with
        their callees, whose answers will find no caller.
        """
        for call in [call for call in self._in_flight.values() if call.callee is guest]:
            self.resolve(call, b"", error, reason)

    def send_exit(self, guest: Guest, service: Service | None, code: int) -> None:
        """Queues the exit event: the guest has to end now."""
        event = wire.exit_event(service.id if service is not None else EXIT_SERVICE, code)
        self._inboxes.put(DeliveryKind.EXIT, guest, None, event, code)

    def in_flight(self) -> Iterable[Call]:
        """Calls between guests that are not resolved, oldest first."""
        return (call for call in self._in_flight.values() if call.kind is _CALL)

    # --- the long way ---------------------------------------------------------------------------------

    def _parse_dispatch(self, guest: Guest, request: bytes) -> tuple[Route, bytes, bytes]:
        asked = wire.parse(messages.DispatchRequest, request)
        bundle = asked.bundle
        self._names.check_host(guest, bundle)
        method = self._names.method_by_key(wire.key_of(bundle.method_id))
        service = self._names.service_by_key(wire.key_of(bundle.service_id))
        if service is None or method is None or method.service is not service:
            raise KernelError(KernelErr.IdDispatch, "unknown service or method")
        call_id = self._call_id(bundle.call_id)
        param = asked.param.SerializeToString() if asked.HasField("param") else b""
        route = self._route(guest, service, method)
        route.param.learn(param)
        return route, call_id, param

    def _route(self, guest: Guest, service: Service, method: Method) -> Route:
        head = wire.bundle_head(guest.host_id, service.id, method.id)
        route = guest.routes.get(head)
        if route is None:
            callee_host = service.guest.host_id.wire
            route = Route(
                service,
                method,
                head=head,
                answer=wire.field(b"\x12", callee_host),
                host_field=wire.field(b"\x0a", guest.host_id.wire),
                method_field=wire.field(b"\x1a", method.id.wire),
            )
            if len(guest.routes) < _MOST_ROUTES:
                guest.routes[head] = route
        # Heads of one guest differ in length now and then; the last one is the best guess for the next.
        guest.head_end = 2 + len(head)
        return route

    def _parse_return(self, request: bytes) -> tuple[Call, bytes, int]:
        asked = wire.parse(messages.ReturnValueRequest, request)
        call = self._in_flight.get(wire.id_of(asked.bundle.call_id).wire)
        if call is None:
            raise KernelError(KernelErr.BadId, "no such call is in flight")
        if asked.result_error:
            return call, b"", asked.result_error
        result = asked.result.SerializeToString() if asked.HasField("result") else b""
        call.route.result.learn(result)
        return call, result, 0

    def _begin(self, call: Call) -> None:
        self._in_flight[call.wire_id] = call
        if call.kind is _CALL:
            self._number = call.number
            call.caller.calls_out += 1
        self._notices.append((_DISPATCHED, call))

    def _call_id(self, raw: IdRaw) -> bytes:
        """The caller's call id, or a fresh one where it left it out."""
        if wire.is_left_out(raw):
            return self._ids.new(IdKind.CALL).wire
        given = wire.id_of(raw)
        if given.is_nothing:
            raise KernelError(KernelErr.BadCallId, "the zero value is no call id")
        return given.wire
