"""Enums: an int32_t each, as any number may come, and constants for the values that have names."""

from __future__ import annotations

from parigot.gen.c.names import Names
from parigot.gen.c.text import number, put_comment
from parigot.gen.model import Enum
from parigot.gen.writer import Writer


def declare(out: Writer, enum: Enum, names: Names) -> None:
    """Type, constants and the declaration of `_name`."""
    name = names.type(enum)
    out.gap()
    put_comment(out, enum.comment)
    out.line(f"typedef int32_t {name};")
    with out.block("enum {", "};"):
        for constant, value in zip(names.constants(enum), enum.values, strict=True):
            put_comment(out, value.comment)
            out.line(f"{constant} = {number(value.number)},")
    if enum.is_error:
        put_comment(out, "The name of a code: of these, or of the kernel's.")
    else:
        put_comment(out, 'The name of a value; "unknown" for a number that has none.')
    out.line(f"const char *{name}_name({name} value);")


def implement(out: Writer, enum: Enum, names: Names) -> None:
    """The function `_name`."""
    name = names.type(enum)
    out.gap()
    with out.block(f"const char *{name}_name({name} value) {{", "}"):
        with out.block("switch (value) {", "}"):
            seen: set[int] = set()
            for constant, value in zip(names.constants(enum), enum.values, strict=True):
                if value.number not in seen:
                    out.line(f"case {constant}:", f'  return "{value.name}";')
                seen.add(value.number)
        out.line("return parigot_error_name(value);" if enum.is_error else 'return "unknown";')
