"""A wasm guest: a fiber, and what it is blocked in."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from parigot.errors import KernelErr
from parigot.guests.host import Host
from parigot.guests.traps import trap_report
from parigot.wasm import Engine, Fiber, Memory, NoMemory, Outcome, Trapped

if TYPE_CHECKING:
    from parigot.guests.module import GuestModule

DEFAULT_BUFFER = 4096
LARGEST_BUFFER = 16 << 20
RECEIVE_BUFFER_SIZE = "parigot_receive_buffer_size"
_NO_ERROR = bytes(4)
_ENVELOPE = 1024  # bytes that ids and tags may add to the largest message
ABI_MARK = "parigot_abi"


class WasmGuest:
    """One instance of a guest module.

    Args:
        host: the world it runs in.
        name: unique in the run; also its argv[0].
        args, environ: what WASI tells it.
        message_limit: bytes of the largest request it may pass to any call.
        memory_limit: bytes of linear memory at most.

    Attributes:
        largest_request: bytes that it may pass to any call: a message and what belongs to the call.
        buffer_size: bytes of the largest event it can take; known once it has started.
        memory: its linear memory; empty before its instance is there and after its end.
        knows_exit: it exports `parigot_abi` and so understands exit events; known once it has started.
    """

    def __init__(
        self,
        engine: Engine,
        module: GuestModule,
        host: Host,
        name: str,
        *,
        args: tuple[str, ...],
        environ: tuple[tuple[str, str], ...],
        message_limit: int,
        memory_limit: int,
    ) -> None:
        self.host = host
        self.name = name
        self.module = module
        self.argv = tuple(text.encode() + b"\0" for text in (name, *args))
        self.environ = tuple(f"{key}={value}".encode() + b"\0" for key, value in environ)
        self.message_limit = message_limit
        self.largest_request = message_limit + _ENVELOPE
        self.buffer_size = DEFAULT_BUFFER
        self.knows_exit = False
        self._fiber = Fiber(engine, module.module, self, memory_limit)
        self.poll: Callable[[], bool] = self._fiber.poll
        """Runs it until it blocks, has used up a slice, or ends (True)."""
        self.memory: Memory = NoMemory()
        # Looked up once: they are called for every event.
        self.kernel_call = host.kernel_call
        self.wait_for_event = host.read_one
        self.last_read_one: tuple[tuple[int, ...], bytes] = (), b""
        """Arguments and request of its last read_one that was found right."""
        self._resume = self._fiber.resume
        self._out = 0
        self._error = 0
        self._wake_events: list[tuple[int, bytes]] = []
        self._wake_out = (0, 0)

    def start(self) -> None:
        """Prepares the guest; the first `poll` runs it."""
        self._fiber.start()

    def instance_ready(self, fiber: Fiber) -> None:
        """Called by the fiber when the instance is there and before `_start` runs."""
        self.memory = fiber.memory
        if self.module.module.has_constant(RECEIVE_BUFFER_SIZE):
            said = fiber.constant(RECEIVE_BUFFER_SIZE)
            self.buffer_size = min(max(said, DEFAULT_BUFFER), LARGEST_BUFFER)
        self.knows_exit = self.module.module.has_constant(ABI_MARK) and fiber.constant(ABI_MARK) == 1

    @property
    def memory_bytes(self) -> int:
        """Its linear memory's size now; 0 before it is there."""
        return self.memory.size

    @property
    def blocked(self) -> bool:
        """It waits for an event, a timeout or the end of a sleep."""
        return self._fiber.blocked

    @property
    def outcome(self) -> Outcome | None:
        """How it ended, once it has."""
        return self._fiber.outcome

    @property
    def defect(self) -> BaseException | None:
        """An error of the host itself that ended it, if any."""
        return self._fiber.defect

    def report(self) -> list[str]:
        """See `AnyGuest`."""
        outcome = self.outcome
        lines = trap_report(self.module, outcome) if isinstance(outcome, Trapped) else [""]
        if self.defect is not None:
            lines[0] = f"defect in the runtime: {self.defect!r}"
        return lines

    def drop(self) -> None:
        """Ends it wherever it is."""
        self.memory = NoMemory()
        self._fiber.drop()

    # --- answers to what it is blocked in -------------------------------------------------------------

    def expect_event(self, out: int, error: int) -> None:
        """It is blocked in read_one; the event goes to `out`."""
        self._out = out
        self._error = error

    def give_event(self, event: bytes) -> None:
        """Its read_one returns this event, of `buffer_size` bytes at most."""
        out, error = self._out, self._error
        view = self.memory.view  # within bounds: see abi._read_one
        size = len(event)
        view[out : out + size] = event
        view[error : error + 4] = _NO_ERROR
        self._resume(size << 32 | out)

    def refuse(self, code: KernelErr) -> None:
        """Its read_one returns an error."""
        self.memory.write_u32(self._error, code)
        self._fiber.resume(0)

    def time_out(self) -> None:
        """Its read_one ends with ReadOneTimeout."""
        self.refuse(KernelErr.ReadOneTimeout)

    def expect_wake(self, events: list[tuple[int, bytes]], out: int, count_out: int) -> None:
        """It sleeps in poll_oneoff: `events` are (deadline in ns of the session clock, WASI event)."""
        self._wake_events = events
        self._wake_out = (out, count_out)

    def wake(self) -> None:
        """Its sleep is over: those clock events are told that are due."""
        now = self.host.clock_ns()
        due = [event for deadline, event in self._wake_events if deadline <= now]
        out, count_out = self._wake_out
        if self._wake_events:
            due = due or [min(self._wake_events)[1]]
            self.memory.write(out, b"".join(due))
            self.memory.write_u32(count_out, len(due))
        self._wake_events = []
        self._fiber.resume(0)
