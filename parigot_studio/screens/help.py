"""All keys, the filter language and the signs, over the panes."""

from __future__ import annotations

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from parigot_studio.actions import ACTIONS, GROUPS
from parigot_studio.render.help import help_lines
from parigot_studio.render.palette import Palette

WIDEST = 84


class HelpScreen(ModalScreen[None]):
    """Made from the actions table."""

    BINDINGS = [
        Binding("escape,q,question_mark,f1,enter", "dismiss", "Close", show=False),
        Binding("down,j", "scroll(1)", "Down", show=False),
        Binding("up,k", "scroll(-1)", "Up", show=False),
        Binding("pagedown,space", "scroll(16)", "Page down", show=False),
        Binding("pageup", "scroll(-16)", "Page up", show=False),
    ]

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help") as box:
            box.can_focus = False
            box.border_title = Content("Keys")
            box.border_subtitle = Content("↑↓ scroll · Esc closes")
            yield Static(id="help-text")

    def on_resize(self, event: events.Resize) -> None:
        width = min(WIDEST, event.size.width - 4) - 6
        groups = [
            (heading, [(action.shown_keys, action.help) for action in ACTIONS if action.group == group])
            for group, heading in GROUPS.items()
        ]
        self.query_one("#help-text", Static).update(Text("\n").join(help_lines(groups, width, self._palette)))

    def action_scroll(self, by: int) -> None:
        self.query_one("#help", VerticalScroll).scroll_relative(y=by, animate=False)
