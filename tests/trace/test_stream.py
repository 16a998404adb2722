"""EventStream: the count of lost events is exact, and no wake-up is ever missed."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from parigot.trace.stream import EventStream

T = TypeVar("T")


@pytest.fixture(autouse=True)
def threads_take_turns_often() -> Iterator[None]:
    """Threads otherwise run for 5 ms each, and hardly ever meet in the middle of a method."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_events_come_out_in_order() -> None:
    stream: EventStream[str] = EventStream()
    for word in ("a", "b", "c"):
        stream.push(word)
    assert stream.drain(2) == (["a", "b"], 0)
    assert stream.drain() == (["c"], 0)
    assert stream.drain() == ([], 0)


def test_a_slow_reader_loses_the_oldest_and_is_told_how_many() -> None:
    stream: EventStream[int] = EventStream(capacity=3)
    for number in range(10):
        stream.push(number)
    assert stream.drain() == ([7, 8, 9], 7)
    stream.push(10)
    assert stream.drain() == ([10], 0)


def test_waiting_ends_with_an_event_or_with_the_stream() -> None:
    stream: EventStream[int] = EventStream()
    assert stream.wait(0) is False
    stream.push(1)
    assert stream.wait(0) is True
    stream.drain()
    assert stream.wait(0) is False
    stream.close()
    assert stream.closed
    assert stream.wait() is True


class StreamMachine(RuleBasedStateMachine):
    """The stream beside a plain model: what was pushed, taken, and pushed out."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0
        self.stream: EventStream[int] = EventStream(capacity=4, on_ready=self._ready)
        self.pushed = 0
        self.next = 0  # the event the reader has to see or hear of next
        self.woken = False  # since the last drain
        self.closed = False

    def _ready(self) -> None:
        self.calls += 1
        self.woken = True

    @precondition(lambda self: not self.closed)
    @rule(count=st.integers(1, 7))
    def push(self, count: int) -> None:
        before = self.calls
        for _ in range(count):
            self.stream.push(self.pushed)
            self.pushed += 1
        assert self.calls - before <= 1  # once for many: the reader's thread is not flooded

    @rule(limit=st.none() | st.integers(0, 6))
    def drain(self, limit: int | None) -> None:
        taken, lost = self.stream.drain(limit)
        available = min(4, self.pushed - self.next)
        assert lost == self.pushed - self.next - available
        first = self.next + lost
        assert taken == list(range(first, first + min(available, available if limit is None else limit)))
        self.next = first + len(taken)
        self.woken = False

    @rule()
    def close(self) -> None:
        self.stream.close()
        self.closed = True

    @invariant()
    def waiting_never_blocks_on_something_there(self) -> None:
        assert self.stream.wait(0) is (self.pushed > self.next or self.closed)

    @invariant()
    def a_waiting_reader_was_called(self) -> None:
        # After a limited drain the reader knows that more is there; `wait` says so too.
        if self.pushed > self.next and not self.woken:
            assert self.stream.wait(0)


TestStream = StreamMachine.TestCase
TestStream.settings = settings(deadline=None)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 64), st.integers(1, 2000), st.none() | st.integers(1, 10))
def test_a_second_thread_gets_everything_or_hears_of_it(capacity: int, count: int, limit: int | None) -> None:
    stream: EventStream[int] = EventStream(capacity=capacity)

    def write() -> None:
        for number in range(count):
            stream.push(number)
        stream.close()

    writer = threading.Thread(target=write)
    writer.start()
    seen: list[int] = []
    missed = 0
    while True:
        # Looked at before draining: what was pushed before the close is there to be taken.
        over = stream.closed
        assert stream.wait(30), "the writer wrote or closed, and nobody was woken"
        taken, lost = stream.drain(limit)
        seen += taken
        missed += lost
        if over and not taken and not lost:
            break
    writer.join()
    assert seen == sorted(set(seen))
    assert len(seen) + missed == count


# --- every interleaving, line by line: what the other thread does happens between two lines of this one's


def interleaved(
    method: Callable[..., T], at: int, meanwhile: Callable[[], object], *args: object
) -> tuple[T, bool]:
    """Calls `method` with `meanwhile` before the `at`-th line it runs; (result, were there so many?)."""
    codes = {EventStream.drain.__code__, EventStream.push.__code__, EventStream._wake.__code__}
    lines = 0

    def trace(frame: FrameType, event: str, _: object) -> Callable[..., object] | None:
        nonlocal lines
        if frame.f_code not in codes:
            return None
        if event == "line":
            lines += 1
            if lines == at:
                sys.settrace(None)
                meanwhile()
                sys.settrace(trace)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        result = method(*args)
    finally:
        sys.settrace(before)
    return result, lines >= at


@pytest.mark.parametrize("limit", [None, 1, 2])
@pytest.mark.parametrize("there", [0, 1, 2, 3])
def test_a_push_between_any_two_lines_of_a_drain_is_seen_or_wakes(there: int, limit: int | None) -> None:
    at = 0
    reached = True
    while reached:
        at += 1
        calls: list[None] = []
        stream: EventStream[int] = EventStream(capacity=3, on_ready=lambda calls=calls: calls.append(None))
        for number in range(there):
            stream.push(number)
        calls.clear()
        (taken, lost), reached = interleaved(stream.drain, at, lambda stream=stream: stream.push(99), limit)
        if reached and 99 not in taken:
            assert stream.wait(0), f"line {at}: the reader would wait for ever"
            assert calls or (limit is not None and len(taken) == limit), f"line {at}: nobody was called"
        rest, lost_later = stream.drain()
        assert len(taken) + lost + len(rest) + lost_later == there + reached
        assert taken + rest == sorted(taken + rest)


@pytest.mark.parametrize("there", [0, 1, 3])
def test_a_drain_between_any_two_lines_of_a_push_misses_nothing(there: int) -> None:
    at = 0
    reached = True
    while reached:
        at += 1
        calls: list[None] = []
        stream: EventStream[int] = EventStream(capacity=3, on_ready=lambda calls=calls: calls.append(None))
        for number in range(there):
            stream.push(number)
        drained: list[tuple[list[int], int]] = []

        def drain(
            drained: list[tuple[list[int], int]] = drained,
            stream: EventStream[int] = stream,
            calls: list[None] = calls,
        ) -> None:
            drained.append(stream.drain())
            calls.clear()

        _, reached = interleaved(stream.push, at, drain, 99)
        if reached and 99 not in drained[0][0]:
            assert calls, f"line {at}: nobody was called"
            assert stream.wait(0)
        drained.append(stream.drain())
        assert sum(len(taken) + lost for taken, lost in drained) == there + 1


class NumberedMachine(RuleBasedStateMachine):
    """Items that come numbered and many at a time, beside single events: in order, and none unheard of."""

    def __init__(self) -> None:
        super().__init__()
        self.stream: EventStream[tuple[int, int]] = EventStream(capacity=5)
        self.written = 0
        self.seen = 0
        self.told = 0

    @rule(count=st.integers(0, 8))
    def push_numbered(self, count: int) -> None:
        self.stream.push_numbered(
            self.written, [-place for place in range(self.written, self.written + count)]
        )
        self.written += count

    @rule()
    def push(self) -> None:
        self.stream.push((self.written, -self.written))
        self.written += 1

    @rule(limit=st.none() | st.integers(0, 6))
    def drain(self, limit: int | None) -> None:
        taken, lost = self.stream.drain(limit)
        places = [place for place, _ in taken]
        assert all(item == -place for place, item in taken)
        assert places == sorted(set(places))
        assert not places or places[0] >= self.told
        assert limit is None or len(taken) <= limit
        self.seen += len(taken)
        self.told += len(taken) + lost
        if limit is None:
            assert self.told == self.written
            assert len(taken) >= min(5, self.written) or self.seen >= min(5, self.written)
        if places:
            assert self.told >= places[-1] + 1


TestNumbered = NumberedMachine.TestCase
TestNumbered.settings = settings(deadline=None)
