"""Growing sequences of which only the newest part is kept, and filtered looks at them.

A run makes rows for as long as it lasts, a studio stays open for days: everything here has a bound. Rows
keep their number for life, so that a cursor or a link to a row stays right while older rows go away.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import Generic, Protocol, TypeVar


class Numbered(Protocol):
    """A row with a number of its own; later rows have higher numbers."""

    @property
    def number(self) -> int: ...


T = TypeVar("T")
R = TypeVar("R", bound=Numbered)


class Window(Generic[T]):
    """The last items of a growing sequence, addressed by their position since the start.

    Args:
        capacity: at least that many of the newest items are kept, at most a quarter more (old items go in
            blocks, so that appending stays cheap).
        on_drop: told each item that goes.
    """

    def __init__(self, capacity: int, on_drop: Callable[[T], None] | None = None) -> None:
        self._items: list[T] = []
        self._capacity = capacity
        self._slack = max(1, capacity // 4)
        self._on_drop = on_drop
        self.first = 0  # position of the oldest item kept

    @property
    def end(self) -> int:
        """One past the position of the newest item."""
        return self.first + len(self._items)

    def append(self, item: T) -> None:
        """Adds the newest item."""
        self._items.append(item)
        if len(self._items) > self._capacity + self._slack:
            self.drop_oldest(self._slack)

    def drop_oldest(self, count: int) -> None:
        """Lets the `count` oldest items go."""
        gone = self._items[:count]
        del self._items[:count]
        self.first += len(gone)
        if self._on_drop is not None:
            for item in gone:
                self._on_drop(item)

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, position: int) -> T:
        index = position - self.first
        if index < 0:
            raise IndexError(f"item {position} is no longer kept")
        return self._items[index]

    def __iter__(self) -> Iterator[T]:
        return iter(self._items)


class Sieve(Generic[R]):
    """The rows of a window that pass a test, kept up to date as the window grows.

    Args:
        window: where the rows come from, with rising numbers.
        accept: the test.
        volatile: a row's answer may change while it is kept, so every update looks at all of them again.
    """

    def __init__(
        self, window: Window[R], accept: Callable[[R], bool] | None = None, volatile: bool = False
    ) -> None:
        self._window = window
        self._accept = accept
        self._volatile = volatile
        self._seen = window.first
        self.rows: list[R] = []

    def update(self) -> int:
        """Takes in what the window got and lost since the last time.

        Returns:
            how many rows went away at the front.
        """
        window = self._window
        oldest = window[window.first].number if len(window) else None
        before = len(self.rows)
        if oldest is None:
            self.rows = []
        else:
            gone = bisect_left(self.rows, oldest, key=lambda row: row.number)
            if gone:
                del self.rows[:gone]
        dropped = before - len(self.rows)
        if self._volatile:
            self.rows = []
            self._seen = window.first
        accept = self._accept
        for position in range(max(self._seen, window.first), window.end):
            row = window[position]
            if accept is None or accept(row):
                self.rows.append(row)
        self._seen = window.end
        return dropped

    def index_of(self, number: int) -> int | None:
        """Where the row of that number is, or None when it is not among the rows."""
        index = self.nearest(number)
        if index < len(self.rows) and self.rows[index].number == number:
            return index
        return None

    def nearest(self, number: int) -> int:
        """The index of the first row with that number or a higher one."""
        return bisect_left(self.rows, number, key=lambda row: row.number)
