"""A bounded stream of events from the loop thread to one reader in another thread.

The writer never waits. When the reader is slow the oldest events are dropped and counted: what a slow
front end loses is display, never recorded data.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class EventStream(Generic[T]):
    """Events from one writer to one reader.

    Args:
        capacity: events kept for the reader at most.
        on_ready: called in the writer's thread when the stream stops being empty; must return at once.
        decode: makes an event of an item, in the reader's thread and only for what is read: a busy writer
            need not make events that nobody may look at.
    """

    def __init__(
        self,
        capacity: int = 100_000,
        on_ready: Callable[[], None] | None = None,
        decode: Callable[[Any], T] | None = None,
    ) -> None:
        self._decode = decode
        self._events: deque[Any] = deque(maxlen=capacity)
        self._capacity = capacity
        self._on_ready = on_ready
        self._written = 0
        self._taken = 0
        self._awake = threading.Event()
        self._idle = True
        self.closed = False

    def push(self, event: T) -> None:
        """Adds an event (writer only). Never blocks."""
        self._events.append(event)
        self._written += 1
        if self._idle:
            self._wake()

    def push_numbered(self, first: int, items: Sequence[object]) -> None:
        """Adds `(number, item)` for each item, counted from `first`, for `decode` (writer only)."""
        if not items:
            return
        size = len(items)
        self._events.extend(zip(range(first, first + size), items, strict=True))
        self._written += size
        if self._idle:
            self._wake()

    def close(self) -> None:
        """No more events will come (writer only); `wait` returns from now on."""
        self.closed = True
        self._wake()

    def _wake(self) -> None:
        self._idle = False
        self._awake.set()
        if self._on_ready is not None:
            self._on_ready()

    def drain(self, limit: int | None = None) -> tuple[list[T], int]:
        """Takes what is there (reader only).

        Args:
            limit: take at most that many; None takes all.

        Returns:
            (events in order, number of events lost since the last drain: before the first of these, and
            between them where the writer overtook us while we took them)
        """
        self._awake.clear()
        self._idle = True  # before taking: an event pushed from here on wakes us again
        taken: list[Any] = []
        events = self._events
        # The events there now, not those that come while we take: a fast writer must not hold us here.
        for _ in range(len(events) if limit is None else min(limit, len(events))):
            taken.append(events.popleft())
        # What was written and is neither taken nor still there was pushed out by newer events. Read in this
        # order a concurrent push can only make the count too small, and the next drain puts that right.
        written = self._written
        left = len(events)
        lost = max(0, written - self._taken - len(taken) - left)
        self._taken += len(taken) + lost
        if left and self._idle:
            self._idle = False
            self._awake.set()
        decode = self._decode
        return taken if decode is None else [decode(item) for item in taken], lost

    def wait(self, timeout: float | None = None) -> bool:
        """Blocks until there is something to drain or the stream is closed (reader only).

        Returns:
            False when `timeout` seconds passed with nothing.
        """
        if self._events or self.closed:
            return True
        return self._awake.wait(timeout)
