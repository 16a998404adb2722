"""A service or program in Python that runs in this process, on the loop beside the wasm guests.

It makes the same calls of the kernel with the same ids, limits and log. What it cannot have is a memory of
its own, and it cannot be interrupted for a while: it runs until it waits.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from threading import current_thread, main_thread

from parigot.app import Limits
from parigot.errors import KernelErr, KernelError
from parigot.guests import streams, watchdog
from parigot.guests.host import Host
from parigot.guests.privatemodules import PrivateModules, running
from parigot.guests.streams import printing
from parigot.guests.watchdog import Condemned
from parigot.sdk.driver import Driver
from parigot.sdk.envelope import TIMED_OUT
from parigot.sdk.log import report
from parigot.sdk.service import Guest
from parigot.wasm import Exited, Outcome, Trapped

_ENVELOPE = 1024  # bytes that ids and tags may add to the largest message
_NS_PER_MS = 1_000_000


class PythonGuest:
    """One instance of a class; see `AnyGuest`.

    Args:
        kind: the class, of `modules`.
        early: what its files printed while they were loaded: (stream, text).
        host: the world it runs in.
        name: unique in the run.
        args, environ: what it is told.
    """

    knows_exit = True
    memory_bytes = 0

    def __init__(
        self,
        kind: type[Guest],
        modules: PrivateModules,
        early: list[tuple[str, str]],
        host: Host,
        name: str,
        *,
        args: tuple[str, ...],
        environ: tuple[tuple[str, str], ...],
        limits: Limits,
    ) -> None:
        self.name = name
        self.args = args
        self.environ: Mapping[str, str] = dict(environ)
        self.message_limit = limits.message_kb << 10
        self.largest_request = self.buffer_size = self.message_limit + _ENVELOPE
        self.limit_ns = limits.startup_ms * _NS_PER_MS
        self.blocked = False
        self.outcome: Outcome | None = None
        self._kill_ns = limits.method_kill_ms * _NS_PER_MS
        self._kind = kind
        self._modules = modules
        self._early = early
        self._host = host
        self._kernel_call = host.kernel_call
        self._read_one = host.read_one
        self._driver: Driver | None = None
        self._turns = watchdog.turns()
        self._event: bytes | None = None
        self._condemned = False
        self._dropped = False
        self._failure: list[str] = []
        streams.hold()
        watchdog.hold()

    # --- for the session; see AnyGuest ----------------------------------------------------------------

    def start(self) -> None:
        """See `AnyGuest`."""

    def poll(self) -> bool:
        """See `AnyGuest`. A guest that was ended for running too long neither blocks nor ends any more."""
        if self._condemned:
            return False
        turns = self._turns = watchdog.turns()
        try:
            self._begin(turns)
            try:
                driver = self._driver
                if driver is None:
                    driver = self._started()
                else:
                    event, self._event = self._event, None
                    driver.deliver(event or TIMED_OUT)
            finally:
                self._end(turns)
        except Condemned:
            turns.guest = None
            self._condemned = True
            self.blocked = False
            self._end(turns)
            return False
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt) and current_thread() is main_thread():
                raise  # not the guest's: a person ends a dry run
            self.outcome = Trapped(f"{type(error).__name__}: {error}")
            self._failure = report(error)
            return True
        if driver.exit_code is None:
            return False
        self.outcome = Exited(driver.exit_code)
        return True

    def give_event(self, event: bytes) -> None:
        """See `AnyGuest`."""
        self._event = event

    def time_out(self) -> None:
        """See `AnyGuest`."""
        self._event = TIMED_OUT

    def wake(self) -> None:
        """It never sleeps but in read_one."""

    def report(self) -> list[str]:
        """See `AnyGuest`."""
        return [self._failure[-1], *self._failure[:-1]]

    def drop(self) -> None:
        """See `AnyGuest`. Coroutines that wait are closed: their `finally` blocks run, without the kernel."""
        if self._dropped:
            return
        self._dropped = True
        turns = self._turns = watchdog.turns()
        try:
            if self._driver is not None:
                self.limit_ns = self._kill_ns
                self._begin(turns)
                try:
                    self._driver.close()
                finally:
                    self._end(turns)
        except Condemned:
            turns.guest = None
            self._end(turns)
        except BaseException:  # noqa: BLE001 - nothing of the guest's may harm the run, and it is over
            pass
        finally:
            self._driver = None
            self._modules.forget()
            streams.release()
            watchdog.release()

    # --- turns ----------------------------------------------------------------------------------------

    def _begin(self, turns: watchdog.Turns) -> None:
        self.blocked = False
        self._modules.use()
        running.modules = self._modules
        if type(sys.stdout) is not streams.GuestStream:
            streams.renew()
        printing.guest = self
        turns.number += 1
        turns.guest = self

    def _end(self, turns: watchdog.Turns) -> None:
        turns.guest = None
        turns.inside = False
        if turns.condemned == turns.number:
            turns.settle()
        printing.guest = None
        running.modules = None

    def _started(self) -> Driver:
        for stream, text in self._early:
            self._host.write(stream, text.encode(errors="replace"))
        self._early = []
        driver = self._driver = Driver(self._syscall, self._kind, self)
        driver.start()
        return driver

    # --- for the driver; see sdk.world ----------------------------------------------------------------

    def _syscall(self, operation: str, request: bytes) -> bytes:
        turns = self._turns
        turns.inside = True
        if turns.condemned == turns.number:
            turns.enter()
        try:
            if self._dropped:
                raise KernelError(KernelErr.ClosedErr, "this guest has ended")
            if operation == "read_one_":
                self._read_one(request)
                self.limit_ns = self._kill_ns
                self.blocked = True
                return b""
            if len(request) > self.largest_request:
                reason = f"a request of {len(request)} bytes; the limit is {self.message_limit}"
                raise KernelError(KernelErr.DataTooLarge, reason)
            return self._kernel_call(operation, request)
        except KernelError as error:
            if not self._dropped:
                self._host.refused(operation, error)
            raise KernelError(error.code, error.reason) from None
        finally:
            turns.inside = False

    def write(self, stream: str, text: str) -> None:
        """See `World`."""
        turns = self._turns
        turns.enter()
        try:
            self._host.write(stream, text.encode(errors="replace"))
        finally:
            turns.inside = False

    def clock_ns(self) -> int:
        """See `World`."""
        return self._host.clock_ns()

    def wall_ns(self) -> int:
        """See `World`."""
        return self._host.wall_ns()

    def random_bytes(self, count: int) -> bytes:
        """See `World`."""
        return self._host.random_bytes(count)
