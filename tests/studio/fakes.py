"""A Session that is played by hand: same commands, same events, same snapshots, no wasm and no clock.

A script puts guests and deliveries into a `World`; what a delivery leads to is a plain function. Time is a
counter that each delivery moves on, so whatever is drawn from it is the same in every run.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from parigot.app import App, GuestSpec
from parigot.errors import AppError
from parigot.ids import encode_varint
from parigot.schema import Schema
from parigot.session.events import (
    CallDelivered,
    CallDispatched,
    CallResolved,
    Event,
    LogWritten,
    RunChanged,
    RunEnded,
    ServiceChanged,
)
from parigot.session.views import CallView, EdgeView, PendingView, ServiceView, Snapshot
from parigot.trace.stream import EventStream

from parigot_studio.session_bridge import Opened

HERE = Path(__file__).parent
PROTOS = (HERE / "data", HERE.parents[1] / "examples" / "helloworld" / "proto")
MICROSECOND = 1_000
STEP_NS = 50 * MICROSECOND


def packed(type_name: str, *fields: tuple[int, str | int]) -> bytes:
    """A serialized google.protobuf.Any holding a message with these (tag, value) fields."""
    value = b"".join(_field(tag, content) for tag, content in fields)
    return _field(1, f"type.googleapis.com/{type_name}") + _length(2, value)


def _field(tag: int, content: str | int) -> bytes:
    if isinstance(content, int):
        return encode_varint(tag << 3) + encode_varint(content)
    return _length(tag, content.encode())


def _length(tag: int, content: bytes) -> bytes:
    return encode_varint(tag << 3 | 2) + encode_varint(len(content)) + content


Then = Callable[["World"], None]


@dataclass
class Guest:
    """A guest of the world."""

    name: str
    kind: str
    exports: tuple[str, ...]
    requires: tuple[str, ...]
    state: str = "starting"
    detail: str = ""
    calls_in: int = 0
    calls_out: int = 0
    errors: int = 0
    memory: int = 65_536


@dataclass
class Call:
    """A call of the world, and what happens when its reply arrives."""

    number: int
    caller: str
    callee: str
    service: str
    method: str
    parent: int | None
    at_ns: int
    then: Then | None
    state: str = "queued"


@dataclass
class World:
    """Guests, calls and deliveries of one scripted run."""

    emit: Callable[[Event], None]
    guests: dict[str, Guest] = field(default_factory=dict)
    edges: dict[tuple[str, str, str], list[int]] = field(default_factory=dict)
    pending: dict[int, tuple[PendingView, Then]] = field(default_factory=dict)
    calls: dict[int, Call] = field(default_factory=dict)
    handling: int | None = None
    seq: int = 0
    now: int = 0
    numbers: int = 0
    call_numbers: int = 0
    end: RunEnded | None = None

    def _seq(self) -> int:
        self.seq += 1
        return self.seq

    def guest(
        self, name: str, kind: str = "service", exports: tuple[str, ...] = (), requires: tuple[str, ...] = ()
    ) -> None:
        """There is a guest."""
        self.guests[name] = Guest(name, kind, exports, requires)
        self.emit(ServiceChanged(self._seq(), self.now, name, "starting", ""))

    def edge(self, source: str, target: str, name: str) -> None:
        """`source` requires `name` of `target`."""
        self.edges[source, target, name] = [0, 0]

    def state(self, name: str, state: str, detail: str = "") -> None:
        """A guest enters a state."""
        self.guests[name].state = state
        self.guests[name].detail = detail
        self.emit(ServiceChanged(self._seq(), self.now, name, state, detail))

    def log(
        self,
        service: str,
        message: str,
        level: str = "info",
        fields: tuple[tuple[str, str], ...] = (),
        stream: str = "stdout",
    ) -> None:
        """A guest writes a line."""
        self.emit(LogWritten(self._seq(), self.now, service, level, message, fields, self.handling, stream))

    def _pend(self, view: PendingView, then: Then) -> None:
        self.numbers += 1
        self.pending[self.numbers] = (replace(view, number=self.numbers), then)

    def launch(self, name: str, then: Then | None = None) -> None:
        """The launch of a guest waits to be told to it."""

        def happen(world: World) -> None:
            world.state(name, "running")
            if then is not None:
                then(world)

        self._pend(PendingView(0, "launched", name, "", None, "", "launch", 0, b"", True), happen)

    def call(
        self,
        caller: str,
        callee: str,
        service: str,
        method: str,
        request: bytes,
        handle: Callable[[World, Call], None],
        then: Then | None = None,
    ) -> Call:
        """A guest calls another; `handle` runs when it is delivered, `then` when the reply is."""
        self.call_numbers += 1
        call = Call(self.call_numbers, caller, callee, service, method, self.handling, self.now, then)
        self.calls[call.number] = call
        self.guests[caller].calls_out += 1
        self.guests[callee].calls_in += 1
        self.edges.setdefault((caller, callee, service), [0, 0])[0] += 1
        self.emit(
            CallDispatched(
                self._seq(), self.now, call.number, call.parent, caller, callee, service, method, request
            )
        )

        def happen(world: World) -> None:
            call.state = "delivered"
            world.emit(CallDelivered(world._seq(), world.now, call.number))
            before, world.handling = world.handling, call.number
            handle(world, call)
            world.handling = before

        view = PendingView(0, "call", callee, caller, call.number, service, method, 0, request, True)
        self._pend(view, happen)
        return call

    def resolve(
        self, call: Call, reply: bytes = b"", error: int = 0, reason: str = "", slow: bool = False
    ) -> None:
        """A call gets its outcome, which then waits for the caller."""
        self.calls.pop(call.number)
        if error:
            self.guests[call.callee].errors += 1
            self.edges[call.caller, call.callee, call.service][1] += 1
        self.emit(CallResolved(self._seq(), self.now, call.number, error, reason, reply, slow))

        def happen(world: World) -> None:
            before, world.handling = world.handling, call.parent
            if call.then is not None:
                call.then(world)
            world.handling = before

        view = PendingView(
            0,
            "resolved",
            call.caller,
            call.callee,
            call.number,
            call.service,
            call.method,
            error,
            reply,
            True,
        )
        self._pend(view, happen)

    def finish(self, code: int, report: str = "") -> None:
        """The run is over."""
        self.pending.clear()
        self.emit(RunChanged(self._seq(), self.now, "ended"))
        self.end = RunEnded(self._seq(), self.now, code, report)
        self.emit(self.end)


Script = Callable[[World], None]


class FakeSession:
    """The Session API over a World."""

    def __init__(self, script: Script, *, paused: bool = False, auto: bool = True) -> None:
        self.commands: list[str] = []
        self.state = "starting"
        self.steps = 0
        self.stopped = threading.Event()
        self._streams: list[EventStream[Event]] = []
        self._script = script
        self._paused = paused
        self._auto = auto
        self.world = World(self._emit)

    def _emit(self, event: Event) -> None:
        for stream in self._streams:
            stream.push(event)

    def subscribe(
        self, *, calls: bool = True, capacity: int = 100_000, on_ready: Callable[[], None] | None = None
    ) -> EventStream[Event]:
        """One more reader of the events."""
        stream: EventStream[Event] = EventStream(capacity, on_ready)
        self._streams.append(stream)
        return stream

    def start(self) -> None:
        """Plays the script; then everything, unless held."""
        self._script(self.world)
        if self._paused:
            self._change("paused")
        else:
            self._change("running")
            if self._auto:
                self.play()

    def _change(self, state: str) -> None:
        self.state = state
        self.world.emit(RunChanged(self.world._seq(), self.world.now, state))

    def play(self, most: int = 10_000) -> None:
        """Delivers up to so many."""
        for _ in range(most):
            if not self.world.pending or self.world.end is not None:
                return
            self._deliver(min(self.world.pending))

    def _deliver(self, number: int) -> None:
        entry = self.world.pending.pop(number, None)
        if entry is None:
            return
        self.steps += 1
        self.world.now += STEP_NS
        entry[1](self.world)

    def pause(self) -> None:
        self.commands.append("pause")
        self._change("paused")

    def resume(self) -> None:
        self.commands.append("resume")
        self._change("running")
        if self._auto:
            self.play()

    def step(self) -> None:
        self.commands.append("step")
        if self.world.pending:
            self._deliver(min(self.world.pending))

    def deliver(self, number: int) -> None:
        self.commands.append(f"deliver {number}")
        self._deliver(number)

    def stop(self) -> None:
        self.commands.append("stop")
        self.stopped.set()
        if self.world.end is None:
            self.world.finish(0, "stopped")

    def wait(self, timeout: float | None = None) -> bool:
        return self.world.end is not None

    @property
    def exit_code(self) -> int | None:
        return self.world.end.code if self.world.end is not None else None

    @property
    def report(self) -> str:
        return self.world.end.report if self.world.end is not None else ""

    def snapshot(self) -> Snapshot:
        world = self.world
        waiting: dict[str, int] = {}
        for view, _ in world.pending.values():
            waiting[view.target] = waiting.get(view.target, 0) + 1
        return Snapshot(
            seq=world.seq,
            time_ns=world.now,
            state="ended" if world.end is not None else self.state,
            steps=self.steps,
            services=tuple(
                ServiceView(
                    guest.name,
                    guest.kind,
                    guest.state,
                    guest.detail,
                    guest.exports,
                    guest.requires,
                    waiting.get(guest.name, 0),
                    guest.calls_in,
                    guest.calls_out,
                    guest.errors,
                    guest.memory,
                )
                for guest in world.guests.values()
            ),
            edges=tuple(EdgeView(*key, calls, errors) for key, (calls, errors) in world.edges.items()),
            pending=tuple(view for view, _ in world.pending.values()),
            next_pending=min(world.pending, default=None),
            in_flight=tuple(
                CallView(
                    call.number,
                    call.parent,
                    call.caller,
                    call.callee,
                    call.service,
                    call.method,
                    call.state,
                    call.at_ns,
                )
                for call in world.calls.values()
            ),
            exit_code=self.exit_code,
            report=self.report,
        )

    def fresh_snapshot(self, timeout: float = 5.0) -> Snapshot:
        return self.snapshot()


class FakeSource:
    """Where the tests' runs come from.

    Args:
        script: what happens.
        step: start held.
        auto: play everything at once when not held; else the test plays.
        refuse: raised instead of starting.
    """

    def __init__(
        self,
        script: Script,
        *,
        title: str = "helloworld",
        step: bool = False,
        auto: bool = True,
        refuse: AppError | None = None,
        notes: tuple[str, ...] = (),
    ) -> None:
        self.title = title
        self.waits_for = ""
        self.step = step
        self.refuse = refuse
        self.sessions: list[FakeSession] = []
        self._script = script
        self._auto = auto
        self._notes = notes

    @property
    def session(self) -> FakeSession:
        """The newest run."""
        return self.sessions[-1]

    def open(self, on_ready: Callable[[], None]) -> Opened:
        if self.refuse is not None:
            raise self.refuse
        session = FakeSession(self._script, paused=self.step, auto=self._auto)
        self.sessions.append(session)
        stream = session.subscribe(on_ready=on_ready)
        session.start()
        guests = [GuestSpec(name, "service", Path(f"{name}.wasm")) for name in session.world.guests]
        app = App(self.title, Path("/app"), Path("/app/parigot.toml"), services=tuple(guests))
        return Opened(app, session, stream, Schema.load(PROTOS), self._notes)
