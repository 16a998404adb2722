"""The engine: how modules are compiled, and the host functions that all guests of a run share.

Guests run one at a time, each until it blocks or has used up a slice of fuel, so the host functions need
no identity of their own: `current` is the fiber that runs. Fuel, not a timer, ends a slice: the same
program yields at the same instructions in every run.
"""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Callable
from typing import Any, Protocol

import wasmtime

from parigot.wasm import capi

_FORMATS = {"i32": "I12x", "i64": "Q8x"}
_MAX_VIEWS = 4096

FunctionType = tuple[tuple[str, ...], tuple[str, ...]]


class Running(Protocol):
    """The fiber that runs, as far as host functions need it."""

    data: Any

    def stop(self, error: BaseException) -> int:
        """A host function raised: makes the trap that ends the guest."""
        ...

    def suspend(self, results: int, kind: int, go_on: int, result: int | None) -> None:
        """A blocking host function has returned `result`, or None to suspend."""
        ...


class _Nobody:
    """Runs before any fiber has."""

    data = None

    def stop(self, error: BaseException) -> int:
        raise RuntimeError("a host function was called outside any fiber") from error

    def suspend(self, results: int, kind: int, go_on: int, result: int | None) -> None:
        raise RuntimeError("a host function was called outside any fiber")


_NOBODY = _Nobody()


class Engine:
    """One per run.

    Args:
        cache: keep compiled code on disk between runs.
    """

    def __init__(self, *, cache: bool = True) -> None:
        config = wasmtime.Config()
        config.consume_fuel = True
        # Guests have no threads, and floats must not tell machines apart.
        config.wasm_threads = False
        config.cranelift_nan_canonicalization = True
        config.wasm_relaxed_simd_deterministic = True
        # The base of a memory must never move: views of it are kept.
        config.memory_may_move = False
        if cache:
            # Without a writable home there is no cache: everything still works, only colder.
            with contextlib.suppress(wasmtime.WasmtimeError):
                config.cache = True
        self.wasmtime_engine = wasmtime.Engine(config)
        self._linker = wasmtime.Linker(self.wasmtime_engine)
        self.linker = capi.pointer_value(self._linker.ptr())
        self.current: Running = _NOBODY  # the fiber that runs, or ran last
        self._callbacks: list[Any] = []
        self._defined: dict[tuple[str, str], FunctionType] = {}

    def type_of(self, module: str, name: str) -> FunctionType | None:
        """(parameters, results) of the host function of that name; None where there is none."""
        return self._defined.get((module, name))

    def define(
        self,
        module: str,
        name: str,
        parameters: tuple[str, ...],
        results: tuple[str, ...],
        handler: Callable[..., int],
    ) -> None:
        """A host function: `handler(guest, *arguments) -> result` (ignored where there is none).

        Arguments are unsigned. It may raise ExitGuest and HostTrap; anything else is a defect of the host:
        it ends the guest with a trap and is kept in `Fiber.defect`.
        """
        self.define_packed(module, name, parameters, results, lambda data, words: handler(data, *words))

    def define_packed(
        self,
        module: str,
        name: str,
        parameters: tuple[str, ...],
        results: tuple[str, ...],
        handler: Callable[[Any, tuple[int, ...]], int],
    ) -> None:
        """`define` for the hot path: the handler gets its arguments as one tuple."""
        unpack = struct.Struct("=" + "".join(_FORMATS[kind] for kind in parameters)).unpack_from
        pack = struct.Struct("=i" if results == ("i32",) else "=q").pack_into
        size = max(len(parameters), len(results), 1) * capi.RAW_SIZE
        views: dict[int, memoryview] = {}
        answers = bool(results)

        def callback(_env: int, _caller: int, values: int, _count: int) -> int:
            fiber = self.current
            try:
                # Arguments come at few addresses (a guest's stack is where it is), so their views are kept.
                raw = views.get(values)
                if raw is None:
                    if len(views) > _MAX_VIEWS:
                        views.clear()
                    raw = views[values] = capi.view(values, size)
                result = handler(fiber.data, unpack(raw))
                if answers:
                    pack(raw, 0, result)
            except BaseException as error:  # noqa: BLE001 - no exception may cross wasm
                return fiber.stop(error)
            return 0

        self._add(capi.define_func, capi.HostCallback(callback), module, name, parameters, results)

    def define_blocking(
        self,
        module: str,
        name: str,
        parameters: tuple[str, ...],
        results: tuple[str, ...],
        handler: Callable[..., int | None],
    ) -> None:
        """A host function that may suspend its fiber: `handler(guest, *arguments) -> result | BLOCK`."""
        self.define_blocking_packed(
            module, name, parameters, results, lambda data, words: handler(data, *words)
        )

    def define_blocking_packed(
        self,
        module: str,
        name: str,
        parameters: tuple[str, ...],
        results: tuple[str, ...],
        handler: Callable[[Any, tuple[int, ...]], int | None],
    ) -> None:
        """`define_blocking` for the hot path: the handler gets its arguments as one tuple."""
        unpack = struct.Struct(
            "=" + "".join("8x" + ("I20x" if kind == "i32" else "Q16x") for kind in parameters)
        ).unpack_from
        size = max(len(parameters), 1) * capi.VALUE_SIZE
        kind = capi.KIND_I32 if results == ("i32",) else capi.KIND_I64
        views: dict[int, memoryview] = {}

        def callback(
            _env: int, _caller: int, arguments: int, _n: int, out: int, _m: int, trap: int, go_on: int
        ) -> None:
            fiber = self.current
            try:
                raw = views.get(arguments)
                if raw is None:
                    if len(views) > _MAX_VIEWS:
                        views.clear()
                    raw = views[arguments] = capi.view(arguments, size)
                result = handler(fiber.data, unpack(raw))
                fiber.suspend(out, kind, go_on, result)
            except BaseException as error:  # noqa: BLE001 - no exception may cross wasm
                struct.pack_into("=Q", capi.view(trap, 8), 0, fiber.stop(error))
                fiber.suspend(out, kind, go_on, 0)

        self._add(capi.define_async_func, capi.AsyncCallback(callback), module, name, parameters, results)

    def _add(
        self,
        define: Callable[..., Any],
        callback: Any,
        module: str,
        name: str,
        parameters: tuple[str, ...],
        results: tuple[str, ...],
    ) -> None:
        kind = wasmtime.FuncType(
            [getattr(wasmtime.ValType, value)() for value in parameters],
            [getattr(wasmtime.ValType, value)() for value in results],
        )
        error = define(
            self.linker,
            module.encode(),
            len(module.encode()),
            name.encode(),
            len(name.encode()),
            capi.pointer_value(kind.ptr()),
            callback,
            None,
            None,
        )
        if error:
            raise ValueError(capi.error_text(error))
        self._callbacks.append(callback)
        self._defined[module, name] = (parameters, results)
