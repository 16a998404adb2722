"""The calls of wasmtime's C API that wasmtime-py generates but does not wrap, with our own prototypes.

Pointers are plain integers here, which is what makes the hot path short: no ctypes object is made for an
argument. The library is entered through `PyDLL`, with the GIL held: a switch into a guest and out again
would otherwise give it up and take it back ten times per call. A guest cannot hold it for long, because
fuel makes it yield every few milliseconds. Compiling goes through wasmtime-py's own binding, which lets
other threads run meanwhile.

Tied to the C API of wasmtime 50; `tests/wasm/test_capi.py` fails loudly when a new major changes what is
used here.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Callable, Iterable
from ctypes import c_bool, c_char_p, c_size_t, c_uint64, c_void_p
from typing import Any

from wasmtime import _ffi as ffi

_lib = ctypes.PyDLL(ffi.dll._name, handle=ffi.dll._handle)


def _bind(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    function = _lib[name]
    function.restype = result
    function.argtypes = arguments
    return function


# (env, caller, values in and out, how many) -> 0 or a trap
HostCallback = ctypes.CFUNCTYPE(c_size_t, c_void_p, c_void_p, c_void_p, c_size_t)
# (env, caller, arguments, n, results, n, trap out, continuation out)
AsyncCallback = ctypes.CFUNCTYPE(
    None, c_void_p, c_void_p, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p, c_void_p
)

define_func = _bind(
    "wasmtime_linker_define_func_unchecked", c_void_p,
    c_void_p, c_char_p, c_size_t, c_char_p, c_size_t, c_void_p, HostCallback, c_void_p, c_void_p,
)  # fmt: skip
define_async_func = _bind(
    "wasmtime_linker_define_async_func", c_void_p,
    c_void_p, c_char_p, c_size_t, c_char_p, c_size_t, c_void_p, AsyncCallback, c_void_p, c_void_p,
)  # fmt: skip
instantiate_async = _bind(
    "wasmtime_linker_instantiate_async", c_void_p,
    c_void_p, c_void_p, c_void_p, c_void_p, c_void_p, c_void_p,
)  # fmt: skip
call_async = _bind(
    "wasmtime_func_call_async", c_void_p,
    c_void_p, c_void_p, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p, c_void_p,
)  # fmt: skip
future_poll = _bind("wasmtime_call_future_poll", c_bool, c_void_p)
future_delete = _bind("wasmtime_call_future_delete", None, c_void_p)
set_fuel = _bind("wasmtime_context_set_fuel", c_void_p, c_void_p, c_uint64)
fuel_yield_interval = _bind("wasmtime_context_fuel_async_yield_interval", c_void_p, c_void_p, c_uint64)
trap_new = _bind("wasmtime_trap_new", c_void_p, c_char_p, c_size_t)
instance_export = _bind(
    "wasmtime_instance_export_get", c_bool, c_void_p, c_void_p, c_char_p, c_size_t, c_void_p
)
memory_data = _bind("wasmtime_memory_data", c_size_t, c_void_p, c_void_p)
memory_data_size = _bind("wasmtime_memory_data_size", c_size_t, c_void_p, c_void_p)
global_get = _bind("wasmtime_global_get", None, c_void_p, c_void_p, c_void_p)

VALUE_SIZE = ctypes.sizeof(ffi.wasmtime_val_t)
RAW_SIZE = ctypes.sizeof(ffi.wasmtime_val_raw_t)
EXTERN_SIZE = ctypes.sizeof(ffi.wasmtime_extern_t)
INSTANCE_SIZE = ctypes.sizeof(ffi.wasmtime_instance_t)
PAYLOAD = 8  # where the union starts in wasmtime_val_t and wasmtime_extern_t
KIND_I32, KIND_I64 = 0, 1

# A continuation says whether a suspended host function may go on. Asking Python each time costs as much as
# the switch itself, so the question is put to a C function that every platform has: strlen of a flag that
# is either "" (0, no) or "\1" (1, yes). The flag lives as long as its fiber.
_strlen = ctypes.CDLL(None).strlen
CONTINUATION = ctypes.cast(_strlen, c_void_p).value or 0
write_continuation = struct.Struct("=QQQ").pack_into  # callback, env, finalizer


def address_of(thing: Any) -> int:
    """The address of a ctypes object."""
    return ctypes.addressof(thing)


def pointer_value(pointer: Any) -> int:
    """A ctypes pointer of wasmtime-py as an integer."""
    return ctypes.cast(pointer, c_void_p).value or 0


def view(address: int, size: int) -> memoryview:
    """The bytes at `address`, writable, without a copy. The caller answers for their lifetime."""
    return memoryview((ctypes.c_ubyte * size).from_address(address)).cast("B")


def buffer(size: int) -> Any:
    """`size` zeroed bytes with a fixed address."""
    return (ctypes.c_ubyte * size)()


def new_trap(message: str) -> int:
    """A trap to return from a host function; wasmtime takes it over."""
    text = message.encode()
    return int(trap_new(text, len(text)))


FrameParts = tuple[str | None, int, int]


def frame_parts(frames: Iterable[Any]) -> list[FrameParts]:
    """(function name, function index, offset in the module) of frames, while what they belong to lives."""
    return [(frame.func_name, frame.func_index, frame.module_offset) for frame in frames]


def error_parts(pointer: int) -> tuple[str, list[FrameParts]]:
    """The message of a wasmtime_error_t and its wasm frames; frees it."""
    from wasmtime import WasmtimeError
    from wasmtime._trap import Frame, FrameList

    typed = ctypes.cast(pointer, ctypes.POINTER(ffi.wasmtime_error_t))
    error = WasmtimeError._from_ptr(typed)
    try:
        found = FrameList(error)
        ffi.wasmtime_error_wasm_trace(typed, ctypes.byref(found.vec))
        frames = (Frame._from_ptr(found.vec.data[place], found) for place in range(found.vec.size))
        return str(error), frame_parts(frames)
    finally:
        error.close()


def error_text(pointer: int) -> str:
    """The message of a wasmtime_error_t; frees it."""
    return error_parts(pointer)[0]


def trap_object(pointer: int) -> Any:
    """wasmtime-py's Trap around a wasm_trap_t; owns it."""
    from wasmtime import Trap

    return Trap._from_ptr(ctypes.cast(pointer, ctypes.POINTER(ffi.wasm_trap_t)))
