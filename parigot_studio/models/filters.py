"""The small filter language of the trace and the log.

    bonjour world          rows that hold both words, in any case
    "bonjour world"        … that hold the phrase
    service:greeting       … whose field holds that; service:a,b for either, service:=a for exactly a
    -health  -level:debug  … without that

What cannot be understood is told in a sentence (`FilterProblem`); a half-typed filter is no accident.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from parigot_studio.models.calls import DONE, LOST, CallRow
from parigot_studio.models.logs import LEVELS, LogRow

Test = Callable[[Any], bool]

_TERM = re.compile(r'(?P<minus>-?)(?:(?P<key>[A-Za-z]+):)?(?:"(?P<quoted>[^"]*)(?P<closed>"?)|(?P<word>\S*))')
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s)?$")
_NS = {"ns": 1.0, "us": 1e3, "µs": 1e3, "ms": 1e6, "s": 1e9, None: 1e6}


class FilterProblem(Exception):
    """A filter cannot be understood; `str()` says why in one sentence."""


@dataclass(frozen=True, slots=True)
class Fields:
    """What can be asked of one kind of row.

    Attributes:
        text: the words of a row that plain terms are looked for in, lower case.
        makers: field name → maker of a test from the value written (raises FilterProblem).
        volatile: fields whose answer for a row may change while the row is shown.
        example: a filter worth trying, for the prompt.
    """

    text: Callable[[Any], str]
    makers: Mapping[str, Callable[[str], Test]]
    volatile: frozenset[str]
    example: str


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter as written, and its tests; without tests it lets everything through."""

    source: str
    tests: tuple[Test, ...]
    volatile: bool

    def __call__(self, row: Any) -> bool:
        return all(test(row) for test in self.tests)

    def __bool__(self) -> bool:
        return bool(self.tests)


NOTHING = Filter("", (), False)


def parse(source: str, fields: Fields) -> Filter:
    """Reads a filter.

    Raises:
        FilterProblem: it cannot be understood.
    """
    tests: list[Test] = []
    volatile = False
    at = 0
    while True:
        while at < len(source) and source[at].isspace():
            at += 1
        if at >= len(source):
            break
        match = _TERM.match(source, at)
        if match is None or match.end() == at:
            raise FilterProblem(f"cannot read {source[at:]!r}")
        at = match.end()
        key = match["key"]
        if match["quoted"] is not None:
            value = match["quoted"]
            if not match["closed"]:
                raise FilterProblem(f'the quote of "{value} is not closed')
        else:
            value = match["word"]
        if key is None and not value:
            if match["minus"]:
                raise FilterProblem("a word to exclude must follow the -")
            continue
        if key is None:
            test = _text(value, fields)
        else:
            test = _field(key.lower(), value, fields, whole=match["quoted"] is not None)
        volatile = volatile or (key is not None and key.lower() in fields.volatile)
        tests.append(_negated(test) if match["minus"] else test)
    return Filter(source.strip(), tuple(tests), volatile)


def exactly(value: str) -> str:
    """What to write after a field's colon to find exactly this value."""
    return f'"={value}"' if re.search(r'[\s,"]', value) or not value else f"={value}"


def _text(value: str, fields: Fields) -> Test:
    wanted = value.lower()
    text = fields.text
    return lambda row: wanted in text(row)


def _field(key: str, value: str, fields: Fields, whole: bool) -> Test:
    maker = fields.makers.get(key)
    if maker is None:
        near = difflib.get_close_matches(key, fields.makers, 1)
        meant = f"; did you mean {near[0]}:?" if near else f": {' '.join(fields.makers)}"
        raise FilterProblem(f'no field "{key}" here{meant}')
    parts = [part for part in ([value] if whole else value.split(",")) if part]
    if not parts:
        raise FilterProblem(f"{key}: what? A value must follow the colon")
    tests = [maker(part) for part in parts]
    return tests[0] if len(tests) == 1 else lambda row: any(test(row) for test in tests)


def _negated(test: Test) -> Test:
    return lambda row: not test(row)


def _number(key: str, value: str) -> int:
    digits = value.lstrip("#")
    if not digits.isascii() or not digits.isdigit():
        raise FilterProblem(f"{key}: takes a number, not {value!r}")
    return int(digits)


def _one_of(key: str, value: str, words: tuple[str, ...]) -> str:
    wanted = value.lower()
    found = [word for word in words if word.startswith(wanted)]
    if not found:
        raise FilterProblem(f'no {key} "{value}"; there are {" ".join(words)}')
    return found[0]


def _log_text(row: LogRow) -> str:
    if row.fields:
        extra = " ".join(f"{key}={value}" for key, value in row.fields)
        return f"{row.service} {row.message} {extra}".lower()
    return f"{row.service} {row.message}".lower()


def _holds(value: str, *attributes: str) -> Test:
    wanted = value.lower()
    if wanted.startswith("="):
        exact = wanted[1:]
        return lambda row: any(exact == getattr(row, attribute).lower() for attribute in attributes)
    return lambda row: any(wanted in getattr(row, attribute).lower() for attribute in attributes)


def _log_level(value: str) -> Test:
    allowed = LEVELS[
        LEVELS.index(_one_of("level", "warn" if value.lower() == "warning" else value, LEVELS)) :
    ]
    return lambda row: row.level in allowed


def _log_call(value: str) -> Test:
    if value.lower() == "none":
        return lambda row: row.call is None
    number = _number("call", value)
    return lambda row: row.call == number


LOG_FIELDS = Fields(
    text=_log_text,
    makers={
        "service": lambda value: _holds(value, "service"),
        "level": _log_level,
        "call": _log_call,
        "text": lambda value: _holds(value, "message"),
        "stream": lambda value: _holds(_one_of("stream", value, ("stdout", "stderr", "runtime")), "stream"),
    },
    volatile=frozenset(),
    example="words  service:greeting  level:warn  call:3  -exclude",
)


def _call_text(row: CallRow) -> str:
    return f"{row.caller} {row.callee} {row.service} {row.method}".lower()


def _call_is(value: str) -> Test:
    word = _one_of("state", value, ("error", "ok", "slow", "running", "root"))
    tests: dict[str, Test] = {
        "error": lambda row: row.error != 0,
        "ok": lambda row: row.state == DONE and row.error == 0,
        "slow": lambda row: row.slow,
        "running": lambda row: row.state not in (DONE, LOST),
        "root": lambda row: row.parent is None,
    }
    return tests[word]


def _call_over(value: str) -> Test:
    match = _DURATION.match(value.lower())
    if match is None:
        raise FilterProblem(f"over: takes a duration such as 5ms or 200us, not {value!r}")
    least = float(match[1]) * _NS[match[2]]
    return lambda row: row.resolved_ns is not None and row.resolved_ns - row.dispatched_ns >= least


def _call_number(value: str) -> Test:
    number = _number("call", value)
    return lambda row: row.number == number


def _call_parent(value: str) -> Test:
    number = _number("parent", value)
    return lambda row: row.parent == number


CALL_FIELDS = Fields(
    text=_call_text,
    makers={
        "service": lambda value: _holds(value, "caller", "callee", "service"),
        "caller": lambda value: _holds(value, "caller"),
        "callee": lambda value: _holds(value, "callee"),
        "method": lambda value: _holds(value, "method"),
        "call": _call_number,
        "parent": _call_parent,
        "is": _call_is,
        "over": _call_over,
    },
    volatile=frozenset({"is", "over"}),
    example="words  service:greeting  is:error  over:5ms  -exclude",
)
