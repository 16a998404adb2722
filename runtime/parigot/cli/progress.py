"""How a build that goes on looks: a moving line on a terminal; elsewhere a plain line for each long one."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable
from typing import TextIO

from parigot.build import BuildResult, Watcher

_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_PLAIN_FRAMES = "|/-\\"
_TICK_S = 0.1
_LONG_S = 2.0  # only builds that take longer get a line where there is no terminal
_MOST_NAMES = 5


class Progress(Watcher):
    """Prints what a build does: results to `out`, everything else to `err`. Used as a context manager.

    Args:
        clock: seconds.
        width: of the terminal, in columns; 0 for none, then nothing is ever overwritten.
    """

    def __init__(
        self,
        out: TextIO,
        err: TextIO,
        *,
        width: Callable[[], int] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._out, self._err = out, err
        self._width = width or (lambda: terminal_width(err))
        self._clock = clock
        self._lock = threading.RLock()
        self._running: dict[tuple[str, ...], tuple[str, float]] = {}
        self._mentioned: set[tuple[str, ...]] = set()
        self._line = False  # whether the moving line is on the screen
        self._ticks = 0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._tick_on, name="progress", daemon=True)

    def __enter__(self) -> Progress:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()
        with self._lock:
            self._clear()

    def say(self, sentence: str) -> None:
        with self._lock:
            self._clear()
            print(f"parigot: {sentence}", file=self._err, flush=True)

    def generated(self, names: tuple[str, ...]) -> None:
        with self._lock:
            self._clear()
            files = "1 file" if len(names) == 1 else f"{len(names)} files"
            print(f"generated  {files} in gen", file=self._out, flush=True)

    def started(self, names: tuple[str, ...], how: str) -> None:
        with self._lock:
            self._running[names] = (how, self._clock())

    def done(self, result: BuildResult) -> None:
        with self._lock:
            self._clear()
            self._running.pop(result.names, None)
            if result.output.strip():
                print(result.output.rstrip(), file=self._err, flush=True)
            wasm = os.path.relpath(result.wasm)
            if result.built:
                size = result.wasm.stat().st_size
                text = f"built      {some(result.names)}: {wasm} ({size:,} bytes, {result.seconds:.1f} s)"
            else:
                text = f"unchanged  {some(result.names)}: {wasm}"
            print(text, file=self._out, flush=True)

    def tick(self) -> None:
        """Shows how long what runs has run by now."""
        with self._lock:
            width = self._width()
            now = self._clock()
            long = [names for names, (_, since) in self._running.items() if now - since >= _LONG_S]
            if width:
                if self._running:
                    frames = _FRAMES if _can_show(_FRAMES, self._err) else _PLAIN_FRAMES
                    parts = ((names, how, now - since) for names, (how, since) in self._running.items())
                    text = f"{frames[self._ticks % len(frames)]} building {status(parts)}"
                    self._err.write("\r" + text[: width - 1] + "\x1b[K")
                    self._err.flush()
                    self._line = True
                    self._ticks += 1
                return
            for names in long:
                if names not in self._mentioned:
                    self._mentioned.add(names)
                    how = self._running[names][0]
                    print(f"building   {some(names)} ({how})", file=self._err, flush=True)

    def _tick_on(self) -> None:
        while not self._end.wait(_TICK_S):
            self.tick()

    def _clear(self) -> None:
        if self._line:
            self._err.write("\r\x1b[K")
            self._err.flush()
            self._line = False


def status(running: Iterable[tuple[tuple[str, ...], str, float]]) -> str:
    """`tax (go) 3 s, cart (python) 5 s`."""
    return ", ".join(f"{some(names)} ({how}) {seconds:.0f} s" for names, how, seconds in running)


def some(names: tuple[str, ...]) -> str:
    """Names with commas, and how many more there are."""
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def terminal_width(stream: TextIO) -> int:
    """Columns of the terminal behind a stream; 0 if there is none, or one that cannot move its cursor."""
    if not stream.isatty() or os.environ.get("TERM") == "dumb":
        return 0
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def _can_show(text: str, stream: TextIO) -> bool:
    try:
        text.encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
