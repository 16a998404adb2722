"""Futures: results that come later, awaited by the coroutines of one guest.

There are no callbacks and no loop of its own: whoever waits is told by `wake`, in the order in which they
began to wait.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any, Generic, Protocol, TypeVar

T = TypeVar("T")


class Waiter(Protocol):
    """Someone who waits for a future."""

    def wake(self, future: Future[Any]) -> None:
        """The future is done. Must not run anything of the guest's at once."""
        ...


class Future(Generic[T]):
    """The result of a call, of `sdk.sleep`, of `sdk.gather` or of `sdk.spawn`.

    It may be awaited any number of times, before it is done and after; each gets the same result, or the
    same exception.
    """

    __slots__ = ("_done", "_error", "_result", "_waiters")

    def __init__(self) -> None:
        self._done = False
        self._result: T | None = None
        self._error: BaseException | None = None
        self._waiters: list[Waiter] | None = None

    @property
    def done(self) -> bool:
        """Whether there is a result or an exception."""
        return self._done

    def result(self) -> T:
        """The result.

        Raises:
            RuntimeError: it is not there yet.
            Exception: that of the future, if it has one.
        """
        if not self._done:
            raise RuntimeError("this future is not done; await it")
        if self._error is not None:
            raise self._error
        return self._result  # type: ignore[return-value]

    def exception(self) -> BaseException | None:
        """Its exception, or None."""
        return self._error

    def __await__(self) -> Generator[Future[T], None, T]:
        if not self._done:
            yield self
        return self.result()

    def __repr__(self) -> str:
        state = "waiting" if not self._done else "failed" if self._error is not None else "done"
        return f"<{type(self).__name__} {state}>"

    # --- for the SDK ----------------------------------------------------------------------------------

    @property
    def awaited(self) -> bool:
        """Whether anyone waits for it now."""
        return bool(self._waiters)

    def add(self, waiter: Waiter) -> None:
        """Tells `waiter` when it is done; at once if it is."""
        if self._done:
            waiter.wake(self)
        elif self._waiters is None:
            self._waiters = [waiter]
        else:
            self._waiters.append(waiter)

    def resolve(self, result: T) -> None:
        """It has a result. A future that is done stays as it is."""
        if not self._done:
            self._done = True
            self._result = result
            if self._waiters is not None:
                self._tell()

    def fail(self, error: BaseException) -> None:
        """It has an exception. A future that is done stays as it is."""
        if not self._done:
            self._done = True
            self._error = error
            if self._waiters is not None:
                self._tell()

    def _tell(self) -> None:
        waiters, self._waiters = self._waiters, None
        for waiter in waiters or ():
            waiter.wake(self)


class Gathered(Future[list[Any]]):
    """All results of some futures in the order of the futures, or the first exception that comes."""

    __slots__ = ("_left", "_parts")

    def __init__(self, parts: Sequence[Future[Any]]) -> None:
        super().__init__()
        self._parts = parts
        self._left = len(parts)
        if not parts:
            self.resolve([])
        for part in parts:
            part.add(self)

    def wake(self, future: Future[Any]) -> None:
        """One of them is done."""
        self._left -= 1
        error = future.exception()
        if error is not None:
            self.fail(error)
        elif self._left == 0:
            self.resolve([part.result() for part in self._parts])
