"""What the studio looks like, as pictures. After a wanted change: pytest tests/studio --snapshot-update."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from parigot.errors import DescriptorError
from textual.pilot import Pilot

from parigot_studio.app import StudioApp
from studio.driving import LARGE, NAMES, SMALL, WIDE, settle
from studio.fakes import FakeSource
from studio.scripts import cycle, fleet, helloworld, nasty, shop, trapped

SnapCompare = Callable[..., bool]


def pictured(
    snap_compare: SnapCompare, source: FakeSource, *keys: str, size: tuple[int, int] = LARGE, play: int = 0
) -> bool:
    """Whether the studio looks as it did: after so many deliveries and these keys."""
    app = StudioApp(source, ticking=False)

    async def before(pilot: Pilot[int]) -> None:
        await settle(pilot)
        source.session.play(play)
        await settle(pilot)
        for key in keys:
            for one in [key] if len(key) == 1 or key in NAMED else [NAMES.get(char, char) for char in key]:
                await pilot.press(one)
            await settle(pilot)

    return snap_compare(app, terminal_size=size, run_before=before)


NAMED = {
    "enter",
    "escape",
    "up",
    "down",
    "right",
    "left",
    "home",
    "end",
    "slash",
    "question_mark",
    "ctrl+t",
    "tab",
}


class TestStepping:
    def test_before_the_first_step(self, snap_compare: SnapCompare) -> None:
        assert pictured(snap_compare, FakeSource(helloworld, step=True))

    def test_a_call_was_just_sent(self, snap_compare: SnapCompare) -> None:
        assert pictured(snap_compare, FakeSource(helloworld, step=True), "n", "n")

    def test_in_a_small_terminal(self, snap_compare: SnapCompare) -> None:
        assert pictured(snap_compare, FakeSource(helloworld, step=True), "n", "n", "n", size=SMALL)

    def test_a_choice_among_many(self, snap_compare: SnapCompare) -> None:
        assert pictured(snap_compare, FakeSource(shop, step=True), "down", "down", size=WIDE)


class TestRunning:
    @pytest.mark.parametrize("size", [SMALL, LARGE, WIDE])
    def test_nested_calls_errors_and_slow_ones(
        self, snap_compare: SnapCompare, size: tuple[int, int]
    ) -> None:
        assert pictured(snap_compare, FakeSource(shop, auto=False), size=size, play=60)

    def test_light_theme(self, snap_compare: SnapCompare) -> None:
        assert pictured(snap_compare, FakeSource(shop, auto=False), "ctrl+t", "home", play=60)

    def test_totals(self, snap_compare: SnapCompare) -> None:
        assert pictured(snap_compare, FakeSource(shop, auto=False), "t", play=90)

    def test_one_of_many_guests(self, snap_compare: SnapCompare) -> None:
        assert pictured(snap_compare, FakeSource(fleet, auto=False), "1", "down", play=4)


class TestLooking:
    def test_a_call_in_a_small_terminal(self, snap_compare: SnapCompare) -> None:
        assert pictured(snap_compare, FakeSource(helloworld), "escape", "enter", size=SMALL)

    def test_a_guest(self, snap_compare: SnapCompare) -> None:
        assert pictured(snap_compare, FakeSource(shop, auto=False), "1", "right", "enter", play=60)

    def test_the_log_zoomed(self, snap_compare: SnapCompare) -> None:
        assert pictured(snap_compare, FakeSource(shop, auto=False), "3", "z", play=60)

    def test_help(self, snap_compare: SnapCompare) -> None:
        assert pictured(snap_compare, FakeSource(helloworld), "question_mark")


class TestFiltering:
    def test_while_typing(self, snap_compare: SnapCompare) -> None:
        assert pictured(snap_compare, FakeSource(shop, auto=False), "3", "slash", "service:pay", play=60)

    def test_a_problem(self, snap_compare: SnapCompare) -> None:
        assert pictured(snap_compare, FakeSource(shop, auto=False), "slash", "servce:pay", play=60)


class TestEndings:
    def test_well(self, snap_compare: SnapCompare) -> None:
        assert pictured(snap_compare, FakeSource(helloworld))

    @pytest.mark.parametrize("size", [SMALL, LARGE])
    def test_a_trap(self, snap_compare: SnapCompare, size: tuple[int, int]) -> None:
        assert pictured(snap_compare, FakeSource(trapped), size=size)

    def test_a_cycle(self, snap_compare: SnapCompare) -> None:
        assert pictured(snap_compare, FakeSource(cycle))

    def test_no_start(self, snap_compare: SnapCompare) -> None:
        refuse = DescriptorError("unknown key 'wsam'", hint="did you mean wasm?")
        app = StudioApp(FakeSource(helloworld, refuse=refuse), ticking=False)
        assert snap_compare(app, terminal_size=LARGE, run_before=settle)


class TestBadInput:
    @pytest.mark.parametrize("size", [SMALL, LARGE])
    def test_everything_that_upsets_terminals(self, snap_compare: SnapCompare, size: tuple[int, int]) -> None:
        assert pictured(snap_compare, FakeSource(nasty, auto=False), "3", "home", size=size, play=20)
