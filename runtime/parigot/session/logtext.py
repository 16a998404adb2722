"""Guests' log lines as people want them: level, message, fields, and nothing that drives a terminal.

Guests write bytes to stdout and stderr. `LineSplitter` makes lines of them, `understand` finds level and
fields in a line where it is one of the usual kinds, and `clean` takes the sting out of text. Guests
are not trusted: every function here is linear in its input and none raises, whatever the text.

Rules: a line that is not clearly a log line stays as it is, at level "info"; what is not understood is
kept as a field, never dropped (times are: the log has its own clock).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import NamedTuple

MAX_LINE_BYTES = 16 * 1024
CUT_MARK = "…"

Fields = tuple[tuple[str, str], ...]


class ParsedLine(NamedTuple):
    """One log line, understood. All texts have gone through `clean`."""

    level: str  # "debug" | "info" | "warn" | "error"
    message: str
    fields: Fields


_LEVELS = {
    **dict.fromkeys(("trace", "debug", "dbg", "verbose"), "debug"),
    **dict.fromkeys(("info", "inf", "information", "notice", "default"), "info"),
    **dict.fromkeys(("warn", "warning", "wrn"), "warn"),
    **dict.fromkeys(("error", "err", "fatal", "critical", "crit", "panic", "dpanic", "severe"), "error"),
    **dict.fromkeys(("alert", "emergency"), "error"),
}
_LEVEL_KEYS = frozenset(("level", "lvl", "severity", "levelname", "loglevel"))
_MESSAGE_KEYS = ("msg", "message", "event")  # the first one present is the message
_LOGFMT_MARKS = ("level=", "lvl=", "severity=", "msg=")
_TIME_KEYS = frozenset(("time", "ts", "timestamp", "@timestamp", "asctime"))


def understand(line: str) -> ParsedLine:
    """Finds level, message and fields in one line of a guest's output.

    Knows Go's slog (text, JSON, default handler), logfmt, JSON objects as zap, pino, structlog and Python's
    loggers write them, and the prefixes `[ERROR]`, `ERROR:`, `ERROR`. Any other line comes back whole
    with level "info". Never raises; linear in the length of the line.
    """
    line = line.rstrip("\r\n")
    parsed: ParsedLine | None = None
    if line[:1] == "{":
        # Before cleaning: an odd character within a JSON string must not swallow the quote behind it.
        parsed = _from_json(line)
        if parsed is not None:
            return parsed
    text = clean(line)
    first = text[:1]
    if first.isdigit():
        parsed = _from_go_log(text)
    elif first == "[" or first.isalpha():
        parsed = _from_prefix(text)
    if parsed is None and "=" in text and any(mark in text for mark in _LOGFMT_MARKS):
        parsed = _from_logfmt(text)
    return parsed or ParsedLine("info", text, ())


# --- JSON object lines


def _from_json(text: str) -> ParsedLine | None:
    if text[-1] != "}" and not text.rstrip().endswith("}"):
        return None
    try:
        found = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    try:
        return _from_pairs([(key, _json_text(value)) for key, value in found.items()])
    except RecursionError:
        return None


def _json_text(value: object) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


# --- key=value lines

# A token: key=value with either in quotes, or a bare word. The possessive repeats keep a quote that is never
# closed from being scanned more than once: a later `="` or ` "` would have closed it.
_TOKEN = re.compile(
    r"""(?P<key>[^\s="\[\](){}]++|"(?:[^"\\]|\\.)++")=(?P<value>"(?:[^"\\]|\\.)*+"(?=\s|$)|\S*+)
    |(?P<word>\S++)""",
    re.VERBOSE,
)


def _from_logfmt(text: str) -> ParsedLine | None:
    pairs: list[tuple[str, str]] = []
    for token in _TOKEN.finditer(text):
        word = token["word"]
        if word is None:
            pairs.append((_unquote(token["key"]), _unquote(token["value"])))
        elif not pairs:
            return None
        else:  # written without quotes: msg=two words
            pairs.append((_MORE, word))
    return _from_pairs(_joined(pairs))


_MORE = ""  # stands for "belongs to the value before it"; a key is never empty


def _joined(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    out: list[tuple[str, list[str]]] = []
    for key, value in pairs:
        if key == _MORE and out:
            out[-1][1].append(value)
        else:
            out.append((key, [value]))
    return [(key, " ".join(parts)) for key, parts in out]


_GO_TIME = re.compile(r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})? ([A-Z]{4,5}(?:[+-]\d{1,4})?) ")


def _from_go_log(text: str) -> ParsedLine | None:
    """Go's slog without a handler of its own: `2023/11/10 23:00:00 INFO message k=v`."""
    match = _GO_TIME.match(text)
    level = match and _level_of(match[1])
    if not match or not level:
        return None
    start = match.end()
    # The message is not quoted: it ends where nothing but pairs follows.
    message_end = start
    pairs: list[tuple[str, str]] = []
    for token in _TOKEN.finditer(text, start):
        if token["word"] is None:
            pairs.append((_unquote(token["key"]), _unquote(token["value"])))
        else:
            pairs.clear()
            message_end = token.end()
    return ParsedLine(level, text[start:message_end].strip(), _clean_pairs(pairs))


_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))")
_PLAIN_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


def _unquote(text: str) -> str:
    if len(text) < 2 or text[0] != '"' or text[-1] != '"':
        return text
    inner = text[1:-1]
    return _ESCAPE.sub(_unescape, inner) if "\\" in inner else inner


def _unescape(match: re.Match[str]) -> str:
    digits = match[1] or match[2] or match[3]
    if not digits:
        return _PLAIN_ESCAPES.get(match[4], match[4])
    code = int(digits, 16)
    return chr(code) if code < 0x110000 else "\ufffd"


# --- level prefixes

_WORDS = "|".join(sorted(_LEVELS, key=len, reverse=True))
# ASCII: otherwise "ſ" matches "s", and no table knows that word. `ERROR:name:text` is Python's basicConfig.
_PREFIX = re.compile(
    rf"""\[\ ?(?P<bracketed>(?i:{_WORDS}))\ ?\](?::?\s+|$)
    |(?P<marked>(?i:{_WORDS})):(?:\s+|$)
    |(?P<shouted>{_WORDS.upper()})(?::|\s+)""",
    re.VERBOSE | re.ASCII,
)


def _from_prefix(text: str) -> ParsedLine | None:
    match = _PREFIX.match(text)
    if match is None:
        return None
    word = (match["bracketed"] or match["marked"] or match["shouted"]).lower()
    # "panic: index out of range": the word says more than the level does.
    message = text if word == "panic" else text[match.end() :]
    return ParsedLine(_LEVELS[word], message or text, ())


# --- shared


def _from_pairs(pairs: list[tuple[str, str]]) -> ParsedLine | None:
    """Sorts key-value pairs into level, message and fields; None if there is neither level nor message."""
    level: str | None = None
    messages: dict[str, tuple[str, str]] = {}
    fields: list[tuple[str, str]] = []
    for pair in pairs:
        messages.setdefault(pair[0].lower(), pair)
    message = next((messages[key] for key in _MESSAGE_KEYS if key in messages), None)
    for pair in pairs:
        key = pair[0].lower()
        if pair is message or key in _TIME_KEYS:
            continue
        if level is None and key in _LEVEL_KEYS:
            level = _level_of(pair[1])
            if level is not None:
                continue
        fields.append(pair)
    if level is None and message is None:
        return None
    return ParsedLine(level or "info", clean(message[1]) if message else "", _clean_pairs(fields))


def _level_of(word: str) -> str | None:
    """The level that a word or a number of the pino scale (10 trace … 60 fatal) stands for."""
    known = _LEVELS.get(word.lower())
    if known is not None:
        return known
    if word.isascii() and word.isdigit() and len(word) < 6:
        number = int(word)
        return "debug" if number <= 20 else "info" if number <= 30 else "warn" if number <= 40 else "error"
    match = _SLOG_OFFSET.fullmatch(word)
    return _LEVELS.get(match[1].lower()) if match else None


_SLOG_OFFSET = re.compile(r"([A-Za-z]{4,5})[+-]\d{1,4}")  # slog's levels between the named ones: INFO+2


def _clean_pairs(pairs: Iterable[tuple[str, str]]) -> Fields:
    return tuple((clean(key), clean(value)) for key, value in pairs)


# Escape sequences of ECMA-48: CSI … final byte; OSC, DCS, SOS, PM, APC … up to BEL or ST; two-byte ones. A
# string that is never ended is shown, so that it cannot hide the rest of the line. No string runs over the
# start of another: each character is scanned once.
_ANSI = re.compile(
    r"""(?:\x1b\[|\x9b)[0-?]*+[\ -/]*+[@-~]
    |(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x90\x98\x9c-\x9f]*+(?:\x07|\x9c|\x1b\\)
    |\x1b[\ -/]*+[0-Z\\^-~]""",
    re.VERBOSE,
)
_VISIBLE: dict[int, int | str | None] = {
    **{code: 0x2400 + code for code in range(32) if code != 9},
    0x7F: 0x2421,
    **dict.fromkeys(range(0x80, 0xA0), 0xFFFD),  # C1 controls
    0x2028: 0x240A,
    0x2029: 0x240A,
    **dict.fromkeys((0x200E, 0x200F, 0x61C, *range(0x202A, 0x202F), *range(0x2066, 0x206A)), 0xFFFD),  # bidi
}
_SURROGATE = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """`text` without anything that a terminal would act on, safe to print on one line.

    ANSI escape sequences vanish, other control characters (line ends included) become visible pictures or
    U+FFFD, as do marks that turn the direction of writing and lone surrogates; tabs become spaces.
    """
    if text.isprintable():
        return text
    text = _SURROGATE.sub("\ufffd", _ANSI.sub("", text).translate(_VISIBLE))
    return text.expandtabs(4) if "\t" in text else text


class LineSplitter:
    """Makes lines of a guest's output, however the bytes are cut.

    A line ends with LF or CRLF. Past `MAX_LINE_BYTES` it is cut: what came so far is handed out at
    once with `CUT_MARK` behind it, and the rest up to the line's end is dropped. So a guest that never ends
    its line holds no more than that. Bytes that are not UTF-8 become U+FFFD.
    """

    def __init__(self) -> None:
        self._pending = bytearray()
        self._skipping = False

    def feed(self, data: bytes) -> list[str]:
        """Adds bytes; returns the lines they complete, without their ends."""
        lines: list[str] = []
        start = 0
        while (end := data.find(b"\n", start)) >= 0:
            self._add(data, start, end, lines)
            if not self._skipping:
                lines.append(_decode(self._pending))
            self._pending.clear()
            self._skipping = False
            start = end + 1
        self._add(data, start, len(data), lines)
        return lines

    def flush(self) -> list[str]:
        """Returns the last line if it has no end; call it when no more bytes will come."""
        lines = [_decode(self._pending)] if self._pending else []
        self._pending.clear()
        self._skipping = False
        return lines

    def _add(self, data: bytes, start: int, end: int, lines: list[str]) -> None:
        if self._skipping or start == end:
            return
        pending = self._pending
        # One byte over the limit may be the CR of this line's end, and two tell us whether it is.
        pending += data[start : min(end, start + MAX_LINE_BYTES + 2 - len(pending))]
        over = len(pending) - MAX_LINE_BYTES
        if over > 1 or (over == 1 and pending[-1] != 0x0D):
            lines.append(_decode(pending[: _character_start(pending, MAX_LINE_BYTES)]) + CUT_MARK)
            pending.clear()
            self._skipping = True


def _decode(line: bytearray) -> str:
    if line.endswith(b"\r"):
        del line[-1]
    return line.decode("utf-8", "replace")


def _character_start(data: bytearray, at: int) -> int:
    """The last position up to `at` where a UTF-8 character may start, so that none is cut in two."""
    for back in range(4):
        if data[at - back] & 0xC0 != 0x80:
            return at - back
    return at
