"""The dependency graph, live: states, counts, and edges that light up as calls cross them."""

from __future__ import annotations

from parigot.diagram import Box
from parigot.session.views import ServiceView
from rich.segment import Segment
from textual import events, work
from textual.content import Content
from textual.geometry import Region, Size
from textual.strip import Strip

from parigot_studio.actions import bindings
from parigot_studio.messages import GraphDrawn, Selected, ServiceWanted
from parigot_studio.panes.lines import LinePane
from parigot_studio.render.graph import (
    SMALL_APP,
    Drawing,
    GraphState,
    Structure,
    draw_to_fit,
    graph_row,
    structure,
)
from parigot_studio.render.look import Look
from parigot_studio.render.numbers import plural
from parigot_studio.render.text import fit
from parigot_studio.right_of_way import breathe
from parigot_studio.session_bridge import EMPTY, Bridge

# Up to that many boxes a layout takes no time worth a thread.
DRAWN_AT_ONCE = 16
# In a smaller pane the boxes hold names only.
COMPACT_WIDTH, COMPACT_HEIGHT = 38, 12


class GraphPane(LinePane):
    """Boxes and arrows."""

    BINDINGS = bindings("graph")

    def __init__(self, look: Look) -> None:
        super().__init__("graph")
        self.border_title = "1 Graph"
        self.look = look
        self.show_unneeded: bool | None = None  # None: as the size of the app suggests
        self.selected: str | None = None
        self.only: str | None = None  # trace and log show only this guest
        self._snapshot = EMPTY
        self._drawing: Drawing | None = None
        self._wanted: tuple[Structure, int] | None = None  # what to draw, and in which width
        self._state = GraphState({}, {}, {}, None, False)
        self._shown: object = None
        self._drawing_now = False  # one layout at a time: a thread cannot be called back

    # -- the model ------------------------------------------------------------------------------------

    def tick(self, look: Look, bridge: Bridge) -> None:
        """Takes in how things stand."""
        self.look = look
        snapshot = bridge.snapshot
        shown = (
            snapshot.services,
            bridge.traffic,
            dict(bridge.heat),
            self.selected,
            self.has_focus,
            look.palette,
        )
        if shown == self._shown:
            return
        self._shown = shown
        self._snapshot = snapshot
        self._restructure()
        self._state = GraphState(
            {view.name: view for view in snapshot.services},
            bridge.traffic,
            bridge.heat,
            self.selected,
            self.has_focus,
        )
        self.refresh()

    def _restructure(self) -> None:
        snapshot = self._snapshot
        unneeded = self.showing_unneeded
        if snapshot.state == "starting" and not unneeded:
            return  # who needs whom is told guest by guest: a layout each time would be work for nothing
        region = self.scrollable_content_region
        compact = region.width < COMPACT_WIDTH or region.height < COMPACT_HEIGHT
        wanted = (structure(snapshot.services, snapshot.edges, unneeded, compact), region.width)
        if wanted == self._wanted or not region.width:
            return
        self._wanted = wanted
        if len(wanted[0].boxes) <= DRAWN_AT_ONCE:
            self._accept(draw_to_fit(*wanted))
        elif not self._drawing_now:
            self._drawing_now = True
            self._draw_later(*wanted)

    @property
    def showing_unneeded(self) -> bool:
        """Guests that no program needs are shown: asked for, or the app is small."""
        small = len(self._snapshot.services) <= SMALL_APP
        return self.show_unneeded if self.show_unneeded is not None else small

    @work(thread=True, group="layout", exit_on_error=False)
    def _draw_later(self, what: Structure, width: int) -> None:
        self.post_message(GraphDrawn((what, width), draw_to_fit(what, width)))

    def on_graph_drawn(self, message: GraphDrawn) -> None:
        """A layout came back; an outdated one is better than none, and the newest wish is drawn next."""
        message.stop()
        self._drawing_now = False
        self._accept(message.drawing)
        if self._wanted != message.wanted:
            self._wanted = None
            self._restructure()

    def _accept(self, drawing: Drawing) -> None:
        self._drawing = drawing
        self.virtual_size = Size(drawing.width, drawing.height)
        if self.selected not in drawing.boxes:
            self.selected = None
        # The scroll bars of the new size are there after one more layout.
        self.call_after_refresh(self.call_after_refresh, self._to_the_chosen)
        self._announce()
        self.refresh()

    def _to_the_chosen(self) -> None:
        """Shows the chosen box, or the first, of a graph that is larger than the pane."""
        if self.selected is not None:
            self.choose(self.selected)
        elif boxes := self._in_order():
            width = self.scrollable_content_region.width
            x = max(0, boxes[0].x + (boxes[0].width - width) // 2)
            self.scroll_to(x, 0, animate=False, immediate=True)

    def on_resize(self) -> None:
        self._restructure()

    def _announce(self) -> None:
        parts = []
        if self.only is not None:
            parts.append(f"only {self.only}")
        if self._drawing is not None and self._drawing.structure.hidden:
            parts.append(f"{self._drawing.structure.hidden} unneeded hidden")
        self.border_subtitle = Content(" · ".join(parts))

    @property
    def chosen(self) -> ServiceView | None:
        """The guest under the cursor."""
        return self._state.services.get(self.selected) if self.selected is not None else None

    def choose(self, name: str | None) -> None:
        """Puts the cursor on a guest."""
        self.selected = name
        self._shown = None
        state = self._state
        self._state = GraphState(state.services, state.traffic, state.heat, name, self.has_focus)
        box = self._boxes().get(name) if name is not None else None
        if box is not None:
            region = Region(box.x, box.y, box.width, box.height)
            self.scroll_to_region(region, animate=False, immediate=True, force=True)
        self.refresh()
        self.post_message(Selected(self))

    def show_only(self, name: str | None) -> None:
        """Says that trace and log show only that guest."""
        self.only = name
        self._announce()

    # -- moving ---------------------------------------------------------------------------------------

    def _boxes(self) -> dict[str, Box]:
        return self._drawing.boxes if self._drawing is not None else {}

    def _in_order(self) -> list[Box]:
        return sorted(self._boxes().values(), key=lambda box: (box.y, box.x))

    def _move(self, by: int) -> None:
        boxes = self._in_order()
        names = [box.name for box in boxes]
        if not names:
            return
        at = names.index(self.selected) if self.selected in names else -1 if by > 0 else 0
        self.choose(names[(at + by) % len(names)])

    def _move_row(self, down: bool) -> None:
        boxes = self._boxes()
        here = boxes.get(self.selected) if self.selected is not None else None
        if here is None:
            self._move(1)
            return
        centre = here.x + here.width // 2
        rows = [box for box in boxes.values() if (box.y > here.y if down else box.y < here.y)]
        if rows:
            nearest = min(
                rows, key=lambda box: (abs(box.y - here.y), abs(box.x + box.width // 2 - centre), box.x)
            )
            self.choose(nearest.name)

    def action_next_box(self) -> None:
        self._move(1)

    def action_previous_box(self) -> None:
        self._move(-1)

    def action_box_up(self) -> None:
        self._move_row(False)

    def action_box_down(self) -> None:
        self._move_row(True)

    def action_unneeded(self) -> None:
        self.show_unneeded = not self.showing_unneeded
        self._restructure()

    def action_activate(self) -> None:
        if self.selected is not None and self.chosen is not None:
            self.post_message(ServiceWanted(None if self.only == self.selected else self.selected))

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        x, y = offset.x + self.scroll_offset.x, offset.y + self.scroll_offset.y
        left, top = self._origin()
        for box in self._boxes().values():
            if box.covers(x - left, y - top):
                self.choose(box.name)
                if event.chain == 2:
                    self.action_activate()
                return

    def on_focus(self) -> None:
        if self.selected is None:
            self._move(1)

    # -- drawing --------------------------------------------------------------------------------------

    def _origin(self) -> tuple[int, int]:
        """A graph smaller than the pane stands in its middle."""
        if self._drawing is None:
            return 0, 0
        region = self.scrollable_content_region
        return max(0, (region.width - self._drawing.width) // 2), max(
            0, (region.height - self._drawing.height) // 2
        )

    def render_line(self, y: int) -> Strip:
        breathe()
        width = self.scrollable_content_region.width
        drawing = self._drawing
        if drawing is None:
            guests = len(self._snapshot.services)
            words = f" {plural(guests, 'guest')} saying what they need …" if guests else " starting …"
            return self.segment_strip(
                [Segment(fit(words if y == 0 else "", width), self.look.palette.faint)], width
            )
        left, top = self._origin()
        row = y + self.scroll_offset.y - top
        if not 0 <= row < drawing.height:
            return Strip.blank(width, self.ground)
        pieces = graph_row(drawing, row, self._state, self.look.palette)
        segments = [Segment(" " * left), *(Segment(words, style) for words, style in pieces)]
        x = self.scroll_offset.x
        return Strip(segments).crop_extend(x, x + width, self.ground).apply_style(self.ground)
