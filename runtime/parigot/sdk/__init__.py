"""What guests are written with: in Python with this package; `c/` and `go/` are the SDKs of those languages.

    from parigot import sdk
    from greeting.v1.greeting_pb import FetchGreetingResponse, GreetErr, GreetingService

    class Greeting(GreetingService):
        async def fetch_greeting(self, request):
            return FetchGreetingResponse(greeting="hello")

A class like this runs in process (`python = "greeting.py:Greeting"` in the descriptor) and as wasm.
An annotation `currency: CurrencyClient` in it requires that service; `await self.currency.convert(...)` calls
it, and other calls are handled meanwhile. Only the kernel's events move a guest: there is no asyncio here.

Nothing here imports more than light parts of the standard library, since all of it also runs as wasm.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from parigot.sdk.driver import running
from parigot.sdk.errors import DecodeError, EncodeError, Failure, KernelErr, KernelError, Unimplemented
from parigot.sdk.future import Future, Gathered
from parigot.sdk.messages import Enum, ErrorCode, Message
from parigot.sdk.service import Client, Guest, Method, Program, Service

__all__ = [
    "Client",
    "DecodeError",
    "EncodeError",
    "Enum",
    "ErrorCode",
    "Failure",
    "Future",
    "Guest",
    "KernelErr",
    "KernelError",
    "Message",
    "Method",
    "Program",
    "Service",
    "Unimplemented",
    "gather",
    "sleep",
    "spawn",
]


def gather(*awaited: Future[Any] | Coroutine[Any, Any, Any]) -> Future[list[Any]]:
    """All results of calls and coroutines that go on side by side, in the order given.

    When one fails, so does this, at once and with the same exception; the others go on.
    """
    driver = running()
    return Gathered([one if isinstance(one, Future) else driver.spawn(one) for one in awaited])


def sleep(seconds: float) -> Future[None]:
    """Waits for so many seconds of the guest's own clock; other calls are handled meanwhile."""
    return running().sleep(seconds)


def spawn(coroutine: Coroutine[Any, Any, Any]) -> Future[Any]:
    """Lets a coroutine go on by itself.

    Returns:
        Its result, for those who want it. An exception that nobody waits for is logged.
    """
    return running().spawn(coroutine)
