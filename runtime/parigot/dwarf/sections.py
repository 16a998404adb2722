"""The sections of a WebAssembly binary: what lies where in the file.

Everything else here starts from this list: debug information and names lie in custom sections, and code
addresses count from the start of the code section's content.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from parigot.dwarf.reader import ByteReader, WasmFormatError

MODULE_VERSION = 1
COMPONENT_VERSION = 0x1000D  # version 13 of layer 1, as the component model's binaries are marked today

_MODULE_NAMES = (
    "custom",
    "type",
    "import",
    "function",
    "table",
    "memory",
    "global",
    "export",
    "start",
    "element",
    "code",
    "data",
    "data count",
    "tag",
)
_COMPONENT_NAMES = (
    "custom",
    "core module",
    "core instance",
    "core type",
    "component",
    "instance",
    "alias",
    "type",
    "canon",
    "start",
    "import",
    "export",
    "value",
)
CUSTOM, IMPORT, EXPORT, CODE = 0, 2, 7, 10
_MOST_SECTIONS = 100_000


@dataclass(frozen=True, slots=True)
class Section:
    """One section; all places are byte offsets in the file.

    Attributes:
        id: its number in the format; 0 for custom sections.
        name: "code", "import" …; a custom section's own name.
        start: where it starts, with its id.
        end: the byte after its last one.
        payload_start: its content: behind id and size, and behind the name of a custom section. DWARF's
            code addresses count from the payload_start of the code section.
    """

    id: int
    name: str
    start: int
    end: int
    payload_start: int


def binary_version(data: bytes) -> int:
    """The version word of a binary: `MODULE_VERSION` or `COMPONENT_VERSION`.

    Raises:
        WasmFormatError: `data` is no WebAssembly binary, or one of an unknown version.
    """
    if not data:
        raise WasmFormatError("the file is empty", 0)
    if data[:4] != b"\0asm":
        started = "is cut off" if b"\0asm".startswith(data) else "does not start with \\0asm"
        raise WasmFormatError(f"this is not a WebAssembly binary: it {started}", 0)
    version = ByteReader(data, 4).uint(4)
    if version not in (MODULE_VERSION, COMPONENT_VERSION):
        raise WasmFormatError(f"unknown WebAssembly version {version:#x}", 4)
    return version


def read_sections(data: bytes) -> list[Section]:
    """The sections of a module or component in file order.

    Raises:
        WasmFormatError: the file is no WebAssembly binary, is cut off, or its sections make no sense.
    """
    is_module = binary_version(data) == MODULE_VERSION
    names = _MODULE_NAMES if is_module else _COMPONENT_NAMES
    reader = ByteReader(data, 8)
    found: list[Section] = []
    seen: set[int] = set()
    while reader.left:
        start = reader.pos
        number = reader.u8()
        if number >= len(names):
            raise WasmFormatError(f"unknown section {number}", start)
        name = names[number]
        size = reader.uleb(32)
        if size > reader.left:
            raise WasmFormatError(
                f"the file is cut off: its {name} section has {size} bytes, {reader.left} are left", start
            )
        payload_start = reader.pos
        end = payload_start + size
        if number == CUSTOM:
            inner = ByteReader(data, payload_start, end)
            name = inner.name()
            payload_start = inner.pos
        elif is_module and number in seen:
            raise WasmFormatError(f"the {name} section comes twice", start)
        seen.add(number)
        found.append(Section(number, name, start, end, payload_start))
        if len(found) > _MOST_SECTIONS:
            raise WasmFormatError(f"more than {_MOST_SECTIONS} sections", start)
        reader.pos = end
    return found


def find_section(sections: Iterable[Section], number: int) -> Section | None:
    """The (only) section of this id; not for custom sections."""
    return next((section for section in sections if section.id == number), None)


def custom_sections(sections: Iterable[Section]) -> dict[str, Section]:
    """Custom sections by name; of several with one name the first."""
    found: dict[str, Section] = {}
    for section in sections:
        if section.id == CUSTOM:
            found.setdefault(section.name, section)
    return found


def function_bodies(data: bytes, code: Section) -> list[tuple[int, int]]:
    """Where each function of the code section lies: (first byte behind its size, end), offsets in the file.

    Raises:
        WasmFormatError: the section is damaged.
    """
    reader = ByteReader(data, code.payload_start, code.end)
    bodies: list[tuple[int, int]] = []
    for _ in range(reader.uleb(32)):
        size = reader.uleb(32)
        start = reader.pos
        reader.skip(size)
        bodies.append((start, reader.pos))
    return bodies
