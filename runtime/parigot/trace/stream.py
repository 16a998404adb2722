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
        # (place of its first event among all that were written, number of its first item or None, items)
        self._chunks: deque[tuple[int, int | None, Sequence[Any]]] = deque()
        self._capacity = capacity
        self._on_ready = on_ready
        self._written = 0
        self._taken = 0  # every place before this one was taken or told as lost
        self._awake = threading.Event()
        self._idle = True
        self.closed = False

    def push(self, event: T) -> None:
        """Adds an event (writer only). Never blocks."""
        self._add(None, (event,))

    def push_numbered(self, first: int, items: Sequence[object]) -> None:
        """Adds `(number, item)` for each item, counted from `first`, for `decode` (writer only).

        Args:
            items: not to be changed any more. They are dropped together, and kept while one of them is
                within the capacity.
        """
        if items:
            self._add(first, items)

    def _add(self, first: int | None, items: Sequence[Any]) -> None:
        chunks = self._chunks
        chunks.append((self._written, first, items))
        self._written = written = self._written + len(items)
        # Nobody counts what is dropped: the reader sees the gap in the places. So it does no harm that it
        # may take the oldest chunk between our look and our grasp, which then falls on the next one.
        try:
            while written - chunks[0][0] - len(chunks[0][2]) >= self._capacity:
                chunks.popleft()
        except IndexError:
            pass
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
        chunks, decode = self._chunks, self._decode
        taken: list[Any] = []
        lost = 0
        # The chunks there now, not those that come while we take: a fast writer must not hold us here.
        for _ in range(len(chunks)):
            room = len(chunks) if limit is None else limit - len(taken)
            if room <= 0:
                break
            try:
                place, first, items = chunks.popleft()
            except IndexError:  # the writer has dropped it
                break
            if limit is not None and len(items) > room:
                rest = None if first is None else first + room
                chunks.appendleft((place + room, rest, items[room:]))
                items = items[:room]
            lost += place - self._taken
            self._taken = place + len(items)
            told = items if first is None else zip(range(first, first + len(items)), items, strict=True)
            taken.extend(told if decode is None else map(decode, told))
        # With nothing left, what was written until now and has not come was dropped.
        written = self._written
        try:
            place = chunks[0][0]
        except IndexError:
            place = written
        else:
            if self._idle:
                self._idle = False
                self._awake.set()
        lost += place - self._taken
        self._taken = place
        return taken, lost

    def wait(self, timeout: float | None = None) -> bool:
        """Blocks until there is something to drain or the stream is closed (reader only).

        Returns:
            False when `timeout` seconds passed with nothing.
        """
        if self._chunks or self.closed:
            return True
        return self._awake.wait(timeout)
