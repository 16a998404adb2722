"""The floor under every call: two guests on fibers that hand each other bytes, and nothing else.

A round trip is four host calls and two switches: the caller dispatches and waits, the callee is handed the
bytes, answers and waits. Each host call takes its input out of the guest's memory and puts an answer there.
No ids, no protobuf, no names, no checks. It goes through wasmtime-py's own generated binding with ctypes
values and a Python function for every continuation: what a straightforward host on wasmtime-py costs.
"""

from __future__ import annotations

import ctypes
import time
from collections import deque
from collections.abc import Callable
from ctypes import POINTER, byref, c_void_p
from typing import Any

import wasmtime
from wasmtime import _ffi as ffi

_CALLER = """
(module
  (import "host" "dispatch" (func $dispatch (param i32 i32 i32 i32) (result i64)))
  (import "host" "read_one" (func $read_one (param i32 i32 i32 i32) (result i64)))
  (memory (export "memory") 1)
  (func (export "_start") (local $left i32)
    (local.set $left (i32.const {calls}))
    (loop $again
      (drop (call $dispatch (i32.const 60) (i32.const 1024) (i32.const 2048) (i32.const 512)))
      (drop (call $read_one (i32.const 20) (i32.const 1024) (i32.const 2048) (i32.const 512)))
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br_if $again (local.get $left)))))
"""
_CALLEE = """
(module
  (import "host" "return_value" (func $return_value (param i32 i32 i32 i32) (result i64)))
  (import "host" "read_one" (func $read_one (param i32 i32 i32 i32) (result i64)))
  (memory (export "memory") 1)
  (func (export "_start")
    (loop $again
      (drop (call $read_one (i32.const 20) (i32.const 1024) (i32.const 2048) (i32.const 512)))
      (drop (call $return_value (i32.const 60) (i32.const 1024) (i32.const 2048) (i32.const 512)))
      (br $again))))
"""
_ANSWER_BYTES = 20  # of what was dispatched, given back at once
_NO_FINALIZER = ctypes.cast(0, ctypes.CFUNCTYPE(None, c_void_p))

Handler = Callable[[bytes], bytes]


class Floor:
    """A pair of compiled guests, ready to be run as often as needed.

    Args:
        calls: round trips of one run.
    """

    def __init__(self, calls: int) -> None:
        self.calls = calls
        self._engine = wasmtime.Engine(wasmtime.Config())
        self._caller = wasmtime.Module(self._engine, _CALLER.format(calls=calls))
        self._callee = wasmtime.Module(self._engine, _CALLEE)

    def run(self) -> float:
        """Runs all round trips.

        Returns:
            µs a round trip.
        """
        caller = _Guest(self._engine)
        callee = _Guest(self._engine)

        def dispatch(request: bytes) -> bytes:
            callee.inbox.append(request)
            return request[:_ANSWER_BYTES]

        def return_value(reply: bytes) -> bytes:
            caller.inbox.append(reply)
            return b""

        caller.start(self._caller, "dispatch", dispatch)
        callee.start(self._callee, "return_value", return_value)
        try:
            started = time.perf_counter()
            callee.poll()
            while not caller.poll():
                callee.poll()
            taken = time.perf_counter() - started
            if caller.failed or callee.failed:
                raise RuntimeError("a guest of the floor trapped")
        finally:
            caller.close()
            callee.close()
        return taken / self.calls * 1e6


class _Guest:
    """One fiber with an inbox."""

    def __init__(self, engine: wasmtime.Engine) -> None:
        self.inbox: deque[bytes] = deque()
        self._store = wasmtime.Store(engine)
        self._linker = wasmtime.Linker(engine)
        self._type = wasmtime.FuncType([wasmtime.ValType.i32()] * 4, [wasmtime.ValType.i64()])
        self._callbacks: list[Any] = []  # must live as long as the linker
        self._trap = POINTER(ffi.wasm_trap_t)()
        self._error = POINTER(ffi.wasmtime_error_t)()
        self._future: Any = None
        self._base = 0
        self._out = 0
        self._results: Any = None

    @property
    def failed(self) -> bool:
        """It trapped."""
        return bool(self._trap) or bool(self._error)

    def start(self, module: wasmtime.Module, name: str, handler: Handler) -> None:
        """Instantiates `module` with its two imports; `poll` runs it."""
        self._define(name, handler)
        self._define_read_one()
        instance = ffi.wasmtime_instance_t()
        future = ffi.wasmtime_linker_instantiate_async(
            self._linker.ptr(),
            self._store._context(),
            module.ptr(),
            byref(instance),
            byref(self._trap),
            byref(self._error),
        )
        while not ffi.wasmtime_call_future_poll(future):
            pass
        ffi.wasmtime_call_future_delete(future)
        exports = wasmtime.Instance._from_raw(instance).exports(self._store)
        memory: Any = exports["memory"]
        self._base = ctypes.cast(memory.data_ptr(self._store), c_void_p).value or 0
        start: Any = exports["_start"]
        self._start = start  # the function value must outlive the fiber
        self._future = ffi.wasmtime_func_call_async(
            self._store._context(),
            byref(start._func),
            None,
            0,
            None,
            0,
            byref(self._trap),
            byref(self._error),
        )

    def poll(self) -> bool:
        """Runs it until it blocks (False) or ends."""
        return bool(ffi.wasmtime_call_future_poll(self._future))

    def close(self) -> None:
        """Ends it wherever it is."""
        if self._future is not None:
            ffi.wasmtime_call_future_delete(self._future)
            self._future = None
        self._linker.close()
        self._store.close()

    def _define(self, name: str, handler: Handler) -> None:
        @ffi.wasmtime_func_unchecked_callback_t
        def callback(_env: Any, _caller: Any, values: Any, _count: int) -> int:
            size, source, target = values[0].i32, values[1].i32, values[2].i32
            answer = handler(ctypes.string_at(self._base + source, size))
            ctypes.memmove(self._base + target, answer, len(answer))
            values[0].i64 = len(answer) << 32 | target
            return 0

        self._add(ffi.wasmtime_linker_define_func_unchecked, name, callback)

    def _define_read_one(self) -> None:
        @ffi.wasmtime_func_async_continuation_callback_t
        def go_on(_env: Any) -> bool:
            if not self.inbox:
                return False
            event = self.inbox.popleft()
            ctypes.memmove(self._base + self._out, event, len(event))
            self._results[0].kind = 1
            self._results[0].of.i64 = len(event) << 32 | self._out
            return True

        @ffi.wasmtime_func_async_callback_t
        def callback(
            _env: Any,
            _caller: Any,
            arguments: Any,
            _n: int,
            results: Any,
            _m: int,
            _trap: Any,
            continuation: Any,
        ) -> None:
            self._out = arguments[2].of.i32
            self._results = results
            continuation[0].callback = go_on
            continuation[0].env = None
            continuation[0].finalizer = _NO_FINALIZER

        self._callbacks.append(go_on)
        self._add(ffi.wasmtime_linker_define_async_func, "read_one", callback)

    def _add(self, define: Callable[..., Any], name: str, callback: Any) -> None:
        self._callbacks.append(callback)
        error = define(
            self._linker.ptr(),
            b"host",
            4,
            name.encode(),
            len(name),
            self._type.ptr(),
            callback,
            None,
            _NO_FINALIZER,
        )
        if error:
            raise RuntimeError(f"cannot define {name}")
