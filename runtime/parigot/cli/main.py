"""Entry of the command `parigot`: words to a command module, errors to one clear message.

A command module offers `add_parser(subparsers)` and `run(arguments) -> exit code`. It is imported only when
its command is called, so that `parigot run` starts fast.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any

from parigot import __version__
from parigot.cli import programargs
from parigot.errors import AppError

COMMANDS = {
    "new": "start an app, or add a service or a program to one",
    "gen": "generate code from the .proto files",
    "build": "build the guests from their sources",
    "run": "run an app and show its log",
    "graph": "draw who requires whom",
    "plan": "which services a program needs, in which order they start, and why",
    "id": "write a typed id class",
    "doctor": "which toolchains are there, and how to get those that are not",
}
_MODULES = {"id": "identify"}  # where the command's name would hide one of Python's own

EXIT_CODES = """\
exit codes:
  0..192  the program's own
  193     startup failed
  194     a program trapped or was killed
  196     bad descriptor, module or build
  2       usage
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command; returns the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(
        prog="parigot",
        description="Runs applications made of WebAssembly microservices, as one process.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"parigot {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    called = next((word for word in words if not word.startswith("-")), None)
    for name, summary in COMMANDS.items():
        if name == called:
            _module(name).add_parser(subparsers)
        else:
            subparsers.add_parser(name, help=summary)
    if called == "run":
        words, program_arguments = programargs.split(words)
        arguments = parser.parse_args(words, argparse.Namespace(program_arguments=program_arguments))
    else:
        arguments = parser.parse_args(words)
    try:
        code = _module(arguments.command).run(arguments)
        sys.stdout.flush()
        return int(code)
    except AppError as error:
        print(f"parigot: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        # Whoever read our output has left; that is no error, but nothing more can be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


def _module(command: str) -> Any:
    return importlib.import_module(f"parigot.cli.{_MODULES.get(command, command)}")


if __name__ == "__main__":
    sys.exit(main())
