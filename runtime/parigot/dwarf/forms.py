"""Abbreviations and attribute forms of DWARF 2 to 5: how the bytes of a debugging entry are cut.

An abbreviation says which attributes an entry has and in which form. Here each is turned once into a plan
(`Abbrev`), so that an entry that nobody wants costs one addition where its size is fixed. Everything is
bounded by the bytes there are: see `parigot.dwarf.reader`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from parigot.dwarf.reader import ByteReader, DwarfError


class Value(NamedTuple):
    """An attribute's value as it stands in the bytes: what it means depends on the form and the unit."""

    form: int
    raw: int | bytes


# Forms (DWARF 5, 7.5.6).
ADDR, STRING, STRP, REF_ADDR, INDIRECT, IMPLICIT_CONST = 0x01, 0x08, 0x0E, 0x10, 0x16, 0x21
LINE_STRP, RNGLISTX = 0x1F, 0x23
STRING_INDICES = frozenset((0x1A, 0x25, 0x26, 0x27, 0x28, 0x1F02))  # strx, strx1..4, GNU_str_index
ADDRESS_INDICES = frozenset((0x1B, 0x29, 0x2A, 0x2B, 0x2C, 0x1F01))  # addrx, addrx1..4, GNU_addr_index
UNIT_REFERENCES = frozenset((0x11, 0x12, 0x13, 0x14, 0x15))  # ref1, ref2, ref4, ref8, ref_udata
_BLOCK, _BLOCK_SIZES, _EXPRLOC = 0x09, {0x0A: 1, 0x03: 2, 0x04: 4}, 0x18
_SDATA = 0x0D
_ULEB_FORMS = frozenset((0x0F, 0x15, 0x1A, 0x1B, 0x22, 0x23, 0x1F01, 0x1F02))
_FIXED = {
    **dict.fromkeys((0x0B, 0x0C, 0x11, 0x25, 0x29), 1),  # data1 flag ref1 strx1 addrx1
    **dict.fromkeys((0x05, 0x12, 0x26, 0x2A), 2),  # data2 ref2 strx2 addrx2
    **dict.fromkeys((0x27, 0x2B), 3),  # strx3 addrx3
    **dict.fromkeys((0x06, 0x13, 0x1C, 0x28, 0x2C), 4),  # data4 ref4 ref_sup4 strx4 addrx4
    **dict.fromkeys((0x07, 0x14, 0x20, 0x24), 8),  # data8 ref8 ref_sig8 ref_sup8
    0x1E: 16,  # data16
    **dict.fromkeys((0x19, IMPLICIT_CONST), 0),  # flag_present
}
# strp, sec_offset, strp_sup, line_strp, GNU_ref_alt, GNU_strp_alt: as wide as an offset of the unit.
_OFFSET_FORMS = frozenset((STRP, 0x17, 0x1D, LINE_STRP, 0x1F20, 0x1F21))
_DEEPEST_INDIRECTION = 4


@dataclass(frozen=True, slots=True)
class Widths:
    """Sizes in bytes that depend on the unit."""

    version: int
    address: int
    offset: int


@dataclass(frozen=True, slots=True)
class Abbrev:
    """One kind of entry.

    Attributes:
        attributes: (attribute, form, value of an implicit constant).
        size: bytes of all its values where that is always the same, else None.
    """

    tag: int
    has_children: bool
    attributes: tuple[tuple[int, int, int], ...]
    size: int | None


class AbbrevTable:
    """The abbreviation table at `offset` of `.debug_abbrev`, read as far as somebody asked.

    Args:
        spend: told of each attribute read; see `DebugInfo.spend`.
    """

    def __init__(self, section: bytes, offset: int, widths: Widths, spend: Callable[[int], None]) -> None:
        self._reader = ByteReader(section, offset, error=DwarfError)
        self._widths = widths
        self._spend = spend
        self._known: dict[int, Abbrev] = {}
        self._complete = False

    def get(self, code: int) -> Abbrev | None:
        """The abbreviation of this code, None if there is none; raises DwarfError when it is damaged."""
        while code not in self._known and not self._complete:
            self._read_next()
        return self._known.get(code)

    def _read_next(self) -> None:
        reader = self._reader
        code = reader.uleb()
        if code == 0:
            self._complete = True
            return
        tag = reader.uleb()
        has_children = reader.u8() != 0
        attributes: list[tuple[int, int, int]] = []
        size: int | None = 0
        while True:
            attribute, form = reader.uleb(), reader.uleb()
            constant = reader.sleb() if form == IMPLICIT_CONST else 0
            if attribute == 0 and form == 0:
                break
            attributes.append((attribute, form, constant))
            width = fixed_size(form, self._widths)
            size = None if size is None or width is None else size + width
        self._spend(1 + len(attributes))
        self._known.setdefault(code, Abbrev(tag, has_children, tuple(attributes), size))


def fixed_size(form: int, widths: Widths) -> int | None:
    """Bytes of a value in this form, or None where that depends on the value."""
    if form in _OFFSET_FORMS:
        return widths.offset
    if form == ADDR:
        return widths.address
    if form == REF_ADDR:
        return widths.address if widths.version <= 2 else widths.offset
    return _FIXED.get(form)


def read_value(reader: ByteReader, form: int, constant: int, widths: Widths) -> Value:
    """Reads one value.

    Raises:
        DwarfError: the form is unknown or the bytes run out.
    """
    for _ in range(_DEEPEST_INDIRECTION):
        if form != INDIRECT:
            break
        form = reader.uleb()
    if form == IMPLICIT_CONST:
        return Value(form, constant)
    size = fixed_size(form, widths)
    if size is not None:
        return Value(form, reader.uint(size))
    if form in _ULEB_FORMS:
        return Value(form, reader.uleb())
    if form == STRING:
        return Value(form, reader.cstring())
    if form in (_BLOCK, _EXPRLOC):
        return Value(form, reader.take(reader.uleb()))
    if form in _BLOCK_SIZES:
        return Value(form, reader.take(reader.uint(_BLOCK_SIZES[form])))
    if form == _SDATA:
        return Value(form, reader.sleb())
    raise reader.fail(f"unknown attribute form {form:#x}")
