"""Real traps of real programs: every frame must say the function, file and line of the source."""

from __future__ import annotations

import pytest
import wasmtime
from dwarf_programs import Compile, Program
from parigot.dwarf import Frame, Symbols


def trap_frames(code: bytes) -> list[tuple[int, int]]:
    """Calls `run(0)`, which traps; (module offset, function index) of the frames, innermost first."""
    engine = wasmtime.Engine()
    store = wasmtime.Store(engine)
    linker = wasmtime.Linker(engine)
    i32 = wasmtime.ValType.i32()
    linker.define_func("env", "host", wasmtime.FuncType([i32], [i32]), lambda number: number + 7)
    exports = linker.instantiate(store, wasmtime.Module(engine, code)).exports(store)
    with pytest.raises(wasmtime.Trap) as raised:
        exports["run"](store, 0)
    return [(frame.module_offset, frame.func_index) for frame in raised.value.frames]


def backtrace(code: bytes) -> list[tuple[str, str | None, int | None, bool]]:
    symbols = Symbols.from_module(code)
    found = [frame for place in trap_frames(code) for frame in symbols.frames(*place)]
    assert symbols.note == ""
    return [(frame.function, frame.path, frame.line, frame.inlined) for frame in found]


def test_a_trap_in_inlined_code(program: Program) -> None:
    main, header = program.path("main.c"), program.path("inc/divide.h")
    call_line = program.line("main.c", "MIDDLE") + 4  # `int y = leaf(` over several lines
    assert backtrace(program.code) == [
        ("divide", header, program.line("inc/divide.h", "TRAP"), True),
        ("middle", main, program.line("main.c", "DIVIDE"), True),
        ("leaf", main, program.line("main.c", "MIDDLE"), False),
        ("caller", main, call_line, False),
        ("run", main, program.line("main.c", "CALLER"), False),
    ]


def test_columns_of_inlined_calls(program: Program) -> None:
    symbols = Symbols.from_module(program.code)
    offset, index = trap_frames(program.code)[0]
    _, middle, leaf = symbols.frames(offset, index)
    assert middle.column == 10
    assert leaf.column == 10


def test_a_return_address_is_looked_up_at_its_call(program: Program) -> None:
    """wasmtime reports the call instruction (0x10); an engine that reports the next one means the same."""
    symbols = Symbols.from_module(program.code)
    offset, index = trap_frames(program.code)[1]
    assert program.code[offset] == 0x10
    behind_call = offset + 1
    while program.code[behind_call] & 0x80:  # the function index, an LEB128 number
        behind_call += 1
    behind_call += 1
    assert symbols.frames(behind_call, index, is_call_site=True) == symbols.frames(offset, index)


@pytest.mark.parametrize("version", ["-gdwarf-4", "-gdwarf-5"])
@pytest.mark.parametrize("level", ["-O0", "-O2"])
def test_names_are_qualified_as_in_the_source(compile_program: Compile, level: str, version: str) -> None:
    program = compile_program("shop.cpp", level, version, "-nostdlib++", "-fno-exceptions", "-fno-rtti")
    inlined = level == "-O2"
    path = program.path("shop.cpp")
    assert backtrace(program.code) == [
        ("shop::(anonymous)::Cart::total<int>", path, program.line("shop.cpp", "TOTAL"), inlined),
        ("shop::Till::open", path, program.line("shop.cpp", "OPEN"), inlined),
        ("run", path, program.line("shop.cpp", "RUN"), False),
    ]


@pytest.mark.parametrize("version", ["-gdwarf-4", "-gdwarf-5"])
def test_inlining_over_files_refers_to_another_unit(compile_program: Compile, version: str) -> None:
    program = compile_program("near.c", "other.c", "-O2", "-flto", version)
    assert backtrace(program.code) == [
        ("far_away", program.path("other.c"), program.line("other.c", "FAR"), True),
        ("run", program.path("near.c"), program.line("near.c", "NEAR"), False),
    ]


def test_two_units_are_told_apart(compile_program: Compile) -> None:
    program = compile_program("near.c", "other.c", "-O0", "-gdwarf-5")
    assert backtrace(program.code) == [
        ("far_away", program.path("other.c"), program.line("other.c", "FAR"), False),
        ("run", program.path("near.c"), program.line("near.c", "NEAR"), False),
    ]


def test_without_debug_information_names_remain_and_the_note_says_why(compile_program: Compile) -> None:
    program = compile_program("main.c", "-O2", "-g0")
    symbols = Symbols.from_module(program.code)
    found = [symbols.frames(*place) for place in trap_frames(program.code)]
    assert found == [[Frame(name, None, None, None, False)] for name in ("leaf", "caller", "run")]
    assert "built without debug information" in symbols.note


def test_a_stripped_module_has_exports_and_numbers(compile_program: Compile) -> None:
    program = compile_program("main.c", "-O2", "-g0", "-Wl,--strip-all")
    symbols = Symbols.from_module(program.code)
    names = [symbols.frames(*place)[0].function for place in trap_frames(program.code)]
    assert names == ["func 1", "func 2", "run"]
    assert symbols.frames(0, 0)[0].function == "env.host"


def test_imports_are_counted_and_named(program: Program) -> None:
    symbols = Symbols.from_module(program.code)
    assert symbols.frames(0, 0)[0].function == "host"
    assert symbols.frames(0, 1)[0].function == "leaf"  # no place, yet DWARF knows the function
    assert symbols.frames(0, 999)[0].function == "func 999"


@pytest.mark.parametrize("offset", [-1, 0, 7, 1 << 40, (1 << 64) - 1])
def test_offsets_outside_the_code_give_names_only(program: Program, offset: int) -> None:
    assert Symbols.from_module(program.code).frames(offset, 1) == [Frame("leaf", None, None, None, False)]


def test_nothing_is_read_before_the_first_question() -> None:
    class Untouchable(bytes):
        def __getitem__(self, key: object) -> bytes:
            raise AssertionError("read too early")

    symbols = Symbols.from_module(Untouchable(b"\0asm"))
    with pytest.raises(AssertionError, match="read too early"):
        symbols.frames(0, 0)


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (b"", "the file is empty"),
        (b"not wasm at all", "not a WebAssembly binary"),
        (b"\0asm\x0d\0\x01\0", "a component"),
        (b"\0asm\x01\0\0\0", "built without debug information"),
    ],
)
def test_anything_gets_a_frame_and_a_note(data: bytes, note: str) -> None:
    symbols = Symbols.from_module(data)
    assert symbols.frames(100, 3) == [Frame("func 3", None, None, None, False)]
    assert note in symbols.note


def with_custom_section(code: bytes, name: bytes, content: bytes) -> bytes:
    body = bytes([len(name)]) + name + content
    assert len(body) < 128
    return code + b"\0" + bytes([len(body)]) + body


def test_external_debug_information_is_noted_and_embedded_ignored(program: Program) -> None:
    symbols = Symbols.from_module(with_custom_section(program.code, b"external_debug_info", b"\x01x"))
    assert symbols.frames(*trap_frames(program.code)[0]) == [Frame("leaf", None, None, None, False)]
    assert "separate file" in symbols.note


def test_split_debug_information_is_noted(compile_program: Compile) -> None:
    program = compile_program("main.c", "-O0", "-gdwarf-5")
    assert Symbols.from_module(program.code).note == ""
    # DW_AT_comp_dir (0x1b) in the abbreviations becomes DW_AT_dwo_name (0x76).
    start = program.code.index(b".debug_abbrev") + len(".debug_abbrev")
    at = program.code.index(b"\x1b", start)
    symbols = Symbols.from_module(program.code[:at] + b"\x76" + program.code[at + 1 :])
    assert symbols.frames(0, 1)[0].function == "leaf"
    assert ".dwo" in symbols.note


def test_names_that_would_drive_a_terminal_are_made_harmless() -> None:
    name = b"\x1b[2Jevil"
    inner = b"\x01\x00" + bytes([len(name)]) + name
    code = b"\0asm\x01\0\0\0" + with_custom_section(b"", b"name", b"\x01" + bytes([len(inner)]) + inner)
    assert Symbols.from_module(code).frames(0, 0)[0].function == "�[2Jevil"
