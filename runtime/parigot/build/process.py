"""One child process, bounded: it ends by itself, by its time limit, or with Ctrl-C, and never outlives us."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path

from parigot.errors import BuildError

MAX_OUTPUT = 1_000_000  # characters of output that are kept

_running: set[subprocess.Popen[bytes]] = set()
_lock = threading.Lock()


def run_bounded(command: Sequence[str] | str, cwd: Path, seconds: float) -> tuple[int, str]:
    """Runs a command to its end; a string is given to the shell.

    Args:
        seconds: then it is killed, with all that it has started.

    Returns:
        (exit code, what it printed on stdout and stderr)

    Raises:
        BuildError: it cannot be started, or took too long.
    """
    try:
        # A session of its own: one signal reaches the compiler and everything it started.
        child = subprocess.Popen(
            command,
            cwd=cwd,
            shell=isinstance(command, str),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        name = command if isinstance(command, str) else command[0]
        raise BuildError(f"cannot run {name}: {error.strerror}") from error
    with _lock:
        _running.add(child)
    try:
        raw, _ = child.communicate(timeout=seconds)
    except subprocess.TimeoutExpired as error:
        _kill(child)
        raise BuildError(f"took longer than {seconds:,.0f} s and was stopped") from error
    except BaseException:
        _kill(child)
        raise
    finally:
        with _lock:
            _running.discard(child)
    text = raw.decode("utf-8", "replace")
    if len(text) > MAX_OUTPUT:
        text = text[:MAX_OUTPUT] + f"\n… ({len(text):,} characters)\n"
    return child.returncode, text


def stop_all() -> None:
    """Ends what other threads are running: only the main thread hears of Ctrl-C."""
    with _lock:
        for child in _running:
            _signal(child)


def _kill(child: subprocess.Popen[bytes]) -> None:
    _signal(child)
    child.communicate()


def _signal(child: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
    else:
        child.kill()
