"""Deadlines of guests: the end of a wait or of a sleep, on the session clock."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import Generic, TypeVar

T = TypeVar("T")


class Timers(Generic[T]):
    """A heap of (deadline, owner, token). A deadline counts only while `token` is still the owner's
    current one, so nothing has to be searched when a wait ends early; stale ones are dropped when met.
    """

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, T, int]] = []
        self._number = 0

    def add(self, deadline: int, owner: T, token: int) -> None:
        """Wakes `owner` at `deadline`, unless its token has changed by then."""
        self._number += 1
        heappush(self._heap, (deadline, self._number, owner, token))

    def earliest(self) -> tuple[int, T, int] | None:
        """(deadline, owner, token) of the next one; it stays."""
        if not self._heap:
            return None
        deadline, _, owner, token = self._heap[0]
        return deadline, owner, token

    def drop_earliest(self) -> None:
        """Removes the next one."""
        heappop(self._heap)
