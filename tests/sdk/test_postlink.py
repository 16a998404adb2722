"""The step after linking: constants become globals, and nothing else changes."""

from __future__ import annotations

import contextlib

import pytest
import wasmtime
from hypothesis import given
from hypothesis import strategies as st
from parigot.sdk.c.postlink import postlink

# What wasm-ld makes of two exported constants: globals with their addresses, values in the data.
LINKED = """
(module
  (import "env" "other" (global i32))
  (import "env" "f" (func))
  (import "env" "t" (table 1 2 funcref))
  (memory (export "memory") 2)
  (global $sp (mut i32) (i32.const 65536))
  (global $big i64 (i64.const -1))
  (global $pi f64 (f64.const 3.25))
  (global $abi i32 (i32.const {abi}))
  (global $size i32 (i32.const {size}))
  (export "parigot_abi" (global $abi))
  (export "parigot_receive_buffer_size" (global $size))
  (export "sp" (global $big))
  (data (i32.const 1024) "........")
  (data "passive")
  (data (i32.const 65536) "\\01\\00\\00\\00\\00\\00\\10\\00"))
"""


def linked(abi: int = 65536, size: int = 65540) -> bytes:
    return bytes(wasmtime.wat2wasm(LINKED.format(abi=abi, size=size)))


def exported(module: bytes) -> dict[str, int]:
    engine = wasmtime.Engine()
    store = wasmtime.Store(engine)
    code = wasmtime.Module(engine, module)
    funcref = wasmtime.TableType(wasmtime.ValType.funcref(), wasmtime.Limits(1, 2))
    i32 = wasmtime.GlobalType(wasmtime.ValType.i32(), False)
    imports: list[wasmtime.Global | wasmtime.Func | wasmtime.Table] = [
        wasmtime.Global(store, i32, 7),
        wasmtime.Func(store, wasmtime.FuncType([], []), lambda: None),
        wasmtime.Table(store, funcref, None),
    ]
    exports = wasmtime.Instance(store, code, imports).exports(store)
    return {name: item.value(store) for name, item in exports.items() if isinstance(item, wasmtime.Global)}


def test_addresses_become_values() -> None:
    assert exported(linked())["parigot_abi"] == 65536
    assert exported(postlink(linked())) == {
        "parigot_abi": 1,
        "parigot_receive_buffer_size": 1 << 20,
        "sp": -1,
    }


def test_twice_is_once() -> None:
    assert postlink(postlink(linked())) == postlink(linked())


def test_a_module_without_the_globals_is_left_alone() -> None:
    module = bytes(wasmtime.wat2wasm('(module (memory (export "memory") 1))'))
    assert postlink(module) == module


def test_a_constant_outside_the_data_is_an_error() -> None:
    with pytest.raises(ValueError, match="parigot_receive_buffer_size is not in the module's data"):
        postlink(linked(size=65541))


def test_a_global_that_is_no_constant_is_an_error() -> None:
    module = bytes(
        wasmtime.wat2wasm(
            """(module (import "a" "b" (global $b i32)) (global $g i32 (global.get $b))
                 (export "parigot_abi" (global $g)))"""
        )
    )
    with pytest.raises(ValueError, match="parigot_abi is not a constant"):
        postlink(module)


@pytest.mark.parametrize("data", [b"", b"\0asm", b"#!/bin/sh\n", b"\0asm\x0d\0\1\0"])
def test_what_is_no_core_module_is_an_error(data: bytes) -> None:
    with pytest.raises(ValueError, match="not a wasm module"):
        postlink(data)


def test_a_truncated_module_is_an_error_at_every_byte() -> None:
    module = linked()
    data_ends = module.index(b"\0\0\x10\0") + 4
    exports_end = module.index(b"parigot_receive_buffer_size")
    for length in range(exports_end, data_ends):
        with pytest.raises(ValueError, match=r"truncated|data"):
            postlink(module[:length])


@given(st.integers(8, 200), st.integers(0, 255))
def test_damage_is_an_error_or_harmless(at: int, byte: int) -> None:
    module = bytearray(linked())
    module[at % len(module)] = byte
    with contextlib.suppress(ValueError):
        assert postlink(bytes(module)).startswith(b"\0asm")
