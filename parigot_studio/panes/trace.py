"""The live trace: every call, the newest at the bottom; or what all calls add up to by method."""

from __future__ import annotations

from rich.text import Text
from textual.content import Content
from textual.strip import Strip

from parigot_studio.actions import bindings
from parigot_studio.messages import CallWanted, LogsWanted, Told
from parigot_studio.models.calls import CallBook, CallRow, Totals
from parigot_studio.models.filters import NOTHING, Filter
from parigot_studio.models.window import Sieve
from parigot_studio.panes.listing import Listing
from parigot_studio.render.look import Look
from parigot_studio.render.numbers import count
from parigot_studio.render.rows import totals_head, totals_row, trace_row


class TracePane(Listing[CallRow]):
    """Calls of the run."""

    BINDINGS = bindings("trace")

    def __init__(self, look: Look) -> None:
        super().__init__(look, "trace")
        self.border_title = "2 Trace"
        self.filter: Filter = NOTHING
        self.book = CallBook()
        self.as_totals: bool | None = None  # None: rows, or totals while nobody could read rows
        self._flooded = False
        self._sieve = Sieve(self.book.rows)
        self._totals: list[Totals] = []
        self._seen = -1

    def bind(self, book: CallBook) -> None:
        """Shows the calls of another run."""
        self.book = book
        self.following = True
        self.cursor = None
        self._seen = -1
        self.apply(self.filter)

    def apply(self, wanted: Filter) -> None:
        """Shows only the calls that pass a filter."""
        self.filter = wanted
        self._sieve = Sieve(self.book.rows, wanted if wanted else None, wanted.volatile)
        self._sieve.update()
        self.refresh_rows()
        self.announce_follow()

    def tick(self, look: Look, flooded: bool) -> None:
        """Takes in what happened."""
        running = any(row.resolved_ns is None for row in self._on_screen())
        self.look = look
        changed = self.book.version != self._seen or flooded != self._flooded
        self._flooded = flooded
        if changed:
            self._seen = self.book.version
            dropped = self._sieve.update()
            if self.showing_totals:
                self.refresh()  # no cursor to move, and no detail to show of calls that nobody sees
            else:
                self.refresh_rows(dropped)
            self.announce_follow()
        elif running:
            self.refresh()  # what is under way takes longer and longer

    def _on_screen(self) -> list[CallRow]:
        top = self.scroll_offset.y
        return self._sieve.rows[top : top + self.scrollable_content_region.height]

    @property
    def showing_totals(self) -> bool:
        """Totals are shown rather than single calls."""
        return self.as_totals if self.as_totals is not None else self._flooded and self.following

    def rows(self) -> list[CallRow]:
        return self._sieve.rows

    def number(self, row: CallRow) -> int:
        return row.number

    def render_row(self, row: CallRow, width: int) -> Text:
        return trace_row(row, width, self.look)

    def render_line(self, y: int) -> Strip:
        if not self.showing_totals:
            return super().render_line(y)
        width = self.scrollable_content_region.width
        if y == 0:
            # Ordered when the top line is drawn, once for all lines of a frame.
            self._totals = sorted(self.book.totals.values(), key=lambda totals: -totals.calls)
            return self.text_strip(totals_head(width, self.look), width, self.ground)
        if y <= len(self._totals):
            return self.text_strip(totals_row(self._totals[y - 1], width, self.look), width, self.ground)
        return Strip.blank(width, self.ground)

    def nothing(self) -> str:
        hidden = (self.filter) and len(self.book.rows)
        return "nothing passes the filter; x removes it" if hidden else "no calls yet"

    def announce_follow(self) -> None:
        parts = []
        if self.filter:
            parts.append(f"/{self.filter.source}")
            parts.append(f"{count(len(self._sieve.rows))} of {count(len(self.book))}")
        elif self.book.rows.first:
            parts.append(f"the last {count(len(self.book))}")
        parts.append("totals" if self.showing_totals else "following" if self.following else "staying")
        # Content: what a person typed is no markup.
        self.border_subtitle = Content(" · ".join(parts))

    def action_totals(self) -> None:
        self.as_totals = not self.showing_totals
        self.announce_follow()
        self.refresh()

    def action_next_error(self) -> None:
        rows = self._sieve.rows
        start = self._index + 1
        for index in [*range(start, len(rows)), *range(0, min(start, len(rows)))]:
            if rows[index].error:
                self.choose(index)
                return
        self.post_message(Told("No call ended in an error"))

    def action_parent(self) -> None:
        row = self.chosen
        if row is None or row.parent is None:
            self.post_message(Told("The call was not made in the handling of another"))
        else:
            self.post_message(CallWanted(row.parent))

    def action_child(self) -> None:
        row = self.chosen
        child = next(iter(row.children), None) if row is not None else None
        if child is None:
            self.post_message(Told("No call was made in its handling"))
        else:
            self.post_message(CallWanted(child.number))

    def action_logs(self) -> None:
        row = self.chosen
        if row is not None:
            self.post_message(LogsWanted(row.number))
