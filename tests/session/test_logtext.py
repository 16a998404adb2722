"""Log lines of guests: the kinds that loggers really write, and text made to hurt."""

from __future__ import annotations

import itertools
import json
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from parigot.session.logtext import CUT_MARK, MAX_LINE_BYTES, LineSplitter, ParsedLine, clean, understand

LEVELS = {"debug", "info", "warn", "error"}

KNOWN = [
    (
        'time=2023-11-10T23:00:00.000Z level=INFO msg="hello \\"you\\" there" count=3 err="a b"',
        ("info", 'hello "you" there', (("count", "3"), ("err", "a b"))),
    ),
    ("time=2023-11-10T23:00:00.000Z level=WARN+1 msg=odd", ("warn", "odd", ())),
    (
        'time=2023-11-10T23:00:00.000Z level=DEBUG msg=x "a key"=1 group.k=v',
        ("debug", "x", (("a key", "1"), ("group.k", "v"))),
    ),
    ("2023/11/10 23:00:00 INFO hello world count=3", ("info", "hello world", (("count", "3"),))),
    ("2023/11/10 23:00:00.123456 ERROR it broke", ("error", "it broke", ())),
    (
        '2023/11/10 23:00:00 WARN a=b is no field here="but this is"',
        ("warn", "a=b is no field", (("here", "but this is"),)),
    ),
    ("2023/11/10 23:00:00 no level here", ("info", "2023/11/10 23:00:00 no level here", ())),
    (
        'ts=1 caller=main.go:12 level=error msg="no route" err=connection refused try=2',
        ("error", "no route", (("caller", "main.go:12"), ("err", "connection refused"), ("try", "2"))),
    ),
    ("lvl=dbug msg=x", ("info", "x", (("lvl", "dbug"),))),
    (
        '{"time":"2023-11-10T23:00:00Z","level":"ERROR","msg":"hi","n":{"a":[1,2.5,null]}}',
        ("error", "hi", (("n", '{"a":[1,2.5,null]}'),)),
    ),
    (
        '{"level":"dpanic","ts":1700000000.5,"caller":"x.go:1","msg":"zap"}',
        ("error", "zap", (("caller", "x.go:1"),)),
    ),
    ('{"level":10,"time":1,"pid":4,"msg":"pino"}', ("debug", "pino", (("pid", "4"),))),
    ('{"level":30,"msg":"pino"}', ("info", "pino", ())),
    ('{"level":40,"msg":"pino"}', ("warn", "pino", ())),
    ('{"level":60,"msg":"pino"}', ("error", "pino", ())),
    (
        '{"event": "structlog speaks", "level": "warning", "timestamp": "x", "ok": true}',
        ("warn", "structlog speaks", (("ok", "true"),)),
    ),
    (
        '{"asctime": "x", "levelname": "CRITICAL", "message": "python", "event": "click"}',
        ("error", "python", (("event", "click"),)),
    ),
    ('{"severity":"NOTICE","message":"cloud"}', ("info", "cloud", ())),
    ('{"msg":"esc \\u001b[31mred\\u001b[0m\\nnext"}', ("info", "esc red␊next", ())),
    ('{"level":"warn","msg":"odd \x9b"}', ("warn", "odd �", ())),
    ('{"temperature": 21}', ("info", '{"temperature": 21}', ())),
    ('{"msg": "cut off', ("info", '{"msg": "cut off', ())),
    ("[ERROR] text", ("error", "text", ())),
    ("[warn]: text", ("warn", "text", ())),
    ("[trace] text", ("debug", "text", ())),
    ("ERROR: text", ("error", "text", ())),
    ("Warning: text", ("warn", "text", ())),
    ("ERROR:root:text", ("error", "root:text", ())),
    ("WARN text", ("warn", "text", ())),
    ("DEBUG\ttext", ("debug", "text", ())),
    ("panic: index out of range", ("error", "panic: index out of range", ())),
    ("\x1b[31mERROR\x1b[0m text", ("error", "text", ())),
    ("ERROR:", ("error", "ERROR:", ())),
    ("Errors happen", ("info", "Errors happen", ())),
    ("info is what I want", ("info", "info is what I want", ())),
    ("bonjour world", ("info", "bonjour world", ())),
    ("a = b, level of water", ("info", "a = b, level of water", ())),
    ("x=1 y=2", ("info", "x=1 y=2", ())),
    ("[1, 2, 3]", ("info", "[1, 2, 3]", ())),
    ("  indented", ("info", "  indented", ())),
    ("", ("info", "", ())),
    ("text\r\n", ("info", "text", ())),
]


@pytest.mark.parametrize(("line", "expected"), KNOWN)
def test_known_kinds(line: str, expected: tuple[str, str, tuple[tuple[str, str], ...]]) -> None:
    assert understand(line) == ParsedLine(*expected)


awkward = st.text(
    st.one_of(st.sampled_from(list('{}[]":=\\ \t\x1b\x9b\x9d]m0;,\r\nſlevrom')), st.characters()), max_size=60
)
lines = st.one_of(
    awkward,
    st.tuples(
        st.sampled_from(["level=", "{", "[", "ERROR", "ſevere: ", "2023/11/10 23:00:00 INFO "]), awkward
    ).map("".join),
    st.dictionaries(
        awkward, awkward | st.integers() | st.floats() | st.none() | st.lists(awkward, max_size=2), max_size=4
    ).map(json.dumps),
)


@settings(deadline=None)
@given(lines)
@example("ſevere: x")
@example('{"level":"\\ud800","msg":"\\ud800"}')
@example('{"msg":' + "[" * 5000 + "]" * 5000 + "}")
@example('{"msg":' + "9" * 5000 + "}")
def test_any_text_is_understood_and_safe(line: str) -> None:
    level, message, fields = understand(line)
    assert level in LEVELS
    for text in (message, *(text for pair in fields for text in pair)):
        assert harmless(text)


def harmless(text: str) -> bool:
    text.encode()  # a lone surrogate would fail here, and in the terminal's writer
    return not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or c in "\u2028\u2029\u202e\u2066" for c in text)


@settings(deadline=None)
@given(awkward)
def test_clean_text_is_harmless_and_stays_as_it_is(text: str) -> None:
    once = clean(text)
    assert harmless(once)
    assert clean(once) == once


@settings(deadline=None)
@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]).filter(str.isprintable)))
def test_clean_leaves_printable_text_alone(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]0;a title\x07after", "after"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bP1$r\x1b\\x", "x"),
        ("\x9b2Jgone", "gone"),
        ("\x1bcreset", "reset"),
        ("\x1b]0;never ended", "␛]0;never ended"),
        ("\x1b\x1b[0m[31m", "␛[31m"),
        ("a\x00b\x07c\x7f", "a␀b␇c␡"),
        ("10%\r20%", "10%␍20%"),
        ("a\tb", "a   b"),
        ("user\u202etxt.exe", "user�txt.exe"),
        ("\u3000wide\xa0space", "\u3000wide\xa0space"),
    ],
)
def test_clean(text: str, expected: str) -> None:
    assert clean(text) == expected


def go_quote(text: str) -> str:
    """As Go's strconv.Quote writes it: whatever is not printable is escaped."""
    short = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\x07": "\\a"}
    return '"' + "".join(short.get(c) or (c if c.isprintable() else go_escape(ord(c))) for c in text) + '"'


def go_escape(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x80 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


words = st.text(st.characters(codec="utf-8"), max_size=20)


@settings(deadline=None)
@given(
    st.sampled_from(["DEBUG", "INFO", "WARN", "ERROR"]), words, st.lists(st.tuples(words, words), max_size=4)
)
def test_slog_text_and_json_say_the_same(level: str, message: str, pairs: list[tuple[str, str]]) -> None:
    named = [(f"k{i}{key}", value) for i, (key, value) in enumerate(pairs)]
    text = f"time=2023-11-10T23:00:00.000Z level={level} msg={go_quote(message)}"
    text += "".join(f" {go_quote(key)}={go_quote(value)}" for key, value in named)
    expected = ParsedLine(
        level.lower(), clean(message), tuple((clean(key), clean(value)) for key, value in named)
    )
    assert understand(text) == expected
    assert understand(json.dumps({"time": "x", "level": level, "msg": message, **dict(named)})) == expected


HOSTILE = {
    "quotes that never end": 'level=x "' + "\\a" * 500_000,
    "escaped quotes": 'level="' + '\\"' * 500_000,
    "quoted words": "level=x " + '"\\" ' * 250_000,
    "half-open pairs": "level=" + 'a="' * 300_000,
    "pairs then a word": "2023/11/10 23:00:00 INFO " + "a=b c " * 160_000,
    "blanks": "level=x " + " " * 1_000_000,
    "blanks after a word": "[" + " " * 1_000_000,
    "control strings": "\x9d" * 1_000_000,
    "operating system commands": "\x1b]" * 500_000,
    "numbers of sequences": "\x1b[" + "0;" * 500_000,
    "blanks in sequences": "\x1b " * 500_000,
    "deep objects": '{"a":' * 200_000 + "}",
    "long number": '{"msg":' + "9" * 1_000_000 + "}",
}


@pytest.mark.parametrize("line", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_megabyte_made_to_hurt_is_linear(line: str) -> None:
    began = time.process_time()
    understand(line)
    # Linear takes some tenths of a second here, quadratic many minutes.
    assert time.process_time() - began < 10


# --- LineSplitter


def split(data: bytes, cuts: list[int]) -> list[str]:
    splitter = LineSplitter()
    out: list[str] = []
    places = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    for start, end in itertools.pairwise(places):
        out += splitter.feed(data[start:end])
    return out + splitter.flush()


pieces = st.one_of(
    st.binary(max_size=8),
    st.sampled_from([b"\n", b"\r\n", b"\r", "é€😀".encode()]),
    st.integers(-3, 3).map(lambda more: b"x" * (MAX_LINE_BYTES + more)),
    st.integers(1, 4).map(lambda less: b"x" * (MAX_LINE_BYTES - less) + "😀".encode()),
)


@settings(deadline=None)
@given(st.lists(pieces, max_size=8).map(b"".join), st.lists(st.integers(0, 100_000), max_size=8))
def test_lines_do_not_depend_on_how_bytes_arrive(data: bytes, cuts: list[int]) -> None:
    whole = split(data, [])
    assert split(data, cuts) == whole
    assert all(len(line.encode("utf-8")) <= 3 * MAX_LINE_BYTES + len(CUT_MARK.encode()) for line in whole)


@settings(deadline=None)
@given(st.lists(st.binary(max_size=20), max_size=10).map(b"".join))
def test_lines_byte_by_byte(data: bytes) -> None:
    splitter = LineSplitter()
    lines = [line for i in range(len(data)) for line in splitter.feed(data[i : i + 1])] + splitter.flush()
    assert lines == split(data, [])
    expected = data.split(b"\n")
    if not expected[-1]:
        del expected[-1]
    assert lines == [
        (line[:-1] if line.endswith(b"\r") else line).decode("utf-8", "replace") for line in expected
    ]


def test_a_line_of_the_limit_is_whole_and_one_longer_is_cut() -> None:
    exact = "x" * MAX_LINE_BYTES
    assert split(exact.encode() + b"\r\nnext\n", []) == [exact, "next"]
    assert split(exact.encode() + b"y" * 50_000 + b"\r\nnext\n", []) == [exact + CUT_MARK, "next"]


def test_a_cut_never_splits_a_character() -> None:
    (line,) = split(b"xx" + "€".encode() * MAX_LINE_BYTES, [])
    assert "�" not in line
    assert line.endswith("€" + CUT_MARK)


def test_a_line_without_end_is_shown_once_and_holds_little() -> None:
    splitter = LineSplitter()
    seen = [line for _ in range(100) for line in splitter.feed(b"x" * 10_000)]
    assert len(seen) == 1
    assert splitter.feed(b"\nnext\n") == ["next"]


def test_a_last_line_without_end_comes_with_flush() -> None:
    splitter = LineSplitter()
    assert splitter.feed(b"one\ntw") == ["one"]
    assert splitter.feed(b"o") == []
    assert splitter.flush() == ["two"]
    assert splitter.flush() == []
