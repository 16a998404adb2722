"""Keys in, panes out: the studio on scripted runs."""

from __future__ import annotations

import pytest
from parigot.errors import DescriptorError
from textual import events

from parigot_studio.render.rows import trace_row
from studio.driving import LARGE, SMALL, WIDE, Driver, run, studio
from studio.fakes import FakeSource
from studio.scripts import cycle, fleet, helloworld, nasty, shop, trapped


def row_texts(driver: Driver) -> list[str]:
    return [
        " ".join(trace_row(row, 100, driver.desk.trace.look).plain.split())
        for row in driver.desk.trace.rows()
    ]


# -- stepping ------------------------------------------------------------------------------------------


def test_nothing_moves_until_told_and_each_step_is_one_delivery() -> None:
    async def body() -> None:
        async with studio(FakeSource(helloworld, step=True)) as driver:
            desk, session = driver.desk, driver.source.session
            assert session.commands == []
            assert desk.focused is desk.pending
            assert "STEPPING" in driver.text()
            assert [view.kind for view in desk.pending.rows()] == ["launched", "launched"]
            assert desk.trace.rows() == []

            await driver.press("n")
            assert "● greeting" in driver.text()
            assert "○ hello" in driver.text()
            await driver.press("f10")
            assert [view.kind for view in desk.pending.rows()] == ["call"]
            assert row_texts(driver) == [
                "1 0.000100 hello → greeting FetchGreeting tongue: French 0ns … queued"
            ]
            await driver.press("n")
            assert row_texts(driver) == [
                "1 0.000100 hello → greeting FetchGreeting tongue: French 70.0µs ✓ ok"
            ]
            assert [view.kind for view in desk.pending.rows()] == ["resolved"]
            assert [row.call for row in desk.logs.rows()] == [None, 1]
            await driver.press("n")
            assert session.commands == ["step"] * 4
            assert session.steps == 4
            assert [row.message for row in desk.logs.rows()][-1] == "bonjour world"
            assert "ENDED 0" in driver.text()
            await driver.press("n")
            assert session.commands == ["step"] * 4

    run(body)


def test_enter_delivers_the_chosen_one_first() -> None:
    async def body() -> None:
        async with studio(FakeSource(shop, step=True)) as driver:
            pending = driver.desk.pending
            assert pending.next == 1
            await driver.press("down", "down", "enter")
            assert driver.source.session.commands == ["deliver 3"]
            assert [view.number for view in pending.rows()] == [1, 2, 4, 5]
            assert pending.cursor == 1
            await driver.press("down")
            await driver.press("n")
            assert pending.cursor == 2  # the person's choice stays where it is

    run(body)


def test_pause_step_and_resume() -> None:
    async def body() -> None:
        async with studio(FakeSource(shop, auto=False)) as driver:
            session = driver.source.session
            await driver.play(20)
            assert "RUNNING" in driver.text()
            assert not driver.desk.pending.display
            await driver.press("n")  # a first step in a running app holds it
            assert session.commands == ["pause"]
            assert "PAUSED" in driver.text()
            assert driver.desk.pending.display
            await driver.press("n", "r")
            assert session.commands == ["pause", "step", "resume"]
            assert not driver.desk.pending.display
            await driver.press("f6", "f5")
            assert session.commands[-2:] == ["pause", "resume"]

    run(body)


def test_a_running_app_does_not_take_the_persons_choice() -> None:
    async def body() -> None:
        async with studio(FakeSource(shop, auto=False)) as driver:
            await driver.press("4", "enter")
            assert driver.source.session.commands == []
            assert "Pause first (p)" in driver.text()

    run(body)


def test_a_busy_guest_cannot_be_delivered_to() -> None:
    async def body() -> None:
        async with studio(FakeSource(shop, step=True)) as driver:
            world = driver.source.session.world
            number, (view, then) = next(iter(world.pending.items()))
            world.pending[number] = (
                type(view)(
                    **{
                        **{name: getattr(view, name) for name in type(view).__slots__},
                        "ready": False,
                        "target": "a[b]",
                    }
                ),
                then,
            )
            await driver.settle()
            await driver.press("enter")
            assert driver.source.session.commands == []
            assert "a[b] is busy" in driver.text()

    run(body)


# -- looking -------------------------------------------------------------------------------------------


def test_the_detail_shows_request_and_reply_by_the_apps_protos() -> None:
    async def body() -> None:
        async with studio(FakeSource(helloworld)) as driver:
            text = driver.desk.detail.plain
            assert "tongue: French" in text
            assert 'greeting: "bonjour"' in text
            assert "asked for a greeting" in text
            assert "handled in 20.0µs" in text

    run(body)


def test_from_a_log_line_to_its_call_and_back() -> None:
    async def body() -> None:
        async with studio(FakeSource(shop, auto=False)) as driver:
            desk = driver.desk
            await driver.play(60)
            await driver.press("3", "home", "down")
            chosen = desk.logs.chosen
            assert chosen is not None
            assert chosen.call == 3
            assert "log line" in driver.text()
            await driver.press("enter")
            assert desk.focused is desk.trace
            assert desk.trace.cursor == 3
            assert not desk.trace.following
            await driver.press("l")
            assert desk.focused is desk.logs
            assert {row.call for row in desk.logs.rows()} == {3}
            assert "/call:3" in driver.text()
            await driver.press("x")
            assert len(desk.logs.rows()) > 5

    run(body)


def test_a_line_without_a_call_leads_nowhere_and_says_so() -> None:
    async def body() -> None:
        async with studio(FakeSource(helloworld)) as driver:
            await driver.press("3", "home", "enter")
            assert driver.desk.focused is driver.desk.logs
            assert "not written in the handling of a call" in driver.text()

    run(body)


def test_from_call_to_parent_child_and_next_error() -> None:
    async def body() -> None:
        async with studio(FakeSource(shop, auto=False)) as driver:
            trace = driver.desk.trace
            await driver.play(80)
            await driver.press("2", "home", "down", "down", "down")
            assert trace.cursor == 4
            await driver.press("left_square_bracket")
            assert trace.cursor == 3
            await driver.press("left_square_bracket")
            assert trace.cursor == 1
            await driver.press("left_square_bracket")
            assert trace.cursor == 1
            await driver.press("right_square_bracket")
            assert trace.cursor == 2
            await driver.press("E")
            assert trace.chosen is not None
            assert trace.chosen.error == 5
            assert "OutOfStock" in driver.text()

    run(body)


def test_a_call_that_the_filter_hides_is_shown_all_the_same() -> None:
    async def body() -> None:
        async with studio(FakeSource(shop, auto=False)) as driver:
            await driver.play(40)
            await driver.press("2", "slash")
            await driver.type("method:send")
            await driver.press("enter")
            assert {row.method for row in driver.desk.trace.rows()} == {"Send"}
            driver.desk.go_to_call(1)
            await driver.settle()
            assert driver.desk.trace.cursor == 1
            assert not driver.desk.trace.filter

    run(body)


def test_a_call_that_is_no_longer_kept_is_told() -> None:
    async def body() -> None:
        async with studio(FakeSource(shop, auto=False)) as driver:
            driver.desk.go_to_call(12_345)
            await driver.settle()
            assert "Call 12345 is not kept" in driver.text()

    run(body)


def test_following_stops_with_a_step_up_and_starts_again() -> None:
    async def body() -> None:
        async with studio(FakeSource(shop, auto=False)) as driver:
            trace = driver.desk.trace
            await driver.play(60)
            newest = trace.cursor
            await driver.press("up", "up")
            await driver.play(60)
            assert trace.cursor == (newest or 0) - 2
            assert "staying" in driver.text()
            await driver.press("f")
            assert trace.cursor == trace.rows()[-1].number
            await driver.press("f", "home")
            assert not trace.following
            await driver.press("end")
            assert trace.following
            await driver.press("pageup", "pagedown", "k", "j")
            assert trace.cursor is not None

    run(body)


def test_scrolling_up_with_the_mouse_stops_following() -> None:
    async def body() -> None:
        async with studio(FakeSource(shop, auto=False)) as driver:
            logs = driver.desk.logs
            await driver.play(200)
            await driver.pilot._post_mouse_events([events.MouseScrollUp], logs, offset=(5, 2))
            await driver.settle()
            assert not logs.following

    run(body)


def test_rows_that_are_read_stay_while_old_ones_go_away() -> None:
    async def body() -> None:
        async with studio(FakeSource(shop, auto=False)) as driver:
            logs = driver.desk.logs
            book = logs.book
            book.rows._capacity, book.rows._slack = 40, 10
            await driver.play(160)
            await driver.press("3", "home", "down", "down", "down")
            number = logs.cursor
            await driver.play(40)
            assert logs.cursor == number or logs.cursor == logs.rows()[0].number
            assert len(logs.rows()) <= 50

    run(body)


def test_totals_instead_of_rows() -> None:
    async def body() -> None:
        async with studio(FakeSource(shop, auto=False)) as driver:
            await driver.play(80)
            await driver.press("2", "t")
            assert "longest errors" in driver.text()
            assert "checkout → front  PlaceOrder" in driver.text()
            await driver.press("t")
            assert "longest errors" not in driver.text()

    run(body)


def test_a_flood_shows_totals_until_a_person_looks_up() -> None:
    async def body() -> None:
        async with studio(FakeSource(shop, auto=False)) as driver:
            for _ in range(16):
                driver.source.session.play(400)
                driver.source.session.world.now -= 350 * 50_000  # a fast machine
                driver.app.tick()
            assert driver.app.bridge is not None
            driver.app.bridge.rate = 50_000.0
            driver.desk.trace.tick(driver.app.look(), True)
            await driver.pilot.pause()
            assert "longest errors" in driver.text()
            await driver.pilot.press("2", "up")
            await driver.pilot.pause()
            assert "longest errors" not in driver.text()

    run(body)


# -- filtering -----------------------------------------------------------------------------------------


def test_filtering_while_typing_and_undoing() -> None:
    async def body() -> None:
        async with studio(FakeSource(shop, auto=False)) as driver:
            logs = driver.desk.logs
            await driver.play(80)
            everything = len(logs.rows())
            await driver.press("3", "slash")
            await driver.type("level:err")
            assert {row.level for row in logs.rows()} == {"error"}
            await driver.press("escape")
            assert len(logs.rows()) == everything
            assert driver.desk.focused is logs
            await driver.press("slash")
            await driver.type("service:pay -nothing")
            await driver.press("enter")
            assert {row.service for row in logs.rows()} == {"pay"}
            assert "/service:pay -nothing" in driver.text()
            await driver.press("slash")
            await driver.press("backspace")
            await driver.press("escape")
            assert logs.filter.source == "service:pay -nothing"
            await driver.press("escape")
            assert not logs.filter

    run(body)


def test_a_filter_that_cannot_be_read_is_told_and_the_last_good_one_stays() -> None:
    async def body() -> None:
        async with studio(FakeSource(shop, auto=False)) as driver:
            await driver.play(80)
            await driver.press("2", "slash")
            await driver.type("method:send is:sl")
            rows = len(driver.desk.trace.rows())
            await driver.type("x")
            assert 'no state "slx"; there are error ok slow running root' in driver.text()
            assert len(driver.desk.trace.rows()) == rows
            await driver.press("backspace", "enter")
            assert "no state" not in driver.text()

    run(body)


def test_a_filter_that_hides_everything_says_how_to_undo_it() -> None:
    async def body() -> None:
        async with studio(FakeSource(helloworld)) as driver:
            await driver.press("2", "slash")
            await driver.type("zzz")
            await driver.press("enter")
            assert "nothing passes the filter; x removes it" in driver.text()
            await driver.press("x")
            assert len(driver.desk.trace.rows()) == 1

    run(body)


def test_levels_in_turn() -> None:
    async def body() -> None:
        async with studio(FakeSource(shop, auto=False)) as driver:
            await driver.play(80)
            await driver.press("3")
            seen = []
            for _ in range(4):
                await driver.press("v")
                seen.append((driver.desk.logs.level, {row.level for row in driver.desk.logs.rows()}))
            assert seen == [
                ("info", {"info", "warn", "error"}),
                ("warn", {"warn", "error"}),
                ("error", {"error"}),
                ("debug", {"debug", "info", "warn", "error"}),
            ]

    run(body)


def test_a_guest_of_the_graph_filters_trace_and_log() -> None:
    async def body() -> None:
        async with studio(FakeSource(shop, auto=False)) as driver:
            desk = driver.desk
            await driver.play(80)
            await driver.press("1")
            while desk.graph.selected != "mail":
                await driver.press("right")
            assert "shop.v1.Mail" in desk.detail.plain
            await driver.press("enter")
            assert {row.callee for row in desk.trace.rows()} == {"mail"}
            assert "only mail" in driver.text()
            await driver.press("enter")
            assert len({row.callee for row in desk.trace.rows()}) > 1
            await driver.press("enter", "escape")
            assert not desk.trace.filter

    run(body)


# -- panes and screens ---------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [SMALL, LARGE, WIDE])
def test_every_pane_can_be_reached_and_zoomed(size: tuple[int, int]) -> None:
    async def body() -> None:
        async with studio(FakeSource(shop, auto=False), size) as driver:
            desk = driver.desk
            await driver.play(60)
            for key, pane in (
                ("1", desk.graph),
                ("2", desk.trace),
                ("3", desk.logs),
                ("4", desk.pending),
                ("5", desk.detail),
            ):
                await driver.press(key)
                assert desk.focused is pane
                assert pane.region.height >= 4
                await driver.press("z")
                assert pane.region.height >= size[1] - 3
                await driver.press("z")
            await driver.press("2", "z", "3")
            assert desk.zoomed == "log"
            await driver.press("escape")
            assert desk.zoomed is None

    run(body)


def test_tab_goes_round() -> None:
    async def body() -> None:
        async with studio(FakeSource(helloworld)) as driver:
            seen = []
            for _ in range(4):
                assert driver.desk.focused is not None
                seen.append(driver.desk.focused.id)
                await driver.press("tab")
            assert set(seen) == {"graph", "trace", "log", "detail"}

    run(body)


def test_a_small_screen_shows_one_pane_in_each_place() -> None:
    async def body() -> None:
        async with studio(FakeSource(shop, auto=False), SMALL) as driver:
            desk = driver.desk
            await driver.play(60)
            assert (desk.graph.display, desk.trace.display) == (True, True)
            assert not desk.detail.display
            await driver.press("enter")
            assert (desk.trace.display, desk.detail.display) == (False, True)
            assert desk.focused is desk.detail
            await driver.press("escape")
            assert (desk.trace.display, desk.detail.display) == (True, False)
            assert desk.focused is desk.trace
            await driver.press("p")
            assert (desk.graph.display, desk.pending.display) == (False, True)
            await driver.press("1")
            assert (desk.graph.display, desk.pending.display) == (True, False)
            await driver.press("d")
            assert desk.detail.display

    run(body)


def test_the_layout_follows_the_size_of_the_terminal() -> None:
    async def body() -> None:
        async with studio(FakeSource(shop, auto=False), LARGE) as driver:
            await driver.play(60)
            assert driver.desk.detail.display
            await driver.pilot.resize_terminal(*SMALL)
            await driver.settle()
            assert not driver.desk.detail.display
            await driver.pilot.resize_terminal(*WIDE)
            await driver.settle()
            assert driver.desk.detail.region.x > driver.desk.trace.region.x
            await driver.pilot.resize_terminal(20, 6)
            await driver.settle()
            assert "RUNNING" in driver.text()

    run(body)


def test_help_lies_over_everything_and_keys_rest_below_it() -> None:
    async def body() -> None:
        async with studio(FakeSource(helloworld, step=True)) as driver:
            await driver.press("question_mark")
            assert "Deliver one message" in driver.text()
            await driver.press("n", "down", "pagedown", "up", "pageup")
            assert driver.source.session.commands == []
            await driver.press("escape")
            assert "Deliver one message" not in driver.text()
            await driver.press("f1", "q")
            assert driver.app.is_running
            assert "4 Pending" in driver.text()

    run(body)


def test_dark_and_light() -> None:
    async def body() -> None:
        async with studio(FakeSource(helloworld)) as driver:
            dark = driver.app.look().palette
            await driver.press("ctrl+t")
            assert driver.app.look().palette.text != dark.text
            await driver.press("question_mark", "escape", "ctrl+t")
            assert driver.app.look().palette.text == dark.text

    run(body)


def test_the_key_line_offers_what_can_be_done_now_and_can_be_clicked() -> None:
    async def body() -> None:
        async with studio(FakeSource(helloworld, step=True)) as driver:
            bottom = driver.screen_lines()[-1]
            assert "n Step" in bottom
            assert "r Resume" in bottom
            assert "p Pause" not in bottom
            assert "Enter Deliver" in bottom
            await driver.pilot.click("#keys", offset=(bottom.index("n Step") + 1, 0))
            await driver.settle()
            assert driver.source.session.commands == ["step"]
            await driver.press("r")
            assert "Step" not in driver.screen_lines()[-1]

    run(body)


def test_rows_and_boxes_can_be_clicked() -> None:
    async def body() -> None:
        async with studio(FakeSource(shop, auto=False)) as driver:
            desk = driver.desk
            await driver.play(60)
            await driver.press("2", "home")
            await driver.pilot.click("#trace", offset=(10, 3))
            await driver.settle()
            assert desk.trace.cursor == 3
            left, top = desk.graph._origin()
            box = desk.graph._boxes()["front"]
            await driver.pilot.click("#graph", offset=(1 + left + box.x + 2, 1 + top + box.y + 1))
            await driver.settle()
            assert desk.graph.selected == "front"
            await driver.pilot.click("#pending" if desk.pending.display else "#log", offset=(10, 2), times=2)
            await driver.settle()
            assert desk.focused is desk.trace

    run(body)


def test_copying_what_the_detail_shows() -> None:
    async def body() -> None:
        async with studio(FakeSource(helloworld)) as driver:
            await driver.press("y")
            assert 'greeting: "bonjour"' in driver.app.clipboard
            await driver.press("d", "y")
            assert "Open the detail pane first" in driver.text()

    run(body)


# -- how it ends ---------------------------------------------------------------------------------------


def test_the_studio_stays_open_and_says_how_it_ended() -> None:
    async def body() -> None:
        async with studio(FakeSource(helloworld)) as driver:
            assert "✓ the program ended with code 0" in driver.text()
            await driver.press("escape")
            assert "the program ended" not in driver.text()
            await driver.press("e")
            assert "the program ended with code 0" in driver.text()
            await driver.press("q")
        assert driver.app.return_value == 0

    run(body)


def test_a_trap_shows_its_report() -> None:
    async def body() -> None:
        async with studio(FakeSource(trapped)) as driver:
            text = driver.text()
            assert "✗ a guest trapped or was killed (code 194)" in text
            assert "fetch_greeting greeting.c:58 [inlined]" in text
            assert "✗ greeting" in text
            await driver.press("q")
        assert driver.app.return_value == 194

    run(body)


def test_a_failed_startup_shows_the_cycle() -> None:
    async def body() -> None:
        async with studio(FakeSource(cycle)) as driver:
            text = driver.text()
            assert "✗ startup failed (code 193)" in text
            assert "alpha → b.v1.B (beta) → a.v1.A (alpha)" in text
            assert "? c.v1.Nowhere" in text
            await driver.press("1", "e", "q")
        assert driver.app.return_value == 193

    run(body)


def test_leaving_early_is_code_0_and_ends_the_run() -> None:
    async def body() -> None:
        source = FakeSource(shop, auto=False)
        async with studio(source) as driver:
            await driver.press("e")
            assert "The run has not ended" in driver.text()
            await driver.press("ctrl+q")
        assert driver.app.return_value == 0
        driver.app.close_run()
        assert source.session.commands == ["stop"]

    run(body)


def test_an_app_that_cannot_start_is_told_and_can_be_tried_again() -> None:
    async def body() -> None:
        source = FakeSource(helloworld, refuse=DescriptorError("no [brackets] here", hint="write [app]"))
        async with studio(source) as driver:
            text = driver.text()
            assert "FAILED" in text
            assert "✗ cannot start" in text
            assert "no [brackets] here" in text
            assert "write [app]" in text
            await driver.press("n", "p", "r", "enter", "4", "enter", "1", "enter", "l")
            source.refuse = None
            await driver.press("2", "R")
            assert "the program ended with code 0" in driver.text()
            source.refuse = DescriptorError("gone again")
            await driver.press("R")
            assert "gone again" in driver.text()
            await driver.press("q")
        assert driver.app.return_value == 196

    run(body)


def test_restart_is_a_fresh_run_with_the_filters_kept() -> None:
    async def body() -> None:
        source = FakeSource(helloworld)
        async with studio(source) as driver:
            await driver.press("3", "slash")
            await driver.type("bonjour")
            await driver.press("enter", "R")
            assert len(source.sessions) == 2
            assert source.sessions[0].commands == ["stop"]
            assert [row.message for row in driver.desk.logs.rows()] == ["bonjour world"]
            assert len(driver.desk.trace.rows()) == 1

    run(body)


def test_stopping_the_run() -> None:
    async def body() -> None:
        async with studio(FakeSource(shop, auto=False)) as driver:
            await driver.press("S")
            assert "ENDED" in driver.text()

    run(body)


def test_warnings_of_the_descriptor_are_in_the_log() -> None:
    async def body() -> None:
        async with studio(FakeSource(helloworld, notes=("plugin [queue] is not offered here",))) as driver:
            assert "plugin [queue] is not offered here" in driver.text()

    run(body)


# -- what guests may throw at it -----------------------------------------------------------------------


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_nothing_that_a_guest_writes_upsets_the_screen(size: tuple[int, int]) -> None:
    async def body() -> None:
        async with studio(FakeSource(nasty, auto=False), size) as driver:
            await driver.play(50)
            await driver.press("3", "home")
            for _ in range(8):
                await driver.press("down")
            await driver.press("5", "2", "enter", "1", "right", "enter", "z", "z")
            for line in driver.screen_lines():
                assert not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 for char in line)
            assert "[bold]markup[/bold]" in "\n".join(row.message for row in driver.desk.logs.rows())

    run(body)


def test_three_hundred_guests_of_which_six_are_needed() -> None:
    async def body() -> None:
        async with studio(FakeSource(fleet, auto=False)) as driver:
            desk = driver.desk
            assert len(desk.graph._boxes()) == 7
            assert "294 unneeded hidden" in driver.text()
            await driver.press("1", "u")
            assert len(desk.graph._boxes()) == 301
            await driver.press("right", "down", "left", "up", "u")
            assert len(desk.graph._boxes()) == 7

    run(body)


def test_in_step_mode_the_pending_deliveries_have_the_focus_from_the_start() -> None:
    async def body() -> None:
        source = FakeSource(helloworld, step=True)
        starting = source.open

        def open_in_two_steps(on_ready):  # type: ignore[no-untyped-def]
            opened = starting(on_ready)
            source.session.state = "starting"
            return opened

        source.open = open_in_two_steps  # type: ignore[method-assign]
        async with studio(source, SMALL) as driver:
            assert "STARTING" in driver.text()
            source.session.state = "paused"
            await driver.settle()
            assert driver.desk.focused is driver.desk.pending
            await driver.press("enter")
            assert source.session.commands == ["deliver 1"]
            await driver.press("ctrl+c")
        assert driver.app.return_value == 0

    run(body)
