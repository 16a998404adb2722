"""The studio on real runs: wasm guests, the real Session, everything but the terminal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from parigot.session.session import Session
from textual.pilot import Pilot

from parigot_studio.app import StudioApp
from parigot_studio.desk import Desk
from parigot_studio.session_bridge import AppSource
from studio.driving import LARGE, run

ROOT = Path(__file__).parents[2]
HELLO = ROOT / "examples" / "helloworld"
APPS = ROOT / "tests" / "apps"
TRIES = 2_000


class Real:
    """A studio on a real run."""

    def __init__(self, pilot: Pilot[int]) -> None:
        self.pilot = pilot
        assert isinstance(pilot.app, StudioApp)
        self.app = pilot.app
        self.desk: Desk = pilot.app.desk

    async def until(self, true: Callable[[], bool]) -> None:
        """Ticks until something holds; each try waits for the loop of the run, not for a clock."""
        for _ in range(TRIES):
            await self.app.workers.wait_for_complete()
            await self.pilot.pause()
            if self.app.bridge is not None:
                session = self.app.bridge.session
                assert isinstance(session, Session)
                await asyncio.to_thread(session.fresh_snapshot)
            self.app.tick()
            await self.pilot.pause()
            if true():
                return
        raise AssertionError(f"never came true; the screen says\n{self.text()}")

    async def ended(self) -> None:
        """Ticks until the run is over."""
        await self.until(lambda: self.app.bridge is not None and self.app.bridge.ended)

    async def step(self) -> None:
        """Presses n and waits for the delivery."""
        steps = self.steps
        await self.pilot.press("n")
        await self.until(lambda: self.steps == steps + 1)

    @property
    def steps(self) -> int:
        """Deliveries so far, as the panes know it."""
        return self.app.bridge.snapshot.steps if self.app.bridge is not None else -1

    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(strip.text for strip in self.app.screen._compositor.render_strips())

    def log(self) -> list[str]:
        """The messages of the log pane."""
        return [row.message for row in self.desk.logs.rows()]


@asynccontextmanager
async def real(app: Path, *, step: bool = False, programs: tuple[str, ...] = ()) -> AsyncIterator[Real]:
    studio = StudioApp(AppSource(app, programs, step), ticking=False)
    try:
        async with studio.run_test(size=LARGE) as pilot:
            yield Real(pilot)
    finally:
        studio.close_run()


def test_helloworld_to_the_end() -> None:
    async def body() -> None:
        async with real(HELLO) as driver:
            await driver.ended()
            assert "✓ the program ended with code 0" in driver.text()
            assert "bonjour world" in driver.log()
            (row,) = driver.desk.trace.rows()
            assert (row.caller, row.callee, row.method) == ("hello", "greeting", "FetchGreeting")
            assert "tongue: French" in driver.desk.detail.plain
            assert 'greeting: "bonjour"' in driver.desk.detail.plain
            assert "✓ hello" in driver.text()
            await driver.pilot.press("q")
        assert driver.app.return_value == 0

    run(body)


def test_helloworld_step_by_step() -> None:
    async def body() -> None:
        async with real(HELLO, step=True) as driver:
            await driver.until(lambda: "STEPPING" in driver.text() and bool(driver.desk.pending.rows()))
            assert driver.steps == 0
            assert driver.desk.trace.rows() == []
            seen: list[tuple[int, int]] = []
            for _ in range(50):
                if "bonjour world" in driver.log():
                    break
                before = driver.desk.pending.next
                await driver.step()
                # After each press all panes tell the same story.
                snapshot = driver.app.bridge.snapshot if driver.app.bridge is not None else None
                assert snapshot is not None
                assert [view.number for view in driver.desk.pending.rows()] == sorted(
                    view.number for view in snapshot.pending
                )
                assert before not in [view.number for view in snapshot.pending]
                open_rows = {row.number for row in driver.desk.trace.rows() if row.resolved_ns is None}
                assert (
                    open_rows
                    == {view.call for view in snapshot.in_flight if view.service != "hello"} & open_rows
                )
                seen.append((driver.steps, len(driver.desk.trace.rows())))
            assert "bonjour world" in driver.log()
            assert [steps for steps, _ in seen] == list(range(1, len(seen) + 1))
            assert [calls for _, calls in seen] == sorted(calls for _, calls in seen)
            await driver.pilot.press("r")
            await driver.ended()
            assert driver.app.code == 0

    run(body)


def test_a_chosen_delivery_goes_first() -> None:
    async def body() -> None:
        async with real(APPS / "parallel", step=True) as driver:
            await driver.until(lambda: bool(driver.desk.pending.rows()))
            for _ in range(100):
                if sum(view.ready for view in driver.desk.pending.rows()) > 1:
                    break
                await driver.step()
            ready = [view.number for view in driver.desk.pending.rows() if view.ready]
            chosen = next(number for number in ready if number != driver.desk.pending.next)
            driver.desk.action_go("pending")
            assert driver.desk.pending.choose_number(chosen)
            steps = driver.steps
            await driver.pilot.press("enter")
            await driver.until(lambda: driver.steps == steps + 1)
            left = [view.number for view in driver.desk.pending.rows()]
            assert chosen not in left

    run(body)


@pytest.mark.parametrize(
    ("app", "code", "words"),
    [
        ("cycle", 193, "dependency cycle: a -> b (for cycle.v1.B) -> c (for cycle.v1.C) -> a"),
        ("missing", 193, "missing.v1.Bank, which nobody exports"),
    ],
)
def test_how_bad_apps_end_is_told(app: str, code: int, words: str) -> None:
    async def body() -> None:
        async with real(APPS / app) as driver:
            await driver.ended()
            assert f"(code {code})" in driver.text()
            assert words in driver.text()
            await driver.pilot.press("q")
        assert driver.app.return_value == code

    run(body)


def test_a_restart_runs_the_app_again() -> None:
    async def body() -> None:
        async with real(HELLO) as driver:
            await driver.ended()
            first = driver.app.bridge
            await driver.pilot.press("R")
            await driver.until(lambda: driver.app.bridge not in (None, first))
            await driver.ended()
            assert driver.log().count("bonjour world") == 1
            assert "✓ the program ended with code 0" in driver.text()

    run(body)


def test_a_module_that_is_none_is_told(tmp_path: Path) -> None:
    wasm = tmp_path / "broken.wasm"
    wasm.write_bytes(b"\0asm\x01\0\0\0garbage")

    async def body() -> None:
        async with real(wasm) as driver:
            await driver.until(lambda: driver.app.refused is not None)
            assert "✗ cannot start" in driver.text()
            assert "broken.wasm" in driver.text()
            await driver.pilot.press("q")
        assert driver.app.return_value == 196

    run(body)


def test_protos_that_cannot_be_read_do_not_stop_the_run(tmp_path: Path) -> None:
    (tmp_path / "proto").mkdir()
    (tmp_path / "proto" / "bad.proto").write_text("this is no proto\n")
    (tmp_path / "parigot.toml").write_text(
        f"""
[app]
name = "hello"
protos = ["proto"]
[service.greeting]
wasm = "{HELLO}/build/greeting.wasm"
[program.hello]
wasm = "{HELLO}/build/hello.wasm"
"""
    )

    async def body() -> None:
        async with real(tmp_path) as driver:
            await driver.ended()
            assert any("bad.proto" in message for message in driver.log())
            assert "bonjour world" in driver.log()
            assert "no .proto declares" in driver.desk.detail.plain

    run(body)
