"""All keys, the filter language and the signs, over the panes."""

from __future__ import annotations

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.screen import Screen
from textual.strip import Strip

from parigot_studio.actions import ACTIONS, GROUPS
from parigot_studio.panes.lines import LinePane
from parigot_studio.render.help import help_lines
from parigot_studio.render.palette import DARK, Palette


class HelpPage(LinePane):
    """The text, wrapped to the width there is."""

    def __init__(self) -> None:
        super().__init__("help")
        self.border_title = Content("Keys")
        self.border_subtitle = Content("↑↓ scroll · Esc closes")
        self._palette = DARK
        self._lines: list[Text] = []

    def on_resize(self, event: events.Resize) -> None:
        self._make()

    def show(self, palette: Palette) -> None:
        """Uses these colours, and starts at the top."""
        self.scroll_to(y=0, animate=False)
        if palette is not self._palette:
            self._palette = palette
            self._make()

    def _make(self) -> None:
        groups = [
            (heading, [(action.shown_keys, action.help) for action in ACTIONS if action.group == group])
            for group, heading in GROUPS.items()
        ]
        self._lines = help_lines(groups, self.scrollable_content_region.width - 4, self._palette)
        self.set_rows(len(self._lines))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        index = y + self.scroll_offset.y
        if index >= len(self._lines):
            return Strip.blank(width, self.ground)
        return self.text_strip(Text("  ", end="").append_text(self._lines[index]), width)


class HelpScreen(Screen[None]):
    """Made from the actions table."""

    BINDINGS = [
        Binding("escape,q,question_mark,f1,enter", "dismiss", "Close", show=False),
        Binding("down,j", "scroll(1)", "Down", show=False),
        Binding("up,k", "scroll(-1)", "Up", show=False),
        Binding("pagedown,space", "scroll(16)", "Page down", show=False),
        Binding("pageup", "scroll(-16)", "Page up", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.page = HelpPage()

    def compose(self) -> ComposeResult:
        yield self.page

    def show(self, palette: Palette) -> None:
        """Uses these colours, and starts at the top."""
        self.page.show(palette)

    def action_scroll(self, by: int) -> None:
        self.page.scroll_relative(y=by, animate=False)
