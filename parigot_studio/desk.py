"""The screen with the panes: which are shown, what is chosen and filtered, and the ways between them.

It knows the run only as the bridge that the app hands it with each tick.
"""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
from textual.events import DescendantFocus
from textual.screen import Screen
from textual.widget import Widget

from parigot_studio import messages
from parigot_studio.actions import bindings
from parigot_studio.models.filters import CALL_FIELDS, LOG_FIELDS, NOTHING, Filter, exactly, parse
from parigot_studio.panes.detail import DetailPane
from parigot_studio.panes.ending import EndingPanel
from parigot_studio.panes.graph import GraphPane
from parigot_studio.panes.keys import KeyLine
from parigot_studio.panes.listing import Listing
from parigot_studio.panes.log import LogPane
from parigot_studio.panes.pending import PendingPane
from parigot_studio.panes.prompt import FilterPrompt
from parigot_studio.panes.status import StatusBar
from parigot_studio.panes.trace import TracePane
from parigot_studio.render.look import Look
from parigot_studio.session_bridge import Bridge
from parigot_studio.subjects import show_subject

NORMAL, WIDE, TALL = 100, 160, 32
PANES = ("graph", "trace", "log", "pending", "detail")
PLACES = {
    "body": {"graph", "pending", "trace", "detail"},
    "left": {"graph", "pending"},
    "right": {"trace", "detail"},
}
# Where the focus goes when a pane is hidden: the first of these that is shown.
INSTEAD = {"graph": ("pending",), "pending": ("trace", "detail"), "trace": ("detail",), "detail": ("trace",)}


class Desk(Screen[None]):
    """Panes, top line, report, prompt and footer.

    Args:
        look: how rows are drawn at first.
        step: the run starts held, so the pending deliveries come first.
    """

    AUTO_FOCUS = ""  # not the first pane: `on_mount` knows better
    BINDINGS = bindings("app", "desk")
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NORMAL, "-normal"), (WIDE, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (TALL, "-tall")]

    def __init__(self, look: Look, step: bool) -> None:
        super().__init__()
        self.status = StatusBar()
        self.ending = EndingPanel()
        self.graph = GraphPane(look)
        self.pending = PendingPane(look)
        self.trace = TracePane(look)
        self.detail = DetailPane(look)
        self.logs = LogPane(look)
        self.keys = KeyLine()
        self.prompt = FilterPrompt(self.keys)
        self._panes: dict[str, Widget] = {
            "graph": self.graph,
            "trace": self.trace,
            "log": self.logs,
            "pending": self.pending,
            "detail": self.detail,
        }
        self._composed = False
        self.detail_wanted: bool | None = None  # None: as the screen has room
        self.pending_wanted = step
        self.zoomed: str | None = None  # the pane that has the screen to itself
        self._bridge: Bridge | None = None
        self._look = look
        self._was_held: bool | None = None
        self._subject = "pending" if step else "trace"  # the pane whose choice the detail shows
        self._filtered: TracePane | LogPane = self.logs  # the pane that the prompt filters
        self._before_prompt: tuple[Filter, Widget | None] = (NOTHING, None)

    def compose(self) -> ComposeResult:
        yield self.status
        yield self.ending
        with Horizontal(id="body"):
            with Vertical(id="left"):
                yield self.graph
                yield self.pending
            with Container(id="right"):
                yield self.trace
                yield self.detail
        yield self.logs
        yield self.prompt
        yield self.keys

    def on_mount(self) -> None:
        self._composed = True
        self.show_panes(self.pane(self._subject))

    def pane(self, name: str) -> Widget:
        """The pane of that name."""
        return self._panes[name]

    # -- the run --------------------------------------------------------------------------------------

    def bind_run(self, bridge: Bridge) -> None:
        """Shows another run; filters stay."""
        self._bridge = bridge
        self._was_held = None
        self.trace.bind(bridge.calls)
        self.logs.bind(bridge.logs)

    def tick(self, look: Look) -> None:
        """Draws all panes from the same state of the run."""
        bridge = self._bridge
        repaint = look.palette is not self._look.palette
        self._look = look
        self.keys.show(look.palette)
        if bridge is None:
            return
        self.graph.tick(look, bridge)
        self.trace.tick(look, bridge.flooded)
        self.logs.tick(look)
        self.pending.tick(look, bridge.snapshot)
        if bridge.held != self._was_held and bridge.snapshot.state != "starting":
            self._was_held = bridge.held
            self.pending_wanted = bridge.held
            self.show_panes()
            self.refresh_bindings()
        self.show_detail()
        if repaint:
            for name in PANES:
                self.pane(name).refresh()

    # -- which panes are shown ------------------------------------------------------------------------

    @property
    def small(self) -> bool:
        """The screen has room for one pane in each place only."""
        return self.size.width < NORMAL or self.size.height < TALL

    @property
    def detail_shown(self) -> bool:
        """The detail pane is on screen."""
        return self.detail_wanted if self.detail_wanted is not None else not self.small

    def has_room(self, name: str) -> bool:
        """Whether there is room for that pane now."""
        if self.zoomed is not None:
            return name == self.zoomed
        if name == "pending":
            return self.pending_wanted
        if name == "detail":
            return self.detail_shown
        if name == "graph":
            return not (self.small and self.pending_wanted)
        if name == "trace":
            return not (self.small and self.detail_shown)
        return True

    def show_panes(self, focus: Widget | None = None) -> None:
        """Shows the panes that are wanted and have room.

        Args:
            focus: the pane that gets the focus; else it moves only off a pane that goes.
        """
        focused = self.focused
        if focus is None and focused is not None and focused.id in INSTEAD and not self.has_room(focused.id):
            others = (*INSTEAD[focused.id], *PANES)
            focus = self.pane(next(name for name in others if self.has_room(name)))
        shown = {name for name in PANES if self.has_room(name)}
        # In this order: Textual moves the focus off a pane that is hidden, to one of its own choice.
        for place in (*shown, *(name for name, inside in PLACES.items() if shown & inside)):
            self.query_one(f"#{place}").display = True
        if focus is not None:
            self.set_focus(focus)
        for place in (*PANES, *PLACES):
            if place not in shown and not shown & PLACES.get(place, set()):
                self.query_one(f"#{place}").display = False
        self.set_class(self.pending_wanted and self.zoomed is None, "-pending")

    def on_resize(self) -> None:
        if self._composed:  # the first size comes before the panes do
            self.call_after_refresh(self.show_panes)
            self.call_after_refresh(self.show_detail)

    def action_go(self, name: str) -> None:
        """Focuses a pane, and brings it forward if needed."""
        if name == "pending":
            self.pending_wanted = True
        elif name == "graph" and self.small:
            self.pending_wanted = False
        elif name == "detail":
            self.detail_wanted = True
        elif name == "trace" and self.small:
            self.detail_wanted = False
        if self.zoomed is not None:
            self.zoomed = name
        self.show_panes(self.pane(name))
        self.call_after_refresh(self.show_detail)

    def action_toggle_detail(self) -> None:
        self.detail_wanted = not self.detail_shown
        self.show_panes()
        self.call_after_refresh(self.show_detail)

    def action_zoom(self) -> None:
        if self.zoomed is not None:
            self.zoomed = None
        elif self.focused is not None and self.focused.id in PANES:
            self.zoomed = self.focused.id
        self.show_panes()
        self.call_after_refresh(self.show_detail)

    def action_close(self) -> None:
        if self.zoomed is not None:
            self.action_zoom()
        elif self.ending.display:
            self.ending.hide()
        elif self.small and self.detail_shown:
            self.detail_wanted = False
            self.show_panes()
        elif self.graph.only is not None:
            self.show_only(None)
        elif self._filtered.filter:
            self._filtered.apply(NOTHING)

    def action_show_ending(self) -> None:
        if not self.ending.told:
            self.keys.say("The run has not ended")
        self.ending.display = self.ending.told

    # -- what is chosen -------------------------------------------------------------------------------

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        pane = event.widget
        if pane.id in ("graph", "trace", "log", "pending"):
            self._subject = pane.id
            self.show_detail()
        if isinstance(pane, TracePane | LogPane):
            self._filtered = pane

    def on_selected(self, message: messages.Selected) -> None:
        if message.pane.id == self._subject:
            self.show_detail()

    def show_detail(self) -> None:
        """Brings the detail pane up to date with what is chosen."""
        if self._bridge is not None and self.detail_shown:
            show_subject(self, self._subject, self._bridge, self._look)

    def action_copy(self) -> None:
        self.show_detail()
        text = self.detail.plain
        if text and self.detail_shown:
            self.app.copy_to_clipboard(text)
            self.keys.say("Copied what the detail pane shows")
        else:
            self.keys.say("Open the detail pane first (d): it is what gets copied")

    def on_told(self, message: messages.Told) -> None:
        self.keys.say(message.words)

    # -- from one pane to another ---------------------------------------------------------------------

    def on_activated(self, message: messages.Activated) -> None:
        pane = message.pane
        if isinstance(pane, TracePane):
            self.action_go("detail")
        elif isinstance(pane, LogPane) and pane.chosen is not None:
            if pane.chosen.call is None:
                self.keys.say("The line was not written in the handling of a call")
            else:
                self.go_to_call(pane.chosen.call)
        elif isinstance(pane, PendingPane):
            self._deliver(pane)

    def _deliver(self, pane: PendingPane) -> None:
        view = pane.chosen
        if view is None or self._bridge is None:
            return
        if not self._bridge.held:
            self.keys.say("Pause first (p): while the app runs, the scheduler chooses")
        elif not view.ready:
            self.keys.say(f"{view.target} is busy: it does not wait for a message now")
        else:
            self._bridge.deliver(view.number)

    def on_call_wanted(self, message: messages.CallWanted) -> None:
        self.go_to_call(message.call)

    def go_to_call(self, call: int) -> None:
        """Shows a call in the trace."""
        trace = self.trace
        if trace.book.get(call) is None:
            self.keys.say(f"Call {call} is not kept: only the last {len(trace.book):,} are")
            return
        if trace.showing_totals:
            trace.as_totals = False
        if not trace.choose_number(call):
            trace.apply(NOTHING)
            trace.choose_number(call)
        self.action_go("trace")

    def on_logs_wanted(self, message: messages.LogsWanted) -> None:
        self.logs.apply(parse(f"call:{message.call}", LOG_FIELDS))
        self.action_go("log")

    def on_service_wanted(self, message: messages.ServiceWanted) -> None:
        self.show_only(message.service)

    def show_only(self, service: str | None) -> None:
        """Filters trace and log to one guest, or not."""
        self.graph.show_only(service)
        source = f"service:{exactly(service)}" if service is not None else ""
        self.trace.apply(parse(source, CALL_FIELDS))
        self.logs.apply(parse(source, LOG_FIELDS))

    # -- filtering ------------------------------------------------------------------------------------

    def action_filter(self) -> None:
        pane = self._filtered
        self._before_prompt = (pane.filter, self.focused)
        if pane is self.trace:
            self.prompt.open("trace", CALL_FIELDS, pane.filter.source)
        else:
            self.prompt.open("log", LOG_FIELDS, pane.filter.source)

    def on_filter_typed(self, message: messages.FilterTyped) -> None:
        self._filtered.apply(message.wanted)

    def on_filter_closed(self, message: messages.FilterClosed) -> None:
        before, focused = self._before_prompt
        if not message.keep:
            self._filtered.apply(before)
        self.prompt.close()
        (focused or self._filtered).focus()

    def action_clear_filters(self) -> None:
        self.logs.level = "debug"
        self.show_only(None)

    def action_follow(self) -> None:
        pane = self.focused if isinstance(self.focused, Listing) else self._filtered
        pane.follow(not pane.following)
