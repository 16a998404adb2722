"""Rows of trace, totals, log and pending deliveries, and the long views of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parigot.schema import Schema
from parigot.session.events import CallDelivered, CallDispatched, CallResolved, LogWritten
from parigot.session.views import EdgeView, PendingView, ServiceView
from rich.text import Text

from parigot_studio.models.calls import CallBook, CallRow
from parigot_studio.models.logs import LogRow
from parigot_studio.render.detail import call_page, log_page, pending_page, service_page
from parigot_studio.render.look import Look
from parigot_studio.render.palette import DARK, LIGHT, ranked
from parigot_studio.render.rows import log_row, pending_row, totals_head, totals_row, trace_row
from studio.fakes import PROTOS
from studio.scripts import GREETING, NASTY, greeting_reply, greeting_request

SCHEMA = Schema.load([Path(path) for path in PROTOS])
LOOK = Look(SCHEMA, DARK, 5_000_000)
ODD = ("", "a", "greeting", "a-service-with-a-very-long-name", *NASTY)
names = st.integers(0, len(ODD) - 1)  # indices: a failing example need not print a line of 100,000 characters
widths = st.integers(1, 220)


def book_of(error: int = 0, reason: str = "", slow: bool = False, done: bool = True) -> CallBook:
    book = CallBook()
    book.dispatched(
        CallDispatched(
            1, 1_000_000, 1, None, "hello", "greeting", GREETING, "FetchGreeting", greeting_request()
        )
    )
    if done:
        book.delivered(CallDelivered(2, 1_040_000, 1))
        reply = b"" if error else greeting_reply()
        book.resolved(CallResolved(3, 1_100_000, 1, error, reason, reply, slow))
    return book


def row_of(error: int = 0, reason: str = "", slow: bool = False, done: bool = True) -> CallRow:
    return book_of(error, reason, slow, done).rows[0]


def joined(lines: list[Text]) -> str:
    return "\n".join(line.plain.rstrip() for line in lines)


def test_a_trace_row_says_it_all_when_there_is_room() -> None:
    shown = trace_row(row_of(), 130, LOOK).plain
    assert shown.split() == (
        [
            "1",
            "0.001000",
            "hello",
            "→",
            "greeting",
            "FetchGreeting",
            "tongue:",
            "French",
            "100µs",
            "✓",
            "greeting:",
            '"bonjour"',
        ]
    )


@pytest.mark.parametrize(
    ("row", "end"),
    [
        (row_of(), "100µs ✓ ok"),
        (row_of(error=4), "100µs ✗ UnknownLang"),
        (row_of(error=14), "100µs ✗ DataTooSmall"),
        (row_of(error=77), "100µs ✗ 77"),
        (row_of(slow=True), "100µs ✓ slow"),
        (row_of(done=False), "4.00ms … queued"),
    ],
)
def test_outcomes(row: CallRow, end: str) -> None:
    assert trace_row(row, 100, LOOK).plain.rstrip().endswith(end[:26])


def test_narrow_rows_keep_what_matters() -> None:
    shown = trace_row(row_of(error=4), 52, LOOK).plain
    assert "hello→greeting FetchGreeting" in shown
    assert "✗ Unkno" in shown


def nested() -> CallRow:
    book = book_of(done=False)
    for call, parent in ((2, 1), (3, 2)):
        book.dispatched(
            CallDispatched(call, 0, call, parent, "front-end", "warehouse", "w.v1.W", "Reserve", b"")
        )
    return book.rows[2]


def test_calls_in_the_handling_of_others_are_indented() -> None:
    assert "  └ front-end → warehouse  Reserve" in trace_row(nested(), 100, LOOK).plain
    assert "  └ warehouse Reserve" in trace_row(nested(), 46, LOOK).plain


@given(names, names, names, widths, st.booleans())
def test_no_row_is_ever_wider_than_asked(one: int, two: int, three: int, width: int, done: bool) -> None:
    caller, callee, method = ODD[one], ODD[two], ODD[three]
    book = CallBook()
    book.dispatched(
        CallDispatched(1, 10**15, 123_456, None, caller, callee, "s", method, b"\x0a\xff\x01junk")
    )
    if done:
        book.resolved(CallResolved(2, 10**15 + 5, 123_456, 3, method, b"\xff\xff", True))
    line = LogRow(1, LogWritten(1, 0, caller, method, callee, ((method, caller),), 10**9, "stdout"))
    view = PendingView(10**7, "call", callee, caller, 1, "s", method, 3, b"\xff", False)
    (totals,) = book.totals.values()
    for shown in (
        trace_row(book.rows[0], width, LOOK),
        totals_row(totals, width, LOOK),
        totals_head(width, LOOK),
        log_row(line, width, LOOK),
        pending_row(view, width, LOOK, True),
    ):
        assert shown.cell_len <= width
        assert "\n" not in shown.plain


def test_totals() -> None:
    (totals,) = book_of(error=4).totals.values()
    assert totals_head(70, LOOK).plain.split() == [
        "caller",
        "→",
        "callee",
        "method",
        "calls",
        "mean",
        "longest",
        "errors",
    ]
    assert totals_row(totals, 70, LOOK).plain.split() == [
        "hello",
        "→",
        "greeting",
        "FetchGreeting",
        "1",
        "100µs",
        "100µs",
        "✗",
        "1",
    ]


def test_a_log_row_has_fields_and_call() -> None:
    row = LogRow(1, LogWritten(1, 62_000, "greeting", "warn", "asked", (("tongue", "French"),), 3, "stdout"))
    assert log_row(row, 100, LOOK).plain.split() == [
        "0.000062",
        "greeting",
        "warn",
        "#3",
        "asked",
        "tongue=French",
    ]


def test_pending_rows() -> None:
    call = PendingView(
        3, "call", "greeting", "hello", 1, GREETING, "FetchGreeting", 0, greeting_request(), True
    )
    assert pending_row(call, 90, LOOK, True).plain.split() == (
        ["▶", "3", "call", "hello", "→", "greeting", "FetchGreeting", "tongue:", "French"]
    )
    reply = PendingView(4, "resolved", "hello", "greeting", 1, GREETING, "FetchGreeting", 4, b"", False)
    assert pending_row(reply, 90, LOOK, False).plain.split() == (
        ["4", "reply", "greeting", "→", "hello", "FetchGreeting", "✗", "UnknownLang", "(busy)"]
    )
    launch = PendingView(1, "launched", "greeting", "", None, "", "launch", 0, b"", True)
    assert pending_row(launch, 90, LOOK, False).plain.split() == ["1", "launch", "greeting"]


def test_the_page_of_a_call() -> None:
    book = book_of(slow=True)
    logs = [LogRow(1, LogWritten(1, 0, "greeting", "info", "asked for French", (), 1, "stdout"))]
    row = book.rows[0]
    text = joined(call_page(row, [], [], logs, 60, LOOK))
    assert "#1 hello → greeting  FetchGreeting" in text
    assert "✓ ok after 100µs  slow" in text
    assert "tongue: French" in text
    assert 'greeting: "bonjour"' in text
    assert "delivered  0.001040  waited 40.0µs" in text
    assert "resolved   0.001100  handled in 60.0µs" in text
    assert "asked for French" in text


def test_the_page_of_a_call_with_family() -> None:
    row = nested()
    book = book_of(done=False)
    text = joined(call_page(row, [book.rows[0]], [book.rows[0]], [], 60, LOOK))
    assert "Called in the handling of" in text
    assert "Calls made in its handling (1)" in text
    assert "#2, which is no longer kept" in joined(call_page(row, [], [], [], 60, LOOK))


def test_the_page_of_a_call_that_failed() -> None:
    text = joined(call_page(row_of(error=4, reason="we speak no Latin"), [], [], [], 60, LOOK))
    assert "✗ UnknownLang after 100µs" in text
    assert "we speak no Latin" in text
    assert "code 4" in text


def test_a_payload_without_schema_is_shown_raw_with_a_note() -> None:
    text = joined(call_page(row_of(), [], [], [], 60, Look(Schema.empty())))
    assert "no .proto declares greeting.v1.FetchGreetingRequest" in text


@given(names, st.binary(max_size=60), widths)
def test_no_page_is_ever_wider_than_asked(odd: int, payload: bytes, width: int) -> None:
    words = ODD[odd]
    book = CallBook()
    book.dispatched(CallDispatched(1, 0, 1, 9, words, words, words, words, payload))
    book.resolved(CallResolved(2, 5, 1, 0, words, payload, False))
    row = book.rows[0]
    line = LogRow(1, LogWritten(1, 0, words, words, words, ((words, words),), 1, words))
    view = PendingView(1, "call", words, words, 1, words, words, 0, payload, True)
    guest = ServiceView(words, words, words, words, (words,), (words,), 1, 2, 3, 4, 5)
    edges = [EdgeView(words, "", words, 1, 1), EdgeView("x", words, words, 1, 1)]
    for page in (
        call_page(row, [row], [row], [line], width, LOOK),
        log_page(line, row, width, LOOK),
        log_page(line, None, width, LOOK),
        pending_page(view, True, width, LOOK),
        service_page(guest, edges, width, LOOK),
    ):
        for shown in page:
            assert shown.cell_len <= max(width, 16)


def test_the_page_of_a_guest_says_what_it_waits_for() -> None:
    guest = ServiceView(
        "shop", "service", "waiting", "for bank.v1.Bank", ("shop.v1.Shop",), (), 0, 3, 2, 1, 65_536
    )
    edges = [EdgeView("shop", "", "bank.v1.Bank", 0, 0), EdgeView("main", "shop", "shop.v1.Shop", 3, 1)]
    text = joined(service_page(guest, edges, 60, LOOK))
    assert "for bank.v1.Bank" in text
    assert "bank.v1.Bank from nobody" in text
    assert "shop.v1.Shop by main  3 calls, 1 error" in text
    assert "memory     64 KiB" in text


def test_colours_of_guests_are_the_same_everywhere_and_apart() -> None:
    names = [f"s{number}" for number in range(8)]
    for palette in (ranked(DARK, names), ranked(LIGHT, names)):
        colours = [palette.service(name) for name in names]
        assert len(set(colours)) == len(names)
        assert palette.service("s3#2") == palette.service("s3")
    assert DARK.service("nobody knows") == DARK.service("nobody knows")
