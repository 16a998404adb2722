"""The Session: commands in from any thread, events and snapshots out. See the package docstring."""

from __future__ import annotations

import atexit
import gc
import threading
import traceback
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from queue import Empty, SimpleQueue

from parigot.app import App, GuestSpec
from parigot.errors import DescriptorError, UsageError
from parigot.guests import AnyModule, ModuleLoader
from parigot.session import attach
from parigot.session.events import Event
from parigot.session.loop import Loop
from parigot.session.reporter import Reporter, event_of
from parigot.session.supervisor import Phase
from parigot.session.views import Snapshot
from parigot.trace import EventStream
from parigot.wasm import Engine

DEFECT = 70
"""Exit code when the runtime itself failed (EX_SOFTWARE of sysexits.h)."""

_COLLECT_EVERY = 20_000  # allocations
_LAST_WAIT_S = 5.0
_COMMANDS_EVERY = 16  # turns; a busy loop looks for commands that often

Command = Callable[[], None]


class Session:
    """One run of an app.

    Args:
        app: the app.
        programs: names of the programs to run; none takes the app's default.
        paused: hold the run before the first delivery.

    Raises:
        UsageError: a program that the app does not have.
    """

    def __init__(self, app: App, *, programs: Sequence[str] = (), paused: bool = False) -> None:
        self.app = app
        self.programs = choose_programs(app, programs)
        self._paused = paused
        self._reporter = Reporter()
        self._commands: SimpleQueue[Command] = SimpleQueue()
        self._loop: Loop | None = None
        self._thread: threading.Thread | None = None
        self._ended = threading.Event()
        self._snapshot = Snapshot(0, 0, "starting", 0, (), (), (), None, (), None, "")
        self._wanted = True
        self.exit_code: int | None = None
        self.report = ""

    def subscribe(
        self,
        *,
        calls: bool = True,
        capacity: int = 100_000,
        on_ready: Callable[[], None] | None = None,
    ) -> EventStream[Event]:
        """A new stream of this run's events; before `start`. See `EventStream` for the arguments."""
        if self._thread is not None:
            raise RuntimeError("subscribe before start")
        stream: EventStream[Event] = EventStream(capacity, on_ready, event_of)
        self._reporter.subscribe(stream, calls=calls)
        return stream

    def start(self) -> None:
        """Loads the modules and starts the run.

        Raises:
            ModuleError: a guest's module cannot be loaded.
        """
        self._loop = loop = load(self.app, self.programs, self._reporter)
        loop.on_show = lambda: self._publish(loop)
        # Calls make many objects that live as long as streams keep them, and no cycles: with Python's own
        # threshold the collector would look at them every few hundred allocations and find nothing.
        gc.set_threshold(_COLLECT_EVERY, *gc.get_threshold()[1:])
        if self._paused:
            self._loop.pause()
        self._thread = threading.Thread(target=self._main, name="parigot-loop", daemon=True)
        attach.trace(self._thread)
        # The interpreter must not go down while guests run on stacks of their own.
        atexit.register(self.close)
        self._thread.start()

    def close(self) -> None:
        """Ends the run at once and waits for the loop's end; does nothing after the end."""
        if self._thread is not None and not self._ended.is_set():
            self._command(lambda loop: loop.supervisor.abort())
            self._thread.join(_LAST_WAIT_S)
        atexit.unregister(self.close)

    # --- commands -------------------------------------------------------------------------------------

    def pause(self) -> None:
        """Holds the run between two deliveries."""
        self._command(lambda loop: loop.pause())

    def resume(self) -> None:
        """Lets the run go on."""
        self._command(lambda loop: loop.resume())

    def step(self) -> None:
        """Hands out one delivery; pauses first if need be. With none pending, the next timer fires."""
        self._command(lambda loop: loop.step())

    def deliver(self, number: int) -> None:
        """Hands out the pending delivery `number` (`PendingView.number`) next."""
        self._command(lambda loop: loop.choose(number))

    def stop(self) -> None:
        """Ends the run, with time to clean up; a second call ends it at once."""
        self._command(lambda loop: loop.stop())

    def wait(self, timeout: float | None = None) -> bool:
        """Waits for the end of the run; False when `timeout` seconds were over first."""
        return self._ended.wait(timeout)

    def snapshot(self) -> Snapshot:
        """The latest picture, at once. It marks that a new one is wanted."""
        self._wanted = True
        return self._snapshot

    def fresh_snapshot(self, timeout: float = 5.0) -> Snapshot:
        """A picture made now: everything before this call is in it. After `timeout` seconds the latest."""
        made = threading.Event()

        def make(loop: Loop) -> None:
            self._publish(loop)
            made.set()

        if not self._ended.is_set() and self._thread is not None:
            self._command(make)
            pause = min(timeout, 0.05)
            for _ in range(max(1, int(timeout / 0.05))):
                if made.wait(pause) or self._ended.is_set():
                    break
        return self._snapshot

    def _command(self, action: Callable[[Loop], None]) -> None:
        loop = self._loop
        if loop is not None:
            self._commands.put(lambda: action(loop))

    # --- the loop thread ------------------------------------------------------------------------------

    def _main(self) -> None:
        loop = self._loop
        assert loop is not None
        try:
            loop.start()
            self._run(loop)
        except Exception as error:  # noqa: BLE001 - whatever it is, front ends must hear of the end
            text = "".join(traceback.format_exception(error))
            self._reporter.runtime_line("error", f"defect in the runtime:\n{text}", loop.clock.now_ns())
            self._finish(loop, DEFECT, f"defect in the runtime: {error!r}\n{text}")
            self._reporter.run_ended(DEFECT, self.report, loop.clock.now_ns())
        finally:
            self._ended.set()

    def _run(self, loop: Loop) -> None:
        commands = self._commands
        supervisor = loop.supervisor
        while True:
            moved = loop.turns(_COMMANDS_EVERY)
            if supervisor.phase is Phase.ENDED:
                break
            if self._wanted or not moved:
                self._publish(loop)
            try:
                if moved:
                    while True:
                        commands.get_nowait()()
                wait = loop.wait_ns()
                commands.get(timeout=None if wait is None else wait / 1e9)()
            except Empty:
                continue
        self._finish(loop, supervisor.exit_code or 0, supervisor.report)

    def _finish(self, loop: Loop, code: int, report: str) -> None:
        self.exit_code = code
        self.report = report
        self._publish(loop)

    def _publish(self, loop: Loop) -> None:
        self._wanted = False
        self._snapshot = loop.picture(self.exit_code, self.report)


def choose_programs(app: App, names: Sequence[str]) -> tuple[str, ...]:
    """The programs to run: those named, else the app's default ones.

    Raises:
        UsageError: the app has no such program.
    """
    known = [spec.name for spec in app.programs]
    for name in names:
        if name not in known:
            close = get_close_matches(name, known, 1)
            hint = f"did you mean {close[0]}?" if close else f"its programs are: {', '.join(known) or 'none'}"
            raise UsageError(f"{app.name} has no program {name!r}", path=app.path, hint=hint)
    return tuple(names) or app.default_programs


def load(app: App, programs: Sequence[str], reporter: Reporter) -> Loop:
    """Everything that a run of `programs` may need, loaded and ready to start.

    Raises:
        ModuleError: a module cannot be loaded.
        DescriptorError: there is nothing to run.
    """
    chosen: list[GuestSpec] = [*app.services, *(spec for spec in app.programs if spec.name in programs)]
    if not chosen:
        raise DescriptorError("the app has no guests to run", path=app.path)
    engine = Engine()
    loader = ModuleLoader(engine)
    modules: list[tuple[GuestSpec, AnyModule]] = [(spec, _module(app, loader, spec)) for spec in chosen]
    return Loop(app, programs, engine, modules, reporter)


def _module(app: App, loader: ModuleLoader, spec: GuestSpec) -> AnyModule:
    if spec.python is None:
        return loader.load(spec.wasm)
    from parigot.guests.pythonmodule import PythonModule  # not every app has guests in Python

    return PythonModule(spec.python.path, spec.python.name, app.root)


__all__ = ["Session"]
