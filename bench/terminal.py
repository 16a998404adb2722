"""A program on a pseudo terminal, as a person has it: keys go in, and one looks at the screen."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Sequence
from types import TracebackType

from bench.measure import ROOT
from bench.screen import Screen

_CHUNK = 1 << 16


class Terminal:
    """Runs a command on a terminal of its own.

    Args:
        command: the program and its arguments.
        width, height: cells.
    """

    def __init__(self, command: Sequence[str], width: int, height: int) -> None:
        self.screen = Screen(width, height)
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment,
            start_new_session=True,
        )
        os.close(slave)

    @property
    def pid(self) -> int:
        """Of the program."""
        return self._process.pid

    def press(self, keys: str) -> None:
        """Sends keys."""
        os.write(self._master, keys.encode())

    def wait_for(self, answered: Callable[[Screen], bool], timeout: float) -> float | None:
        """Reads until the screen is as wanted.

        Returns:
            seconds that took; None when `timeout` was over first, or the program ended.
        """
        started = time.perf_counter()
        while not answered(self.screen):
            left = started + timeout - time.perf_counter()
            if left <= 0 or not self._read(left):
                return None
        return time.perf_counter() - started

    def look(self, seconds: float) -> None:
        """Reads for that long."""
        until = time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0 and self._read(left):
            pass

    def wait_for_end(self, timeout: float) -> int:
        """The program's exit code, once it has ended; subprocess.TimeoutExpired when it does not."""
        started = time.perf_counter()
        # Read on: whoever writes to a terminal that nobody reads has to wait.
        while self._process.poll() is None and time.perf_counter() - started < timeout:
            self._read(0.02)
        return self._process.wait(0.1)

    def _read(self, timeout: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], timeout)
        if not ready:
            return True
        try:
            data = os.read(self._master, _CHUNK)
        except OSError:  # what Linux says when the program has gone
            return False
        self.screen.feed(data)
        return bool(data)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._master)
