"""What a guest needs from whoever runs it. The session makes one for each guest; nothing else reaches it."""

from __future__ import annotations

from typing import Protocol

from parigot.errors import KernelError


class Host(Protocol):
    """The world of one guest. All of it is called from within the guest's own run."""

    def kernel_call(self, operation: str, request: bytes) -> bytes:
        """A call of the ABI; raises KernelError."""
        ...

    def read_one(self, request: bytes) -> None:
        """The guest waits: later `give_event` or `time_out` is called on it; raises KernelError."""
        ...

    def refused(self, operation: str, error: KernelError) -> None:
        """A call of the guest ended in an error; for the log."""
        ...

    def sleep_until(self, deadline_ns: int) -> None:
        """The guest sleeps: later `wake` is called on it."""
        ...

    def write(self, stream: str, data: bytes) -> None:
        """The guest wrote to "stdout" or "stderr"."""
        ...

    def clock_ns(self) -> int:
        """The session clock, ns since the start of the run."""
        ...

    def wall_ns(self) -> int:
        """The time of day as guests see it, ns since 1970."""
        ...

    def random_bytes(self, count: int) -> bytes:
        """Randomness for the guest."""
        ...
