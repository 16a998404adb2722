"""One guest of a run: the guest itself, its record in the kernel, and what the loop knows of it.

It is the `Host` of its guest: everything the guest asks for arrives here, on the loop thread, in the midst
of the guest's own run.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from time import perf_counter_ns
from typing import Protocol

from parigot.app import GuestSpec
from parigot.errors import KernelError
from parigot.guests import AnyGuest, AnyModule
from parigot.kernel import Call, Guest, Kernel
from parigot.session.clock import Clock
from parigot.session.guestlog import GuestLine, GuestLog
from parigot.session.timers import Timers
from parigot.wasm import Engine

NS_PER_MS = 1_000_000
_NEVER = 1 << 62


class World(Protocol):
    """What the guests of a run share."""

    kernel: Kernel
    clock: Clock
    engine: Engine
    chance: random.Random
    timers: Timers[RunningGuest]

    def log(self, guest: RunningGuest, lines: list[GuestLine]) -> None:
        """Lines of a guest for the unified log."""
        ...


class RunningGuest:
    """A guest and its bookkeeping.

    Attributes:
        name: unique in the run; replicas are numbered `name#1`, `name#2`, …
        handling: the call it was handed last, for the log and for slow marks.
        busy_ns: how long it has computed since it last blocked.
        marked: this stretch has been reported as slow.
        warn_ns, kill_ns: how long it may run without a break before it is marked slow, and killed.
        token: changes whenever it starts or stops waiting, so that old deadlines are told apart.
        sleeping: it is blocked in a sleep, not in read_one.
        speaks_parigot: it takes part in launching; otherwise it just runs.
        declared: it has blocked in read_one once, so what it requires and exports is known.
    """

    def __init__(self, world: World, spec: GuestSpec, name: str, module: AnyModule, timezone: str) -> None:
        self.spec = spec
        self.name = name
        limits = spec.limits
        self.limits = limits
        message_limit = limits.message_kb << 10
        self.record: Guest = world.kernel.add_guest(
            name,
            group=spec.name,
            replicas=spec.replicas,
            is_program=spec.kind == "program",
            message_limit=message_limit,
            inbox_limit=limits.inbox_messages,
        )
        host_id = self.record.host_id
        environ = (
            ("HOSTID_HIGH", f"{host_id.high:x}"),
            ("HOSTID_LOW", f"{host_id.low:x}"),
            ("TZ", timezone),
            *spec.env,
        )
        self.guest: AnyGuest = module.guest(
            world.engine, self, name, args=spec.args, environ=environ, limits=limits
        )
        self.speaks_parigot = module.speaks_parigot
        self.handling: Call | None = None
        self.busy_ns = 0
        self.marked = False
        self.warn_ns = limits.method_warn_ms * NS_PER_MS if limits.method_warn_ms else _NEVER
        self.kill_ns = limits.method_kill_ms * NS_PER_MS if limits.method_kill_ms else _NEVER
        self.token = 0
        self.sleeping = False
        self.declared = False
        self.gone = False
        self._world = world
        self._kernel = world.kernel
        self._now: Callable[[], int] = world.clock.now_ns
        self._clock = world.clock
        self._moment = world.kernel.moment
        self._calls = world.kernel.calls
        self.poll = self.guest.poll
        self.give_event = self.guest.give_event
        self._log = GuestLog(limits.log_lines_per_s)

    def __repr__(self) -> str:
        return f"<RunningGuest {self.name}>"

    # --- Host -----------------------------------------------------------------------------------------

    def kernel_call(self, operation: str, request: bytes) -> bytes:
        """See `Host`."""
        self._moment.now = perf_counter_ns() - self._clock.origin
        return self._calls[operation](self.record, request)

    def read_one(self, request: bytes) -> None:
        """See `Host`."""
        if not self.declared:
            # What the module says of itself is known only once the instance is there.
            self.record.buffer_size = self.guest.buffer_size
            self.record.knows_exit = self.guest.knows_exit
            self.declared = True
        timeout = self._kernel.read_one(self.record, request)
        self.token += 1
        self.sleeping = False
        if timeout >= 0:
            self._world.timers.add(self._now() + timeout * NS_PER_MS, self, self.token)

    def refused(self, operation: str, error: KernelError) -> None:
        """See `Host`."""
        reason = f"{operation} refused: {error}"
        self._world.log(self, self._log.note("debug", reason, self._now()))

    def sleep_until(self, deadline_ns: int) -> None:
        """See `Host`."""
        self.token += 1
        self.sleeping = True
        self._world.timers.add(deadline_ns, self, self.token)

    def write(self, stream: str, data: bytes) -> None:
        """See `Host`."""
        lines = self._log.write(stream, data, self._now())
        if lines:
            self._world.log(self, lines)

    def clock_ns(self) -> int:
        """See `Host`."""
        return self._now()

    def wall_ns(self) -> int:
        """See `Host`."""
        return self._world.clock.wall_ns()

    def random_bytes(self, count: int) -> bytes:
        """See `Host`."""
        return self._world.chance.randbytes(count)

    # --- for the loop ---------------------------------------------------------------------------------

    def close(self) -> None:
        """It has ended: its last words go to the log, and all that it had is freed."""
        lines = self._log.close()
        if lines:
            self._world.log(self, lines)
        self.gone = True
        self.token += 1
        self.guest.drop()
