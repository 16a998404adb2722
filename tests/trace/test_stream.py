"""EventStream: the count of lost events is exact, and no wake-up is ever missed."""

from __future__ import annotations

import threading

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from parigot.trace.stream import EventStream


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


@settings(deadline=None)
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


def test_every_event_wakes_a_reader_who_waits_for_it() -> None:
    """Ping-pong: each event is pushed only once the reader has drained the one before, so that every one of
    them meets a reader that is about to wait. One missed wake-up stops it."""
    stream: EventStream[int] = EventStream()
    taken_one = threading.Semaphore(1)

    def write() -> None:
        for number in range(3000):
            taken_one.acquire()
            stream.push(number)

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    seen: list[int] = []
    while len(seen) < 3000:
        assert stream.wait(30), f"missed a wake-up after {len(seen)} events"
        taken, lost = stream.drain()
        assert lost == 0
        seen += taken
        for _ in taken:
            taken_one.release()
    writer.join()
    assert seen == list(range(3000))


def test_on_ready_alone_is_enough_to_read_everything() -> None:
    """How a front end reads: it drains when called, and never waits."""
    called = threading.Semaphore(0)
    stream: EventStream[int] = EventStream(capacity=100_000, on_ready=called.release)

    def write() -> None:
        for number in range(5000):
            stream.push(number)

    writer = threading.Thread(target=write)
    writer.start()
    seen: list[int] = []
    while len(seen) < 5000:
        assert called.acquire(timeout=30), f"not called after {len(seen)} events"
        seen += stream.drain()[0]
    writer.join()
    assert seen == list(range(5000))
