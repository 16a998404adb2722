"""The hot path answers exactly like the long way, however a request is spelled.

`dispatch`, `return_value` and `read_one` compare requests with what they expect before they parse them.
Here two kernels with the same ids live the same life, one of them with the comparing switched off; every
request goes to both, and everything that can be seen of them must be equal.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from parigot.errors import KernelErr, KernelError
from parigot.ids import Id, encode_varint
from parigot.kernel import Call, Guest, Kernel, StateNotice, wire
from parigot.pb.syscall.v1 import syscall_pb2 as pb

from . import ask
from .playbook import World, new_kernel
from .spelling import damaged, spelled
from .steps import begin, bind, deliver, export, guest, launch, quietly, read, register

BUFFER = 1 << 17
CALL = Id(0x63 << 56 | 0x123456789ABC, 0xFEDCBA9876543210)


@contextmanager
def long_way() -> Iterator[None]:
    """Nothing is ever what the hot path expects, so everything is parsed."""
    before = wire.AnyField.read
    wire.AnyField.read = lambda self, data, at: None  # type: ignore[method-assign]
    try:
        yield
    finally:
        wire.AnyField.read = before  # type: ignore[method-assign]


class Life:
    """A client and a server that are launched, in one kernel."""

    def __init__(self, *, compares: bool) -> None:
        self.compares = compares
        self.world = world = World(new_kernel())
        self.kernel: Kernel = world.kernel
        quietly(
            guest("client", buffer_size=BUFFER),
            guest("server", buffer_size=BUFFER),
            register("server", "greeter"),
            export("server", "greeter", "greeting.v1.Greeter"),
            bind("server", "greeter.Fetch"),
            bind("server", "greeter.Store"),
            launch("server", "greeter", "up"),
            begin(),
            read("server"),
            deliver("server"),
        ).run(world)
        self.client = world.guests["client"]
        self.server = world.guests["server"]
        self.host = self.client.host_id
        self.service = world.services["greeter"]
        self.fetch = world.methods["greeter.Fetch"]
        self.store = world.methods["greeter.Store"]

    def ask(self, who: Guest, operation: str, request: bytes) -> object:
        """The answer or the refusal, notices, and what waits: everything that can be seen."""
        said: object
        try:
            if self.compares:
                said = self._ask(who, operation, request)
            else:
                who.read_timeouts.clear()
                with long_way():
                    said = self._ask(who, operation, request)
        except KernelError as error:
            said = (error.code, error.reason)
        notices = [
            notice if isinstance(notice, StateNotice) else (notice[0], seen(notice[1]))
            for notice in self.kernel.drain()
        ]
        waiting = [(one.target.name, one.kind, one.code, one.event) for one in self.kernel.pending()]
        return said, repr(notices), waiting, self.kernel.pending_count

    def _ask(self, who: Guest, operation: str, request: bytes) -> object:
        if operation == "read_one_":
            return self.kernel.read_one(who, request)
        return self.kernel.call(who, operation, request)

    def next_event(self, who: Guest) -> bytes | None:
        """The oldest event of a guest, if there is one."""
        chosen = next((one for one in self.kernel.pending() if one.target is who), None)
        if chosen is None:
            return None
        event = self.kernel.deliver(chosen)
        self.kernel.drain()
        return event

    def forget_all(self) -> None:
        """Everything in flight is over, every inbox empty."""
        for call in list(self.kernel.in_flight()):
            self.kernel.resolve_with_error(call, KernelErr.RunTimeout, "the scene is over")
        for one in self.kernel.pending():
            self.kernel.deliver(one)
        for who in (self.client, self.server):
            who.handling = None
        self.kernel.drain()


def seen(call: Call) -> object:
    """All that others can read of a call."""
    return (
        call.number, call.wire_id, call.kind, call.caller.name, call.callee.name, call.service.name,
        call.method_name, call.bundle, call.parent, call.request, call.reply, call.error, call.reason,
        call.state,
    )  # fmt: skip


class Twins:
    """The same life twice: once comparing, once parsing."""

    def __init__(self) -> None:
        self.lives = (Life(compares=True), Life(compares=False))
        self.client, self.server = "client", "server"
        first = self.lives[0]
        self.host, self.service, self.fetch, self.store = first.host, first.service, first.fetch, first.store
        for method in (self.fetch, self.store):  # the hot one has seen them before
            self.ask("client", "dispatch_", ask.dispatch(self.host, self.service, method, CALL, b"warm"))
            self.ask("server", "return_value_", ask.return_value(self.deliver(), b"warm"))
            self.forget_all()
        assert first.client.routes

    def ask(self, who: str, operation: str, request: bytes) -> Any:
        """What both say; they must agree."""
        compared, parsed = (life.ask(life.world.guests[who], operation, request) for life in self.lives)
        assert compared == parsed, request.hex(" ")
        return compared

    def deliver(self, who: str = "server") -> pb.MethodBundle:
        """The next event of a guest, in both; its bundle."""
        compared, parsed = (life.next_event(life.world.guests[who]) for life in self.lives)
        assert compared is not None
        assert compared == parsed
        return pb.ReadOneResponse.FromString(compared).bundle

    def forget_all(self) -> None:
        for life in self.lives:
            life.forget_all()

    def dispatched(self, payload: bytes | None = b"French") -> pb.MethodBundle:
        """A call that the server has been handed."""
        self.ask("client", "dispatch_", ask.dispatch(self.host, self.service, self.fetch, CALL, payload))
        return self.deliver()


call_ids = st.sampled_from(
    [
        CALL,
        ask.NOBODY,
        Id(0x63 << 56, 0),  # the empty value, with its letter
        Id((1 << 64) - 1, (1 << 64) - 1),
        Id(0x63FFFFFFFFFFFFFF & ~(0xFF << 48), (1 << 64) - 1),  # the zero value, plainly written
        Id(CALL.high | 0x42 << 48, CALL.low),  # with a second type byte
        Id(0x63 << 56 | 5, 0),
        Id(0x63 << 56, 5),
        Id(0x6D << 56 | 5, 5),  # not the letter of a call
        Id(5, 5),
    ]
)
payloads = st.one_of(
    st.none(),
    st.binary(max_size=40),
    st.sampled_from([110, 126, 127, 128, 129, 4000, 16_383, 16_384, 70_000]).map(lambda size: b"x" * size),
)
hundreds = settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


@pytest.fixture
def twins() -> Twins:
    return Twins()


@hundreds
@given(data=st.data())
def test_dispatch_however_it_is_spelled(data: st.DataObject) -> None:
    twins = Twins()
    method = data.draw(st.sampled_from([twins.fetch, twins.fetch, twins.store, twins.service]))
    plain = ask.dispatch(twins.host, twins.service, method, data.draw(call_ids), data.draw(payloads))
    request = data.draw(damaged(data.draw(spelled(plain, "dispatch"))))
    for _ in range(data.draw(st.integers(1, 2))):  # the second time its call id may be in flight
        twins.ask("client", "dispatch_", request)


@hundreds
@given(data=st.data())
def test_return_value_however_it_is_spelled(data: st.DataObject) -> None:
    twins = Twins()
    bundle = twins.dispatched()
    error = data.draw(st.sampled_from([0, 0, 0, 5, 4711, -1]))
    if data.draw(st.integers(0, 4)) == 0:
        bundle.call_id.CopyFrom(ask.raw(data.draw(call_ids)))
    plain = ask.return_value(bundle, data.draw(payloads), error)
    request = data.draw(damaged(data.draw(spelled(plain, "return"))))
    for _ in range(data.draw(st.integers(1, 2))):
        twins.ask("server", "return_value_", request)


@hundreds
@given(data=st.data())
def test_read_one_however_it_is_spelled(data: st.DataObject) -> None:
    twins = Twins()
    timeout = data.draw(st.sampled_from([-1, 0, 1, 1000, (1 << 31) - 1, -(1 << 31)]))
    host = data.draw(st.sampled_from([twins.host, twins.host, ask.NOBODY, twins.service]))
    request = data.draw(damaged(data.draw(spelled(ask.read_one(host, timeout), "read"))))
    for _ in range(2):  # the second time it is remembered
        twins.ask("client", "read_one_", request)
        for life in twins.lives:
            life.kernel.stop_waiting(life.client)


@pytest.mark.parametrize("payload", [None, b"", b"French"])
def test_dispatch_cut_anywhere(twins: Twins, payload: bytes | None) -> None:
    request = ask.dispatch(twins.host, twins.service, twins.fetch, CALL, payload)
    for size in range(len(request) + 1):
        twins.ask("client", "dispatch_", request[:size])
        twins.forget_all()


def test_dispatch_with_any_byte_changed(twins: Twins) -> None:
    request = bytearray(ask.dispatch(twins.host, twins.service, twins.fetch, CALL, b"French"))
    for place, byte in enumerate(request):
        for changed in {byte ^ 1 << bit for bit in range(8)} | {0, 0x7F, 0x80, 0xFF}:
            request[place] = changed
            twins.ask("client", "dispatch_", bytes(request))
            twins.forget_all()
        request[place] = byte


def test_a_bundle_that_claims_more_bytes_than_there_are(twins: Twins) -> None:
    bundle = ask.bundle(twins.host, twins.service, twins.fetch, CALL).SerializeToString()
    for claimed in range(len(bundle), 256):
        twins.ask("client", "dispatch_", b"\x0a" + encode_varint(claimed) + bundle)
        twins.ask("client", "dispatch_", b"\x0a" + bytes((claimed,)) + bundle)
        twins.forget_all()


def test_return_value_cut_anywhere(twins: Twins) -> None:
    for payload, error in ((b"bonjour", 0), (None, 7)):
        request = ask.return_value(twins.dispatched(), payload, error)
        for size in range(len(request)):
            twins.ask("server", "return_value_", request[:size])
            twins.forget_all()
            twins.dispatched()
        twins.forget_all()


def test_return_value_with_any_byte_changed(twins: Twins) -> None:
    request = bytearray(ask.return_value(twins.dispatched(), b"bonjour"))
    for place, byte in enumerate(request):
        for changed in {byte ^ 1 << bit for bit in range(8)} | {0, 0x7F, 0x80, 0xFF}:
            request[place] = changed
            twins.ask("server", "return_value_", bytes(request))
            twins.forget_all()
            twins.dispatched()
        request[place] = byte
    twins.forget_all()


@pytest.mark.parametrize("size", [0, 1, 60, 80, 127, 128, 16_000, 16_384, 70_000])
def test_payloads_pass_through_byte_for_byte(twins: Twins, size: int) -> None:
    payload = bytes(range(256)) * (size // 256) + bytes(range(size % 256))
    packed = ask.packed(payload).SerializeToString()
    twins.ask("client", "dispatch_", ask.dispatch(twins.host, twins.service, twins.fetch, CALL, payload))
    for life in twins.lives:
        (waiting,) = life.kernel.pending()
        assert waiting.event.endswith(packed)
        assert waiting.call is not None
        assert waiting.call.request == packed
    twins.ask("server", "return_value_", ask.return_value(twins.deliver(), payload))
    for life in twins.lives:
        (waiting,) = life.kernel.pending()
        assert waiting.event.endswith(packed)
        assert pb.ReadOneResponse.FromString(waiting.event).resolved.result.value == payload
    twins.forget_all()


def test_an_answer_for_a_call_id_that_was_given_up_and_used_again(twins: Twins) -> None:
    bundle = twins.dispatched(b"first")
    # In the first call's handling the server calls out; meanwhile the first call is given up, its id is
    # used again, and the server is handed the second call before it comes back to the first.
    for life in twins.lives:
        nested = Id(0x63 << 56 | 1, 1)
        host = life.server.host_id
        life.ask(life.server, "dispatch_", ask.dispatch(host, life.service, life.fetch, nested, b"nested"))
        (first,) = (call for call in life.kernel.in_flight() if call.caller is life.client)
        life.kernel.resolve_with_error(first, KernelErr.RunTimeout, "late")
        (inner,) = life.kernel.in_flight()
        life.kernel.deliver(next(one for one in life.kernel.pending() if one.call is first))
        life.ask(life.client, "dispatch_", ask.dispatch(life.host, life.service, life.fetch, CALL, b"second"))
        life.kernel.deliver(life.kernel.pending()[-1])
        life.kernel.resolve_with_error(inner, KernelErr.RunTimeout, "late")
        life.kernel.deliver(life.kernel.pending()[-1])  # the server runs on in the handling of the first
        assert life.server.handling is first
        life.kernel.drain()
    twins.ask("server", "return_value_", ask.return_value(bundle, b"answer"))
    twins.forget_all()


def test_the_long_way_is_really_taken() -> None:
    first, second = Life(compares=True), Life(compares=False)
    request = ask.dispatch(first.host, first.service, first.fetch, CALL, b"French")
    parsed: list[str] = []
    for life in (first, second):
        life.ask(life.client, "dispatch_", request)
        life.forget_all()
        before = life.kernel._traffic._parse_dispatch
        life.kernel._traffic._parse_dispatch = (  # type: ignore[method-assign]
            lambda who, asked, life=life, before=before: (
                parsed.append("compares" if life.compares else "parses"), before(who, asked)
            )[1]
        )  # fmt: skip
        life.ask(life.client, "dispatch_", request)
    assert parsed == ["parses"]
