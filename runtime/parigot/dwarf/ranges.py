"""Which code an entry covers: DW_AT_low_pc/high_pc and range lists of DWARF 4 and 5.

Ranges of code that the linker dropped are left out. Addresses count from the start of the code section's
content, as everywhere in DWARF for WebAssembly.
"""

from __future__ import annotations

from collections.abc import Iterator

from parigot.dwarf.forms import RNGLISTX, Value
from parigot.dwarf.info import HIGH_PC, LOW_PC, RANGES, RNGLISTS_BASE, Attributes, Unit
from parigot.dwarf.reader import ByteReader, DwarfError

Ranges = tuple[tuple[int, int], ...]  # (first, end)


def live_ranges(unit: Unit, attributes: Attributes) -> Ranges:
    """The code ranges of an entry that are in the module.

    Raises:
        DwarfError: its range list is damaged.
    """
    listed = attributes.get(RANGES)
    low = attributes.get(LOW_PC)
    high = attributes.get(HIGH_PC)
    if listed is not None:
        found = _read_list(unit, listed)
    elif low is None or high is None:
        return ()
    else:
        start = unit.address(low)
        found = iter([(start, unit.address(high) if unit.is_address(high) else start + unit.number(high))])
    dead = unit.tombstone
    return tuple((start, end) for start, end in found if 0 < start < dead and start < end)


def _read_list(unit: Unit, value: Value) -> Iterator[tuple[int, int]]:
    if not isinstance(value.raw, int):
        raise DwarfError("a range list has no place", unit.offset)
    return (_read_list_5 if unit.widths.version >= 5 else _read_list_4)(unit, value.form, value.raw)


def _read_list_4(unit: Unit, _form: int, offset: int) -> Iterator[tuple[int, int]]:
    size = unit.widths.address
    new_base = unit.tombstone + 1
    reader = ByteReader(unit.info.section(".debug_ranges"), offset, error=DwarfError)
    base = unit.low_pc
    while True:
        unit.info.spend(1)
        start, end = reader.uint(size), reader.uint(size)
        if start == 0 and end == 0:
            return
        if start == new_base:
            base = end
        elif base < unit.tombstone and start < unit.tombstone:
            yield base + start, base + end


def _read_list_5(unit: Unit, form: int, offset: int) -> Iterator[tuple[int, int]]:
    size = unit.widths.address
    if form == RNGLISTX:
        table = unit.number(unit.attributes.get(RNGLISTS_BASE)) or (12 if unit.widths.offset == 4 else 20)
        width = unit.widths.offset
        offset = table + unit.info.uint_at(".debug_rnglists", table + offset * width, width)
    reader = ByteReader(unit.info.section(".debug_rnglists"), offset, error=DwarfError)
    base = unit.low_pc
    while True:
        unit.info.spend(1)
        match reader.u8():
            case 0:  # end of list
                return
            case 1:  # base_addressx
                base = unit.indexed_address(reader.uleb())
            case 2:  # startx_endx
                start = unit.indexed_address(reader.uleb())
                yield start, unit.indexed_address(reader.uleb())
            case 3:  # startx_length
                start = unit.indexed_address(reader.uleb())
                yield start, start + reader.uleb()
            case 4:  # offset_pair
                start, end = reader.uleb(), reader.uleb()
                if base < unit.tombstone:
                    yield base + start, base + end
            case 5:  # base_address
                base = reader.uint(size)
            case 6:  # start_end
                start = reader.uint(size)
                yield start, reader.uint(size)
            case 7:  # start_length
                start = reader.uint(size)
                yield start, start + reader.uleb()
            case kind:
                raise reader.fail(f"unknown range list entry {kind}")
