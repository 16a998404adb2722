"""What the studio keeps of calls, and what it lets go."""

from __future__ import annotations

from parigot.session.events import CallDelivered, CallDispatched, CallResolved

from parigot_studio.models.calls import DONE, LOST, OTHERS, QUEUED, RUNNING, TOTALS_KEPT, CallBook


def dispatch(
    book: CallBook, call: int, parent: int | None = None, method: str = "M", request: bytes = b""
) -> None:
    book.dispatched(CallDispatched(call * 3, call * 10, call, parent, "a", "b", "b.v1.B", method, request))


def deliver(book: CallBook, call: int) -> None:
    book.delivered(CallDelivered(call * 3 + 1, call * 10 + 2, call))


def resolve(book: CallBook, call: int, error: int = 0, reply: bytes = b"", slow: bool = False) -> None:
    book.resolved(CallResolved(call * 3 + 2, call * 10 + 7, call, error, "", reply, slow))


def test_a_call_goes_through_its_states() -> None:
    book = CallBook()
    dispatch(book, 1)
    row = book.get(1)
    assert row is not None
    assert (row.state, row.duration_ns) == (QUEUED, None)
    deliver(book, 1)
    assert row.state == RUNNING
    resolve(book, 1)
    assert (row.state, row.duration_ns) == (DONE, 7)


def test_depth_and_chain_follow_the_parents() -> None:
    book = CallBook()
    dispatch(book, 1)
    dispatch(book, 2, parent=1)
    dispatch(book, 3, parent=2)
    dispatch(book, 4, parent=99)  # its parent is not kept
    row = book.get(3)
    assert row is not None
    assert [ancestor.number for ancestor in book.chain(row)] == [1, 2]
    assert [row.depth for row in book.rows] == [0, 1, 2, 1]
    first = book.get(1)
    assert first is not None
    assert [child.number for child in first.children] == [2]


def test_old_calls_go_and_so_do_their_numbers() -> None:
    book = CallBook(kept=100)
    for call in range(1, 1_001):
        dispatch(book, call, request=b"x" * 10)
        resolve(book, call, reply=b"y")
    assert 100 <= len(book) <= 125
    assert book.get(1) is None
    assert book.get(1_000) is not None
    assert book.highest == 1_000
    resolve(book, 1)  # of a call that is not kept: nothing happens
    assert book.totals["a", "b", "b.v1.B", "M"].calls == 1_000


def test_payloads_go_first_when_they_are_too_much() -> None:
    book = CallBook(payload_bytes=1_000)
    for call in range(1, 101):
        dispatch(book, call, request=b"x" * 60)
        resolve(book, call, reply=b"y" * 40)
    rows = list(book.rows)
    assert len(rows) == 100
    assert sum(len(row.request) + len(row.reply) for row in rows) <= 1_000
    assert rows[0].forgotten
    assert not rows[-1].forgotten
    assert rows[-1].reply == b"y" * 40


def test_one_payload_larger_than_the_limit_is_not_kept() -> None:
    book = CallBook(payload_bytes=1_000)
    dispatch(book, 1, request=b"x" * 5_000)
    resolve(book, 1, reply=b"y" * 10)
    dispatch(book, 2, request=b"z")
    first, second = book.rows
    assert (first.forgotten, first.request, first.reply) == (True, b"", b"")
    assert second.request == b"z"


def test_totals_add_up_by_method_and_stay_bounded() -> None:
    book = CallBook()
    dispatch(book, 1, method="A")
    dispatch(book, 2, method="A")
    dispatch(book, 3, method="B")
    resolve(book, 1, error=5)
    resolve(book, 2, slow=True)
    totals = book.totals["a", "b", "b.v1.B", "A"]
    assert (totals.calls, totals.done, totals.errors, totals.slow, totals.max_ns) == (2, 2, 1, 1, 7)
    assert book.totals["a", "b", "b.v1.B", "B"].done == 0
    for call in range(4, TOTALS_KEPT + 50):
        dispatch(book, call, method=f"made up {call}")
    assert len(book.totals) <= TOTALS_KEPT + 1
    assert book.totals[OTHERS].calls > 0


def test_after_lost_events_a_call_does_not_run_for_ever() -> None:
    book = CallBook()
    for call in (1, 2, 3):
        dispatch(book, call)
    resolve(book, 1)
    book.reconcile([3])
    assert [row.state for row in book.rows] == [DONE, LOST, QUEUED]
    resolve(book, 2)  # its end comes after all
    assert [row.state for row in book.rows] == [DONE, DONE, QUEUED]
