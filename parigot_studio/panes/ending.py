"""How the run ended, or why it could not start: prominent until dismissed."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style
from rich.text import Text
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from parigot_studio.render.numbers import plural
from parigot_studio.render.palette import Palette
from parigot_studio.render.status import ending_lines, ending_title
from parigot_studio.render.text import crop

MOST_LINES = 2_000


class EndingPanel(VerticalScroll, can_focus=True):
    """A report; hidden until there is one."""

    def __init__(self) -> None:
        self._report = Static(id="report")
        super().__init__(self._report, id="ending")
        self.display = False
        self.text = ""
        self.told = False  # there is an ending to show

    def tell(self, code: int | None, report: str, palette: Palette, failed: Sequence[str] = ()) -> None:
        """Shows how it ended, once.

        Args:
            code: the exit code; None when it could not start.
            failed: guests that trapped or were killed.
        """
        if self.told:
            return
        self.told = True
        good = code == 0
        lines = ending_lines(report)
        brief = good and not lines
        title = ("✓ " if good else "✗ ") + ending_title(code)
        if failed and good:
            title += f", but {plural(len(failed), 'guest')} failed: {crop(', '.join(failed), 40)}"
        keys = "R starts it afresh · Esc hides this"
        self.text = report
        self.set_class(good and not failed, "-good")
        self.set_class(good and bool(failed), "-mixed")
        self.set_class(brief, "-brief")
        self.can_focus = not brief
        self.border_title = Content(title)
        self.border_subtitle = Content(keys + " · e shows it again")
        body = Text()
        if brief:
            body.append(title, (palette.warn if failed else palette.ok) + Style(bold=True)).append(
                "   " + keys, palette.muted
            )
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
