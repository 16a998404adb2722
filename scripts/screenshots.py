"""Makes screenshots/*.svg: the real studio on the real examples/helloworld, driven by keys, headless.

    python scripts/screenshots.py

So that the pictures change only when the studio or the example does, times are not measured here: every
event happens 10 µs after the one before it.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from parigot.session.events import Event
from parigot.session.views import Snapshot
from parigot.trace.stream import EventStream
from textual.pilot import Pilot

from parigot_studio.app import StudioApp
from parigot_studio.session_bridge import AppSource, Opened, Run

ROOT = Path(__file__).resolve().parents[1]
HELLO = ROOT / "examples" / "helloworld"
FOLDER = ROOT / "screenshots"
SIZE = (120, 36)
TICK_NS = 10_000
TRIES = 2_000


class SteadyStream(EventStream[Event]):
    """A stream whose events happened at even times."""

    def drain(self, limit: int | None = None) -> tuple[list[Event], int]:
        events, lost = super().drain(limit)
        return [event._replace(time_ns=event.seq * TICK_NS) for event in events], lost


class SteadySession:
    """A session whose clock goes with its events."""

    def __init__(self, session: Run) -> None:
        self._session = session

    def __getattr__(self, name: str) -> object:
        return getattr(self._session, name)

    def snapshot(self) -> Snapshot:
        now = self._session.snapshot()
        facts = {name: getattr(now, name) for name in Snapshot.__slots__}
        return Snapshot(**{**facts, "time_ns": now.seq * TICK_NS})


class SteadySource(AppSource):
    """Runs of an app at even times."""

    def open(self, on_ready: Callable[[], None]) -> Opened:
        opened = super().open(on_ready)
        opened.stream.__class__ = SteadyStream
        session: Run = SteadySession(opened.session)  # type: ignore[assignment]
        return Opened(opened.app, session, opened.stream, opened.schema, opened.notes)


async def until(pilot: Pilot[int], true: Callable[[StudioApp], bool]) -> None:
    """Ticks until something holds; each try waits for the loop of the run."""
    app = pilot.app
    assert isinstance(app, StudioApp)
    for _ in range(TRIES):
        await app.workers.wait_for_complete()
        await pilot.pause()
        if app.bridge is not None:
            await asyncio.to_thread(app.bridge.session.fresh_snapshot)  # type: ignore[attr-defined]
        app.tick()
        await pilot.pause()
        if true(app):
            return
    raise SystemExit("screenshots: the studio never got there")


async def picture(name: str, *, step: bool = False, steps: int = 0, keys: tuple[str, ...] = ()) -> None:
    """Takes one picture: after so many steps, or at the end, and these keys."""
    app = StudioApp(SteadySource(HELLO, (), step), ticking=False)
    try:
        async with app.run_test(size=SIZE) as pilot:
            if step:
                await until(pilot, lambda app: app.bridge is not None and bool(app.bridge.snapshot.pending))
                for done in range(steps):
                    await pilot.press("n")
                    await until(pilot, lambda app, done=done: app.bridge.snapshot.steps > done)  # type: ignore[misc]
            else:
                await until(pilot, lambda app: app.bridge is not None and app.bridge.ended)
                for _ in range(6):  # the light on the edges fades
                    app.tick()
            for key in keys:
                await pilot.press(key)
                await until(pilot, lambda app: True)
            path = FOLDER / f"{name}.svg"
            path.write_text(
                app.export_screenshot(title="parigot-studio examples/helloworld"), encoding="utf-8"
            )
            print(path.relative_to(ROOT))
    finally:
        app.close_run()


async def main() -> int:
    """Takes all pictures."""
    FOLDER.mkdir(exist_ok=True)
    await picture("ended")
    await picture("stepping", step=True, steps=2)
    await picture("call", keys=("escape", "2", "enter"))
    await picture("light", keys=("ctrl+t",))
    await picture("help", keys=("question_mark",))
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
