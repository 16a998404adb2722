"""Where a guest stands, in words of its source: the one door for trap reports and profilers.

Nothing is read until the first question, and damaged or missing debug information never costs more than the
lines: function names remain, and `note` says why there are no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from parigot.dwarf.info import DebugInfo
from parigot.dwarf.lines import LineTable, SourceLine
from parigot.dwarf.names import FunctionNames
from parigot.dwarf.reader import MalformedError
from parigot.dwarf.scopes import Function, Scopes
from parigot.dwarf.sections import (
    CODE,
    COMPONENT_VERSION,
    Section,
    binary_version,
    find_section,
    function_bodies,
    read_sections,
)

_MOST_ROWS_BACK = 64


@dataclass(frozen=True, slots=True)
class Frame:
    """One line of a backtrace.

    Attributes:
        function: its name, or `func 12`.
        path: the source file as the compiler knew it; None if nobody knows.
        line, column: counted from 1; None where unknown.
        inlined: the code was inlined into the next frame.
    """

    function: str
    path: str | None
    line: int | None
    column: int | None
    inlined: bool


class Symbols:
    """Function names and source lines of one module."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._failed = ""  # the last thing that went wrong while looking something up

    @classmethod
    def from_module(cls, data: bytes) -> Symbols:
        """Symbols of a binary; reads nothing yet, takes anything."""
        return cls(data)

    @property
    def note(self) -> str:
        """Why there are no source lines, or not for all code; "" if nothing is wrong."""
        if self._sections is None or self._debug is None:
            return self._why_not
        notes = self._debug.notes
        return self._failed or (notes[0] if notes else "")

    def frames(self, module_offset: int, func_index: int, *, is_call_site: bool = False) -> list[Frame]:
        """What stands at one frame of a wasm backtrace: inlined functions first, then the function itself.

        Args:
            module_offset: byte offset in the whole file, as wasmtime reports it. For callers it reports the
                call instruction itself.
            func_index: the function's index, imports counted.
            is_call_site: `module_offset` is a return address, the instruction after the call, as other
                engines report it; then the call before it is looked up.

        Returns:
            One frame or more, whatever the module is.
        """
        named = Frame(self._name(func_index), None, None, None, inlined=False)
        if self._scopes is None or self._lines is None or self._code is None:
            return [named]
        code_offset = module_offset - self._code.payload_start - (1 if is_call_site else 0)
        if not 0 < code_offset < self._code.end - self._code.payload_start:
            return [named]
        try:
            return self._source_frames(self._lines, self._scopes, code_offset, named)
        except MalformedError as error:
            self._failed = str(error)
            return [named]

    def _source_frames(self, lines: LineTable, scopes: Scopes, code_offset: int, named: Frame) -> list[Frame]:
        function = scopes.function(code_offset)
        if function is None:
            return [_frame(named.function, lines.lookup(code_offset), inlined=False)]
        place = _place(lines, function, code_offset)
        frames = []
        for call in function.chain(code_offset):
            frames.append(_frame(scopes.call_name(function, call) or "(inlined)", place, inlined=True))
            place = scopes.call_site(function, call)
        frames.append(_frame(scopes.function_name(function) or named.function, place, inlined=False))
        return frames

    def _name(self, func_index: int) -> str:
        """The best name of a function: DWARF's, then the module's own."""
        if self._names is None:
            return f"func {func_index}"
        body = func_index - self._names.imported
        if self._scopes is not None and self._code is not None and 0 <= body < len(self._bodies):
            try:
                function = self._scopes.function(self._bodies[body][0] - self._code.payload_start)
                name = "" if function is None else self._scopes.function_name(function)
            except MalformedError as error:
                self._failed = str(error)
                name = ""
            if name:
                return name
        return self._names.name(func_index)

    # --- read when first needed

    _why_not = ""

    @cached_property
    def _sections(self) -> list[Section] | None:
        try:
            if binary_version(self._data) == COMPONENT_VERSION:
                self._why_not = "a component: its core modules' debug information is not read"
                return None
            return read_sections(self._data)
        except MalformedError as error:
            self._why_not = str(error)
            return None

    @cached_property
    def _names(self) -> FunctionNames | None:
        return None if self._sections is None else FunctionNames(self._data, self._sections)

    @cached_property
    def _code(self) -> Section | None:
        return None if self._sections is None else find_section(self._sections, CODE)

    @cached_property
    def _bodies(self) -> list[tuple[int, int]]:
        try:
            return [] if self._code is None else function_bodies(self._data, self._code)
        except MalformedError as error:
            self._failed = str(error)
            return []

    @cached_property
    def _debug(self) -> DebugInfo | None:
        if self._sections is None:
            return None
        try:
            return DebugInfo(self._data, self._sections)
        except MalformedError as error:
            self._why_not = str(error)
            return None

    @cached_property
    def _lines(self) -> LineTable | None:
        return None if self._debug is None else LineTable(self._debug)

    @cached_property
    def _scopes(self) -> Scopes | None:
        return None if self._debug is None or self._lines is None else Scopes(self._debug, self._lines)


def _frame(function: str, place: SourceLine | None, *, inlined: bool) -> Frame:
    if place is None or not place.path or place.line <= 0:
        return Frame(function, None, None, None, inlined)
    return Frame(function, place.path, place.line, place.column or None, inlined)


def _place(lines: LineTable, function: Function, code_offset: int) -> SourceLine | None:
    """The line of this code. Where the compiler made it up, the nearest before it in the same (inlined)
    function: the row just before may belong to another one."""
    innermost = function.chain(code_offset)[:1]
    nearest: SourceLine | None = None
    for count, (address, place) in enumerate(lines.of(function.unit).back_from(code_offset)):
        nearest = nearest or place
        if function.chain(address)[:1] == innermost:
            return place
        if count >= _MOST_ROWS_BACK:
            break
    return nearest
