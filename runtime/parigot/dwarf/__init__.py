"""What wasm binaries say about themselves: sections, imports and exports, function names, source lines.

Pure functions over bytes. `module_shape` looks at a binary before it is compiled, `Symbols` turns the frames
of a backtrace into functions and source lines. Below them, each over the ones before it:

    reader        bounded reading; the errors
    sections      what lies where in the file
    shape names   imports and exports; functions by index
    forms info    how debugging entries are cut; units and what attribute values mean
    ranges        which code an entry covers
    lineprogram   rows of address and line; `lines` finds units, rows and paths
    scopes        functions and inlined calls

Own code rather than pyelftools for this path: a trap report is made on the loop's thread from a guest's
bytes, so it must be bounded whatever those are, and quick on modules with a million lines.
"""

from parigot.dwarf.reader import DwarfError, MalformedError, WasmFormatError
from parigot.dwarf.sections import Section, read_sections
from parigot.dwarf.shape import ModuleShape, module_shape
from parigot.dwarf.symbols import Frame, Symbols

__all__ = [
    "DwarfError",
    "Frame",
    "MalformedError",
    "ModuleShape",
    "Section",
    "Symbols",
    "WasmFormatError",
    "module_shape",
    "read_sections",
]
