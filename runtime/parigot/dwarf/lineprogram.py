"""Line programs (DWARF 5, 6.2): from the bytes of `.debug_line` to rows of address, file, line, column.

Written for speed and for broken input: big modules have a million rows, and no opcode of a damaged program
may take more than the bytes it stands in. Sequences of code that the linker dropped (first address 0, or a
tombstone at the top of the address space) vanish here: in some modules they are nearly all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from parigot.dwarf.forms import STRING, Value, Widths, read_value
from parigot.dwarf.reader import ByteReader, DwarfError


class Row(NamedTuple):
    """The code from `address` up to the next row's comes from this place."""

    address: int
    file: int  # as the file table counts: see LineProgram.files
    line: int  # 0: no line of the source
    column: int


@dataclass(frozen=True, slots=True)
class Sequence:
    """Rows of consecutive code, `start` to `end` (behind the last byte), sorted by address."""

    start: int
    end: int
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file or directory of the header; `directory` is an index of its directory."""

    name: Value
    directory: int


@dataclass(slots=True)
class LineProgram:
    """One unit's line table.

    Attributes:
        directories, files: numbered from 0 in DWARF 5; before that from 1, and entry 0 is a stand-in: the
            directory of compilation, and no file.
        sequences: of live code, in file order.
    """

    version: int
    directories: list[FileEntry]
    files: list[FileEntry]
    sequences: list[Sequence]


_NOTHING = FileEntry(Value(STRING, b""), 0)
_PATH, _DIRECTORY_INDEX = 1, 2


def read_line_program(section: bytes, offset: int, address_size: int) -> LineProgram:
    """Reads header and rows of the program at `offset` of `.debug_line`.

    Args:
        address_size: of the unit; before DWARF 5 the program does not say it.

    Raises:
        DwarfError: it is damaged, or of a version that is not known.
    """
    reader = ByteReader(section, offset, error=DwarfError)
    length = reader.uint(4)
    offset_size = 4
    if length == 0xFFFFFFFF:
        length, offset_size = reader.uint(8), 8
    if length > reader.left:
        raise DwarfError("a line table runs past its section", offset)
    reader = ByteReader(section, reader.pos, reader.pos + length, error=DwarfError)
    version = reader.uint(2)
    if not 2 <= version <= 5:
        raise DwarfError(f"line table version {version} is not known", offset)
    if version >= 5:
        address_size = reader.u8()
        reader.u8()  # size of segment selectors: there are none
    header_length = reader.uint(offset_size)
    program_start = reader.pos + header_length
    minimum_length = reader.u8()
    if version >= 4:
        reader.u8()  # operations per instruction: 1 on everything but VLIW machines
    reader.u8()  # default of is_stmt, which nobody asks for here
    line_base = reader.u8()
    line_range = reader.u8()
    opcode_base = reader.u8()
    operand_counts = reader.take(max(0, opcode_base - 1))
    if line_range == 0 or opcode_base == 0 or address_size not in (4, 8):
        raise DwarfError("a line table's header makes no sense", offset)
    widths = Widths(version, address_size, offset_size)
    if version >= 5:
        directories = _read_entries_5(reader, widths)
        files = _read_entries_5(reader, widths)
    else:
        directories, files = _read_entries_4(reader)
    sequences = _run(
        ByteReader(section, program_start, reader.end, error=DwarfError),
        _Header(
            address_size,
            minimum_length,
            line_base - 256 if line_base > 127 else line_base,
            line_range,
            opcode_base,
            operand_counts,
        ),
        files if version < 5 else [],
    )
    return LineProgram(version, directories, files, sequences)


def _read_entries_4(reader: ByteReader) -> tuple[list[FileEntry], list[FileEntry]]:
    directories = [_NOTHING]
    while name := reader.cstring():
        directories.append(FileEntry(Value(STRING, name), 0))
    files = [_NOTHING]
    while name := reader.cstring():
        files.append(_file_4(reader, name))
    return directories, files


def _file_4(reader: ByteReader, name: bytes) -> FileEntry:
    directory = reader.uleb()
    reader.uleb()  # time of change
    reader.uleb()  # size
    return FileEntry(Value(STRING, name), directory)


def _read_entries_5(reader: ByteReader, widths: Widths) -> list[FileEntry]:
    formats = [(reader.uleb(), reader.uleb()) for _ in range(reader.u8())]
    count = reader.uleb()
    # Entries without a byte could be any number.
    if count > reader.left or (count and not formats):
        raise reader.fail(f"a line table claims {count} files or directories")
    found = []
    for _ in range(count):
        name, directory = _NOTHING.name, 0
        for content, form in formats:
            value = read_value(reader, form, 0, widths)
            if content == _PATH:
                name = value
            elif content == _DIRECTORY_INDEX and isinstance(value.raw, int):
                directory = value.raw
        found.append(FileEntry(name, directory))
    return found


class _Header(NamedTuple):
    address_size: int
    minimum_length: int
    line_base: int
    line_range: int
    opcode_base: int
    operand_counts: bytes


def _run(reader: ByteReader, header: _Header, files: list[FileEntry]) -> list[Sequence]:
    """Runs the program. DW_LNE_define_file (before DWARF 5) adds to `files`."""
    address_size, minimum_length, line_base, line_range, opcode_base, operand_counts = header
    tombstone = (1 << 8 * address_size) - 2
    const_add = (255 - opcode_base) // line_range * minimum_length
    data, end = reader.data, reader.end
    pos = reader.pos
    sequences: list[Sequence] = []
    rows: list[Row] = []
    address, file, line, column = 0, 1, 1, 0
    while pos < end:
        opcode = data[pos]
        pos += 1
        if opcode >= opcode_base:  # special: most of them are
            opcode -= opcode_base
            address += opcode // line_range * minimum_length
            line += line_base + opcode % line_range
            rows.append(Row(address, file, line, column))
            continue
        reader.pos = pos
        if opcode == 0:  # extended
            size = reader.uleb()
            inner = ByteReader(data, reader.pos, min(reader.pos + size, end), error=DwarfError)
            reader.skip(size)
            extended = inner.u8() if size else 0
            if extended == 1:  # end_sequence
                if rows and 0 < rows[0].address < tombstone:
                    rows.sort(key=_address)  # sorted already, unless broken
                    if rows[0].address < address < tombstone:
                        sequences.append(Sequence(rows[0].address, address, rows))
                rows = []
                address, file, line, column = 0, 1, 1, 0
            elif extended == 2:  # set_address
                address = inner.uint(min(inner.left, 8))
            elif extended == 3 and files:  # define_file
                files.append(_file_4(inner, inner.cstring()))
        elif opcode == 1:  # copy
            rows.append(Row(address, file, line, column))
        elif opcode == 2:  # advance_pc
            address += reader.uleb() * minimum_length
        elif opcode == 3:  # advance_line
            line += reader.sleb()
        elif opcode == 4:  # set_file
            file = reader.uleb()
        elif opcode == 5:  # set_column
            column = reader.uleb()
        elif opcode == 8:  # const_add_pc
            address += const_add
        elif opcode == 9:  # fixed_advance_pc
            address += reader.uint(2)
        else:  # negate_stmt, set_prologue_end …, or one that a later version invented
            for _ in range(operand_counts[opcode - 1]):
                reader.uleb()
        pos = reader.pos
    return sequences


def _address(row: Row) -> int:
    return row.address
