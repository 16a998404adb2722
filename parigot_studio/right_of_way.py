"""The studio's thread goes before the run's.

Both compute in Python, so they take turns at the interpreter lock, and each turn of the studio's event
loop, a few dozen for one key press, has to get it back from a run that never rests. A thread that waits for
the lock asks for it after the switch interval. So that interval is short while the studio waits for
something to do (it gets the lock at once when a key comes) and long while it works (it is not interrupted
by the run, which is what keeps a key press under 100 ms when 20,000 calls a second go by).
"""

from __future__ import annotations

import asyncio
import selectors
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

WAITING_S = 0.0001
WORKING_S = 0.01


class RightOfWay(selectors.BaseSelector):
    """A selector whose thread gets the interpreter lock back quickly, and then keeps it for a while."""

    def __init__(self, inner: selectors.BaseSelector) -> None:
        self._inner = inner

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        sys.setswitchinterval(WAITING_S)
        try:
            return self._inner.select(timeout)
        finally:
            sys.setswitchinterval(WORKING_S)

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


@contextmanager
def studio_first() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop whose thread goes before all others, until it is left."""
    before = sys.getswitchinterval()
    loop = asyncio.SelectorEventLoop(RightOfWay(selectors.DefaultSelector()))
    try:
        yield loop
    finally:
        loop.close()
        sys.setswitchinterval(before)
