"""Pause, step, choose, resume, stop: nothing moves until told, and every picture agrees with itself."""

from __future__ import annotations

import pytest
from parigot.app.load import load
from parigot.errors import ModuleError, UsageError
from parigot.session import LogWritten, Session
from session.running import APPS, GUESTS, HELLO, collect, finish


@pytest.fixture
def held():
    """A paused session of an app, ended after the test."""
    opened = []

    def start(path, *programs):
        session = Session(load(path), programs=programs, paused=True)
        stream = session.subscribe()
        session.start()
        opened.append(session)
        for _ in range(200):
            if session.fresh_snapshot().state == "paused":
                return session, stream
        raise AssertionError("the run was never held")

    yield start
    for session in opened:
        session.close()


def test_nothing_moves_until_told(held):
    session, stream = held(HELLO)
    before = session.fresh_snapshot()
    assert before.steps == 0
    assert [item.kind for item in before.pending] == ["launched"]
    stream.drain()
    again = session.fresh_snapshot()
    assert again == before
    assert stream.drain() == ([], 0)


def test_each_step_delivers_one_message_until_the_end(held):
    session, stream = held(HELLO)
    kinds = []
    for number in range(1, 20):
        before = session.fresh_snapshot()
        if before.state != "paused":
            break
        following = next(item for item in before.pending if item.number == before.next_pending)
        kinds.append((following.kind, following.target))
        session.step()
        after = session.fresh_snapshot()
        assert after.steps >= number
        assert following.number not in [item.number for item in after.pending]
    assert session.wait(10)
    assert kinds[:4] == [
        ("launched", "greeting"),
        ("launched", "hello"),
        ("call", "greeting"),
        ("resolved", "hello"),
    ]
    run = collect(session, stream)
    assert run.code == 0
    assert "bonjour world" in run.lines("hello")


def test_the_chosen_delivery_comes_next(held):
    session, _stream = held(APPS / "parallel")
    for _ in range(50):
        picture = session.fresh_snapshot()
        calls = [item for item in picture.pending if item.kind == "call" and item.ready]
        if len(calls) > 2:
            break
        session.step()
    chosen = calls[-1]
    session.deliver(chosen.number)
    after = session.fresh_snapshot()
    assert chosen.number not in [item.number for item in after.pending]
    assert calls[0].number in [item.number for item in after.pending]
    assert after.steps == picture.steps + 1


def test_choosing_what_is_not_there_moves_nothing_and_says_so(held):
    session, stream = held(HELLO)
    before = session.fresh_snapshot()
    stream.drain()
    session.deliver(987_654)
    after = session.fresh_snapshot()
    assert after.steps == before.steps
    assert after.pending == before.pending
    events, _ = stream.drain()
    assert any(isinstance(event, LogWritten) and "987654" in event.message for event in events)


def test_resume_runs_to_the_end(held):
    session, stream = held(HELLO)
    session.step()
    session.resume()
    assert session.wait(10)
    assert collect(session, stream).code == 0


def test_pause_holds_a_busy_run(held):
    session, _stream = held(APPS / "pingpong", "long")
    session.resume()
    session.pause()
    first = session.fresh_snapshot()
    second = session.fresh_snapshot()
    assert first.state == "paused"
    assert second.steps == first.steps
    assert len(first.in_flight) <= 1


def test_held_time_times_nothing_out(held):
    session, _stream = held(HELLO)
    first = session.fresh_snapshot().time_ns
    for _ in range(5):
        assert session.fresh_snapshot().time_ns == first


def test_a_step_with_nothing_pending_jumps_to_the_next_timer(held):
    session, stream = held(APPS / "slow")
    for _ in range(60):
        if session.fresh_snapshot().state != "paused":
            break
        session.step()
    assert session.wait(20)
    assert collect(session, stream).code == 0


def test_stop_ends_a_run_that_would_go_on(held):
    session, stream = held(APPS / "pingpong", "long")
    session.resume()
    session.stop()
    assert session.wait(10)
    run = collect(session, stream)
    assert run.code == 0
    assert session.fresh_snapshot().state == "ended"


def test_a_second_stop_ends_it_at_once(held):
    session, _ = held(HELLO)
    session.stop()
    session.stop()
    assert session.wait(10)


def test_the_picture_knows_edges_and_counts():
    run = finish(Session(load(HELLO)))
    picture = run.session.snapshot()
    (edge,) = [edge for edge in picture.edges if edge.source == "hello"]
    assert (edge.target, edge.name.lower(), edge.calls, edge.errors) == (
        "greeting",
        "greeting.v1.greeting",
        1,
        0,
    )
    assert picture.exit_code == 0
    assert {view.name: view.state for view in picture.services} == {"greeting": "ended", "hello": "ended"}


def test_an_unknown_program_is_named_with_a_suggestion():
    with pytest.raises(UsageError, match="did you mean hello"):
        Session(load(HELLO), programs=["helo"])


def test_a_broken_module_is_named_before_anything_starts(tmp_path):
    broken = tmp_path / "broken.wasm"
    broken.write_bytes((GUESTS / "echo.wasm").read_bytes()[:500])
    session = Session(load(broken))
    with pytest.raises(ModuleError, match=r"broken\.wasm"):
        session.start()


def test_two_sessions_do_not_meet():
    sessions = [Session(load(HELLO)) for _ in range(2)]
    streams = [session.subscribe() for session in sessions]
    for session in sessions:
        session.start()
    for session, stream in zip(sessions, streams, strict=True):
        assert session.wait(20)
        assert "bonjour world" in collect(session, stream).lines("hello")
