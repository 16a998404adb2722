"""How log lines look on a terminal, in a file, and for programs that read them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TextIO

from parigot.session import LogWritten

LEVELS = ("debug", "info", "warn", "error")
FORMATS = ("auto", "plain", "json")

_LEVEL_COLOURS = {"debug": "2", "info": "36", "warn": "33", "error": "31"}
_SERVICE_COLOURS = ("32", "35", "34", "36", "33", "92", "95", "94", "96", "93")

Printer = Callable[[LogWritten], None]


def json_printer(out: TextIO) -> Printer:
    """One object a line: seq, time (s), service, level, message, call (number or null), stream, fields."""

    def show(line: LogWritten) -> None:
        out.write(
            json.dumps(
                {
                    "seq": line.seq,
                    "time": line.time_ns / 1e9,
                    "service": line.service,
                    "level": line.level,
                    "message": line.message,
                    "call": line.call,
                    "stream": line.stream,
                    "fields": dict(line.fields),
                },
                ensure_ascii=False,
            )
            + "\n"
        )

    return show


def text_printer(out: TextIO, log: TextIO, programs: frozenset[str], *, colour: bool) -> Printer:
    """For people: what programs write to stdout goes to `out` as it is, everything else to `log`."""
    colours: dict[str, str] = {}
    width = 8

    def show(line: LogWritten) -> None:
        nonlocal width
        if line.stream == "stdout" and line.service in programs:
            out.write(_as_written(line) + "\n")
            out.flush()
            return
        width = min(max(width, len(line.service)), 24)
        service = f"{line.service:<{width}}"
        level = f"{line.level:<5}"
        rest = " ".join([line.message, *(f"{key}={_quoted(value)}" for key, value in line.fields)])
        call = f" #{line.call}" if line.call is not None else ""
        if colour:
            code = colours.setdefault(line.service, _SERVICE_COLOURS[len(colours) % len(_SERVICE_COLOURS)])
            service = f"\x1b[{code}m{service}\x1b[0m"
            level = f"\x1b[{_LEVEL_COLOURS[line.level]}m{level}\x1b[0m"
            call = f"\x1b[2m{call}\x1b[0m" if call else ""
        log.write(f"{line.time_ns / 1e9:9.3f} {service} {level} {rest}{call}\n")

    return show


def _as_written(line: LogWritten) -> str:
    return " ".join([line.message, *(f"{key}={_quoted(value)}" for key, value in line.fields)])


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False) if not value or " " in value or '"' in value else value
