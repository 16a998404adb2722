"""Names of functions by their index, from the `name` section, imports and exports.

Compilers and linkers write the `name` section; toolchains that strip it leave the imports and exports.
DWARF, where there is some, knows better names: see `parigot.dwarf.symbols`, which asks there first.
"""

from __future__ import annotations

from parigot.dwarf.reader import ByteReader, MalformedError, text
from parigot.dwarf.sections import EXPORT, Section, custom_sections, find_section
from parigot.dwarf.shape import read_imports

_FUNCTION_NAMES = 1  # the subsection of the `name` section


class FunctionNames:
    """Function index → name. Indices count imported functions first, as everywhere in WebAssembly.

    Attributes:
        imported: how many functions are imported.
    """

    def __init__(self, data: bytes, sections: list[Section]) -> None:
        """Reads what can be read; what is damaged is left out."""
        imports: list[str] = []
        try:
            for module, name, kind in read_imports(data, sections):
                if kind == "func":
                    imports.append(text(f"{module}.{name}".encode()))
        except MalformedError:
            imports.clear()
        self.imported = len(imports)
        self._names: dict[int, str] = dict(enumerate(imports))
        _add_exports(self._names, data, sections)
        section = custom_sections(sections).get("name")
        if section is not None:
            _add_name_section(self._names, data, section)

    def name(self, index: int) -> str:
        """The best known name of a function; `func 12` if it has none."""
        return self._names.get(index) or f"func {index}"


def _add_exports(names: dict[int, str], data: bytes, sections: list[Section]) -> None:
    section = find_section(sections, EXPORT)
    if section is None:
        return
    try:
        reader = ByteReader(data, section.payload_start, section.end)
        for _ in range(reader.uleb(32)):
            name = reader.name()
            is_function = reader.u8() == 0
            index = reader.uleb(32)
            if is_function:
                names.setdefault(index, text(name.encode()))
    except MalformedError:
        return


def _add_name_section(names: dict[int, str], data: bytes, section: Section) -> None:
    try:
        reader = ByteReader(data, section.payload_start, section.end)
        while reader.left:
            kind = reader.u8()
            size = reader.uleb(32)
            if kind != _FUNCTION_NAMES:
                reader.skip(size)
                continue
            inner = ByteReader(data, reader.pos, min(reader.pos + size, reader.end))
            for _ in range(inner.uleb(32)):
                index = inner.uleb(32)
                # Not `name()`, which insists on UTF-8: one odd byte must not hide all names.
                names[index] = text(inner.take(inner.uleb(32)))
            return
    except MalformedError:
        return
