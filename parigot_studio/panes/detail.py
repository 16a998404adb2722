"""The long view of what is chosen in another pane."""

from __future__ import annotations

from collections.abc import Callable

from rich.text import Text
from textual import events
from textual.content import Content
from textual.strip import Strip

from parigot_studio.panes.lines import LinePane
from parigot_studio.render.look import Look
from parigot_studio.render.text import fit
from parigot_studio.right_of_way import breathe

Maker = Callable[[int, Look], list[Text]]


class DetailPane(LinePane):
    """A page of lines, made anew for the width of the pane."""

    def __init__(self, look: Look) -> None:
        super().__init__("detail")
        self.border_title = "5 Detail"
        self.look = look
        self._maker: Maker | None = None
        self._lines: list[Text] = []
        self._made: object = None

    def show(self, key: object, maker: Maker | None, look: Look, title: str = "") -> None:
        """Shows a page.

        Args:
            key: what the page is of and all that it depends on; an equal key means that nothing changed.
            maker: makes its lines for a width; None for an empty page.
        """
        width = self.scrollable_content_region.width
        made = (key, width, look.palette)
        if made == self._made:
            return
        same_thing = isinstance(self._made, tuple) and _subject(self._made[0]) == _subject(key)
        self._made = made
        self._maker = maker
        self.look = look
        self.border_title = Content(f"5 Detail · {title}" if title else "5 Detail")
        self._lines = maker(max(16, width - 1), look) if maker is not None and width else []
        self.set_rows(len(self._lines))
        if not same_thing:
            self.scroll_to(y=0, animate=False, immediate=True)
        self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        self._made = None

    @property
    def plain(self) -> str:
        """The page as text."""
        return "\n".join(line.plain.rstrip() for line in self._lines)

    def render_line(self, y: int) -> Strip:
        breathe()
        width = self.scrollable_content_region.width
        index = y + self.scroll_offset.y
        if not self._lines and y == 0:
            words = fit(" choose a call, a line, a delivery or a guest", width)
            text = Text().append(words, self.look.palette.faint)
        elif index < len(self._lines):
            text = Text(" ", end="").append_text(self._lines[index])
        else:
            return Strip.blank(width, self.ground)
        return self.text_strip(text, width)


def _subject(key: object) -> object:
    return key[:2] if isinstance(key, tuple) else key
