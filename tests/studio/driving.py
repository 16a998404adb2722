"""Driving the studio in tests: press keys, let it settle, look at what it shows. No clock, no sleeps."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from textual.pilot import Pilot

from parigot_studio.app import StudioApp
from studio.fakes import FakeSource

LARGE = (120, 36)
SMALL = (80, 24)
WIDE = (170, 44)


async def settle(pilot: Pilot[int]) -> None:
    """Waits until runs are opened, layouts are drawn and nothing is left to paint, then draws one tick."""
    app = pilot.app
    assert isinstance(app, StudioApp)
    for _ in range(100):
        await app.workers.wait_for_complete()
        await pilot.pause()
        if app.bridge is not None or app.refused is not None:
            break
    for _ in range(2):
        await app.workers.wait_for_complete()
        await pilot.pause()
        app.tick()
        await pilot.pause()


class Driver:
    """A studio on a scripted run."""

    def __init__(self, source: FakeSource, pilot: Pilot[int]) -> None:
        self.source = source
        self.pilot = pilot
        assert isinstance(pilot.app, StudioApp)
        self.app = pilot.app
        self.desk = pilot.app.desk

    async def settle(self) -> None:
        """See `settle`."""
        await settle(self.pilot)

    async def press(self, *keys: str) -> None:
        """Presses keys one after the other; after each the studio settles."""
        for key in keys:
            await self.pilot.press(key)
            await self.settle()

    async def type(self, text: str) -> None:
        """Types a text."""
        for char in text:
            await self.pilot.press(NAMES.get(char, char))
        await self.settle()

    async def play(self, deliveries: int) -> None:
        """Lets the run make so many deliveries."""
        self.source.session.play(deliveries)
        await self.settle()

    def screen_lines(self) -> list[str]:
        """What is on the screen, line by line."""
        width, height = self.app.size
        strips = self.app.screen._compositor.render_strips()
        return [strip.text.ljust(width) for strip in strips[:height]]

    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(self.screen_lines())


NAMES = {" ": "space", ":": "colon", "-": "minus", "/": "slash", '"': "quotation_mark", "=": "equals_sign"}


@asynccontextmanager
async def studio(source: FakeSource, size: tuple[int, int] = LARGE) -> AsyncIterator[Driver]:
    """A studio, settled for the first time."""
    app = StudioApp(source, ticking=False)
    async with app.run_test(size=size) as pilot:
        driver = Driver(source, pilot)
        await driver.settle()
        yield driver


def run(test: Callable[[], Awaitable[None]]) -> None:
    """Runs an async test."""

    async def body() -> None:
        await test()

    asyncio.run(body())
