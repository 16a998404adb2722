"""What a binary wants and offers, read without compiling it, for clear errors before that."""

from __future__ import annotations

from dataclasses import dataclass

from parigot.dwarf.reader import ByteReader
from parigot.dwarf.sections import (
    COMPONENT_VERSION,
    EXPORT,
    IMPORT,
    Section,
    binary_version,
    custom_sections,
    find_section,
    read_sections,
)

_KINDS = ("func", "table", "memory", "global", "tag")


@dataclass(frozen=True, slots=True)
class ModuleShape:
    """Imports and exports of a module.

    Attributes:
        imports: (module, name, kind), kinds "func", "table", "memory", "global", "tag".
        exports: (name, kind).
        has_dwarf: it carries debug information.
        is_component: it is a component, not a core module; then the lists are empty.
    """

    imports: tuple[tuple[str, str, str], ...]
    exports: tuple[tuple[str, str], ...]
    has_dwarf: bool
    is_component: bool


def module_shape(data: bytes) -> ModuleShape:
    """Reads the shape of a binary.

    Raises:
        WasmFormatError: it is no WebAssembly binary, or a damaged one.
    """
    sections = read_sections(data)
    if binary_version(data) == COMPONENT_VERSION:
        return ModuleShape((), (), has_dwarf=False, is_component=True)
    return ModuleShape(
        read_imports(data, sections),
        _read_exports(data, sections),
        has_dwarf=".debug_info" in custom_sections(sections),
        is_component=False,
    )


def read_imports(data: bytes, sections: list[Section]) -> tuple[tuple[str, str, str], ...]:
    """The imports of a core module: (module, name, kind)."""
    section = find_section(sections, IMPORT)
    if section is None:
        return ()
    reader = ByteReader(data, section.payload_start, section.end)
    found = []
    for _ in range(reader.uleb(32)):
        module, name = reader.name(), reader.name()
        found.append((module, name, _import_kind(reader)))
    return tuple(found)


def _read_exports(data: bytes, sections: list[Section]) -> tuple[tuple[str, str], ...]:
    section = find_section(sections, EXPORT)
    if section is None:
        return ()
    reader = ByteReader(data, section.payload_start, section.end)
    found = []
    for _ in range(reader.uleb(32)):
        name = reader.name()
        found.append((name, _kind(reader)))
        reader.uleb(32)  # its index
    return tuple(found)


def _kind(reader: ByteReader) -> str:
    number = reader.u8()
    if number >= len(_KINDS):
        raise reader.fail(f"unknown kind of import or export {number}")
    return _KINDS[number]


def _import_kind(reader: ByteReader) -> str:
    """Reads the kind of an import and passes over its type."""
    kind = _kind(reader)
    match kind:
        case "func":
            reader.uleb(32)
        case "table":
            _skip_value_type(reader)
            _skip_limits(reader)
        case "memory":
            _skip_limits(reader)
        case "global":
            _skip_value_type(reader)
            reader.u8()
        case "tag":
            reader.u8()
            reader.uleb(32)
    return kind


def _skip_value_type(reader: ByteReader) -> None:
    if reader.u8() in (0x63, 0x64):  # (ref null? heaptype)
        reader.sleb(33)


def _skip_limits(reader: ByteReader) -> None:
    flags = reader.u8()
    reader.uleb(64)
    if flags & 1:
        reader.uleb(64)
    if flags & 8:  # a page size of its own
        reader.uleb(32)
