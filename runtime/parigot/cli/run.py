"""`parigot run APP`: runs an app headless; its log goes to the terminal, its exit code to the shell."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

from parigot.app.load import load
from parigot.cli import debugger, programargs
from parigot.cli.logprint import FORMATS, LEVELS, json_printer, text_printer
from parigot.session import LogWritten, RunEnded, Session, attach

_INTERRUPTED = 130


def add_parser(subparsers: Any) -> None:
    """Adds the command's arguments."""
    parser = subparsers.add_parser(
        "run",
        usage="%(prog)s [options] APP [-- ARGUMENT ...]",
        epilog=programargs.USAGE,
        help="run an app and show its log",
        description="Runs an app: what its programs print goes to stdout, the log to stderr. "
        "With --log-format json everything goes to stdout, one object a line.",
    )
    parser.add_argument("app", metavar="APP", help="a folder, a descriptor, or a .wasm file")
    parser.add_argument(
        "--program", metavar="P", action="append", default=[], help="run this program (may be repeated)"
    )
    parser.add_argument("--log-format", choices=FORMATS, default="auto", help="auto: colours on a terminal")
    parser.add_argument(
        "--log-level", choices=LEVELS, help="show lines of this level and above (info; with json: debug)"
    )
    parser.add_argument("--no-color", action="store_true", help="no colours, as with NO_COLOR set")
    debugger.add_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Runs the command."""
    app = programargs.with_arguments(load(arguments.app), arguments.program, arguments.program_arguments)
    as_json = arguments.log_format == "json"
    session = Session(app, programs=arguments.program)
    colour = (
        arguments.log_format == "auto"
        and not arguments.no_color
        and not os.environ.get("NO_COLOR")
        and sys.stderr.isatty()
    )
    show = (
        json_printer(sys.stdout)
        if as_json
        else text_printer(sys.stdout, sys.stderr, frozenset(session.programs), colour=colour)
    )
    lowest = LEVELS.index(arguments.log_level or ("debug" if as_json else "info"))
    for warning in app.warnings:
        _say(warning)
    # The log is what this command is for: it must be complete, so the stream is long.
    events = session.subscribe(calls=False, capacity=1_000_000)
    awaited = debugger.listen(arguments, _say)
    if awaited:
        _say(f"waiting for {awaited}")
        attach.wait_for_client()
    session.start()
    interrupts = 0
    while True:
        try:
            events.wait()
            batch, lost = events.drain()
            if lost:
                print(f"parigot: {lost:,} log lines came too fast to be shown", file=sys.stderr)
            for event in batch:
                if isinstance(event, LogWritten):
                    if LEVELS.index(event.level) >= lowest or event.stream == "stdout":
                        show(event)
                elif isinstance(event, RunEnded):
                    sys.stdout.flush()
                    return _INTERRUPTED if interrupts else event.code
        except KeyboardInterrupt:
            interrupts += 1
            session.stop()
        except BrokenPipeError:
            session.stop()
            session.stop()
            raise


def _say(line: str) -> None:
    print(f"parigot: {line}", file=sys.stderr, flush=True)
