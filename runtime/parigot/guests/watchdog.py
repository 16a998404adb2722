"""Ends Python guests that run for too long: a thread looks at them now and then, and costs them nothing.

A guest that is condemned gets an exception at its next step in Python code, but never within the runtime's
own code: a call of the kernel is done in full or not at all. So both sides say what they are about to do
before they look at what the other one does; where they meet, a lock keeps them apart. Python code cannot be
ended while it is in C code, such as a long `time.sleep`; it is when that returns.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from types import FrameType
from typing import Any, Protocol
from weakref import WeakSet

from parigot.wasm.interrupt import raise_in

_LOOK_EVERY_S = 0.05
_OURS = os.path.dirname(os.path.dirname(__file__)) + os.sep  # all of the runtime


class Condemned(BaseException):
    """The guest has run for too long. Not an Exception: guests are not to catch it."""


class _Over(BaseException):
    """Comes last, and is caught where it is asked for."""


class _Insistent(Condemned):
    """For a guest that has caught the first one: raised once more in the frame that catches this one."""

    def __init__(self) -> None:
        super().__init__()
        frame = sys._getframe(1)
        while frame is not None:
            if not frame.f_code.co_filename.startswith(_OURS):
                frame.f_trace = _strike
            frame = frame.f_back  # type: ignore[assignment]
        sys.settrace(_ignore)  # without one, frames are not traced


def _strike(frame: FrameType, event: str, argument: Any) -> None:
    # At the next line of the guest: that of its handler, which no longer protects itself.
    raise Condemned


def _ignore(frame: FrameType, event: str, argument: Any) -> None:
    return None


class Watched(Protocol):
    """A guest that may run for too long."""

    limit_ns: int
    """How long it may run without a break; 0 for ever."""


class Turns:
    """The turns of guests in one thread.

    Attributes:
        guest: the guest that runs now.
        number: of the turn, counted from 1.
        inside: the guest is in the runtime's code; it must not be disturbed there.
        condemned: the turn that has to end.
    """

    def __init__(self) -> None:
        self.guest: Watched | None = None
        self.number = 0
        self.inside = False
        self.condemned = 0
        self._thread = threading.get_ident()
        self._lock = threading.Lock()
        self._seen = 0
        self._shot = 0  # the last turn that an exception was raised in
        self._since = 0
        clock = getattr(time, "pthread_getcpuclockid", None)
        self._clock: int | None = clock(self._thread) if clock is not None else None

    def enter(self) -> None:
        """The guest comes into the runtime's code. `inside = False` ends it.

        Raises:
            Condemned
        """
        self.inside = True
        if self.condemned == self.number:
            self.inside = False
            self.settle()
            raise Condemned

    def settle(self) -> None:
        """A condemned turn is over: no exception is on its way any more."""
        # Another exception takes the place of the one that may be on its way, and is waited for. Taking it
        # back would be less work, but leaves the interpreter looking for it for ever, in every thread.
        over = False
        while not over:
            try:
                with self._lock:
                    raise_in(self._thread, _Over)
                while True:
                    pass
            except _Over:
                over = True
            except Condemned:
                continue
        if sys.gettrace() is _ignore:
            sys.settrace(None)

    def look(self) -> None:
        """Condemns the turn if it has taken too long; called by the watchdog."""
        guest, number = self.guest, self.number
        if guest is None:
            return
        now = self._now()
        if number != self._seen:
            self._seen, self._since = number, now
        elif guest.limit_ns and now - self._since > guest.limit_ns:
            with self._lock:
                self.condemned = number
                if self.guest is guest and self.number == number and not self.inside:
                    again = self._shot == number
                    self._shot = number
                    raise_in(self._thread, _Insistent if again else Condemned)

    def _now(self) -> int:
        """What the thread has computed; time that it stands in a debugger does not count."""
        return time.monotonic_ns() if self._clock is None else time.clock_gettime_ns(self._clock)


class _Here(threading.local):
    turns: Turns | None = None


_here = _Here()
_all: WeakSet[Turns] = WeakSet()  # they live as long as their threads
_guests = 0
_changed = threading.Condition()
_thread: threading.Thread | None = None


def turns() -> Turns:
    """Those of the calling thread."""
    found = _here.turns
    if found is None:
        found = _here.turns = Turns()
        _all.add(found)
    return found


def hold() -> None:
    """One more guest is there to be looked at."""
    global _guests, _thread
    with _changed:
        _guests += 1
        if _thread is None:
            _thread = threading.Thread(target=_watch, name="parigot-watchdog", daemon=True)
            _thread.start()
        _changed.notify()


def release() -> None:
    """A guest has ended."""
    global _guests
    with _changed:
        _guests -= 1


def _watch() -> None:
    while True:
        with _changed:
            while _guests == 0:
                _changed.wait()
        time.sleep(_LOOK_EVERY_S)
        for found in tuple(_all):
            found.look()
