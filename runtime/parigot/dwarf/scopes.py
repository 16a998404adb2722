"""Functions and inlined calls by code address, with the names that the source gives them.

One pass over a unit's entries, made when code of that unit is first asked about, finds its functions, what
was inlined into each, and the namespaces and classes that functions are declared in. Names are put together
only for those that somebody wants to see.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from parigot.dwarf.info import (
    CALL_COLUMN,
    CALL_FILE,
    CALL_LINE,
    LINKAGE_NAME,
    MIPS_LINKAGE_NAME,
    NAME,
    ORIGIN,
    SPECIFICATION,
    Attributes,
    DebugInfo,
    Unit,
)
from parigot.dwarf.lines import LineTable, SourceLine
from parigot.dwarf.ranges import Ranges, live_ranges
from parigot.dwarf.reader import MalformedError

_CLASS, _STRUCTURE, _UNION, _ENUMERATION = 0x02, 0x13, 0x17, 0x04
_INLINED, _SUBPROGRAM, _NAMESPACE, _INTERFACE, _MODULE = 0x1D, 0x2E, 0x39, 0x38, 0x1E
_CONTAINERS = frozenset((_CLASS, _STRUCTURE, _UNION, _ENUMERATION, _NAMESPACE, _INTERFACE, _MODULE))
_WANTED = _CONTAINERS | {_INLINED, _SUBPROGRAM}

_DEEPEST_NAME = 16  # containers, and references from entry to entry
_DEEPEST_INLINING = 64
_MANGLED = ("_Z", "_R", "?", "$s", "$S", "_T")  # C++, Rust, Microsoft, Swift


@dataclass(slots=True, eq=False)
class Container:
    """A namespace or type that functions are declared in."""

    attributes: Attributes
    parent: Container | None


@dataclass(slots=True, eq=False)
class Inlined:
    """A call that was inlined; `depth` 1 stands in the function itself, 2 in an inlined one …"""

    attributes: Attributes
    ranges: Ranges
    depth: int


@dataclass(slots=True, eq=False)
class Function:
    """A function with code of its own."""

    unit: Unit
    offset: int  # of its entry
    ranges: Ranges
    inlined: list[Inlined] = field(default_factory=list)

    def chain(self, code_offset: int) -> list[Inlined]:
        """The inlined calls that this code belongs to, innermost first."""
        found = [call for call in self.inlined if _covers(call.ranges, code_offset)]
        found.sort(key=lambda call: -call.depth)
        return found[:_DEEPEST_INLINING]


def _covers(ranges: Ranges, code_offset: int) -> bool:
    return any(start <= code_offset < end for start, end in ranges)


class UnitScopes:
    """What one unit says about functions.

    Attributes:
        declared: all function entries, by offset: attributes and container.
        broken: why not all of the unit could be read; "" if it could.
    """

    def __init__(self, unit: Unit) -> None:
        self.declared: dict[int, tuple[Attributes, Container | None]] = {}
        self.broken = ""
        self._functions: list[tuple[int, int, Function]] = []
        try:
            self._read(unit)
        except MalformedError as error:
            self.broken = str(error)
        self._functions.sort(key=lambda function: function[0])
        self._starts = [start for start, _, _ in self._functions]

    def _read(self, unit: Unit) -> None:
        # What surrounds the entry at hand: its container, its function, how deep it is inlined there.
        container: Container | None = None
        function: Function | None = None
        depth = 0
        outer: list[tuple[Container | None, Function | None, int]] = []
        for entry in unit.entries(_WANTED):
            if entry.tag == 0:
                if outer:
                    container, function, depth = outer.pop()
                continue
            if entry.has_children:
                outer.append((container, function, depth))
            if entry.tag == _SUBPROGRAM:
                found = self._add_function(unit, entry.offset, entry.attributes, container)
                if entry.has_children:
                    function, depth = found, 0
            elif entry.tag == _INLINED and function is not None:
                ranges = live_ranges(unit, entry.attributes)
                if ranges:
                    function.inlined.append(Inlined(entry.attributes, ranges, depth + 1))
                if entry.has_children:
                    depth += 1
            elif entry.tag in _CONTAINERS and entry.has_children:
                container = Container(entry.attributes, container)

    def _add_function(
        self, unit: Unit, offset: int, attributes: Attributes, container: Container | None
    ) -> Function | None:
        self.declared[offset] = (attributes, container)
        ranges = live_ranges(unit, attributes)
        if not ranges:
            return None
        function = Function(unit, offset, ranges)
        self._functions += [(start, end, function) for start, end in ranges]
        return function

    def function(self, code_offset: int) -> Function | None:
        """The function that this code belongs to."""
        place = bisect_right(self._starts, code_offset) - 1
        if place < 0 or code_offset >= self._functions[place][1]:
            return None
        return self._functions[place][2]


class Scopes:
    """Functions and inlined calls of a whole module."""

    def __init__(self, info: DebugInfo, lines: LineTable) -> None:
        self._info = info
        self._lines = lines
        self._units: dict[Unit, UnitScopes] = {}

    def _of(self, unit: Unit) -> UnitScopes:
        found = self._units.get(unit)
        if found is None:
            found = self._units[unit] = UnitScopes(unit)
            if found.broken:
                self._info.note(found.broken)
        return found

    def function(self, code_offset: int) -> Function | None:
        """The function that the code at this offset belongs to; None if nothing is known."""
        unit = self._lines.unit(code_offset)
        for candidate in self._lines.uncovered if unit is None else (unit,):
            found = self._of(candidate).function(code_offset)
            if found is not None:
                return found
        return None

    def inlined_at(self, code_offset: int) -> list[tuple[str, SourceLine]]:
        """The inlined calls at this offset, innermost first: (function called, where it is called).

        Raises:
            DwarfError: the debug information is damaged.
        """
        function = self.function(code_offset)
        if function is None:
            return []
        return [
            (self.call_name(function, call), self.call_site(function, call))
            for call in function.chain(code_offset)
        ]

    def function_name(self, function: Function) -> str:
        """The source's name of a function, "" if it says none; raises DwarfError."""
        return self._name(function.offset)

    def call_name(self, function: Function, call: Inlined) -> str:
        """The name of the function that was inlined; raises DwarfError."""
        origin = call.attributes.get(ORIGIN)
        target = None if origin is None else function.unit.reference(origin)
        return "" if target is None else self._name(target)

    def call_site(self, function: Function, call: Inlined) -> SourceLine:
        """Where the inlined function was called; raises DwarfError."""
        unit = function.unit
        number, attributes = unit.number, call.attributes
        path = self._lines.of(unit).path(number(attributes.get(CALL_FILE)))
        return SourceLine(path, number(attributes.get(CALL_LINE)), number(attributes.get(CALL_COLUMN)))

    def _name(self, offset: int | None) -> str:
        """The name of the function entry at `offset` of `.debug_info`.

        Follows it, maybe into another unit, to its declaration: that is where it is named and contained.
        """
        name = linkage_name = ""
        containers: list[str] = []
        for _ in range(_DEEPEST_NAME):
            unit = None if offset is None else self._info.unit_at(offset)
            found = None if unit is None or offset is None else self._of(unit).declared.get(offset)
            if unit is None or found is None:
                break
            attributes, container = found
            containers = _containers(unit, container)
            name = name or unit.string(attributes.get(NAME))
            linkage_name = linkage_name or unit.string(
                attributes.get(LINKAGE_NAME) or attributes.get(MIPS_LINKAGE_NAME)
            )
            further = attributes.get(SPECIFICATION) or attributes.get(ORIGIN)
            offset = None if further is None else unit.reference(further)
        # Go and Zig write whole names where C++ and Rust write mangled ones.
        if linkage_name and (not name or not linkage_name.startswith(_MANGLED)):
            return linkage_name
        return "::".join([*containers, name]) if name else ""


def _containers(unit: Unit, container: Container | None) -> list[str]:
    names: list[str] = []
    while container is not None and len(names) < _DEEPEST_NAME:
        names.append(unit.string(container.attributes.get(NAME)) or "(anonymous)")
        container = container.parent
    return names[::-1]
