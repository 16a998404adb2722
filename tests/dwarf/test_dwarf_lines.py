"""Line tables beside other readers of DWARF, and line programs written by hand."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from inspect import signature

import pytest
from dwarf_programs import Program
from elftools.dwarf.dwarfinfo import DebugSectionDescriptor, DwarfConfig, DWARFInfo
from hypothesis import given, settings
from hypothesis import strategies as st
from parigot.dwarf.info import DebugInfo
from parigot.dwarf.lineprogram import LineProgram, Row, read_line_program
from parigot.dwarf.lines import LineTable, join_path
from parigot.dwarf.reader import DwarfError
from parigot.dwarf.scopes import Scopes
from parigot.dwarf.sections import custom_sections, find_section, read_sections

Rows = list[tuple[int, int, int]]  # (address, line, column)


def our_rows(code: bytes) -> Rows:
    info = DebugInfo(code, read_sections(code))
    section = info.section(".debug_line")
    found = []
    for unit in info.units:
        program = read_line_program(section, unit.number(unit.attributes[0x10]), unit.widths.address)
        for sequence in program.sequences:
            found += [(row.address, row.line, row.column) for row in sequence.rows]
    return sorted(found)


def open_with_pyelftools(code: bytes) -> DWARFInfo:
    sections = custom_sections(read_sections(code))

    def descriptor(name: str) -> DebugSectionDescriptor | None:
        found = sections.get(name)
        if found is None:
            return None
        content = code[found.payload_start : found.end]
        return DebugSectionDescriptor(io.BytesIO(content), name, found.payload_start, len(content), 0)

    named = {
        parameter: descriptor("." + parameter.removesuffix("_sec"))
        for parameter in signature(DWARFInfo.__init__).parameters
        if parameter.endswith("_sec")
    }
    config = DwarfConfig(little_endian=True, machine_arch="wasm32", default_address_size=4)
    return DWARFInfo(config=config, **named)


def pyelftools_sequences(code: bytes) -> Iterator[tuple[Rows, int]]:
    """(rows, end) of every sequence, those of dropped code too."""
    dwarf = open_with_pyelftools(code)
    for unit in dwarf.iter_CUs():
        rows: Rows = []
        for entry in dwarf.line_program_for_CU(unit).get_entries():
            state = entry.state
            if state is None:
                continue
            if state.end_sequence:
                yield rows, state.address
                rows = []
            else:
                rows.append((state.address, state.line, state.column))


def is_live(rows: Rows) -> bool:
    return 0 < rows[0][0] < 0xFFFFFFFE


def test_rows_are_those_that_pyelftools_reads(program: Program) -> None:
    live = [rows for rows, _ in pyelftools_sequences(program.code) if is_live(rows)]
    assert our_rows(program.code) == sorted(row for rows in live for row in rows)


def test_dropped_code_is_in_the_file_and_not_in_the_table(program: Program) -> None:
    dead_line = program.line("main.c", "DEAD")
    dropped = [
        rows for rows, _ in pyelftools_sequences(program.code) if dead_line in {row[1] for row in rows}
    ]
    assert [is_live(rows) for rows in dropped] == [False]
    assert dead_line not in {line for _, line, _ in our_rows(program.code)}


def test_rows_are_those_that_llvm_reads(program: Program, tmp_path_factory: pytest.TempPathFactory) -> None:
    tool = shutil.which("llvm-dwarfdump")
    if tool is None:
        pytest.skip("llvm-dwarfdump is not installed")
    path = tmp_path_factory.mktemp("dump") / "program.wasm"
    path.write_bytes(program.code)
    out = subprocess.run(
        [tool, "--debug-line", str(path)], capture_output=True, text=True, check=True, timeout=60
    )
    rows, sequence = [], []
    for match in re.finditer(r"^0x(\w{16}) +(\d+) +(\d+) .*$", out.stdout, re.MULTILINE):
        if "end_sequence" in match[0]:
            rows += sequence if is_live(sequence) else []
            sequence = []
        else:
            sequence.append((int(match[1], 16), int(match[2]), int(match[3])))
    assert rows
    assert our_rows(program.code) == sorted(rows)


def test_every_byte_of_code_has_the_line_of_the_row_before_it(program: Program) -> None:
    """The whole table against a plain search through pyelftools' rows."""
    table = LineTable.from_module(program.code)
    assert table is not None
    code = find_section(read_sections(program.code), 10)
    assert code is not None
    sequences = [(rows, end) for rows, end in pyelftools_sequences(program.code) if is_live(rows)]
    for offset in range(code.end - code.payload_start + 10):
        covering = next((rows for rows, end in sequences if rows[0][0] <= offset < end), [])
        lined = [row for row in covering if row[0] <= offset and row[1] > 0]
        found = table.lookup(offset)
        assert (found and found[1:]) == (lined[-1][1:] if lined else None)
        assert found is None or found.path in (program.path("main.c"), program.path("inc/divide.h"))


def test_inlined_calls_at_the_trap(program: Program) -> None:
    info = DebugInfo(program.code, read_sections(program.code))
    table = LineTable(info)
    scopes = Scopes(info, table)
    trap_line = program.line("inc/divide.h", "TRAP")
    offsets = [
        address
        for address, line, _ in our_rows(program.code)
        if line == trap_line and (found := table.lookup(address)) and found.path.endswith("divide.h")
    ]
    assert offsets
    main = program.path("main.c")
    assert [(name, site.path, site.line) for name, site in scopes.inlined_at(offsets[0])] == [
        ("divide", main, program.line("main.c", "DIVIDE")),
        ("middle", main, program.line("main.c", "MIDDLE")),
    ]
    assert scopes.inlined_at(0) == []


def test_a_module_without_debug_information_has_no_table() -> None:
    assert LineTable.from_module(b"\0asm\x01\0\0\0") is None


@pytest.mark.parametrize(
    ("parts", "path"),
    [
        (("/work", "src", "a.c"), "/work/src/a.c"),
        (("/work", "", "a.c"), "/work/a.c"),
        (("/work", "/usr/include", "a.h"), "/usr/include/a.h"),
        (("/work", "src", "/abs/a.c"), "/abs/a.c"),
        (("/work/", "../lib/./x", "a.c"), "/lib/x/a.c"),
        (("", "src", "a.c"), "src/a.c"),
        (("C:\\work", "src", "a.c"), "C:\\work\\src\\a.c"),
        (("/work", "C:/zig/lib", "std.zig"), "C:\\zig\\lib\\std.zig"),
        (("", "", ""), ""),
    ],
)
def test_paths_are_joined_as_the_compiler_meant_them(parts: tuple[str, ...], path: str) -> None:
    assert join_path(*parts) == path


# --- by hand. Opcodes: 1 copy, 2 advance_pc, 3 advance_line, 4 set_file, 5 set_column, 8 const_add_pc,
# 9 fixed_advance_pc; extended (0, size, code): 1 end_sequence, 2 set_address, 3 define_file.

SET_ADDRESS_16 = b"\0\x05\x02\x10\0\0\0"
END = b"\0\x01\x01"
OPERANDS = b"\0\x01\x01\x01\x01\0\0\0\x01\0\0\x01"


def version_4(program: bytes, *, directories: bytes = b"\0", files: bytes = b"a.c\0\0\0\0\0") -> bytes:
    header = b"\x01\x01\x01\xfb\x0e\x0d" + OPERANDS + directories + files
    body = b"\x04\0" + len(header).to_bytes(4, "little") + header + program
    return len(body).to_bytes(4, "little") + body


def version_5(entries: bytes, program: bytes = b"") -> bytes:
    header = b"\x01\x01\x01\xfb\x0e\x0d" + OPERANDS + entries
    body = b"\x05\0\x04\0" + len(header).to_bytes(4, "little") + header + program
    return len(body).to_bytes(4, "little") + body


def run(program: bytes) -> LineProgram:
    return read_line_program(version_4(program), 0, 4)


def test_each_opcode_of_a_line_program() -> None:
    program = (
        SET_ADDRESS_16
        + b"\x05\x07"  # column 7
        + b"\x01"  # row at 0x10, line 1
        + b"\x02\x83\x01"  # advance 131
        + b"\x03\x7e"  # line -2
        + b"\x04\x02"  # file 2
        + b"\x01"  # row at 0x93, line -1: shown to nobody
        + b"\x03\x0a\x06\x07\x0a\x0b\x0c\x05"  # line 9; negate_stmt, basic_block, prologue_end, isa 5 …
        + b"\x08"  # const_add_pc: (255 - 13) // 14 = 17
        + b"\x09\x01\x01"  # fixed_advance_pc 257
        + b"\0\x02\x04\x09"  # discriminator 9
        + b"\0\x03\x80ab"  # an extended opcode of the future
        + bytes([13 + 14 * 2 + 5 + 3])  # special: address +2, line +3
        + b"\x02\x01"
        + END
    )
    (sequence,) = run(program).sequences
    assert sequence.rows == [
        Row(0x10, 1, 1, 7),
        Row(0x93, 2, -1, 7),
        Row(0x93 + 17 + 257 + 2, 2, 12, 7),
    ]
    assert (sequence.start, sequence.end) == (0x10, 0x93 + 17 + 257 + 2 + 1)


@pytest.mark.parametrize("first", [0, 0xFFFFFFFE, 0xFFFFFFFF])
def test_sequences_of_dropped_code_vanish(first: int) -> None:
    dead = b"\0\x05\x02" + first.to_bytes(4, "little") + b"\x01\x02\x04\x01" + END
    assert run(dead).sequences == []
    live = SET_ADDRESS_16 + b"\x01\x02\x04" + END
    assert [sequence.start for sequence in run(dead + live + dead).sequences] == [0x10]


def test_registers_start_anew_in_each_sequence() -> None:
    live = SET_ADDRESS_16 + b"\x03\x09\x05\x03\x01\x02\x04" + END
    first, second = run(live + live).sequences
    assert first.rows == second.rows == [Row(0x10, 1, 10, 3)]


def test_a_sequence_without_end_is_dropped() -> None:
    assert run(SET_ADDRESS_16 + b"\x01\x02\x04\x01").sequences == []


def test_files_may_be_defined_in_the_program() -> None:
    program = run(b"\0\x08\x03b.c\0\x01\0\0" + SET_ADDRESS_16 + b"\x04\x02\x01\x02\x04" + END)
    assert [entry.name.raw for entry in program.files] == [b"", b"a.c", b"b.c"]
    assert program.files[2].directory == 1


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (version_4(b"")[:-1], "runs past its section"),
        (b"\xff\xff\xff\xff" + b"\xff" * 7, "bytes expected"),
        (b"\x02\0\0\0\x09\0", "version 9 is not known"),
        (version_4(b"\x02" + b"\x80" * 20), "longer than 64 bits"),
        (version_4(b"\0\x7f"), "bytes expected"),
        (version_4(b"\x09\x01"), "2 bytes expected"),
        (version_4(b"", files=b"never ends"), "a text has no end"),
        (version_4(b"").replace(b"\xfb\x0e", b"\xfb\x00"), "makes no sense"),
        (version_5(b"\0\x80\x80\x80\x80\x80\x01"), "claims 34359738368 files"),
        (version_5(b"\x01\x01\x08\x64a\0"), "claims 100 files"),
        (version_5(b"\x01\x01\x77\x01a\0"), "unknown attribute form 0x77"),
    ],
)
def test_damaged_line_programs_say_so(data: bytes, what: str) -> None:
    with pytest.raises(DwarfError, match=what):
        read_line_program(data, 0, 4)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_program_ends_and_its_rows_are_sorted(program: bytes) -> None:
    sequences = []
    with suppress(DwarfError):
        sequences = run(program + SET_ADDRESS_16 + b"\x01\x02\x04" + END).sequences
    for sequence in sequences:
        addresses = [row.address for row in sequence.rows]
        assert addresses == sorted(addresses)
        assert 0 < sequence.start < sequence.end < 0xFFFFFFFE


def test_version_5_names_directories_and_files_from_zero_in_any_form() -> None:
    # Directories: one form, string. Files: string, directory as udata, a 16-byte checksum.
    entries = b"\x01\x01\x08\x02/w\0sub\0" + b"\x03\x01\x08\x02\x0b\x05\x1e\x01" + b"a.c\0\x01" + bytes(16)
    program = read_line_program(version_5(entries, SET_ADDRESS_16 + b"\x04\0\x01\x02\x04" + END), 0, 4)
    assert [entry.name.raw for entry in program.directories] == [b"/w", b"sub"]
    assert [(entry.name.raw, entry.directory) for entry in program.files] == [(b"a.c", 1)]
    assert program.sequences[0].rows == [Row(0x10, 0, 1, 0)]
