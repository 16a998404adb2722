"""What the parts of the studio tell each other: facts, past tense, as plain messages."""

from __future__ import annotations

from parigot.errors import AppError
from textual.message import Message
from textual.widget import Widget

from parigot_studio.models.filters import Filter
from parigot_studio.render.graph import Drawing, Structure
from parigot_studio.session_bridge import Opened


class EventsReady(Message):
    """The session has events to take. Many of them say no more than one."""

    def can_replace(self, message: Message) -> bool:
        """A later one makes an earlier one stale."""
        return isinstance(message, EventsReady)


class RunOpened(Message):
    """A run was started in the background."""

    def __init__(self, opened: Opened, generation: int) -> None:
        super().__init__()
        self.opened = opened
        self.generation = generation


class RunRefused(Message):
    """A run could not be started."""

    def __init__(self, error: AppError, generation: int) -> None:
        super().__init__()
        self.error = error
        self.generation = generation


class GraphDrawn(Message):
    """A layout was computed in the background."""

    def __init__(self, wanted: tuple[Structure, int], drawing: Drawing) -> None:
        super().__init__()
        self.wanted = wanted  # what was asked for
        self.drawing = drawing


class Selected(Message):
    """The cursor of a pane stands on something else, or on something that changed."""

    def __init__(self, pane: Widget) -> None:
        super().__init__()
        self.pane = pane


class Activated(Message):
    """A person pressed enter, or clicked twice, on a row."""

    def __init__(self, pane: Widget) -> None:
        super().__init__()
        self.pane = pane


class FilterTyped(Message):
    """The filter prompt holds a filter that can be read."""

    def __init__(self, wanted: Filter) -> None:
        super().__init__()
        self.wanted = wanted


class FilterClosed(Message):
    """The filter prompt was left; `keep` says whether with enter."""

    def __init__(self, keep: bool) -> None:
        super().__init__()
        self.keep = keep


class CallWanted(Message):
    """A person wants to see the call of that number in the trace."""

    def __init__(self, call: int) -> None:
        super().__init__()
        self.call = call


class LogsWanted(Message):
    """A person wants to see the log lines of that call."""

    def __init__(self, call: int) -> None:
        super().__init__()
        self.call = call


class ServiceWanted(Message):
    """A person wants trace and log of that guest only; None for all guests again."""

    def __init__(self, service: str | None) -> None:
        super().__init__()
        self.service = service


class Told(Message):
    """There is something to say about what a person just asked."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.words = words
