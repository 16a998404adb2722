"""The unified log of all guests and of the runtime."""

from __future__ import annotations

from rich.text import Text
from textual.content import Content

from parigot_studio.actions import bindings
from parigot_studio.models.filters import NOTHING, Filter
from parigot_studio.models.logs import LEVELS, LogBook, LogRow
from parigot_studio.models.window import Sieve
from parigot_studio.panes.listing import Listing
from parigot_studio.render.look import Look
from parigot_studio.render.numbers import count, plural
from parigot_studio.render.rows import log_row


class LogPane(Listing[LogRow]):
    """Log lines of the run."""

    BINDINGS = bindings("log")

    def __init__(self, look: Look) -> None:
        super().__init__(look, "log")
        self.border_title = "3 Log"
        self.filter: Filter = NOTHING
        self.level = LEVELS[0]  # lines below it are not shown
        self.book = LogBook()
        self._sieve = Sieve(self.book.rows)
        self._seen = -1

    def bind(self, book: LogBook) -> None:
        """Shows the log of another run."""
        self.book = book
        self.following = True
        self.cursor = None
        self._seen = -1
        self.apply(self.filter)

    def apply(self, wanted: Filter) -> None:
        """Shows only the lines that pass a filter."""
        self.filter = wanted
        self._sieve = Sieve(self.book.rows, self._accept())
        self._sieve.update()
        self.refresh_rows()
        self.announce_follow()

    def _accept(self) -> Filter | None:
        if self.level == LEVELS[0]:
            return self.filter or None
        shown = LEVELS[LEVELS.index(self.level) :]
        return Filter(self.filter.source, (*self.filter.tests, lambda row: row.level in shown), False)

    def tick(self, look: Look) -> None:
        """Takes in what was written."""
        self.look = look
        if self.book.count != self._seen:
            self._seen = self.book.count
            self.refresh_rows(self._sieve.update())
            self.announce_follow()

    def rows(self) -> list[LogRow]:
        return self._sieve.rows

    def number(self, row: LogRow) -> int:
        return row.number

    def render_row(self, row: LogRow, width: int) -> Text:
        return log_row(row, width, self.look)

    def nothing(self) -> str:
        hidden = (self.filter or self.level != LEVELS[0]) and len(self.book.rows)
        return "nothing passes the filter; x removes it" if hidden else "nothing logged yet"

    def announce_follow(self) -> None:
        parts = []
        if self.filter:
            parts.append(f"/{self.filter.source}")
        if self.level != LEVELS[0]:
            parts.append(f"{self.level} and up")
        if parts:
            parts.append(f"{count(len(self._sieve.rows))} of {count(len(self.book.rows))}")
        elif self.book.rows.first:
            parts.append(f"the last {count(len(self.book.rows))}")
        if self.book.by_level.get("error"):
            parts.append(plural(self.book.by_level["error"], "error"))
        parts.append("following" if self.following else "staying")
        self.border_subtitle = Content(" · ".join(parts))

    def action_level(self) -> None:
        self.level = LEVELS[(LEVELS.index(self.level) + 1) % len(LEVELS)]
        self.apply(self.filter)
