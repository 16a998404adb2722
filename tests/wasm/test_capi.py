"""The C API below wasmtime-py's classes is what `parigot.wasm.capi` takes it for.

A new major of wasmtime may change any of it without a word; this is where it shows.
"""

from __future__ import annotations

import ctypes
import importlib.metadata
from typing import Any

import pytest
from parigot.wasm import capi
from wasmtime import _bindings as generated
from wasmtime import _ffi as ffi

TESTED_MAJOR = "50"

# Our name -> the function of the C API.
FUNCTIONS = {
    "define_func": "wasmtime_linker_define_func_unchecked",
    "define_async_func": "wasmtime_linker_define_async_func",
    "instantiate_async": "wasmtime_linker_instantiate_async",
    "call_async": "wasmtime_func_call_async",
    "future_poll": "wasmtime_call_future_poll",
    "future_delete": "wasmtime_call_future_delete",
    "set_fuel": "wasmtime_context_set_fuel",
    "fuel_yield_interval": "wasmtime_context_fuel_async_yield_interval",
    "trap_new": "wasmtime_trap_new",
    "instance_export": "wasmtime_instance_export_get",
    "memory_data": "wasmtime_memory_data",
    "memory_data_size": "wasmtime_memory_data_size",
    "global_get": "wasmtime_global_get",
}


def test_the_major_is_the_tested_one() -> None:
    version = importlib.metadata.version("wasmtime")
    assert version.partition(".")[0] == TESTED_MAJOR, (
        f"wasmtime {version} is installed. parigot.wasm uses the C API of {TESTED_MAJOR} below the public "
        "classes: read its release notes, run the tests of this folder, then raise TESTED_MAJOR here and "
        "the bound in pyproject.toml."
    )


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_function_is_there_and_has_the_same_shape(name: str) -> None:
    ours = getattr(capi, name)
    theirs: Any = getattr(generated, "_" + FUNCTIONS[name])
    assert ctypes.cast(ours, ctypes.c_void_p).value == ctypes.cast(theirs, ctypes.c_void_p).value
    assert len(ours.argtypes) == len(theirs.argtypes)
    for mine, other in zip(ours.argtypes, theirs.argtypes, strict=True):
        assert ctypes.sizeof(mine) == ctypes.sizeof(other)
    assert (ours.restype is None) == (theirs.restype is None)
    if ours.restype is not None:
        assert ctypes.sizeof(ours.restype) == ctypes.sizeof(theirs.restype)


def test_every_function_in_use_is_in_this_table() -> None:
    kind = type(capi.future_poll)
    bound = {name for name, value in vars(capi).items() if isinstance(value, kind) and name != "_strlen"}
    assert bound == set(FUNCTIONS)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (capi.HostCallback, generated.wasmtime_func_unchecked_callback_t),
        (capi.AsyncCallback, generated.wasmtime_func_async_callback_t),
    ],
)
def test_callbacks_have_the_same_shape(ours: Any, theirs: Any) -> None:
    assert len(ours._argtypes_) == len(theirs._argtypes_)
    for mine, other in zip(ours._argtypes_, theirs._argtypes_, strict=True):
        assert ctypes.sizeof(mine) == ctypes.sizeof(other)
    assert (ours._restype_ is None) == (theirs._restype_ is None)


def test_values() -> None:
    """`Engine.define_blocking` unpacks 32 bytes a value: 8 with the kind, then the union."""
    assert capi.VALUE_SIZE == ctypes.sizeof(ffi.wasmtime_val_t) == 32
    assert ffi.wasmtime_val_t.kind.offset == 0
    assert ffi.wasmtime_val_t.of.offset == capi.PAYLOAD == 8
    union = generated.wasmtime_valunion
    assert (union.i32.offset, union.i32.size) == (0, 4)
    assert (union.i64.offset, union.i64.size) == (0, 8)
    assert ffi.WASMTIME_I32.value == capi.KIND_I32
    assert ffi.WASMTIME_I64.value == capi.KIND_I64


def test_raw_values() -> None:
    """`Engine.define` unpacks 16 bytes a value, which begins with the number itself."""
    assert capi.RAW_SIZE == ctypes.sizeof(ffi.wasmtime_val_raw_t) == 16
    for name, size in (("i32", 4), ("i64", 8)):
        field = getattr(ffi.wasmtime_val_raw_t, name)
        assert (field.offset, field.size) == (0, size)


def test_externs_and_instances() -> None:
    assert ctypes.sizeof(ffi.wasmtime_extern_t) == capi.EXTERN_SIZE
    assert ffi.wasmtime_extern_t.of.offset == capi.PAYLOAD
    assert ctypes.sizeof(ffi.wasmtime_instance_t) == capi.INSTANCE_SIZE


def test_continuations() -> None:
    """`Fiber.suspend` writes callback, env and finalizer as three pointers."""
    continuation = generated.wasmtime_async_continuation_t
    assert [name for name, _ in continuation._fields_] == ["callback", "env", "finalizer"]
    assert ctypes.sizeof(continuation) == 24
    assert [getattr(continuation, name).offset for name, _ in continuation._fields_] == [0, 8, 16]
    shape = generated.wasmtime_func_async_continuation_callback_t
    assert shape._restype_ is ctypes.c_bool
    assert shape._argtypes_ == (ctypes.c_void_p,)


def test_the_question_whether_to_go_on_is_strlen() -> None:
    ask = ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_void_p)(capi.CONTINUATION)
    flag = capi.buffer(8)
    assert ask(capi.address_of(flag)) is False
    flag[0] = 1
    assert ask(capi.address_of(flag)) is True


def test_views_and_buffers() -> None:
    made = capi.buffer(8)
    assert bytes(made) == bytes(8)
    seen = capi.view(capi.address_of(made), 8)
    seen[3] = 7
    assert made[3] == 7
    assert seen.format == "B"
    assert not seen.readonly


def test_the_message_of_a_trap() -> None:
    made = capi.trap_object(capi.new_trap("wölfe und schafe"))
    assert made.message == "wölfe und schafe"
    made.close()
