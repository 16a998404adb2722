"""The studio's thread goes before the run's.

Both compute in Python, so they take turns at the interpreter lock, and each turn of the studio's event
loop, a few dozen for one key press, has to get it back from a run that never rests. A thread that waits for
the lock demands it after the switch interval, and whoever holds it must then let go. So that interval is
short while the studio waits for something to do (it gets the lock at once when a key comes) and long while
it works (it is not interrupted by the run). In long work it lets the run in of its own accord, with
`breathe`: for a moment, where being interrupted would cost a whole long interval.

That is what keeps a key press under 100 ms when 20,000 calls a second go by.
"""

from __future__ import annotations

import asyncio
import selectors
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

WAITING_S = 0.0001
WORKING_S = 0.005
BREATH_EVERY_S = 0.003  # before the run may demand the lock
BREATH_S = 0.00005

_since: float | None = None  # when the studio's thread last got the lock; None outside `studio_first`


class RightOfWay(selectors.BaseSelector):
    """A selector whose thread gets the interpreter lock back quickly, and then keeps it for a while."""

    def __init__(self, inner: selectors.BaseSelector) -> None:
        self._inner = inner

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        global _since
        sys.setswitchinterval(WAITING_S)
        try:
            return self._inner.select(timeout)
        finally:
            sys.setswitchinterval(WORKING_S)
            _since = time.perf_counter()

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._inner.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._inner.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._inner.modify(fileobj, events, data)

    def get_key(self, fileobj: Any) -> selectors.SelectorKey:
        return self._inner.get_key(fileobj)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._inner.get_map()

    def close(self) -> None:
        self._inner.close()


def breathe() -> None:
    """For the middle of long work: lets the run have the lock for a moment, if it is time to."""
    global _since
    if _since is not None and time.perf_counter() - _since > BREATH_EVERY_S:
        sys.setswitchinterval(WAITING_S)
        time.sleep(BREATH_S)
        sys.setswitchinterval(WORKING_S)
        _since = time.perf_counter()


@contextmanager
def studio_first() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop whose thread goes before all others, until it is left."""
    global _since
    before = sys.getswitchinterval()
    loop = asyncio.SelectorEventLoop(RightOfWay(selectors.DefaultSelector()))
    try:
        yield loop
    finally:
        loop.close()
        _since = None
        sys.setswitchinterval(before)
