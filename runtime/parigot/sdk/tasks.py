"""Coroutines of a guest that are on their way."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Coroutine
from enum import IntEnum
from typing import Any

from parigot.sdk.envelope import any_head
from parigot.sdk.errors import Failure
from parigot.sdk.future import Future
from parigot.sdk.messages import Message
from parigot.sdk.service import Method, is_empty


class Handler:
    """One method that this guest offers.

    Attributes:
        name: for people.
        function: the bound method.
        request, reply: their types; None where the signature leaves an empty message out.
        param, result: the first field of the Any around them.
    """

    __slots__ = ("errors", "function", "name", "param", "reply", "request", "result")

    def __init__(self, method: Method, function: Callable[..., Any], errors: type[IntEnum]) -> None:
        self.name = method.name
        self.function = function
        self.errors = errors
        self.request = None if is_empty(method.request) else method.request
        self.reply = None if is_empty(method.reply) else method.reply
        self.param = _head(method.request)
        self.result = _head(method.reply)

    def owns(self, failure: Failure) -> bool:
        """Whether the failure is this service's answer, and not one of a service that it called."""
        code = failure.code
        return isinstance(code, self.errors) or not (failure.foreign or isinstance(code, IntEnum))


def _head(kind: type[Message] | None) -> bytes:
    return b"" if kind is None else any_head(kind.FULL_NAME)


class Task:
    """A coroutine, and what becomes of its end.

    Args:
        ready: where it goes when it can go on.
    """

    __slots__ = ("_ready", "coroutine")

    def __init__(self, ready: deque[Task], coroutine: Coroutine[Any, Any, Any]) -> None:
        self._ready = ready
        self.coroutine = coroutine

    def wake(self, future: Future[Any]) -> None:
        """See `future.Waiter`."""
        self._ready.append(self)

    @property
    def name(self) -> str:
        """For people."""
        return getattr(self.coroutine, "__qualname__", "a coroutine")

    def done(self, result: Any) -> None:
        """It has returned."""

    def failed(self, error: Exception) -> bool:
        """It has raised; False when nobody hears of it."""
        return False


class CallTask(Task):
    """The handling of a call."""

    __slots__ = ("bundle", "handler")

    def __init__(
        self, ready: deque[Task], coroutine: Coroutine[Any, Any, Any], handler: Handler, bundle: bytes
    ) -> None:
        super().__init__(ready, coroutine)
        self.handler = handler
        self.bundle = bundle


class SpawnedTask(Task):
    """A coroutine that a future stands for."""

    __slots__ = ("future",)

    def __init__(self, ready: deque[Task], coroutine: Coroutine[Any, Any, Any]) -> None:
        super().__init__(ready, coroutine)
        self.future: Future[Any] = Future()

    def done(self, result: Any) -> None:
        """See `Task`."""
        self.future.resolve(result)

    def failed(self, error: Exception) -> bool:
        """See `Task`."""
        heard = self.future.awaited
        self.future.fail(error)
        return heard


async def _finish(outcome: Any) -> Any:
    return await outcome if hasattr(outcome, "__await__") else outcome


def as_coroutine(outcome: Any) -> Coroutine[Any, Any, Any]:
    """What a method that is no `async def` returned, as a coroutine."""
    return _finish(outcome)
