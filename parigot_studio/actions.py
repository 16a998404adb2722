"""Everything that a person can do, in one table: it feeds the keys, the command palette and the help screen.

A row names the widget that does it (`target`) and its method (`action_<method>` there). Panes take their
bindings from here with `bindings(target)`; a test checks that every method exists.
"""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding, BindingType


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do.

    Attributes:
        name: unique, `group.verb`.
        target: "app", "desk" (the screen with the panes), or a kind of pane: "graph" "trace" "log" "pending",
            "list" (every list).
        method: `action_<method>` of the target.
        keys: keys that do it, comma-separated; the first is shown.
        label: one word for the footer.
        help: a sentence for the palette and the help screen.
        footer: shown in the footer.
    """

    name: str
    target: str
    method: str
    keys: str
    label: str
    help: str
    footer: bool = False

    @property
    def group(self) -> str:
        """The heading that it stands under."""
        return self.name.partition(".")[0]

    @property
    def shown_keys(self) -> str:
        """Its keys as a person reads them."""
        return "  ".join(_shown(key) for key in self.keys.split(",") if key)


GROUPS = {
    "run": "The run",
    "go": "Panes",
    "graph": "Graph",
    "trace": "Trace",
    "log": "Log",
    "pending": "Pending deliveries",
    "rows": "In every list",
    "studio": "The studio",
}

# fmt: off
ACTIONS: tuple[Action, ...] = (
    Action("run.step", "app", "step", "n,f10", "Step",
           "Deliver one message: the scheduler's next", footer=True),
    Action("run.pause", "app", "pause", "p,f6", "Pause",
           "Hold the run after the delivery under way", footer=True),
    Action("run.resume", "app", "resume", "r,f5", "Resume", "Let the run go on by itself", footer=True),
    Action("pending.deliver", "pending", "activate", "enter", "Deliver",
           "Deliver the chosen message next", footer=True),
    Action("run.restart", "app", "restart", "R", "Restart", "Start the app afresh from its descriptor"),
    Action("run.stop", "app", "stop", "S", "Stop", "End the run"),
    Action("run.ending", "desk", "show_ending", "e", "Ending", "Show again how the run ended"),
    Action("trace.open", "trace", "activate", "enter", "Open",
           "Open the call: request, reply, times, log lines", footer=True),
    Action("log.open", "log", "activate", "enter", "To call",
           "Go to the call in whose handling the line was written", footer=True),
    Action("graph.filter", "graph", "activate", "enter", "Only this",
           "Show only this guest in trace and log; again to undo", footer=True),
    Action("rows.filter", "desk", "filter", "slash", "Filter", "Filter the trace or the log", footer=True),
    Action("rows.follow", "desk", "follow", "f", "Follow", "Follow the newest rows, or stay", footer=True),
    Action("rows.clear_filters", "desk", "clear_filters", "x", "No filters", "Remove all filters"),
    Action("rows.up", "list", "row_up", "up,k", "Up", "One row up"),
    Action("rows.down", "list", "row_down", "down,j", "Down", "One row down"),
    Action("rows.page_up", "list", "rows_page_up", "pageup,ctrl+b", "Page up", "One page up"),
    Action("rows.page_down", "list", "rows_page_down", "pagedown,ctrl+f", "Page down", "One page down"),
    Action("rows.home", "list", "rows_home", "home,g", "First", "To the oldest row"),
    Action("rows.end", "list", "rows_end", "end,G", "Last", "To the newest row, and follow"),
    Action("trace.logs", "trace", "logs", "l", "Its log", "Show only the log lines of this call"),
    Action("trace.parent", "trace", "parent", "left_square_bracket", "Parent",
           "To the call that led to this one"),
    Action("trace.child", "trace", "child", "right_square_bracket", "Child",
           "To the first call made in its handling"),
    Action("trace.totals", "trace", "totals", "t", "Totals", "Calls one by one, or totals by method"),
    Action("trace.errors", "trace", "next_error", "E", "Next error",
           "To the next call that ended in an error"),
    Action("log.level", "log", "level", "v", "Level",
           "Show lines from a higher level on: all, info, warn, error"),
    Action("graph.unneeded", "graph", "unneeded", "u", "Unneeded",
           "Show or hide guests that no program needs"),
    Action("graph.next", "graph", "next_box", "right", "Next", "To the next guest"),
    Action("graph.previous", "graph", "previous_box", "left", "Previous", "To the previous guest"),
    Action("graph.up", "graph", "box_up", "up,k", "Up", "To the guest above"),
    Action("graph.down", "graph", "box_down", "down,j", "Down", "To the guest below"),
    Action("go.graph", "desk", "go('graph')", "1", "Graph", "To the graph"),
    Action("go.trace", "desk", "go('trace')", "2", "Trace", "To the trace"),
    Action("go.log", "desk", "go('log')", "3", "Log", "To the log"),
    Action("go.pending", "desk", "go('pending')", "4", "Pending", "To the pending deliveries"),
    Action("go.detail", "desk", "go('detail')", "5", "Detail", "To the detail of what is chosen"),
    Action("go.detail_toggle", "desk", "toggle_detail", "d", "Detail", "Show or hide the detail pane"),
    Action("go.zoom", "desk", "zoom", "z,m", "Zoom",
           "Give the whole screen to one pane, and back", footer=True),
    Action("go.close", "desk", "close", "escape", "Close",
           "Close what is open: prompt, report, zoom, filter"),
    Action("studio.copy", "desk", "copy", "y", "Copy", "Copy what is chosen to the clipboard, as text"),
    Action("studio.theme", "app", "next_theme", "ctrl+t", "Theme", "Dark or light"),
    Action("studio.help", "app", "help", "question_mark,f1", "Help",
           "All keys and the filter language", footer=True),
    Action("studio.quit", "app", "leave", "q,ctrl+c", "Quit", "Leave the studio; ends the run", footer=True),
)
# fmt: on

BY_NAME = {action.name: action for action in ACTIONS}

_NAMES = {
    "slash": "/",
    "question_mark": "?",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "escape": "Esc",
    "enter": "Enter",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "home": "Home",
    "end": "End",
}


def _shown(key: str) -> str:
    if key.startswith("ctrl+"):
        return "Ctrl+" + key[5:].upper()
    if len(key) in (2, 3) and key[0] == "f" and key[1:].isdigit():
        return key.upper()
    return _NAMES.get(key, key)


def bindings(*targets: str) -> list[BindingType]:
    """The key bindings of one widget that does the actions of `targets`, in the order of the table.

    Keys of the app are bound on the desk, so that they rest while another screen lies over it.
    """
    return [
        Binding(
            action.keys,
            f"app.{action.method}" if action.target == "app" else action.method,
            action.label,
            show=action.footer,
            key_display=_shown(action.keys.split(",")[0]),
            tooltip=action.help,
            id=action.name,
        )
        for action in ACTIONS
        if action.target in targets and action.keys
    ]
