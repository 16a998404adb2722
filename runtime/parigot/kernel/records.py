"""What the kernel keeps: guests, their services and methods, calls, and deliveries.

Plain mutable records with slots; only the kernel's own modules change them. Front ends get copies
(`parigot.session.views`).
"""

from __future__ import annotations

from collections import deque
from enum import Enum
from typing import NamedTuple

from parigot.ids import Id
from parigot.kernel.tables import CallState, GuestState
from parigot.kernel.wire import AnyField


class Moment:
    """The driver's time, as the whole kernel sees it: `now` in ns."""

    __slots__ = ("now",)

    def __init__(self) -> None:
        self.now = 0


class Method:
    """A method that a service has bound."""

    __slots__ = ("direction", "id", "name", "service")

    def __init__(self, method_id: Id, name: str, direction: int, service: Service) -> None:
        self.id = method_id
        self.name = name
        self.direction = direction
        self.service = service


class Service:
    """One registration: what a guest exports and requires under one service id."""

    __slots__ = ("debug_name", "exports", "guest", "id", "launch", "launched", "methods", "requires", "unmet")

    def __init__(self, service_id: Id, guest: Guest, debug_name: str) -> None:
        self.id = service_id
        self.guest = guest
        self.debug_name = debug_name
        self.exports: dict[str, str] = {}  # folded name -> name as the guest wrote it
        self.requires: dict[str, str] = {}
        self.methods: dict[str, Method] = {}
        self.launch: Call | None = None
        self.launched = False
        self.unmet: set[str] = set()  # folded names still missing; only asked for length and membership

    @property
    def name(self) -> str:
        """What people call it: its first export, else the name it registered under."""
        return next(iter(self.exports.values()), self.debug_name)


class Route:
    """What all calls of one caller to one method share, in wire form where it goes into messages."""

    __slots__ = (
        "answer",
        "callee",
        "calls",
        "errors",
        "head",
        "host_field",
        "method",
        "method_field",
        "method_name",
        "param",
        "result",
        "service",
        "service_name",
    )

    def __init__(
        self,
        service: Service,
        method: Method | None,
        *,
        head: bytes,
        answer: bytes,
        host_field: bytes,
        method_field: bytes,
    ) -> None:
        self.service = service
        self.callee = service.guest
        self.method = method
        self.service_name = service.name
        self.method_name = method.name if method is not None else ""
        self.head = head  # MethodBundle up to the call id
        self.answer = answer  # DispatchResponse behind the call id
        self.host_field = host_field  # ResolvedCall.host_id
        self.method_field = method_field  # ResolvedCall.method_id
        self.param = AnyField(0x1A)  # DispatchRequest.param
        self.result = AnyField(0x12)  # ReturnValueRequest.result
        self.calls = 0  # resolved, and how many of them with an error
        self.errors = 0


class Guest:
    """One guest instance as the kernel knows it.

    Attributes:
        name: unique in the run.
        group: instances of one group are replicas and may export the same names.
        replicas: how many instances the group may have.
        buffer_size: largest event the guest can take, bytes.
        message_limit: largest request or reply it may send or get, bytes.
        inbox_limit: calls that may wait for it.
        gone: its state is one of `tables.GONE`.
        knows_exit: it understands exit events (exports `parigot_abi`).
        handling: the call in whose handling it runs, for causality.
        waiting: it is blocked in read_one.
    """

    __slots__ = (
        "buffer_size",
        "calls_in",
        "calls_out",
        "detail",
        "errors",
        "exit_call",
        "exit_code",
        "gone",
        "group",
        "handling",
        "head_end",
        "host_id",
        "inbox",
        "inbox_calls",
        "inbox_limit",
        "index",
        "is_program",
        "knows_exit",
        "message_limit",
        "name",
        "read_timeouts",
        "replicas",
        "routes",
        "services",
        "state",
        "waiting",
    )

    def __init__(
        self,
        index: int,
        name: str,
        host_id: Id,
        *,
        group: str,
        replicas: int,
        is_program: bool,
        buffer_size: int,
        message_limit: int,
        inbox_limit: int,
        knows_exit: bool,
    ) -> None:
        self.index = index
        self.name = name
        self.host_id = host_id
        self.group = group
        self.replicas = replicas
        self.is_program = is_program
        self.buffer_size = buffer_size
        self.message_limit = message_limit
        self.inbox_limit = inbox_limit
        self.knows_exit = knows_exit
        self.state = GuestState.STARTING
        self.gone = False
        self.detail = ""
        self.services: list[Service] = []
        self.inbox: deque[Delivery] = deque()
        self.inbox_calls = 0
        self.waiting = False
        self.handling: Call | None = None
        self.routes: dict[bytes, Route] = {}  # by the head that the guest's requests start with
        self.head_end = 2  # where that head ended in its last request
        self.read_timeouts: dict[bytes, int] = {}  # read_one requests that have been parsed before
        self.exit_call: Call | None = None
        self.exit_code: int | None = None
        self.calls_in = 0
        self.calls_out = 0
        self.errors = 0

    def __repr__(self) -> str:
        return f"<Guest {self.name} {self.state.value}>"


class CallKind(Enum):
    """What a call is for."""

    CALL = "call"
    LAUNCH = "launch"
    EXIT = "exit"


_QUEUED = CallState.QUEUED  # looked up once: in its class that takes as long as a dozen assignments


class Call:
    """A call in flight or resolved. Times are ns of the driver's clock.

    Attributes:
        number: counts the calls between guests from 1; 0 for launches and exits.
        wire_id: the call id's wire form.
        id_field: the same with its length in front.
        bundle: the MethodBundle that the callee is given, and gives back with its answer.
        parent: the number of the call in whose handling this one was dispatched.
        context: that call itself, until the outcome is delivered: what the caller does then descends from
            it. Not kept longer, or a chain of contexts would keep every call of a run alive.
    """

    __slots__ = (
        "bundle",
        "caller",
        "context",
        "delivered_ns",
        "dispatched_ns",
        "error",
        "id_field",
        "kind",
        "number",
        "parent",
        "reason",
        "reply",
        "request",
        "resolved_ns",
        "route",
        "slow",
        "state",
        "wire_id",
    )

    def __init__(
        self,
        number: int,
        wire_id: bytes,
        id_field: bytes,
        bundle: bytes,
        kind: CallKind,
        caller: Guest,
        route: Route,
        request: bytes,
        dispatched_ns: int,
    ) -> None:
        self.number = number
        self.wire_id = wire_id
        self.id_field = id_field
        self.kind = kind
        self.caller = caller
        self.route = route
        self.bundle = bundle
        self.context = context = caller.handling
        self.parent = context.number if context is not None else None
        self.request = request
        self.reply = b""
        self.error = 0
        self.reason = ""
        self.state = _QUEUED
        self.slow = False
        self.dispatched_ns = dispatched_ns
        self.delivered_ns = 0
        self.resolved_ns = 0

    @property
    def callee(self) -> Guest:
        """The guest that has to answer."""
        return self.route.callee

    @property
    def service(self) -> Service:
        """The service that is called."""
        return self.route.service

    @property
    def method_name(self) -> str:
        """The method's name; launches and exits are named for what they are."""
        method = self.route.method
        return method.name if method is not None else self.kind.value


class DeliveryKind(Enum):
    """What a guest is told by one event of read_one."""

    CALL = "call"
    RESOLVED = "resolved"
    LAUNCHED = "launched"
    EXIT = "exit"


class Delivery(NamedTuple):
    """One event that waits for one guest. `number` orders all deliveries of a run; `event` is the
    serialized ReadOneResponse.
    """

    number: int
    kind: DeliveryKind
    target: Guest
    call: Call | None
    event: bytes
    code: int

    def __repr__(self) -> str:
        return f"<Delivery {self.number} {self.kind.value} to {self.target.name}>"


class NoticeKind(Enum):
    """What happened to a call."""

    DISPATCHED = 1
    DELIVERED = 2
    RESOLVED = 3


class StateNotice(NamedTuple):
    """A guest entered a state."""

    guest: Guest
    state: GuestState
    detail: str
    time_ns: int


# Plain pairs for calls: three of them are made for every call.
Notice = tuple[NoticeKind, Call] | StateNotice

__all__ = [
    "Call",
    "CallKind",
    "CallState",
    "Delivery",
    "DeliveryKind",
    "Guest",
    "GuestState",
    "Method",
    "Moment",
    "Notice",
    "NoticeKind",
    "Route",
    "Service",
    "StateNotice",
]
