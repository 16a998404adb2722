"""The kernel: a plain state machine that knows every guest, service, method, call and pending event.

It is sans-IO, like h11 is for HTTP. The driver hands it the guests' calls (`call`, `read_one`) and takes
deliveries out (`next_delivery`, `deliver`); what happened on the way piles up as notices (`drain`). It has
no thread, no clock (the driver says what time it is) and no randomness (the driver gives a source of ids).
One sequence of inputs gives one sequence of outputs: live, in a test, or in a replay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from parigot.errors import KernelErr, KernelError
from parigot.ids import EXIT_METHOD, Id, IdKind, IdSource
from parigot.kernel import wire
from parigot.kernel.inboxes import Inboxes
from parigot.kernel.names import Names
from parigot.kernel.records import (
    Call,
    CallKind,
    Delivery,
    DeliveryKind,
    Guest,
    Moment,
    Notice,
    NoticeKind,
    Service,
    StateNotice,
)
from parigot.kernel.startup import Startup, StartupFailure
from parigot.kernel.tables import GONE, CallState, GuestMove, GuestState, move
from parigot.kernel.traffic import Traffic
from parigot.pb.syscall.v1 import syscall_pb2 as messages

HIGHEST_EXIT_CODE = 192
_TO_CALL, _TO_CALLER = DeliveryKind.CALL, DeliveryKind.RESOLVED
_DELIVERED, _NOTICE_DELIVERED = CallState.DELIVERED, NoticeKind.DELIVERED
_MOST_READ_REQUESTS = 64  # different ones of one guest that are remembered


class Kernel:
    """One run's kernel.

    Args:
        ids: where new ids come from.

    Attributes:
        moment: the time; the driver sets its `now` (ns on its clock) before it calls in.
        guests: all guests in the order they were added.
        shutdown_code: set once a guest asked for `shutdown_all`; the driver then ends the run.
    """

    def __init__(self, ids: IdSource) -> None:
        self.moment = Moment()
        self.guests: list[Guest] = []
        self.shutdown_code: int | None = None
        self._ids = ids
        self.notices: list[Notice] = []
        self._inboxes = Inboxes()
        self._names = Names(ids)
        self._traffic = Traffic(ids, self._names, self._inboxes, self.notices, self.moment)
        self._startup = Startup(self._names, self._traffic, self._enter)
        self.next_delivery: Callable[[], Delivery | None] = self._inboxes.oldest_ready
        """First come, first served: the oldest delivery whose target waits for an event, or None."""
        self._take_oldest = self._inboxes.take_oldest
        self.calls: dict[str, Callable[[Guest, bytes], bytes]] = {
            "register_": self._names.register,
            "require_": self._names.require,
            "export_": self._export,
            "bind_method_": self._names.bind_method,
            "locate_": self._names.locate,
            "launch_": self._startup.launch,
            "dispatch_": self._traffic.dispatch,
            "return_value_": self._traffic.return_value,
            "exit_": self._exit,
            "block_until_call_": _block_until_call,
        }

    # --- guests ---------------------------------------------------------------------------------------

    def add_guest(
        self,
        name: str,
        *,
        group: str = "",
        replicas: int = 1,
        is_program: bool = False,
        buffer_size: int = 4096,
        message_limit: int = 1 << 22,
        inbox_limit: int = 1000,
        knows_exit: bool = False,
    ) -> Guest:
        """A new guest; see `Guest` for the arguments. Its host id is made here."""
        guest = Guest(
            len(self.guests),
            name,
            self._ids.new(IdKind.HOST),
            group=group or name,
            replicas=replicas,
            is_program=is_program,
            buffer_size=buffer_size,
            message_limit=message_limit,
            inbox_limit=inbox_limit,
            knows_exit=knows_exit,
        )
        self.guests.append(guest)
        return guest

    def end_guest(self, guest: Guest, what: GuestMove, detail: str = "", code: int | None = None) -> None:
        """The guest is gone: it exited or returned (ENDED), trapped or was killed (FAILED), or no program
        needs it (DISMISSED). Its names are free again; calls to it are resolved with an error:
        ClosedErr when it exited, ExecError when it failed.
        """
        if guest.state in GONE:
            return
        guest.waiting = False
        guest.exit_code = code
        self._enter(guest, what, detail)
        self._inboxes.forget(guest)
        self._names.forget(guest)
        failed = what is GuestMove.FAILED
        error = KernelErr.ExecError if failed else KernelErr.ClosedErr
        because = f": {detail}" if detail else ""
        self._traffic.abandon(guest, error, f"{guest.name} {guest.state.value}{because}")
        guest.handling = None

    def _enter(self, guest: Guest, what: GuestMove, detail: str = "") -> None:
        before = guest.state
        guest.state = move(before, what)
        guest.gone = guest.state in GONE
        if guest.state is not before or detail:
            guest.detail = detail
            self.notices.append(StateNotice(guest, guest.state, detail, self.moment.now))

    # --- calls of guests ------------------------------------------------------------------------------

    def call(self, guest: Guest, operation: str, request: bytes) -> bytes:
        """One of the ABI's calls, all but read_one.

        Args:
            guest: who calls.
            operation: the ABI's name: `register_`, `dispatch_`, …
            request: the serialized request.

        Returns:
            The serialized response; empty where there is nothing to say.

        Raises:
            KernelError: with the code that the guest gets.
        """
        return self.calls[operation](guest, request)

    def read_one(self, guest: Guest, request: bytes) -> int:
        """The guest waits for an event from now on.

        Returns:
            The timeout in ms; negative waits for ever, 0 only looks.

        Raises:
            KernelError: UnmarshalFailed, BadId (someone else's host id).
        """
        timeout = guest.read_timeouts.get(request)
        if timeout is None:
            timeout = self._parse_read_one(guest, request)
        guest.handling = None
        exit_call = guest.exit_call
        if exit_call is not None and exit_call.state is not CallState.RESOLVED:
            # Nobody but the guest itself can return the value of its exit call, and it no longer runs.
            self._traffic.resolve(exit_call, exit_call.request, 0, "")
        guest.waiting = True
        if guest.inbox:
            self._inboxes.offer(guest)
        return timeout

    def _parse_read_one(self, guest: Guest, request: bytes) -> int:
        parsed = wire.parse(messages.ReadOneRequest, request)
        self._names.check_host(guest, parsed)
        timeout = parsed.timeout_in_millis
        if len(guest.read_timeouts) < _MOST_READ_REQUESTS:
            guest.read_timeouts[request] = timeout
        return timeout

    def stop_waiting(self, guest: Guest) -> None:
        """The guest's read_one timed out; it runs again without an event."""
        guest.waiting = False

    def _export(self, guest: Guest, request: bytes) -> bytes:
        answer = self._names.export(guest, request)
        self._startup.exported(guest)
        return answer

    def _exit(self, guest: Guest, request: bytes) -> bytes:
        asked = wire.parse(messages.ExitRequest, request)
        service = self._names.own_service(guest, asked.pair.service_id)
        self._names.check_host(guest, asked)
        if wire.key_of(asked.method_id) != wire.key_of_id(EXIT_METHOD):
            raise KernelError(KernelErr.BadId, "exit_ takes the exit method's id")
        code = asked.pair.code if 0 <= asked.pair.code <= HIGHEST_EXIT_CODE else HIGHEST_EXIT_CODE
        answer = messages.ExitResponse()
        answer.pair.service_id.CopyFrom(asked.pair.service_id)
        answer.pair.code = code
        call = self._traffic.begin_own(CallKind.EXIT, guest, service, asked.call_id)
        # An exit resolves to its own value; kept here for guests that never return it themselves.
        call.request = wire.any_of(answer)
        guest.exit_call = call
        guest.exit_code = code
        if asked.shutdown_all:
            self.shutdown_code = code
        self._enter(guest, GuestMove.EXIT_ASKED)
        return answer.SerializeToString()

    # --- deliveries -----------------------------------------------------------------------------------

    @property
    def pending_count(self) -> int:
        """Deliveries that wait, ready or not."""
        return sum(len(guest.inbox) for guest in self.guests)

    def pending(self) -> list[Delivery]:
        """All deliveries that wait, oldest first."""
        waiting = [delivery for guest in self.guests for delivery in guest.inbox]
        waiting.sort(key=lambda delivery: delivery.number)
        return waiting

    def deliver(self, delivery: Delivery) -> bytes:
        """Takes `delivery` out of its inbox: the target runs with this event.

        Returns:
            The event, a serialized ReadOneResponse.
        """
        self._inboxes.take(delivery)
        self._hand_over(delivery)
        return delivery.event

    def deliver_next(self) -> Delivery | None:
        """`deliver` of `next_delivery`, in one go; its event is in it."""
        delivery = self._take_oldest()
        if delivery is not None:
            self._hand_over(delivery)
        return delivery

    def _hand_over(self, delivery: Delivery) -> None:
        guest = delivery.target
        guest.waiting = False
        call = delivery.call
        if call is None:
            return
        kind = delivery.kind
        if kind is _TO_CALL:
            call.state = _DELIVERED
            call.delivered_ns = self.moment.now
            guest.handling = call
            guest.calls_in += 1
            self.notices.append((_NOTICE_DELIVERED, call))
        elif kind is _TO_CALLER:
            guest.handling, call.context = call.context, None
            if call.kind is CallKind.EXIT:
                self._traffic.send_exit(guest, call.service, guest.exit_code or 0)
        elif not call.error:
            self._startup.delivered(call.service)

    # --- startup, shutdown, time ----------------------------------------------------------------------

    def begin_launching(self) -> None:
        """From now on launches are resolved: until here guests only declare what they require and export,
        so that the start order depends on what they declare and on nothing else.
        """
        self._startup.begin(self.guests)

    def startup_failure(self) -> StartupFailure | None:
        """Why the guests that still wait for their launch can never be launched; None while one may be.

        To be asked when every guest waits and nothing is pending.
        """
        return self._startup.failure(self.guests)

    def fail_startup(self, failure: StartupFailure) -> None:
        """Resolves the launches that can never be with the errors that `failure` names."""
        self._startup.fail(failure)

    def declared(self) -> list[Service]:
        """Every live service, in the order of registration."""
        return self._names.services()

    def resolve_with_error(self, call: Call, error: KernelErr, reason: str) -> None:
        """Gives up on a call in flight, e.g. because it timed out."""
        self._traffic.resolve(call, b"", error, reason)

    def send_exit(self, guest: Guest, code: int) -> None:
        """Tells a guest that understands exit events to end."""
        service = guest.services[0] if guest.services else None
        self._enter(guest, GuestMove.EXIT_ASKED)
        self._traffic.send_exit(guest, service, code)

    def in_flight(self) -> Iterable[Call]:
        """Calls between guests that are not resolved yet, oldest first."""
        return self._traffic.in_flight()

    def drain(self) -> list[Notice]:
        """What happened since the last drain, in order."""
        notices = self.notices[:]
        self.notices.clear()
        return notices


def _block_until_call(guest: Guest, request: bytes) -> bytes:
    raise KernelError(KernelErr.NotFound, "block_until_call_ is obsolete; use read_one_")


__all__ = ["GONE", "GuestMove", "GuestState", "Id", "Kernel"]
