"""The filter language."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parigot.session.events import CallDispatched, CallResolved, LogWritten

from parigot_studio.models.calls import CallBook, CallRow
from parigot_studio.models.filters import CALL_FIELDS, LOG_FIELDS, FilterProblem, exactly, parse
from parigot_studio.models.logs import LogRow


def log(message: str, service: str = "greeting", level: str = "info", call: int | None = None) -> LogRow:
    return LogRow(1, LogWritten(1, 0, service, level, message, (("tongue", "French"),), call, "stdout"))


def passes(source: str, row: LogRow) -> bool:
    return parse(source, LOG_FIELDS)(row)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", True),
        ("bonjour", True),
        ("BONJOUR world", True),
        ("world bonjour", True),
        ('"bonjour world"', True),
        ('"world bonjour"', False),
        ("-bonjour", False),
        ("-servus", True),
        ("tongue=french", True),
        ("greeting", True),
        ("service:greet", True),
        ("service:=greet", False),
        ("service:=greeting", True),
        ("service:hello,greeting", True),
        ("-service:hello", True),
        ("level:info", True),
        ("level:warn", False),
        ("level:warning", False),
        ("level:d", True),
        ("-level:info", False),
        ("call:3", True),
        ("call:#3", True),
        ("call:4,3", True),
        ("call:none", False),
        ("text:bonjour", True),
        ("text:greeting", False),
        ("stream:stdout", True),
        ("stream:stderr", False),
        ('text:"our wor"', True),
        ("bonjour -world", False),
    ],
)
def test_log_filters(source: str, expected: bool) -> None:
    assert passes(source, log("Bonjour world", call=3)) is expected


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("servce:x", "did you mean service:?"),
        ("http://x", 'no field "http" here: service level'),
        ("level:loud", 'no level "loud"; there are debug info warn error'),
        ("call:three", "call: takes a number"),
        ("call:²", "call: takes a number"),
        ("service:", "service: what?"),
        ("service:,", "service: what?"),
        ('"open', "is not closed"),
        ("-", "a word to exclude must follow"),
        ("stream:", "stream: what?"),
    ],
)
def test_what_cannot_be_read_is_told(source: str, words: str) -> None:
    with pytest.raises(FilterProblem, match=words.replace("?", r"\?")):
        parse(source, LOG_FIELDS)


def call(
    error: int = 0, slow: bool = False, taken: int | None = 2_000_000, parent: int | None = None
) -> CallRow:
    book = CallBook()
    book.dispatched(
        CallDispatched(1, 0, 7, parent, "hello", "greeting", "greeting.v1.Greeting", "Fetch", b"")
    )
    if taken is not None:
        book.resolved(CallResolved(2, taken, 7, error, "", b"", slow))
    return book.rows[0]


@pytest.mark.parametrize(
    ("source", "row", "expected"),
    [
        ("fetch", call(), True),
        ("service:=hello", call(), True),
        ("service:=greeting", call(), True),
        ("service:mail", call(), False),
        ("caller:hello", call(), True),
        ("callee:hello", call(), False),
        ("method:fetch", call(), True),
        ("call:7", call(), True),
        ("parent:3", call(parent=3), True),
        ("parent:3", call(), False),
        ("is:error", call(error=4), True),
        ("is:error", call(), False),
        ("is:ok", call(), True),
        ("is:ok", call(taken=None), False),
        ("is:slow", call(slow=True), True),
        ("is:running", call(taken=None), True),
        ("is:running", call(), False),
        ("is:root", call(), True),
        ("is:root", call(parent=3), False),
        ("-is:error", call(error=4), False),
        ("over:2ms", call(), True),
        ("over:2", call(), True),
        ("over:2.1ms", call(), False),
        ("over:1999us", call(), True),
        ("over:1s", call(), False),
        ("over:1ns", call(taken=None), False),
    ],
)
def test_call_filters(source: str, row: CallRow, expected: bool) -> None:
    assert parse(source, CALL_FIELDS)(row) is expected


@pytest.mark.parametrize("source", ["over:fast", "is:blue", "over:"])
def test_call_filters_that_cannot_be_read(source: str) -> None:
    with pytest.raises(FilterProblem):
        parse(source, CALL_FIELDS)


def test_answers_that_may_change_are_known_as_such() -> None:
    assert parse("is:error", CALL_FIELDS).volatile
    assert parse("-over:3ms", CALL_FIELDS).volatile
    assert not parse("method:x is", CALL_FIELDS).volatile


@given(st.text())
def test_any_text_is_a_filter_or_a_problem(source: str) -> None:
    with contextlib.suppress(FilterProblem):  # anything else that is raised fails the test
        assert parse(source, LOG_FIELDS)(log("x")) in (True, False)


@given(st.text(alphabet=st.characters(exclude_characters='"'), min_size=1))
def test_a_name_finds_itself_and_only_itself(name: str) -> None:
    wanted = parse(f"service:{exactly(name)}", LOG_FIELDS)
    assert wanted(log("x", service=name))
    assert not wanted(log("x", service=name + "2"))
