"""What Python guests print: `sys.stdout` and `sys.stderr` that know which guest runs in this thread.

Whatever is written while no guest runs, or in another thread, goes where it would have gone anyway.
"""

from __future__ import annotations

import sys
import threading
from typing import Any, Protocol


class Writer(Protocol):
    """Takes what a guest prints."""

    def write(self, stream: str, text: str) -> None:
        """Text for "stdout" or "stderr"."""
        ...


class _Printing(threading.local):
    guest: Writer | None = None


printing = _Printing()
"""`printing.guest` is the guest that runs in this thread, or None."""


class GuestStream:
    """Stands for one of the two streams.

    Args:
        name: "stdout" or "stderr".
        real: what is written to while no guest runs.
    """

    def __init__(self, name: str, real: Any) -> None:
        self._name = name
        self.real = real

    def write(self, text: str) -> int:
        """Writes for the guest that runs, or as ever."""
        guest = printing.guest
        if guest is None:
            return int(self.real.write(text) or 0)
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        guest.write(self._name, text)
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Writes each."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Nothing of a guest's is held back."""
        if printing.guest is None:
            self.real.flush()

    def isatty(self) -> bool:
        """A guest's log is no terminal."""
        return printing.guest is None and bool(self.real.isatty())

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


_users = 0


def hold() -> None:
    """One more guest may print."""
    global _users
    _users += 1
    renew()


def renew() -> None:
    """Puts the streams in place, if someone has replaced them since."""
    for name in ("stdout", "stderr"):
        now = getattr(sys, name)
        if not isinstance(now, GuestStream):
            setattr(sys, name, GuestStream(name, now))


def release() -> None:
    """A guest has ended; after the last one, the streams are what they were."""
    global _users
    _users -= 1
    if _users == 0:
        for name in ("stdout", "stderr"):
            now = getattr(sys, name)
            if isinstance(now, GuestStream):
                setattr(sys, name, now.real)
