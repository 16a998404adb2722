"""A list of one-line rows of which only those on screen are ever drawn.

The base of trace, log and pending pane. Rows live in a model; a pane asks for row i when it must draw
line i, so a list of ten thousand rows costs no more than one of thirty.
"""

from __future__ import annotations

from typing import Generic, TypeVar

from rich.text import Text
from textual import events
from textual.geometry import Region
from textual.strip import Strip

from parigot_studio.actions import bindings
from parigot_studio.messages import Activated, Selected
from parigot_studio.panes.lines import LinePane
from parigot_studio.render.look import Look
from parigot_studio.render.text import fit
from parigot_studio.right_of_way import breathe

R = TypeVar("R")


class Listing(LinePane, Generic[R]):
    """Rows, a cursor on one of them, and following of the newest.

    Subclasses say what the rows are (`rows`, `number`, `render_row`) and call `refresh_rows` when they may
    have changed.
    """

    BINDINGS = bindings("list")

    def __init__(self, look: Look, name: str) -> None:
        super().__init__(name)
        self.look = look
        self.following = True
        self.cursor: int | None = None  # the number of the chosen row
        self._index = 0  # where it is among the rows

    # -- what subclasses give -------------------------------------------------------------------------

    def rows(self) -> list[R]:
        """The rows in order."""
        raise NotImplementedError

    def number(self, row: R) -> int:
        """The number that the row keeps for life; rising with the rows."""
        raise NotImplementedError

    def render_row(self, row: R, width: int) -> Text:
        """One row in at most `width` cells."""
        raise NotImplementedError

    def nothing(self) -> str:
        """What an empty list says."""
        return "nothing yet"

    def find(self, number: int) -> int:
        """The index of the row of that number, or of the first one after it."""
        rows = self.rows()
        low, high = 0, len(rows)
        while low < high:
            middle = (low + high) // 2
            if self.number(rows[middle]) < number:
                low = middle + 1
            else:
                high = middle
        return low

    # -- the cursor -----------------------------------------------------------------------------------

    @property
    def chosen(self) -> R | None:
        """The row under the cursor."""
        rows = self.rows()
        return rows[self._index] if self.cursor is not None and self._index < len(rows) else None

    def refresh_rows(self, dropped: int = 0) -> None:
        """Takes in changed rows; the cursor stays on its row, or follows the newest.

        Args:
            dropped: how many rows went away at the front since the last time.
        """
        rows = self.rows()
        self.set_rows(len(rows))
        before = self.cursor
        if not rows:
            self.cursor, self._index = None, 0
        elif self.following or self.cursor is None:
            self._index = len(rows) - 1 if self.following else 0
            self.cursor = self.number(rows[self._index])
        else:
            self._index = min(self.find(self.cursor), len(rows) - 1)
            self.cursor = self.number(rows[self._index])
        if self.following:
            self.scroll_to(y=self.max_scroll_y, animate=False, immediate=True, force=True)
        elif dropped:
            # What a person reads stays where it is while older rows go away above it.
            self.scroll_to(y=max(0, self.scroll_offset.y - dropped), animate=False, immediate=True)
        self.refresh()
        if before != self.cursor:
            self.post_message(Selected(self))

    def choose(self, index: int, follow: bool = False) -> None:
        """Puts the cursor on the row of that index, on screen."""
        rows = self.rows()
        if not rows:
            return
        index = max(0, min(index, len(rows) - 1))
        self.following = follow
        changed = self.number(rows[index]) != self.cursor
        self._index = index
        self.cursor = self.number(rows[index])
        self.scroll_to_region(Region(0, index, 1, 1), animate=False, immediate=True, force=True)
        self.refresh()
        self.announce_follow()
        if changed:
            self.post_message(Selected(self))

    def choose_number(self, number: int) -> bool:
        """Puts the cursor on the row of that number.

        Returns:
            False when it is not among the rows.
        """
        rows = self.rows()
        index = self.find(number)
        if index >= len(rows) or self.number(rows[index]) != number:
            return False
        self.choose(index)
        return True

    def follow(self, on: bool) -> None:
        """Follows the newest rows, or stays."""
        self.following = on
        self.refresh_rows()
        self.announce_follow()

    def announce_follow(self) -> None:
        """Called when following may have changed; subclasses show it."""

    def action_row_up(self) -> None:
        self.choose(self._index - 1)

    def action_row_down(self) -> None:
        at_end = self._index >= len(self.rows()) - 1
        self.choose(self._index + 1, follow=self.following and at_end)

    def action_rows_page_up(self) -> None:
        self.choose(self._index - max(1, self.scrollable_content_region.height - 1))

    def action_rows_page_down(self) -> None:
        self.choose(self._index + max(1, self.scrollable_content_region.height - 1))

    def action_rows_home(self) -> None:
        self.choose(0)

    def action_rows_end(self) -> None:
        self.choose(len(self.rows()) - 1, follow=True)

    def action_activate(self) -> None:
        if self.chosen is not None:
            self.post_message(Activated(self))

    # -- mouse ----------------------------------------------------------------------------------------

    def on_click(self, event: events.Click) -> None:
        region = self.scrollable_content_region
        offset = event.get_content_offset(self)
        if offset is None or offset.x >= region.width:
            return
        index = offset.y + self.scroll_offset.y
        if 0 <= index < len(self.rows()):
            self.choose(index)
            if event.chain == 2:
                self.action_activate()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        # Scrolling up means reading: following would pull the page away.
        if self.following and self.max_scroll_y > 0:
            self.following = False
            self.announce_follow()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if new_value < old_value and self.following and new_value < self.max_scroll_y:
            self.following = False
            self.announce_follow()

    # -- drawing --------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        breathe()
        width = self.scrollable_content_region.width
        ground = self.ground
        rows = self.rows()
        index = y + self.scroll_offset.y
        if not rows and y == 0:
            words = Text().append(fit(" " + self.nothing(), width), self.look.palette.faint)
            return self.text_strip(words, width, ground)
        if index >= len(rows):
            return Strip.blank(width, ground)
        text = self.render_row(rows[index], width)
        if index == self._index and self.cursor is not None:
            ground += self.look.palette.cursor if self.has_focus else self.look.palette.cursor_away
        return self.text_strip(text, width, ground)
