"""The session's clock: real while live, and it stands still while a person looks.

Everything that has to do with time in a run (timeouts, sleeps, what guests read) goes by it, so a run that
is held for an hour in step mode times nothing out.
"""

from __future__ import annotations

import time
from time import perf_counter_ns


class Clock:
    """ns since the start of the run, held time left out.

    Attributes:
        origin: on the scale of `perf_counter_ns`; while the clock runs (as it does whenever a guest does)
            the time is what has passed since.
    """

    def __init__(self) -> None:
        self.origin = time.perf_counter_ns()
        self._wall = time.time_ns()
        self._held_at: int | None = None

    def now_ns(self) -> int:
        """The time now."""
        if self._held_at is not None:
            return self._held_at
        return perf_counter_ns() - self.origin

    def wall_ns(self) -> int:
        """The time of day as guests see it, ns since 1970."""
        return self._wall + self.now_ns()

    def hold(self) -> None:
        """Stops the clock."""
        if self._held_at is None:
            self._held_at = self.now_ns()

    def release(self) -> None:
        """Lets it run on from where it was held."""
        if self._held_at is not None:
            self.origin = time.perf_counter_ns() - self._held_at
            self._held_at = None

    def leave_out(self, ns: int) -> None:
        """Takes back time that has passed while a guest stood still in a debugger."""
        self.origin += ns

    def advance_to(self, moment: int) -> None:
        """Jumps forward to `moment`; no step back."""
        ahead = moment - self.now_ns()
        if ahead > 0:
            self.origin -= ahead
            if self._held_at is not None:
                self._held_at = moment
