"""Channel routing: how the segments between two layers share the rows between them.

Each segment comes down in one column, may run along one row, and goes on down in another column. Two
segments never share a column on the same side nor a stretch of a row, so all they ever do is cross at right
angles. One rule follows: where one segment comes down in the column in which another one goes on, the
first must turn off in a higher row.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

_SOFT_LIMIT = 120  # runs in a channel; choosing the better order of each pair is quadratic and more


@dataclass(slots=True, eq=False)
class Run:
    """A stretch of a row: from the column in which the line comes down to that in which it goes on."""

    segment: int
    start: int
    end: int
    row: int = -1

    @property
    def low(self) -> int:
        return min(self.start, self.end)

    @property
    def high(self) -> int:
        return max(self.start, self.end)


def channel(ends: Sequence[tuple[int, int]]) -> tuple[list[list[Run]], int]:
    """Routes the segments between two layers.

    Args:
        ends: for each segment its column above and its column below; no two share a column on one side.

    Returns:
        (for each segment its runs from top to bottom, none where it is straight; number of rows used)
    """
    runs = [[Run(i, above, below)] if above != below else [] for i, (above, below) in enumerate(ends)]
    _open_circles(runs, ends)
    flat = [run for own in runs for run in own]
    first_of = {own[0].start: own[0] for own in runs if own}
    order = _Order(flat)
    for own in runs:
        if own:
            earlier = first_of.get(own[-1].end)
            if earlier is not None and earlier is not own[0]:
                order.add(earlier, own[-1])
        for upper, lower in itertools.pairwise(own):
            order.add(upper, lower)
    if len(flat) <= _SOFT_LIMIT:
        _prefer_fewer_crossings(flat, order)
    return runs, _rows(order)


def _open_circles(runs: list[list[Run]], ends: Sequence[tuple[int, int]]) -> None:
    """Where segments wait for each other in a circle, one of them takes a detour over a free column."""
    taken = {column for pair in ends for column in pair}
    at_top = {own[0].start: i for i, own in enumerate(runs) if own}
    settled: set[int] = set()
    for begin, own in enumerate(runs):
        if not own or begin in settled:
            continue
        trail: list[int] = []
        current: int | None = begin
        while current is not None and current not in settled:
            settled.add(current)
            trail.append(current)
            current = at_top.get(runs[current][-1].end)
        if current is not None and current in trail:  # each has one predecessor at most: the circle is closed
            run = runs[current][0]
            column = _free_column(run, taken)
            taken.add(column)
            runs[current] = [Run(current, run.start, column), Run(current, column, run.end)]


def _free_column(run: Run, taken: set[int]) -> int:
    middle = (run.low + run.high) // 2
    away = 0
    while True:
        for column in (middle + away, middle - away):
            if column not in taken:
                return column
        away += 1


class _Order:
    """Which runs must lie above which. Never holds a circle."""

    def __init__(self, runs: list[Run]) -> None:
        self.runs = runs
        self._index = {run: i for i, run in enumerate(runs)}
        self.above: list[set[int]] = [set() for _ in runs]
        self._reaches = [1 << i for i in range(len(runs))]  # bit j: i lies above j, perhaps over others

    def add(self, upper: Run, lower: Run) -> None:
        """`upper` above `lower`, unless the opposite is already settled."""
        i, j = self._index[upper], self._index[lower]
        if self._reaches[j] >> i & 1:
            return
        self.above[j].add(i)
        gain = self._reaches[j]
        if self._reaches[i] & gain == gain:
            return
        for k, reach in enumerate(self._reaches):
            if reach >> i & 1:
                self._reaches[k] = reach | gain


def _prefer_fewer_crossings(runs: list[Run], order: _Order) -> None:
    wishes: list[tuple[int, int, int]] = []
    for i, a in enumerate(runs):
        for j in range(i + 1, len(runs)):
            b = runs[j]
            if a.low > b.high or b.low > a.high:
                continue
            gain = _crossings(b, a) - _crossings(a, b)
            if gain > 0:
                wishes.append((-gain, i, j))
            elif gain < 0:
                wishes.append((gain, j, i))
    for _, upper, lower in sorted(wishes):
        order.add(runs[upper], runs[lower])


def _crossings(upper: Run, lower: Run) -> int:
    """Crossings of two runs when one lies above the other."""
    return (lower.low < upper.end < lower.high) + (upper.low < lower.start < upper.high)


def _rows(order: _Order) -> int:
    """Gives each run the highest row that is free for it; returns the number of rows."""
    runs = order.runs
    waits = [len(above) for above in order.above]
    below: list[list[int]] = [[] for _ in runs]
    for j, above in enumerate(order.above):
        for i in above:
            below[i].append(j)

    def urgency(i: int) -> tuple[int, int]:
        # Lines to the right nest with the rightmost on top, lines to the left the other way round.
        run = runs[i]
        return (0, -run.start) if run.end > run.start else (1, run.start)

    rows: list[list[Run]] = []
    ready = sorted((i for i in range(len(runs)) if not waits[i]), key=urgency)
    while ready:
        freed = []
        for i in ready:
            run = runs[i]
            row = max((runs[j].row + 1 for j in order.above[i]), default=0)
            while row < len(rows) and any(o.low <= run.high and run.low <= o.high for o in rows[row]):
                row += 1
            if row == len(rows):
                rows.append([])
            rows[row].append(run)
            run.row = row
            for j in below[i]:
                waits[j] -= 1
                if not waits[j]:
                    freed.append(j)
        ready = sorted(freed, key=urgency)
    return len(rows)
