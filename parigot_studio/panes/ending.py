"""How the run ended, or why it could not start: prominent until dismissed."""

from __future__ import annotations

from rich.style import Style
from rich.text import Text
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from parigot_studio.render.palette import Palette
from parigot_studio.render.status import ending_lines, ending_title

MOST_LINES = 2_000


class EndingPanel(VerticalScroll, can_focus=True):
    """A report; hidden until there is one."""

    def __init__(self) -> None:
        self._report = Static(id="report")
        super().__init__(self._report, id="ending")
        self.display = False
        self.text = ""
        self.told = False  # there is an ending to show

    def tell(self, code: int | None, report: str, palette: Palette, refused: bool = False) -> None:
        """Shows how it ended, once."""
        if self.told:
            return
        self.told = True
        good = code == 0 and not refused
        lines = ending_lines(report)
        brief = good and not lines
        title = ("✓ " if good else "✗ ") + ending_title(code, refused)
        keys = "R starts it afresh · Esc hides this"
        self.text = report
        self.set_class(good, "-good")
        self.set_class(brief, "-brief")
        self.can_focus = not brief
        self.border_title = Content(title)
        self.border_subtitle = Content(keys + " · e shows it again")
        body = Text()
        if brief:
            body.append(title, palette.ok + Style(bold=True)).append("   " + keys, palette.muted)
        for line in lines[:MOST_LINES]:
            body.append(line + "\n", palette.text)
        if len(lines) > MOST_LINES:
            body.append(f"… {len(lines) - MOST_LINES:,} more lines\n", palette.muted)
        if not lines and not brief:
            body.append("It left no report.", palette.muted)
        body.rstrip()
        self._report.update(body)
        self.display = True
        self.scroll_home(animate=False)

    def forget(self) -> None:
        """A new run begins: nothing has ended."""
        self.told = False
        self.hide()

    def hide(self) -> None:
        """Out of the way."""
        self.display = False
