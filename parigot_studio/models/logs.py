"""The unified log: the last lines, bounded in number and in bytes."""

from __future__ import annotations

from parigot.session.events import LogWritten

from parigot_studio.models.window import Window

LINES_KEPT = 10_000
BYTES_KEPT = 24 * 1024 * 1024
LONGEST_LINE = 64 * 1024  # characters of one line that are kept

LEVELS = ("debug", "info", "warn", "error")


class LogRow:
    """One line. `number` counts the lines that the studio got; times are session nanoseconds."""

    __slots__ = ("call", "fields", "level", "message", "number", "seq", "service", "stream", "time_ns")

    def __init__(self, number: int, event: LogWritten) -> None:
        self.number = number
        self.seq = event.seq
        self.time_ns = event.time_ns
        self.service = event.service
        self.level = event.level
        self.message = event.message
        if len(self.message) > LONGEST_LINE:
            self.message = f"{self.message[:LONGEST_LINE]}… ({len(self.message):,} characters)"
        self.fields = event.fields
        self.call = event.call
        self.stream = event.stream

    @property
    def size(self) -> int:
        """About how many characters it holds."""
        return len(self.message) + sum(len(key) + len(value) for key, value in self.fields)


class LogBook:
    """The log as the studio keeps it."""

    def __init__(self, kept: int = LINES_KEPT, size: int = BYTES_KEPT) -> None:
        self._limit = size
        self._size = 0
        self.rows: Window[LogRow] = Window(kept, on_drop=self._dropped)
        self.count = 0
        self.by_level: dict[str, int] = dict.fromkeys(LEVELS, 0)  # lines by level, over the whole run

    def written(self, event: LogWritten) -> None:
        """A line was written."""
        self.count += 1
        row = LogRow(self.count, event)
        self._size += row.size
        self.by_level[row.level] = self.by_level.get(row.level, 0) + 1
        self.rows.append(row)
        while self._size > self._limit and len(self.rows) > 1:
            self.rows.drop_oldest(max(1, len(self.rows) // 16))

    def of_call(self, call: int) -> list[LogRow]:
        """The kept lines written in the handling of a call."""
        return [row for row in self.rows if row.call == call]

    def _dropped(self, row: LogRow) -> None:
        self._size -= row.size
