"""The command `parigot-studio`.

Exit codes: the run's own code once it has ended (0..194, as `parigot run` has them), 0 when the person leaves
before the end, the code of the error when the app cannot be started (196, or 2 for a wrong command line).
"""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Sequence
from pathlib import Path

from parigot.cli import debugger, programargs
from parigot.errors import AppError, UsageError


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and gives its exit code."""
    words, program_arguments = programargs.split(sys.argv[1:] if arguments is None else arguments)
    options = _parser().parse_args(words, argparse.Namespace(program_arguments=program_arguments))
    try:
        return _studio(options)
    except AppError as error:
        print(f"parigot-studio: {error}", file=sys.stderr)
        return error.exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="parigot-studio",
        description="Run an app made of microservices, watch it, and step through it.",
        usage="%(prog)s [options] APP [-- ARGUMENT ...]",
        epilog=f"{programargs.USAGE} Press ? in the studio for its keys. Leaving the studio ends the run.",
    )
    parser.add_argument(
        "app", metavar="APP", type=Path, help="the app's folder, its descriptor, or a .wasm file"
    )
    parser.add_argument("--step", action="store_true", help="start held: nothing moves until told")
    parser.add_argument(
        "--program",
        metavar="P",
        action="append",
        default=[],
        help="run this program, not the default; may be repeated",
    )
    debugger.add_options(parser)
    return parser


def _studio(options: argparse.Namespace) -> int:
    from parigot.app import load

    from parigot_studio.headless import run_headless
    from parigot_studio.session_bridge import AppSource

    app = load(options.app)  # what is wrong with it is told before the screen changes
    if options.program:
        from parigot.session.session import choose_programs

        choose_programs(app, options.program)
    programargs.with_arguments(app, options.program, options.program_arguments)
    hints: list[str] = []
    awaited = debugger.listen(options, hints.append)
    source = AppSource(options.app, options.program, options.step, hints, options.program_arguments)
    source.title = app.name
    if awaited:
        from parigot.session import attach

        source.wait_first(awaited, attach.wait_for_client)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        if options.step:
            raise UsageError("--step needs a terminal to ask in")
        print("parigot-studio: no terminal, so the app runs without the studio", file=sys.stderr)
        return run_headless(source)

    from parigot_studio.app import StudioApp
    from parigot_studio.right_of_way import studio_first

    # A collection stops everything for as long as it takes. What was imported stays anyway, and what events
    # are made of holds no cycles: so hardly ever a full one.
    gc.freeze()
    gc.set_threshold(gc.get_threshold()[0], 5, 1_000)
    studio = StudioApp(source)
    try:
        with studio_first() as loop:
            code = studio.run(loop=loop)
    finally:
        if awaited:
            attach.stop_waiting()
        studio.close_run()
    return code if code is not None else studio.return_code or 0


if __name__ == "__main__":
    sys.exit(main())
