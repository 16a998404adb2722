"""The base of all panes: lines drawn one by one, only those on screen."""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget


class LinePane(ScrollView, can_focus=True):
    """A scrolled pane whose lines come from `render_line`."""

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self._ground: tuple[str, Style] | None = None

    @property
    def ground(self) -> Style:
        """What lies under all lines. Textual works it out from the style sheet, too slowly for every line."""
        if self._ground is None or self._ground[0] != self.app.theme:
            self._ground = (self.app.theme, self.rich_style)
        return self._ground[1]

    def set_rows(self, count: int) -> None:
        """Says how many lines there are.

        Setting `virtual_size` lays the whole screen out anew, which is far too much for one more line; only
        when the scroll bar comes or goes is there anything to lay out.
        """
        region = self.scrollable_content_region
        size = Size(region.width, count)
        if (count > region.height) == self.show_vertical_scrollbar:
            self.set_reactive(Widget.virtual_size, size)
            if self.show_vertical_scrollbar:
                self.vertical_scrollbar.window_virtual_size = count
        else:
            self.virtual_size = size

    def text_strip(self, text: Text, width: int, ground: Style | None = None) -> Strip:
        """A line of exactly `width` cells from a Text."""
        segments = (segment for segment in text.render(self.app.console) if segment.text != "\n")
        return self.segment_strip(segments, width, ground)

    def segment_strip(self, segments: Iterable[Segment], width: int, ground: Style | None = None) -> Strip:
        """A line of exactly `width` cells from its pieces."""
        return Strip(segments).adjust_cell_length(width).apply_style(ground or self.ground)
