"""Source lines by code address.

Units are found by the code they cover, and only the units asked about have their line program run. What is
kept is enough to answer again at once.
"""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from parigot.dwarf.info import COMP_DIR, HIGH_PC, RANGES, STMT_LIST, DebugInfo, Unit
from parigot.dwarf.lineprogram import LineProgram, Sequence, read_line_program
from parigot.dwarf.ranges import live_ranges
from parigot.dwarf.reader import DwarfError, MalformedError
from parigot.dwarf.sections import read_sections


class SourceLine(NamedTuple):
    """A place in the source; `column` counts from 1, 0 is unknown."""

    path: str
    line: int
    column: int


class UnitLines:
    """One unit's line table and the paths of its files."""

    def __init__(self, unit: Unit, program: LineProgram | None) -> None:
        self._unit = unit
        self._program = program
        self._paths: dict[int, str] = {}
        self._sequences: list[Sequence] = (
            [] if program is None else sorted(program.sequences, key=lambda sequence: sequence.start)
        )
        self._starts = [sequence.start for sequence in self._sequences]

    def back_from(self, code_offset: int) -> Iterator[tuple[int, SourceLine]]:
        """The row that covers this address, then those before it in the same sequence, nearest first.

        Rows without a line are left out: the compiler made that code up.
        """
        place = bisect_right(self._starts, code_offset) - 1
        if place < 0 or code_offset >= self._sequences[place].end:
            return
        rows = self._sequences[place].rows
        # The last of several rows at one address is the one that covers it; the others are empty.
        for index in range(bisect_right(rows, code_offset, key=lambda row: row.address) - 1, -1, -1):
            row = rows[index]
            if row.line > 0:
                yield row.address, SourceLine(self.path(row.file), row.line, row.column)

    def path(self, file: int) -> str:
        """The path of a file by its number in this unit; "" if there is none."""
        found = self._paths.get(file)
        if found is None:
            found = self._paths[file] = self._make_path(file)
        return found

    def _make_path(self, file: int) -> str:
        program = self._program
        if program is None or not 0 <= file < len(program.files):
            return ""
        entry = program.files[file]
        name = self._unit.string(entry.name)
        if not name:
            return ""
        compiled_in = self._unit.string(self._unit.attributes.get(COMP_DIR))
        # Relative directories are relative to directory 0, which before DWARF 5 is not written down.
        return join_path(
            compiled_in, self._directory(program, 0), self._directory(program, entry.directory), name
        )

    def _directory(self, program: LineProgram, index: int) -> str:
        if not 0 <= index < len(program.directories):
            return ""
        return self._unit.string(program.directories[index].name)


_WINDOWS_ABSOLUTE = re.compile(r"[A-Za-z]:[\\/]|\\\\")


def join_path(*parts: str) -> str:
    """Joins parts of a path as the compiler meant them: the last absolute part and all behind it.

    Paths of Windows stay paths of Windows, whatever machine this is.
    """
    found = ""
    for part in parts:
        if not part:
            continue
        absolute = part.startswith("/") or _WINDOWS_ABSOLUTE.match(part)
        found = part if absolute or not found else f"{found.rstrip('/')}/{part}"
    if _WINDOWS_ABSOLUTE.match(found):
        return found.replace("/", "\\")
    return posixpath.normpath(found) if found else ""


class LineTable:
    """Source lines of a whole module by code offset (from the start of the code section's content).

    Attributes:
        uncovered: units that do not say which code they cover.
    """

    def __init__(self, info: DebugInfo) -> None:
        self._info = info
        self._lines: dict[Unit, UnitLines] = {}
        self._covered: list[tuple[int, int, Unit]] = []
        self.uncovered: list[Unit] = []
        for unit in info.units:
            try:
                ranges = live_ranges(unit, unit.attributes)
            except MalformedError as error:
                info.note(str(error))
                ranges = ()
            self._covered += [(start, end, unit) for start, end in ranges]
            if not unit.attributes.keys() & {RANGES, HIGH_PC}:
                self.uncovered.append(unit)
        self._covered.sort(key=lambda covered: covered[0])
        self._starts = [start for start, _, _ in self._covered]

    @classmethod
    def from_module(cls, data: bytes) -> LineTable | None:
        """The line table of a module; None if it carries no debug information.

        Raises:
            WasmFormatError: it is no WebAssembly binary.
        """
        sections = read_sections(data)
        try:
            return cls(DebugInfo(data, sections))
        except DwarfError:
            return None

    def unit(self, code_offset: int) -> Unit | None:
        """The compilation unit that this code comes from."""
        place = bisect_right(self._starts, code_offset) - 1
        if place >= 0 and code_offset < self._covered[place][1]:
            return self._covered[place][2]
        for unit in self.uncovered:
            try:
                if next(self.of(unit).back_from(code_offset), None) is not None:
                    return unit
            except MalformedError as error:
                self._info.note(str(error))
        return None

    def of(self, unit: Unit) -> UnitLines:
        """A unit's line table, read when first asked for; raises DwarfError when it is damaged."""
        found = self._lines.get(unit)
        if found is None:
            place = unit.attributes.get(STMT_LIST)
            program = None
            if place is not None:
                section = self._info.section(".debug_line")
                program = read_line_program(section, unit.number(place), unit.widths.address)
            found = self._lines[unit] = UnitLines(unit, program)
        return found

    def lookup(self, code_offset: int) -> SourceLine | None:
        """The source line of the code at this offset; None if nothing is known.

        Code that the compiler made up has no line: then it is the one before it in the same function.

        Raises:
            DwarfError: the line table of its unit is damaged.
        """
        unit = self.unit(code_offset)
        found = None if unit is None else next(self.of(unit).back_from(code_offset), None)
        return None if found is None else found[1]
