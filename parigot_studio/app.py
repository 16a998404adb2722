"""The workstation: opens runs, keeps their pictures fresh, and passes on what a person asks of them.

Everything on the screen is drawn from one tick of the bridge, so the panes agree. The app holds no state of
the run itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from parigot.errors import AppError
from parigot.schema import Schema
from textual import events, work
from textual.app import App, SystemCommand
from textual.screen import Screen

from parigot_studio import messages
from parigot_studio.actions import ACTIONS, BY_NAME, GROUPS
from parigot_studio.desk import Desk
from parigot_studio.render.look import Look
from parigot_studio.render.palette import Palette, ranked
from parigot_studio.render.status import Status
from parigot_studio.screens.help import HelpScreen
from parigot_studio.session_bridge import TICKS_PER_SECOND, Bridge, Source
from parigot_studio.theme import THEMES, palette_for

SOONEST_TICK_S = 0.03
# While nobody can read rows, the screen is drawn less often: the time belongs to the keys and the run.
FLOOD_TICK_S = 0.22
# A key has the thread to itself for so long, unless that would leave the screen standing still.
KEY_ALONE_S = 0.1
LATEST_TICK_S = 0.5


class StudioApp(App[int]):
    """The studio.

    Args:
        source: where runs come from.
        ticking: refresh by itself; tests turn it off and call `tick`.
    """

    CSS_PATH = "studio.tcss"
    TITLE = "parigot studio"

    def __init__(self, source: Source, *, ticking: bool = True) -> None:
        super().__init__()
        self.source = source
        self.bridge: Bridge | None = None
        self.refused: AppError | None = None
        self._ticking = ticking
        self._generation = 0
        self._last_tick = 0.0
        self._last_key = 0.0
        self._palette: Palette | None = None
        self._names: list[str] = []
        self._help = HelpScreen()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name
        self.desk = Desk(self.look(), source.step)

    def get_default_screen(self) -> Screen[None]:
        """The panes."""
        return self.desk

    def on_ready(self) -> None:
        # Not in `on_mount`: the panes are on the screen before there is anything to show in them.
        self.call_later(self._begin)

    async def _begin(self) -> None:
        # Mounted ahead of its first use, when a flood of calls could make that slow.
        self.install_screen(self._help, "help")
        with self.batch_update():
            await self.push_screen(self._help)
            await self.pop_screen()
        self.open_run()
        if self._ticking:
            self.set_interval(1 / TICKS_PER_SECOND, self._regular_tick)

    # -- the run --------------------------------------------------------------------------------------

    def open_run(self) -> None:
        """Ends the run there is and starts a new one, in the background."""
        old, self.bridge, self.refused = self.bridge, None, None
        self._generation += 1
        self._open(self._generation, old)

    @work(thread=True, group="run", exit_on_error=False)
    def _open(self, generation: int, old: Bridge | None) -> None:
        if old is not None:
            old.close()
        try:
            opened = self.source.open(self._events_ready)
        except AppError as error:
            self.post_message(messages.RunRefused(error, generation))
        else:
            self.post_message(messages.RunOpened(opened, generation))

    def _events_ready(self) -> None:
        self.post_message(messages.EventsReady())

    def on_run_opened(self, message: messages.RunOpened) -> None:
        if message.generation != self._generation:
            message.opened.session.stop()
            return
        bridge = self.bridge = Bridge(message.opened, step=self.source.step)
        self._names = [guest.name for guest in bridge.app.guests]
        self._palette = None
        self.title = bridge.app.name
        self.desk.keys.hush()
        self.desk.bind_run(bridge)
        self.tick()

    def on_run_refused(self, message: messages.RunRefused) -> None:
        if message.generation == self._generation:
            self.refused = message.error
            self.tick()

    def on_events_ready(self) -> None:
        # Prompt when little happens; when much happens the regular ticks are enough.
        if self._ticking and time.perf_counter() - self._last_tick > SOONEST_TICK_S:
            self._regular_tick()

    def _regular_tick(self) -> None:
        if self.bridge is not None and self.bridge.flooded:
            now = time.perf_counter()
            since = now - self._last_tick
            if since < FLOOD_TICK_S or (now - self._last_key < KEY_ALONE_S and since < LATEST_TICK_S):
                return
        self.tick()

    def tick(self) -> None:
        """Brings everything on the screen up to date, together."""
        self._last_tick = time.perf_counter()
        bridge = self.bridge
        if bridge is None:
            waits_for = self.source.waits_for if self.refused is None else ""
            mode = "FAILED" if self.refused is not None else "WAITING" if waits_for else "STARTING"
            if waits_for:
                self.desk.keys.say(f"Waiting for {waits_for}; q leaves")
            status = Status(self.source.title, mode, None, 0, 0, 0, 0, 0)
        else:
            bridge.tick()
            status = bridge.status()
        look = self.look()
        desk = self.desk
        desk.tick(look)
        if status.mode != desk.status.status.mode:
            self.refresh_bindings()
        desk.status.show(status, look.palette)
        if self.refused is not None:
            desk.ending.tell(None, str(self.refused), look.palette)
        elif bridge is not None and bridge.ended:
            failed = [view.name for view in bridge.snapshot.services if view.state == "failed"]
            desk.ending.tell(bridge.exit_code, bridge.report, look.palette, failed)

    def look(self) -> Look:
        """How rows are drawn at this moment."""
        base = palette_for(self.current_theme)
        if self._palette is None or self._palette.text != base.text:
            self._palette = ranked(base, self._names)
        if self.bridge is None:
            return Look(Schema.empty(), self._palette)
        return Look(self.bridge.schema, self._palette, self.bridge.snapshot.time_ns)

    @property
    def code(self) -> int:
        """What the command should exit with: the run's own code, 0 while it has none."""
        if self.refused is not None:
            return self.refused.exit_code
        return (self.bridge.exit_code or 0) if self.bridge is not None and self.bridge.ended else 0

    def close_run(self) -> None:
        """Ends the run and waits a moment for it; for after the screen is gone."""
        if self.bridge is not None:
            self.bridge.close()

    # -- what a person asks of it ---------------------------------------------------------------------

    def action_step(self) -> None:
        if self.bridge is not None:
            if self.bridge.held:
                self.bridge.step()
            else:
                self.action_pause()

    def action_pause(self) -> None:
        if self.bridge is not None:
            self.bridge.pause()
            self.tick()

    def action_resume(self) -> None:
        if self.bridge is not None:
            self.bridge.release()
            self.tick()
            self.call_after_refresh(self.bridge.resume)

    def action_stop(self) -> None:
        if self.bridge is not None:
            self.bridge.session.stop()

    def action_restart(self) -> None:
        self.desk.ending.forget()
        self.open_run()
        self.tick()

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key | events.MouseDown):
            self._last_key = time.perf_counter()
            self.desk.keys.hush()
        await super().on_event(event)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that would do nothing now are not offered."""
        bridge = self.bridge
        if action in ("step", "stop", "pause"):
            running = bridge is not None and not bridge.ended
            return running and not (action == "pause" and bridge is not None and bridge.held)
        if action == "resume":
            return bridge is not None and bridge.held
        return True

    def action_next_theme(self) -> None:
        self.theme = THEMES[1].name if self.current_theme.dark else THEMES[0].name
        self.tick()

    def action_help(self) -> None:
        self._help.show(self.look().palette)
        self.push_screen(self._help)

    def action_leave(self) -> None:
        self.exit(self.code)

    async def action_quit(self) -> None:
        # Textual's own Ctrl+Q.
        self.action_leave()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The command palette: all actions, then Textual's themes and screenshot."""
        for action in ACTIONS:
            if action.target != "list":
                title = f"{GROUPS[action.group]}: {action.label}"
                yield SystemCommand(title, f"{action.help}  ({action.shown_keys})", self._doer(action.name))
        yield SystemCommand("Colours", "Choose another theme", self.action_change_theme)
        yield SystemCommand("Screenshot", "Save a picture of the screen (SVG)", self.deliver_screenshot)

    def _doer(self, name: str) -> Callable[[], None]:
        return lambda: self.do(name)

    def do(self, name: str) -> None:
        """Does an action of the table, whatever is focused."""
        action = BY_NAME[name]
        if action.target in ("app", "desk"):
            self.call_later(self.run_action, action.method, self if action.target == "app" else self.desk)
        else:
            self.desk.action_go(action.target)
            self.call_later(self.run_action, action.method, self.desk.pane(action.target))
