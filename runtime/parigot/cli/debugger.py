"""`--debugpy` and `--wait-for-client`: the same options for every command that runs an app."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from parigot.errors import UsageError


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds both options."""
    parser.add_argument(
        "--debugpy",
        metavar="[HOST:]PORT",
        help="let a Python debugger attach there (VS Code: see .vscode/launch.json); port 0 takes a free one",
    )
    parser.add_argument(
        "--wait-for-client", action="store_true", help="with --debugpy: start once a debugger has attached"
    )


def listen(arguments: argparse.Namespace, say: Callable[[str], None]) -> str:
    """Listens for a debugger if the command line says so; before any run is started.

    Args:
        say: gets each line that a person should read.

    Returns:
        what the run has to wait for (by `attach.wait_for_client`), for a person to read; "" for nothing.

    Raises:
        UsageError: the options make no sense.
        AppError: debugpy is not there, or the address is taken.
    """
    if arguments.debugpy is None:
        if arguments.wait_for_client:
            raise UsageError("--wait-for-client: say where with --debugpy PORT")
        return ""
    # Only now: no other run needs what it imports.
    from parigot.session import attach

    endpoint = attach.listen(attach.parse_endpoint(arguments.debugpy))
    say(f"a Python debugger can attach at {endpoint}")
    warning = attach.warning(endpoint)
    if warning:
        say(warning)
    return f"a Python debugger to attach at {endpoint}" if arguments.wait_for_client else ""
