"""`.debug_info` of a module: its units, their entries, and what attribute values mean.

Units are found by hopping from header to header; a unit's entries are read only when somebody asks for it.
A damaged unit says so (`Unit.broken`) and the others go on working.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from parigot.dwarf.forms import (
    ADDR,
    ADDRESS_INDICES,
    LINE_STRP,
    REF_ADDR,
    STRING,
    STRING_INDICES,
    STRP,
    UNIT_REFERENCES,
    AbbrevTable,
    Value,
    Widths,
    read_value,
)
from parigot.dwarf.reader import ByteReader, DwarfError, MalformedError, text
from parigot.dwarf.sections import Section, custom_sections

# Attributes (DWARF 5, 7.5.4) that anything here looks at.
NAME, STMT_LIST, LOW_PC, HIGH_PC, COMP_DIR = 0x03, 0x10, 0x11, 0x12, 0x1B
ORIGIN, SPECIFICATION, RANGES = 0x31, 0x47, 0x55
CALL_COLUMN, CALL_FILE, CALL_LINE = 0x57, 0x58, 0x59
LINKAGE_NAME, MIPS_LINKAGE_NAME = 0x6E, 0x2007
STR_OFFSETS_BASE, ADDR_BASE, RNGLISTS_BASE = 0x72, 0x73, 0x74
DWO_NAME, GNU_DWO_NAME, GNU_ADDR_BASE = 0x76, 0x2130, 0x2133
_WANTED = frozenset(
    (
        *(NAME, STMT_LIST, LOW_PC, HIGH_PC, COMP_DIR, ORIGIN, SPECIFICATION, RANGES),
        *(CALL_COLUMN, CALL_FILE, CALL_LINE, LINKAGE_NAME, MIPS_LINKAGE_NAME),
        *(STR_OFFSETS_BASE, ADDR_BASE, RNGLISTS_BASE, DWO_NAME, GNU_DWO_NAME, GNU_ADDR_BASE),
    )
)
_TYPE_UNITS = frozenset((2, 6))
_UNITS_WITH_DWO_ID = frozenset((4, 5))
_MOST_NOTES = 10

Attributes = dict[int, Value]


class Entry(NamedTuple):
    """A debugging entry (DIE). `tag` 0 ends a list of children."""

    offset: int
    tag: int
    has_children: bool
    attributes: Attributes  # only those that anything here looks at


class Unit:
    """One compilation unit.

    Attributes:
        offset, end: where it lies in `.debug_info`.
        attributes: of its own entry.
        low_pc: the base of its range lists; 0 if it has none.
        broken: why its own entry could not be read; "" if it could.
    """

    def __init__(self, info: DebugInfo, offset: int) -> None:
        """Reads the header; raises DwarfError when not even its length makes sense."""
        self.info = info
        self.offset = offset
        self.attributes: Attributes = {}
        self.low_pc = 0
        self.broken = ""
        self.is_type_unit = False
        self._abbrevs: AbbrevTable | None = None
        reader = ByteReader(info.section(".debug_info"), offset, error=DwarfError)
        length = reader.uint(4)
        offset_size = 4
        if length == 0xFFFFFFFF:
            length, offset_size = reader.uint(8), 8
        if length > reader.left or length < 7:
            raise DwarfError("a unit's length makes no sense", offset)
        self.end = reader.pos + length
        self.widths = Widths(0, 4, offset_size)
        try:
            self._read_header(ByteReader(reader.data, reader.pos, self.end, error=DwarfError))
            self._read_own_entry()
        except MalformedError as error:
            self.broken = str(error)

    def _read_header(self, reader: ByteReader) -> None:
        version = reader.uint(2)
        if not 2 <= version <= 5:
            raise DwarfError(f"DWARF version {version} is not known", self.offset)
        offset_size = self.widths.offset
        kind = 1
        if version >= 5:
            kind = reader.u8()
            address_size = reader.u8()
            self._abbrev_offset = reader.uint(offset_size)
        else:
            self._abbrev_offset = reader.uint(offset_size)
            address_size = reader.u8()
        if address_size not in (4, 8):
            raise DwarfError(f"addresses of {address_size} bytes are not known", self.offset)
        self.widths = Widths(version, address_size, offset_size)
        self.is_type_unit = kind in _TYPE_UNITS
        if self.is_type_unit:
            reader.skip(8 + offset_size)
        elif kind in _UNITS_WITH_DWO_ID:
            reader.skip(8)
        self._first_entry = reader.pos

    def _read_own_entry(self) -> None:
        entry = self.entry_at(self._first_entry)
        self.attributes = entry.attributes
        if entry.attributes.keys() & {DWO_NAME, GNU_DWO_NAME}:
            raise DwarfError("the debug information lies in a separate .dwo file", self.offset)
        low = self.attributes.get(LOW_PC)
        if low is not None:
            self.low_pc = self.address(low)

    @property
    def tombstone(self) -> int:
        """Addresses from here on mark code that the linker dropped (so does 0)."""
        return (1 << 8 * self.widths.address) - 2

    def entry_at(self, offset: int) -> Entry:
        """The entry at this offset of `.debug_info`; raises DwarfError."""
        reader = ByteReader(self.info.section(".debug_info"), offset, self.end, error=DwarfError)
        return self._read_entry(reader, wanted=None)

    def entries(self, wanted: frozenset[int]) -> Iterator[Entry]:
        """All entries in file order; those of other tags than `wanted` come without attributes.

        Raises:
            DwarfError: at the first entry that is damaged; nothing behind it can be read.
        """
        if self.broken:
            raise DwarfError(self.broken, self.offset)
        reader = ByteReader(self.info.section(".debug_info"), self._first_entry, self.end, error=DwarfError)
        while reader.left:
            yield self._read_entry(reader, wanted)

    def _read_entry(self, reader: ByteReader, wanted: frozenset[int] | None) -> Entry:
        if self._abbrevs is None:
            self._abbrevs = self.info.abbrevs(self._abbrev_offset, self.widths)
        start = reader.pos
        code = reader.uleb()
        if code == 0:
            return Entry(start, 0, False, {})
        abbrev = self._abbrevs.get(code)
        if abbrev is None:
            raise DwarfError(f"an entry has the unknown abbreviation {code}", start)
        if wanted is not None and abbrev.tag not in wanted:
            if abbrev.size is not None:
                reader.skip(abbrev.size)
            else:
                for _, form, constant in abbrev.attributes:
                    read_value(reader, form, constant, self.widths)
            return Entry(start, abbrev.tag, abbrev.has_children, {})
        attributes: Attributes = {}
        for attribute, form, constant in abbrev.attributes:
            value = read_value(reader, form, constant, self.widths)
            if attribute in _WANTED:
                attributes[attribute] = value
        return Entry(start, abbrev.tag, abbrev.has_children, attributes)

    # --- what values mean; each raises DwarfError

    def number(self, value: Value | None) -> int:
        """A constant, or 0."""
        return value.raw if value is not None and isinstance(value.raw, int) else 0

    def string(self, value: Value | None) -> str:
        """A text, "" where there is none, fit for people."""
        if value is None:
            return ""
        form, raw = value
        if form == STRING and isinstance(raw, bytes):
            return text(raw)
        if not isinstance(raw, int):
            return ""
        if form == STRP:
            return self._text(".debug_str", raw)
        if form == LINE_STRP:
            return self._text(".debug_line_str", raw)
        if form in STRING_INDICES:
            size = self.widths.offset
            default = 8 if size == 4 else 16  # behind the section's header
            place = self._base(STR_OFFSETS_BASE, default) + raw * size
            return self._text(".debug_str", self.info.uint_at(".debug_str_offsets", place, size))
        return ""

    def _text(self, section: str, offset: int) -> str:
        return text(ByteReader(self.info.section(section), offset, error=DwarfError).cstring())

    def address(self, value: Value) -> int:
        """A code address."""
        form, raw = value
        if not isinstance(raw, int):
            raise DwarfError("an address has no number", self.offset)
        return self.indexed_address(raw) if form in ADDRESS_INDICES else raw

    def indexed_address(self, index: int) -> int:
        """An entry of this unit's part of `.debug_addr`."""
        base = self._base(ADDR_BASE, self._base(GNU_ADDR_BASE, 0 if self.widths.version < 5 else 8))
        size = self.widths.address
        return self.info.uint_at(".debug_addr", base + index * size, size)

    def _base(self, attribute: int, default: int) -> int:
        value = self.attributes.get(attribute)
        return default if value is None else self.number(value)

    def reference(self, value: Value) -> int | None:
        """The offset in `.debug_info` of the entry referred to; None for kinds that lie elsewhere."""
        form, raw = value
        if not isinstance(raw, int):
            return None
        if form in UNIT_REFERENCES:
            return self.offset + raw
        return raw if form == REF_ADDR else None

    def is_address(self, value: Value) -> bool:
        """Whether the value is an address (DW_AT_high_pc is one or an offset from low_pc)."""
        return value.form == ADDR or value.form in ADDRESS_INDICES


class DebugInfo:
    """The debug information of one module.

    Attributes:
        units: compilation units that can be read, in file order.
        notes: what is wrong with the others, a sentence each; only the first few.
    """

    def __init__(self, data: bytes, sections: list[Section]) -> None:
        """Finds the units.

        Raises:
            DwarfError: there is no debug information in the file, or none that can be read.
        """
        self._data = data
        self._places = custom_sections(sections)
        self._contents: dict[str, bytes] = {}
        self._tables: dict[tuple[int, Widths], AbbrevTable] = {}
        self.notes: list[str] = []
        sizes = [
            place.end - place.payload_start for name, place in self._places.items() if name[:7] == ".debug_"
        ]
        self._effort = 50_000 + sum(sizes)  # honest ones need half a step a byte at most
        if "external_debug_info" in self._places:
            raise DwarfError("the debug information lies in a separate file", 0)
        if ".debug_info" not in self._places:
            raise DwarfError("the module was built without debug information", 0)
        self.units: list[Unit] = []
        self._find_units()
        if not self.units:
            raise DwarfError(self.notes[0] if self.notes else ".debug_info is empty", 0)
        self._starts = [unit.offset for unit in self.units]

    def _find_units(self) -> None:
        size = len(self.section(".debug_info"))
        offset = 0
        while offset < size:
            try:
                unit = Unit(self, offset)
            except MalformedError as error:
                self.note(str(error))
                return
            if unit.broken:
                self.note(unit.broken)
            elif not unit.is_type_unit:
                self.units.append(unit)
            offset = unit.end

    def note(self, what: str) -> None:
        """Adds to `notes` what is wrong, once."""
        if what not in self.notes and len(self.notes) < _MOST_NOTES:
            self.notes.append(what)

    def unit_at(self, offset: int) -> Unit | None:
        """The unit that holds this offset of `.debug_info`."""
        place = bisect_right(self._starts, offset) - 1
        if place < 0 or offset >= self.units[place].end:
            return None
        return self.units[place]

    def section(self, name: str) -> bytes:
        """The content of a custom section; empty if there is none."""
        found = self._contents.get(name)
        if found is None:
            place = self._places.get(name)
            found = b"" if place is None else self._data[place.payload_start : place.end]
            self._contents[name] = found
        return found

    def uint_at(self, name: str, offset: int, size: int) -> int:
        """A number in a section; raises DwarfError when it lies outside."""
        return ByteReader(self.section(name), offset, error=DwarfError).uint(size)

    def abbrevs(self, offset: int, widths: Widths) -> AbbrevTable:
        """The abbreviation table at `offset`."""
        key = (offset, widths)
        found = self._tables.get(key)
        if found is None:
            section = self.section(".debug_abbrev")
            found = self._tables[key] = AbbrevTable(section, offset, widths, self.spend)
        return found

    def spend(self, steps: int) -> None:
        """Counts work that entries may ask for again and again by pointing at the same bytes.

        Honest compilers stay far below the limit, which grows with the size of the debug information.

        Raises:
            DwarfError: when it was more than honest.
        """
        self._effort -= steps
        if self._effort < 0:
            raise DwarfError("the debug information refers to itself too often", 0)
