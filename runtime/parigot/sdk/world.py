"""What surrounds a guest in Python, whoever runs it: time, chance, arguments, and where its words go."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

Syscall = Callable[[str, bytes], bytes]
"""`syscall("dispatch_", request)` is a call of the kernel and returns its response; it raises `KernelError`.
`syscall("read_one_", request)` returns at once and means that the guest waits from now on: the event comes
by `Driver.deliver`, and so does the end of its timeout, as `envelope.TIMED_OUT`."""


class World(Protocol):
    """The surroundings of one guest.

    Attributes:
        name: the guest's name in the run.
        args: its arguments.
        environ: its environment; HOSTID_HIGH and HOSTID_LOW are its own host id.
    """

    name: str
    args: tuple[str, ...]
    environ: Mapping[str, str]

    def write(self, stream: str, text: str) -> None:
        """Text for "stdout" or "stderr"."""
        ...

    def clock_ns(self) -> int:
        """A clock that never goes back, ns."""
        ...

    def wall_ns(self) -> int:
        """The time of day, ns since 1970."""
        ...

    def random_bytes(self, count: int) -> bytes:
        """Randomness."""
        ...


class SystemWorld:
    """The surroundings of a guest that has an interpreter for itself: those of the process, which in a wasm
    guest is the host's own clock, chance, arguments and environment.
    """

    def __init__(self) -> None:
        import os
        import sys

        self.name = sys.argv[0] if sys.argv else ""
        self.args = tuple(sys.argv[1:])
        self.environ: Mapping[str, str] = dict(os.environ)

    def write(self, stream: str, text: str) -> None:
        """See `World`."""
        import sys

        out = sys.stdout if stream == "stdout" else sys.stderr
        out.write(text)
        out.flush()

    def clock_ns(self) -> int:
        """See `World`."""
        import time

        return time.monotonic_ns()

    def wall_ns(self) -> int:
        """See `World`."""
        import time

        return time.time_ns()

    def random_bytes(self, count: int) -> bytes:
        """See `World`."""
        import os

        return os.urandom(count)
