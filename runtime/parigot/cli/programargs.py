"""What stands after `--` on a command line: arguments for the program, instead of those in the descriptor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from parigot.app import App
from parigot.errors import UsageError

USAGE = "What follows -- are the program's arguments, instead of those in the descriptor."


def split(words: Sequence[str]) -> tuple[list[str], tuple[str, ...] | None]:
    """The command's own words, and the program's; None for the latter where there is no `--`."""
    if "--" not in words:
        return list(words), None
    at = words.index("--")
    return list(words[:at]), tuple(words[at + 1 :])


def with_arguments(app: App, programs: Sequence[str], arguments: Sequence[str] | None) -> App:
    """The app with these arguments for the one program that runs; unchanged for None.

    Args:
        programs: those that the user named; none means the app's default.

    Raises:
        UsageError: no such program, or not exactly one would get the arguments.
    """
    if arguments is None:
        return app
    from parigot.session.session import choose_programs  # the runtime behind it takes its time

    chosen = choose_programs(app, programs)
    if len(chosen) != 1:
        known = ", ".join(chosen) or "none"
        raise UsageError(
            f"arguments after -- are for one program, but these would run: {known}",
            path=app.path,
            hint="Name one with --program.",
        )
    return replace(
        app,
        programs=tuple(
            replace(spec, args=tuple(arguments)) if spec.name == chosen[0] else spec for spec in app.programs
        ),
    )
