"""The whole process: from the shell's point of view, compiled code cached."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable

from bench.figures import Figure, spread
from bench.measure import ROOT, column, in_turns

ROUNDS = 7
_RUN = ("-m", "parigot.cli.main", "run", "examples/helloworld")


def warm(rounds: int = ROUNDS) -> list[Figure]:
    """start.warm_s, and start.python_s: what the bare interpreter takes of it."""
    run = _timed("bonjour world", *_RUN)
    run()
    samples = in_turns(rounds, _timed("", "-c", "pass"), run)
    return [
        spread("start.warm_s", column(samples, 1)),
        spread("start.python_s", column(samples, 0)),
    ]


# A place where bytecode may not be kept compiles every module at every start; that is not what is measured.
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _timed(expected: str, *arguments: str) -> Callable[[], float]:
    def run() -> float:
        started = time.perf_counter()
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=_ENVIRONMENT,
            capture_output=True,
            text=True,
            check=False,
        )
        taken = time.perf_counter() - started
        if done.returncode or done.stdout.strip() != expected:
            raise RuntimeError(
                f"{' '.join(arguments)}: code {done.returncode}, {done.stdout!r} {done.stderr!r}"
            )
        return taken

    return run
