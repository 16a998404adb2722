"""Runs one guest in Python: sans-IO. Events come in by `deliver`, calls of the kernel go out by a function.

The same driver runs in process and in wasm. Coroutines of the guest run until they wait for a future; when
nothing can go on, the guest waits for its next event. There is no other loop, and no thread.

Calls are the hot path: their messages are joined from parts that are kept for each method, and what comes
in is compared with what is expected before it is parsed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import suppress
from heapq import heappop, heappush
from types import CoroutineType
from typing import TYPE_CHECKING, Any

from parigot.errors import KernelErr, KernelError
from parigot.ids import encode_varint
from parigot.sdk import envelope
from parigot.sdk.callids import CallIds
from parigot.sdk.envelope import SHORT, Malformed
from parigot.sdk.errors import (
    DISPATCH_ERROR,
    MARSHAL_ERROR,
    UNMARSHAL_ERROR,
    DecodeError,
    Failure,
    Unimplemented,
)
from parigot.sdk.future import Future
from parigot.sdk.life import Life
from parigot.sdk.log import Log
from parigot.sdk.service import Guest, Route
from parigot.sdk.tasks import CallTask, Handler, SpawnedTask, Task, as_coroutine
from parigot.sdk.world import Syscall, World

if TYPE_CHECKING:
    import random

_NS_PER_MS = 1_000_000
_LONGEST_MS = (1 << 31) - 1
_MOST_CALLERS = 10_000  # whose calls are recognised by their first bytes
_ANSWERABLE = (KernelErr.DataTooLarge, KernelErr.MarshalFailed)


class Driver:
    """One guest.

    Args:
        syscall: see `world.Syscall`.
        kind: the service's or program's class.
        world: its surroundings.

    Attributes:
        exit_code: set once the guest has ended; nothing may be delivered any more.
        guest: the object of `kind`; there once `start` has been called.
        log: the guest's own log.
    """

    current: Driver | None = None
    """The driver whose guest runs now."""

    def __init__(self, syscall: Syscall, kind: type[Guest], world: World) -> None:
        self.exit_code: int | None = None
        self.syscall = syscall
        self.world = world
        self.kind = kind
        self.host = envelope.host_id(world.environ)
        self.log = Log(lambda line: world.write("stderr", line))
        self.handlers: dict[bytes, Handler] = {}  # by method id
        self._heads: dict[bytes, Handler] = {}  # by what bundles start with
        self._ids = CallIds(world.random_bytes)
        self._pending: dict[bytes, tuple[Future[Any], Route | None]] = {}
        self._ready: deque[Task] = deque()
        self._held: list[bytes] | None = []  # calls that came before the service was ready
        self._timers: list[tuple[int, int, Future[None]]] = []
        self._timer_number = 0
        self._wait_for_ever = envelope.read_one(self.host, -1)
        self._tasks: dict[Task, None] = {}  # that wait for something
        self._random: random.Random | None = None
        self.life = Life(self)

    @property
    def guest(self) -> Guest:
        """The person's object."""
        return self.life.guest

    @property
    def random(self) -> random.Random:
        """Chance, seeded from the world's."""
        if self._random is None:
            import random  # not every guest needs it

            self._random = random.Random(int.from_bytes(self.world.random_bytes(16), "little"))
        return self._random

    # --- events ---------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begins the guest's life: it declares itself and waits for its first event, or has ended."""
        Driver.current = self
        self.spawn(self.life.begin())
        self._go_on()

    def deliver(self, event: bytes) -> None:
        """Hands the guest an event (ReadOneResponse) and runs it until it waits again or has ended."""
        Driver.current = self
        try:
            tag = event[0] if event else 0
            if tag == 0x12:
                if self._held is None:
                    self._called(event)
                else:
                    self._held.append(event)
            elif tag == 0x2A:
                self._resolved(event)
            elif tag == 0x32:
                self.life.exit_event(envelope.last_number(envelope.last_bytes(event, 6), 2))
        except (Malformed, IndexError) as error:
            self.log.error("an event that cannot be read was dropped", error=error)
        self._go_on()

    def close(self) -> None:
        """Ends all coroutines where they are; their `finally` blocks run."""
        Driver.current = self
        for task in (*self._tasks, *self._ready):
            try:
                task.coroutine.close()
            except Exception as error:
                self.log.exception(f"{task.name} failed while it was closed", error)
        self._tasks.clear()
        self._ready.clear()

    def _go_on(self) -> None:
        ready = self._ready
        while True:
            if self._timers:
                self._fire()
            if not ready:
                break
            while ready:
                self._run(ready.popleft())
        if self.exit_code is None:
            timers = self._timers
            request = self._wait_for_ever if not timers else self._wait_until(timers[0][0])
            self.syscall("read_one_", request)

    # --- coroutines -----------------------------------------------------------------------------------

    def spawn(self, coroutine: Coroutine[Any, Any, Any]) -> Future[Any]:
        """Runs a coroutine beside the others; it begins when the one that runs now waits."""
        task = SpawnedTask(self._ready, coroutine)
        self._ready.append(task)
        return task.future

    def _run(self, task: Task) -> None:
        """Runs a coroutine until it waits or ends."""
        error: BaseException | None = None
        while True:
            try:
                if error is None:
                    awaited = task.coroutine.send(None)
                else:
                    awaited = task.coroutine.throw(error)
            except StopIteration as stop:
                self._tasks.pop(task, None)
                if type(task) is CallTask:
                    self._reply(task.handler, task.bundle, stop.value)
                else:
                    task.done(stop.value)
                return
            except SystemExit as leaving:
                self._tasks.pop(task, None)
                self.life.leave(leaving)
                return
            except Exception as failure:
                self._tasks.pop(task, None)
                if type(task) is CallTask:
                    self._failed(task.handler, task.bundle, failure)
                elif not task.failed(failure):
                    self.log.exception(f"{task.name} failed: {_named(failure)}", failure)
                return
            if isinstance(awaited, Future):
                self._tasks[task] = None
                awaited.add(task)
                return
            kind = type(awaited).__name__
            error = RuntimeError(
                f"a service awaits calls, sdk.sleep, sdk.gather and sdk.spawn only, not {kind} (of asyncio?)"
            )

    # --- time -----------------------------------------------------------------------------------------

    def sleep(self, seconds: float) -> Future[None]:
        """A future that is done after `seconds` of the guest's clock."""
        future: Future[None] = Future()
        self._timer_number += 1
        deadline = self.world.clock_ns() + max(0, round(seconds * 1e9))
        heappush(self._timers, (deadline, self._timer_number, future))
        return future

    def _fire(self) -> None:
        now = self.world.clock_ns()
        while self._timers and self._timers[0][0] <= now:
            heappop(self._timers)[2].resolve(None)

    def _wait_until(self, deadline: int) -> bytes:
        left = deadline - self.world.clock_ns()
        return envelope.read_one(self.host, min(max(0, -(-left // _NS_PER_MS)), _LONGEST_MS))

    # --- calls that come in ---------------------------------------------------------------------------

    def open(self) -> None:
        """The service is ready: calls are handled from now on, first those that came already."""
        held, self._held = self._held, None
        for event in held or ():
            self._called(event)

    def _called(self, event: bytes) -> None:
        # 12 len bundle, then 1a len param or nothing; bundle: 0a len host 12 len service 1a len method 22 …
        size = event[1]
        start = 2
        if size > 0x7F:
            size, start = envelope.varint(event, 1)
        end = start + size
        at = start + event[start + 1] + 2
        at += event[at + 1] + 2
        at += event[at + 1] + 2
        bundle = event[start:end]
        handler = self._heads.get(event[start:at])
        if handler is None:
            handler = self._handler(bundle, event[start:at])
            if handler is None:
                self._return(envelope.failed(bundle, KernelErr.IdDispatch))
                return
        request = None
        try:
            value = envelope.any_value(event, end, handler.param)
            if handler.request is not None:
                request = handler.request.decode(value)
        except (Malformed, DecodeError) as error:
            self.log.error(f"{handler.name} got a request that it cannot read", error=error)
            self._return(envelope.failed(bundle, UNMARSHAL_ERROR))
            return
        try:
            outcome = handler.function() if request is None else handler.function(request)
            coroutine = outcome if type(outcome) is CoroutineType else as_coroutine(outcome)
            awaited = coroutine.send(None)
        except StopIteration as stop:
            self._reply(handler, bundle, stop.value)
        except SystemExit as leaving:
            self.life.leave(leaving)
        except Exception as error:  # noqa: BLE001 - it becomes the call's outcome
            self._failed(handler, bundle, error)
        else:
            task = CallTask(self._ready, coroutine, handler, bundle)
            if isinstance(awaited, Future):
                self._tasks[task] = None
                awaited.add(task)
            else:
                self._run(task)  # it is told why when it goes on

    def _handler(self, bundle: bytes, head: bytes) -> Handler | None:
        handler = self.handlers.get(envelope.last_bytes(bundle, 3))
        if handler is not None and len(self._heads) < _MOST_CALLERS:
            self._heads[head] = handler
        return handler

    def _reply(self, handler: Handler, bundle: bytes, reply: Any) -> None:
        try:
            if handler.reply is None:
                value = b""
            elif type(reply) is handler.reply:
                value = reply.encode()
            else:
                raise TypeError(f"the reply must be a {handler.reply.__name__}, not {type(reply).__name__}")
        except Exception as error:
            self.log.exception(f"{handler.name} gave a reply that cannot be sent: {_named(error)}", error)
            self._return(envelope.failed(bundle, MARSHAL_ERROR))
            return
        head = handler.result
        if value:
            size = len(value)
            result = head + b"\x12" + (SHORT[size] if size < 128 else encode_varint(size)) + value
        else:
            result = head
        size = len(result)
        length = SHORT[size] if size < 128 else encode_varint(size)
        request = b"".join((b"\x0a", SHORT[len(bundle)], bundle, b"\x12", length, result))
        try:
            self.syscall("return_value_", request)
        except KernelError as error:
            # The caller is gone, or the reply is too large; then it has to be told so.
            if error.code in _ANSWERABLE:
                self._return(envelope.failed(bundle, error.code))

    def _failed(self, handler: Handler, bundle: bytes, error: Exception) -> None:
        """A method ended with an exception."""
        code = DISPATCH_ERROR
        if isinstance(error, Unimplemented):
            self.log.error(f"{handler.name} is not implemented")
        elif isinstance(error, Failure) and handler.owns(error):
            code = int(error.code)
            if error.reason:
                self.log.debug(f"{handler.name} answers with an error", error=error)
        else:
            self.log.exception(f"{handler.name} failed: {_named(error)}", error)
        self._return(envelope.failed(bundle, code))

    def _return(self, request: bytes) -> None:
        with suppress(KernelError):  # the caller is gone, or has been told already
            self.syscall("return_value_", request)

    # --- calls that go out ----------------------------------------------------------------------------

    def dispatch(self, route: Route, value: bytes) -> Future[Any]:
        """Calls a method of another service with an encoded request."""
        future: Future[Any] = Future()
        if not route.head:
            future.fail(KernelError(KernelErr.NotFound, f"{route.name} is not offered there"))
            return future
        call = self._ids.new()
        bundle = route.head + b"\x22" + SHORT[len(call)] + call
        any_size = len(route.param)
        if value:
            size = len(value)
            tail = b"\x12" + (SHORT[size] if size < 128 else encode_varint(size)) + value
            any_size += len(tail)
        else:
            tail = b""
        length = SHORT[any_size] if any_size < 128 else encode_varint(any_size)
        request = b"".join((b"\x0a", SHORT[len(bundle)], bundle, b"\x1a", length, route.param, tail))
        try:
            self.syscall("dispatch_", request)
        except KernelError as error:
            future.fail(error)
        else:
            self._pending[call] = future, route
        return future

    def own_call(self, ask: Callable[[bytes], bytes], operation: str) -> Future[Any]:
        """A call of the guest to the kernel that is resolved later: a launch, an exit.

        Args:
            ask: makes the request for a call id.

        Raises:
            KernelError
        """
        call = self._ids.new()
        future: Future[Any] = Future()
        self.syscall(operation, ask(call))
        self._pending[call] = future, None
        return future

    def _resolved(self, event: bytes) -> None:
        # 2a len, then 0a len host 12 len call 1a len method, then 22 len result, or 28 code, or nothing
        at = 2 if event[1] < 0x80 else envelope.varint(event, 1)[1]
        at += event[at + 1] + 2
        size = event[at + 1]
        end = at + 2 + size
        pending = self._pending.pop(event[at + 2 : end], None)
        if pending is None:
            return
        future, route = pending
        at = end + event[end + 1] + 2
        code = 0
        if at < len(event) and event[at] == 0x28:
            number, _ = envelope.varint(event, at + 1)
            code = number & 0xFFFFFFFF
            code = code - (1 << 32) if code >> 31 else code
        if code:
            future.fail(_error(route, code))
        elif route is None or route.reply is None:
            future.resolve(None)
        else:
            try:
                reply = route.reply.decode(envelope.any_value(event, at, route.result))
            except (Malformed, DecodeError) as error:
                self.log.error(f"the reply of {route.name} cannot be read", error=error)
                future.fail(Failure(_code(route, UNMARSHAL_ERROR), f"the reply of {route.name}: {error}"))
            else:
                future.resolve(reply)


def running() -> Driver:
    """The driver of the guest that runs now.

    Raises:
        RuntimeError: none does.
    """
    if Driver.current is None:
        raise RuntimeError("this works within a running service or program only")
    return Driver.current


def _code(route: Route, code: int) -> int:
    try:
        return route.errors(code)
    except ValueError:
        return code


def _error(route: Route | None, code: int) -> Exception:
    """A code that a call was resolved with. Codes of the callee and of the kernel are not told apart on the
    wire: what the service's own enum knows is the service's.
    """
    if route is not None:
        found = _code(route, code)
        if isinstance(found, route.errors):
            return Failure.received(found, route.name)
    if code in KernelErr._value2member_map_:
        return KernelError(KernelErr(code), route.name if route is not None else "")
    return Failure.received(code, route.name if route is not None else "")


def _named(error: BaseException) -> str:
    text = str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
