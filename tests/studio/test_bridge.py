"""The bridge: models and snapshot agree, floods are survived, light fades."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from parigot.app import App
from parigot.schema import Schema
from parigot.session.events import CallDispatched, Event, LogWritten, RunEnded
from parigot.session.views import EdgeView, Snapshot
from parigot.trace.stream import EventStream

from parigot_studio.models.calls import CALLS_KEPT
from parigot_studio.models.logs import LINES_KEPT
from parigot_studio.render.graph import HEAT
from parigot_studio.session_bridge import FLOOD_RATE, FOLD_CHUNK, HELD_TICKS, Bridge, Opened
from studio.fakes import FakeSession, FakeSource, World
from studio.scripts import helloworld, shop

APP = App("test", Path(), Path("parigot.toml"))


class StillSession(FakeSession):
    """A session whose snapshot is what the test says."""

    def __init__(self) -> None:
        super().__init__(lambda world: None)
        self.now = Snapshot(0, 0, "running", 0, (), (), (), None, (), None, "")

    def snapshot(self) -> Snapshot:
        return self.now

    def say(self, **facts: object) -> None:
        values = {name: getattr(self.now, name) for name in Snapshot.__slots__}
        self.now = Snapshot(**{**values, **facts})  # type: ignore[arg-type]


def still(
    capacity: int = 1_000_000, clock: Callable[[], float] = lambda: 0.0
) -> tuple[StillSession, EventStream[Event], Bridge]:
    session = StillSession()
    stream: EventStream[Event] = EventStream(capacity)
    return session, stream, Bridge(Opened(APP, session, stream, Schema.empty()), clock=clock)


def line(seq: int) -> LogWritten:
    return LogWritten(seq, 0, "a", "info", f"line {seq}", (), None, "stdout")


def call(seq: int) -> CallDispatched:
    return CallDispatched(seq, 0, seq, None, "a", "b", "b.v1.B", "M", b"")


def opened(source: FakeSource) -> Bridge:
    return Bridge(source.open(lambda: None), step=source.step)


def test_a_run_to_the_end() -> None:
    bridge = opened(FakeSource(helloworld))
    assert bridge.tick()
    assert (bridge.mode, bridge.exit_code, bridge.report) == ("ENDED", 0, "")
    assert [row.message for row in bridge.logs.rows][-1] == "bonjour world"
    assert bridge.calls.rows[0].method == "FetchGreeting"
    status = bridge.status()
    assert (status.steps, status.calls, status.lost) == (4, 1, 0)
    assert not bridge.held


def test_modes_follow_state_and_command() -> None:
    source = FakeSource(shop, step=True)
    bridge = opened(source)
    bridge.tick()
    assert (bridge.mode, bridge.held) == ("STEPPING", True)
    bridge.pause()
    bridge.tick()
    assert bridge.mode == "PAUSED"
    bridge.step()
    bridge.tick()
    assert bridge.mode == "STEPPING"
    source.session._auto = False
    bridge.resume()
    bridge.tick()
    assert (bridge.mode, bridge.held) == ("RUNNING", False)
    bridge.close()
    assert source.session.commands[-1] == "stop"


def test_events_newer_than_the_snapshot_wait_for_it() -> None:
    session, stream, bridge = still()
    for seq in range(1, 6):
        stream.push(line(seq))
    session.say(seq=3)
    bridge.tick()
    assert bridge.logs.count == 3
    session.say(seq=5)
    bridge.tick()
    assert bridge.logs.count == 5


def test_a_snapshot_that_never_comes_holds_nothing_back_for_ever() -> None:
    _, stream, bridge = still()
    stream.push(line(7))
    for _ in range(HELD_TICKS + 1):
        assert bridge.logs.count == 0
        bridge.tick()
    bridge.tick()
    assert bridge.logs.count == 1


def test_one_tick_ends_when_its_time_is_up() -> None:
    times = iter(range(1_000_000))
    session, stream, bridge = still(clock=lambda: next(times))
    session.say(seq=10**9)
    for seq in range(1, 5 * FOLD_CHUNK):
        stream.push(line(seq))
    bridge.tick()
    assert bridge.logs.count == FOLD_CHUNK
    bridge.tick()
    assert bridge.logs.count == 2 * FOLD_CHUNK


def test_what_was_lost_is_counted_and_open_calls_are_reconciled() -> None:
    session, stream, bridge = still(capacity=100)
    session.say(seq=10**9)
    stream.push(call(1))
    bridge.tick()
    for seq in range(2, 502):
        stream.push(line(seq))
    bridge.tick()
    assert bridge.lost == 400
    assert bridge.status().lost == 400
    assert [row.state for row in bridge.calls.rows] == ["lost"]


def test_the_end_is_the_last_event() -> None:
    session, stream, bridge = still()
    session.say(seq=2)
    stream.push(line(1))
    stream.push(RunEnded(2, 0, 194, "it trapped"))
    bridge.tick()
    assert (bridge.mode, bridge.exit_code, bridge.report) == ("ENDED", 194, "it trapped")


def test_the_end_is_seen_in_the_snapshot_too() -> None:
    session, _, bridge = still()
    session.say(state="ended", exit_code=3, report="why")
    bridge.tick()
    assert (bridge.mode, bridge.exit_code, bridge.report) == ("ENDED", 3, "why")


def edge(calls: int, errors: int = 0) -> tuple[EdgeView, ...]:
    return (EdgeView("a", "b", "b.v1.B", calls, errors),)


def test_light_fades_while_running_and_stays_while_held() -> None:
    session, _, bridge = still()
    session.say(edges=edge(1))
    bridge.tick()
    assert bridge.heat == {("a", "b"): HEAT}
    bridge.tick()
    assert bridge.heat == {("a", "b"): HEAT - 1}
    session.say(state="paused")
    bridge.tick()
    assert bridge.heat == {("a", "b"): HEAT - 1}
    session.say(edges=(*edge(1), EdgeView("b", "c", "c.v1.C", 1, 0)))
    bridge.tick()  # the next step puts the light of the last one out
    assert bridge.heat == {("b", "c"): HEAT}
    session.say(state="running")
    for _ in range(HEAT):
        bridge.tick()
    assert bridge.heat == {}


def test_errors_glow_in_their_own_colour() -> None:
    session, _, bridge = still()
    session.say(edges=edge(1, 1))
    bridge.tick()
    assert bridge.heat == {("a", "b"): -HEAT}
    bridge.tick()
    assert bridge.heat == {("a", "b"): 1 - HEAT}


def test_the_rate_is_of_the_last_second_of_session_time() -> None:
    session, _, bridge = still()
    for tick in range(31):
        session.say(time_ns=tick * 100_000_000, edges=edge(tick * 300))
        bridge.tick()
    assert bridge.rate == 3_000
    assert bridge.flooded == (bridge.rate > FLOOD_RATE)
    session.say(state="paused")
    bridge.tick()
    assert not bridge.flooded
    for tick in range(31, 62):
        session.say(time_ns=tick * 100_000_000)
        bridge.tick()
    assert bridge.rate == 0


def test_a_tick_without_news_says_so() -> None:
    _, _, bridge = still()
    bridge.tick()
    assert not bridge.tick()


def test_folding_scripts_gives_what_the_world_holds() -> None:
    source = FakeSource(shop, auto=False)
    bridge = opened(source)
    for _ in range(40):
        source.session.play(7)
        bridge.tick()
        world: World = source.session.world
        assert bridge.calls.highest == world.call_numbers
        assert {row.number for row in bridge.calls.rows if row.state in ("queued", "running")} == set(
            world.calls
        )


def test_a_flood_stays_within_bounds() -> None:
    session, stream, bridge = still(capacity=12_000)
    session.say(seq=10**9)
    seq = 0
    for _ in range(20):
        for _ in range(10_000):
            seq += 3
            stream.push(CallDispatched(seq, seq, seq // 3, None, "a", "b", "b.v1.B", "M", b"x" * 40))
            stream.push(LogWritten(seq + 1, seq, "a", "info", "y" * 100, (), None, "stdout"))
        bridge.tick()
    assert len(bridge.calls) <= CALLS_KEPT * 5 // 4
    assert len(bridge.logs.rows) <= LINES_KEPT * 5 // 4
    assert bridge.lost == 20 * 20_000 - 20 * 12_000
    assert bridge.calls.highest == 200_000
    assert len(bridge.calls.totals) == 1
