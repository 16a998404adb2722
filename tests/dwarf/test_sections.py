"""The section reader on whole, cut, flipped and invented files."""

from __future__ import annotations

import pytest
import wasmtime
from dwarf_programs import Program
from hypothesis import given, settings
from hypothesis import strategies as st
from parigot.dwarf import WasmFormatError, module_shape, read_sections
from parigot.dwarf.sections import function_bodies

HEADER = b"\0asm\x01\0\0\0"
COMPONENT = b"\0asm\x0d\0\x01\0"


def test_sections_of_a_real_module_lie_end_to_end(program: Program) -> None:
    sections = read_sections(program.code)
    assert sections[0].start == 8
    assert [s.start for s in sections[1:]] + [len(program.code)] == [s.end for s in sections]
    assert all(s.start < s.payload_start <= s.end for s in sections)
    names = [s.name for s in sections]
    assert names[:3] == ["type", "import", "function"]
    assert ".debug_info" in names
    code = next(s for s in sections if s.id == 10)
    bodies = function_bodies(program.code, code)
    assert program.code[code.payload_start] == len(bodies)  # the count is the first byte of the content
    assert bodies[-1][1] == code.end
    assert all(program.code[end - 1] == 0x0B for _, end in bodies)  # every body ends with `end`


def test_every_cut_of_a_module_is_refused_or_ends_between_sections(program: Program) -> None:
    ends = {8, *(section.end for section in read_sections(program.code))}
    for cut in range(len(program.code)):
        if cut in ends:
            assert all(section.end <= cut for section in read_sections(program.code[:cut]))
        else:
            with pytest.raises(WasmFormatError):
                read_sections(program.code[:cut])


@pytest.mark.parametrize(
    ("data", "what", "offset"),
    [
        (b"", "the file is empty", 0),
        (b"\0as", "it is cut off", 0),
        (b"#!/bin/sh\n", "does not start with", 0),
        (b"\0asm\x02\0\0\0", "unknown WebAssembly version 0x2", 4),
        (b"\0asm\x01", "4 bytes expected, 1 left", 4),
        (HEADER + b"\x63\0", "unknown section 99", 8),
        (HEADER + b"\x01\x05\0", "its type section has 5 bytes, 1 are left", 8),
        (HEADER + b"\x01\x80\x80\x80\x80\x80\0", "longer than 32 bits", 9),
        (HEADER + b"\x01\xff\xff\xff\xff\x7f", "does not fit 32 bits", 9),
        (HEADER + b"\x01\x01\0" + b"\x01\x01\0", "the type section comes twice", 11),
        (HEADER + b"\0\x03\x05ab", "5 bytes expected, 2 left", 11),
        (HEADER + b"\0\x03\x02\xff\xfe", "a name is not UTF-8", 10),
    ],
)
def test_what_is_wrong_is_said_with_its_place(data: bytes, what: str, offset: int) -> None:
    with pytest.raises(WasmFormatError) as raised:
        read_sections(data)
    assert what in raised.value.what
    assert raised.value.offset == offset


def test_custom_sections_may_repeat_and_their_content_starts_behind_the_name() -> None:
    custom = b"\0\x05\x02hixy"
    first, second = read_sections(HEADER + custom + custom)
    assert (first.name, first.start, first.payload_start, first.end) == ("hi", 8, 13, 15)
    assert second.payload_start == 20


@settings(deadline=None)
@given(st.sampled_from([HEADER, COMPONENT, b""]), st.binary(max_size=200))
def test_garbage_is_refused_or_read_but_never_breaks_the_reader(header: bytes, garbage: bytes) -> None:
    data = header + garbage
    sections, refused = [], None
    try:
        sections = read_sections(data)
        module_shape(data)
    except WasmFormatError as error:
        refused = error.offset
    assert refused is None or 0 <= refused <= len(data)
    assert all(8 <= section.start < section.payload_start <= section.end <= len(data) for section in sections)


WAT = """
(module
  (import "env" "f" (func (param i32) (result i32)))
  (import "env" "t" (table 1 10 funcref))
  (import "env" "e" (table 1 externref))
  (import "env" "m" (memory 1 2 shared))
  (import "env" "g" (global (mut i64)))
  (import "env" "x" (tag (param i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
  (func (export "_start"))
  (export "memory" (memory 0))
  (export "héllo" (table 0))
  (export "g" (global 0))
  (export "x" (tag 0)))
"""


def test_the_shape_of_a_module() -> None:
    shape = module_shape(bytes(wasmtime.wat2wasm(WAT)))
    assert shape.imports == (
        ("env", "f", "func"),
        ("env", "t", "table"),
        ("env", "e", "table"),
        ("env", "m", "memory"),
        ("env", "g", "global"),
        ("env", "x", "tag"),
        ("wasi_snapshot_preview1", "fd_write", "func"),
    )
    assert shape.exports == (
        ("_start", "func"),
        ("memory", "memory"),
        ("héllo", "table"),
        ("g", "global"),
        ("x", "tag"),
    )
    assert not shape.has_dwarf
    assert not shape.is_component


def test_types_of_later_proposals_are_passed_over() -> None:
    wat = """(module
      (type $s (struct))
      (import "env" "r" (global (ref null $s)))
      (import "env" "m" (memory i64 1 5000000000))
      (import "env" "last" (func)))"""
    assert module_shape(bytes(wasmtime.wat2wasm(wat))).imports == (
        ("env", "r", "global"),
        ("env", "m", "memory"),
        ("env", "last", "func"),
    )


def test_the_shape_of_a_real_module(program: Program) -> None:
    shape = module_shape(program.code)
    assert shape.imports == (("env", "host", "func"),)
    assert ("run", "func") in shape.exports
    assert shape.has_dwarf


def test_a_component_is_known_as_one() -> None:
    shape = module_shape(bytes(wasmtime.wat2wasm("(component (core module))")))
    assert shape.is_component
    assert shape.imports == shape.exports == ()
