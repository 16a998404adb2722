"""The top line: which app, how it stands, and its counts."""

from __future__ import annotations

from rich.text import Text
from textual.widget import Widget

from parigot_studio.render.palette import DARK, Palette
from parigot_studio.render.status import Status, status_line

NO_STATUS = Status("", "STARTING", None, 0, 0, 0.0, 0, 0)


class StatusBar(Widget):
    """One line that is drawn anew when what it says changes."""

    def __init__(self) -> None:
        super().__init__(id="status")
        self.status = NO_STATUS
        self._palette = DARK

    def show(self, status: Status, palette: Palette) -> None:
        """Says this from now on."""
        if status != self.status or palette is not self._palette:
            self.status = status
            self._palette = palette
            self.refresh()

    def render(self) -> Text:
        return status_line(self.status, self.size.width, self._palette)
