"""One run as the studio sees it.

The bridge is polled from the studio's own thread. Each `tick` takes one snapshot and the events up to
that snapshot, within a time budget, and brings all models up to date together; the panes are drawn from
the models only, so they agree with each other. When events come faster than a tick can fold them, the
session's bounded stream drops the oldest: the studio counts them and stays quick.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from parigot.app import App, load
from parigot.cli.programargs import with_arguments
from parigot.errors import SchemaError
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
from parigot.session.views import Snapshot
from parigot.trace.stream import EventStream

from parigot_studio.models.calls import CallBook
from parigot_studio.models.logs import LogBook
from parigot_studio.render.graph import HEAT, Pair, Traffic, traffic
from parigot_studio.render.look import Decoder
from parigot_studio.render.status import Status
from parigot_studio.right_of_way import breathe

# Under a flood the stream holds the newest events: enough for a few ticks, few enough to be fresh.
STREAM_CAPACITY = 12_000
TICKS_PER_SECOND = 15
FOLD_BUDGET_S = 0.01
FOLD_CHUNK = 500
HELD_TICKS = 8  # so long an event may wait for a snapshot that knows of it
RATE_WINDOW_NS = 1_000_000_000
OBEYED_S = 0.03  # for so long a command waits for the run to do as it is told, before the screen is drawn
FLOOD_RATE = 2_000  # calls a second that nobody can read row by row


class Run(Protocol):
    """What the studio needs of a `parigot.session.Session`."""

    @property
    def exit_code(self) -> int | None: ...
    @property
    def report(self) -> str: ...
    def pause(self) -> None: ...
    def resume(self) -> None: ...
    def step(self) -> None: ...
    def deliver(self, number: int) -> None: ...
    def stop(self) -> None: ...
    def snapshot(self) -> Snapshot: ...
    def fresh_snapshot(self, timeout: float = ...) -> Snapshot: ...
    def wait(self, timeout: float | None = None) -> bool: ...


@dataclass(frozen=True)
class Opened:
    """A run that was started, with what is needed to show it.

    `notes` are things that a person should know, such as a .proto file that cannot be read; those among
    `hints` are nothing to worry about.
    """

    app: App
    session: Run
    stream: EventStream[Event]
    schema: Decoder
    notes: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


class Source(Protocol):
    """Where runs come from: each `open` is a fresh one.

    `waits_for` says what an `open` under way waits for, if that is up to the person.
    """

    title: str
    step: bool
    waits_for: str

    def open(self, on_ready: Callable[[], None]) -> Opened:
        """Starts a run; may take a while, so not for the UI's thread.

        Args:
            on_ready: called from any thread when there are events to take.

        Raises:
            AppError: the app cannot be started.
        """
        ...


class AppSource:
    """Runs of an app as its descriptor says at the time of each start.

    Args:
        path: what the person named: a folder, a descriptor or a `.wasm` file.
        programs: which programs to run; none means the app's default.
        step: start held, so that nothing moves until told.
        hints: what a person may want to know in every run.
        arguments: of the program, instead of the descriptor's; None for the latter.
    """

    def __init__(
        self,
        path: Path,
        programs: Sequence[str] = (),
        step: bool = False,
        hints: Sequence[str] = (),
        arguments: Sequence[str] | None = None,
    ) -> None:
        self._arguments = arguments
        self.waits_for = ""
        self._hints = tuple(hints)
        self._wait: Callable[[], object] | None = None
        self.path = path
        self.programs = tuple(programs)
        self.step = step
        self.title = path.resolve().name

    def wait_first(self, what: str, wait: Callable[[], object]) -> None:
        """The first run starts only when `wait` has returned."""
        self.waits_for = what
        self._wait = wait

    def open(self, on_ready: Callable[[], None]) -> Opened:
        """Reads the descriptor again and starts a run."""
        if self._wait is not None:
            self._wait()
            self._wait, self.waits_for = None, ""
        # The runtime behind this import takes its time: not before the first screen is up.
        from parigot.session.session import Session

        app = with_arguments(load(self.path), self.programs, self._arguments)
        notes = [*self._hints, *app.warnings]
        schema = Schema.empty()
        try:
            schema = Schema.load(app.protos)
        except SchemaError as problem:
            # Messages are then shown from the raw wire: less to read, but the run goes on.
            notes.append(str(problem))
        session = Session(app, programs=self.programs, paused=self.step)
        stream = session.subscribe(calls=True, capacity=STREAM_CAPACITY, on_ready=on_ready)
        session.start()
        return Opened(app, session, stream, schema, tuple(notes), self._hints)


EMPTY = Snapshot(0, 0, "starting", 0, (), (), (), None, (), None, "")


class Bridge:
    """Folds one run into models, and passes commands on.

    Args:
        opened: the run.
        step: it was started held.
        budget_s: how long one tick may fold events.
        clock: for the budget only; nothing on the screen depends on it.
    """

    def __init__(
        self,
        opened: Opened,
        *,
        step: bool = False,
        budget_s: float = FOLD_BUDGET_S,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.app = opened.app
        self.session = opened.session
        self.schema = opened.schema
        self.calls = CallBook()
        self.logs = LogBook()
        for note in opened.notes:
            level = "info" if note in opened.hints else "warn"
            self.logs.written(LogWritten(0, 0, "parigot", level, note, (), None, "runtime"))
        self.snapshot = EMPTY
        self.traffic: dict[Pair, Traffic] = {}
        self.heat: dict[Pair, int] = {}
        self.lost = 0
        self.rate = 0.0
        self._stream = opened.stream
        self._stepping = step
        self._released = False  # told to go on, and not yet seen to
        self._budget_s = budget_s
        self._clock = clock
        self._held: deque[Event] = deque()
        self._held_ticks = 0
        self._held_seq = 0
        self._lost_when_reconciled = 0
        self._rates: deque[tuple[int, int]] = deque([(0, 0)])
        self._ended: RunEnded | None = None
        self._folders: dict[type, Callable[[Any], None]] = {
            CallDispatched: self.calls.dispatched,
            CallDelivered: self.calls.delivered,
            CallResolved: self.calls.resolved,
            LogWritten: self.logs.written,
            RunEnded: self._end,
            # States of guests and of the run come with the snapshot.
            ServiceChanged: lambda event: None,
            RunChanged: lambda event: None,
        }

    # -- what there is to see -------------------------------------------------------------------------

    def tick(self) -> bool:
        """Takes a snapshot and the events up to it.

        Returns:
            whether anything that is shown may have changed.
        """
        snapshot = self.session.snapshot()
        changed = snapshot is not self.snapshot and snapshot != self.snapshot
        self.snapshot = snapshot
        self._released = self._released and snapshot.state == "paused"
        changed = self._fold(snapshot.seq) or changed
        if self.lost > self._lost_when_reconciled and not self._held and snapshot.seq:
            self._lost_when_reconciled = self.lost
            self.calls.reconcile(view.call for view in snapshot.in_flight)
        changed = self._warm(snapshot) or changed
        self._measure(snapshot)
        return changed

    @property
    def mode(self) -> str:
        """How the run stands, in one word for the top line."""
        state = self.snapshot.state
        if self.ended:
            return "ENDED"
        if self._released and state == "paused":
            return "RUNNING"
        if state == "paused":
            return "STEPPING" if self._stepping else "PAUSED"
        return state.upper()

    @property
    def ended(self) -> bool:
        """The run is over and everything it said has been taken in."""
        return self._ended is not None or (self.snapshot.state == "ended" and not self._held)

    @property
    def exit_code(self) -> int | None:
        """The code that the run ended with; None before."""
        if self._ended is not None:
            return self._ended.code
        return self.snapshot.exit_code if self.snapshot.state == "ended" else None

    @property
    def report(self) -> str:
        """Why it ended so, for a person; "" where there is nothing to say."""
        return self._ended.report if self._ended is not None else self.snapshot.report

    @property
    def held(self) -> bool:
        """The run waits for a person."""
        return self.snapshot.state == "paused" and not self._released and not self.ended

    @property
    def flooded(self) -> bool:
        """Calls go by faster than anyone can read rows."""
        return self.rate > FLOOD_RATE and not self.held and not self.ended

    def status(self) -> Status:
        """The facts of the top line."""
        calls = max(self.calls.highest, sum(now.calls for now in self.traffic.values()))
        return Status(
            app=self.app.name,
            mode=self.mode,
            code=self.exit_code,
            steps=self.snapshot.steps,
            calls=calls,
            rate=self.rate,
            lost=self.lost,
            pending=len(self.snapshot.pending),
        )

    # -- what a person can do -------------------------------------------------------------------------

    def pause(self) -> None:
        """Holds the run after the delivery that is under way; the next tick shows it held."""
        self._stepping = self._released = False
        self.session.pause()
        self.session.fresh_snapshot(OBEYED_S)

    def resume(self) -> None:
        """Lets the run go on by itself."""
        self._stepping = False
        self._released = True
        self.session.resume()

    def release(self) -> None:
        """Shows the run as running already: what is drawn before `resume` has the processor to itself."""
        self._released = True

    def step(self) -> None:
        """Delivers one, the scheduler's next."""
        self._stepping, self._released = True, False
        self.session.step()

    def deliver(self, number: int) -> None:
        """Delivers this pending one next."""
        self._stepping = True
        self.session.deliver(number)

    def close(self, timeout: float = 2.0) -> None:
        """Ends the run and waits for its thread; blocks, so not for the UI's thread."""
        self.session.stop()
        self.session.wait(timeout)

    # -- inside ---------------------------------------------------------------------------------------

    def _fold(self, up_to: int) -> bool:
        folded = False
        deadline = self._clock() + self._budget_s
        held = self._held
        folders = self._folders
        while True:
            if not held:
                events, lost = self._stream.drain(FOLD_CHUNK)
                if lost:
                    self.lost += lost
                    folded = True
                if not events:
                    return folded
                if events[-1].seq <= up_to:
                    for event in events:
                        folders[type(event)](event)
                    folded = True
                    if self._clock() > deadline:
                        return folded
                    breathe()
                    continue
                held.extend(events)
            while held and (held[0].seq <= up_to or self._held_ticks > HELD_TICKS):
                event = held.popleft()
                folders[type(event)](event)
                folded = True
            if held:
                # Counted per event: under load there is always some event that the snapshot is too old for.
                self._held_ticks = self._held_ticks + 1 if held[0].seq == self._held_seq else 1
                self._held_seq = held[0].seq
                return folded
            self._held_ticks = 0
            if self._clock() > deadline:
                return folded

    def _end(self, event: RunEnded) -> None:
        self._ended = event

    def _warm(self, snapshot: Snapshot) -> bool:
        """Lights the edges that calls crossed since the last tick; while the run is held they stay lit."""
        before = self.traffic
        self.traffic = traffic(snapshot.edges)
        changed = False
        crossed = {
            pair: now
            for pair, now in self.traffic.items()
            if now.calls > (was := before.get(pair, Traffic(0, 0))).calls or now.errors > was.errors
        }
        # A step answers "what moved just now": the next one puts the light of the last one out.
        if self.heat and (crossed or snapshot.state != "paused"):
            fade = HEAT if snapshot.state == "paused" else 1
            cooled = {pair: heat - fade if heat > 0 else heat + fade for pair, heat in self.heat.items()}
            self.heat = {
                pair: heat for pair, heat in cooled.items() if heat and (heat > 0) == (self.heat[pair] > 0)
            }
            changed = True
        for pair, now in crossed.items():
            failed = now.errors > before.get(pair, Traffic(0, 0)).errors
            self.heat[pair] = -HEAT if failed else HEAT
            changed = True
        return changed

    def _measure(self, snapshot: Snapshot) -> None:
        """Calls a second, over about the last second of the session's own clock."""
        rates = self._rates
        calls = sum(now.calls for now in self.traffic.values())
        if snapshot.time_ns > rates[-1][0]:
            rates.append((snapshot.time_ns, calls))
        while len(rates) > 2 and rates[1][0] <= snapshot.time_ns - RATE_WINDOW_NS:
            rates.popleft()
        (start, first), (end, last) = rates[0], rates[-1]
        # A run shorter than the window is measured against the whole of it: no wild first numbers.
        self.rate = (last - first) * 1e9 / max(end - start, RATE_WINDOW_NS) if end > start else 0.0
