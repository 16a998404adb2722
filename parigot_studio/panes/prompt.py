"""The filter prompt: rows are filtered while the person types; what cannot be read is told beside it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from parigot_studio.messages import FilterClosed, FilterTyped
from parigot_studio.models.filters import Fields, FilterProblem, parse


class _Line(Input):
    """An input that gives up its prompt when left."""

    BINDINGS = [Binding("escape", "leave", "Cancel", show=True, priority=True)]

    def action_leave(self) -> None:
        self.post_message(FilterClosed(keep=False))


class FilterPrompt(Horizontal):
    """One line, in the place of the key line, so that nothing else moves.

    Args:
        stand_in: the widget whose place it takes while it is open.
    """

    def __init__(self, stand_in: Widget) -> None:
        super().__init__(id="prompt")
        self._stand_in = stand_in
        self._fields: Fields | None = None

    def compose(self) -> ComposeResult:
        line = _Line(id="filter", compact=True)
        line.cursor_blink = False
        yield Static("", id="prompt-label")
        yield line
        yield Static("", id="prompt-note")

    def open(self, label: str, fields: Fields, source: str) -> None:
        """Asks for a filter.

        Args:
            label: what is filtered.
            fields: what can be asked.
            source: the filter in force, to be edited.
        """
        self._fields = fields
        self.display = True
        self._stand_in.display = False
        self.query_one("#prompt-label", Static).update(Content(f" {label} / "))
        line = self.query_one("#filter", _Line)
        with line.prevent(Input.Changed):
            line.value = source
        line.placeholder = fields.example
        line.cursor_position = len(source)
        self._note("")
        line.focus()

    def close(self) -> None:
        """Goes away."""
        self.display = False
        self._stand_in.display = True

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if self._fields is None:
            return
        try:
            wanted = parse(event.value, self._fields)
        except FilterProblem as problem:
            self._note(str(problem))
        else:
            self._note("")
            self.post_message(FilterTyped(wanted))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(FilterClosed(keep=True))

    def _note(self, words: str) -> None:
        note = self.query_one("#prompt-note", Static)
        note.update(Content(f" {words} " if words else ""))
        note.display = bool(words)
