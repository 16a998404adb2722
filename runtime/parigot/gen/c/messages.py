"""Messages: a struct each, and the table that it is encoded and decoded by."""

from __future__ import annotations

from parigot.gen.c.names import Names
from parigot.gen.c.text import put_comment, spread
from parigot.gen.model import Field, Kind, Message
from parigot.gen.writer import Writer

_TYPES = {
    Kind.DOUBLE: "double",
    Kind.FLOAT: "float",
    Kind.INT64: "int64_t",
    Kind.UINT64: "uint64_t",
    Kind.INT32: "int32_t",
    Kind.FIXED64: "uint64_t",
    Kind.FIXED32: "uint32_t",
    Kind.BOOL: "bool",
    Kind.STRING: "parigot_bytes",
    Kind.BYTES: "parigot_bytes",
    Kind.UINT32: "uint32_t",
    Kind.SFIXED32: "int32_t",
    Kind.SFIXED64: "int64_t",
    Kind.SINT32: "int32_t",
    Kind.SINT64: "int64_t",
}


def declare(out: Writer, message: Message, names: Names) -> None:
    """The struct's name, and those of the entries of its maps."""
    for name in (names.type(message), *names.members(message).entries.values()):
        out.line(f"typedef struct {name} {name};")


def define(out: Writer, message: Message, names: Names) -> None:
    """The struct and its functions."""
    name, members = names.type(message), names.members(message)
    for field in message.fields:
        if field.key is not None and field.value is not None:
            out.gap()
            with out.block(f"struct {members.entries[field.name]} {{", "};"):
                out.line(_member(field.key, "key", names), _member(field.value, "value", names))
    for oneof in message.oneofs:
        own = members.oneofs[oneof.name]
        out.gap()
        with out.block("enum {", "};"):
            for field in oneof.fields:
                out.line(f"{own.constants[field.name]} = {field.number},")
    out.gap()
    put_comment(out, message.comment)
    with out.block(f"struct {name} {{", "};"):
        _members(out, message, names)
    out.line(
        f"extern const parigot_table {name}_table;",
        *_inline("void", f"{name}_init", [f"{name} *message"], f"*message = ({name}){{0}}"),
        *_inline(
            "parigot_bytes",
            f"{name}_encode",
            [f"const {name} *message"],
            f"return parigot_encode(&{name}_table, message)",
        ),
        *_inline(
            "bool",
            f"{name}_decode",
            ["parigot_bytes bytes", f"{name} *message"],
            f"return parigot_decode(&{name}_table, bytes, message)",
        ),
    )


def _inline(result: str, name: str, parameters: list[str], body: str) -> list[str]:
    return [*spread(f"static inline {result} {name}", parameters, " {"), f"  {body};", "}"]


def _members(out: Writer, message: Message, names: Names) -> None:
    members = names.members(message)
    if message.is_empty:
        out.line("char nothing; /* C knows no empty structs */")
    done: set[str] = set()
    for field in message.fields:
        if not field.oneof:
            put_comment(out, field.comment)
            if field.name in members.presence:
                out.line(f"bool {members.presence[field.name]};")
            out.line(_declaration(field, message, names))
        elif field.oneof not in done:
            done.add(field.oneof)
            oneof = next(one for one in message.oneofs if one.name == field.oneof)
            own = members.oneofs[oneof.name]
            put_comment(out, oneof.comment)
            out.line(f"uint32_t {own.case}; /* one of the constants above; 0 for none */")
            with out.block("union {", f"}} {own.union};"):
                for one in oneof.fields:
                    put_comment(out, one.comment)
                    out.line(_member(one, members.fields[one.name], names))


def _declaration(field: Field, message: Message, names: Names) -> str:
    members = names.members(message)
    name = members.fields[field.name]
    if field.cardinality == "map":
        items = members.entries[field.name]
    elif field.cardinality == "repeated":
        items = _type(field, names)
    else:
        return _member(field, name, names)
    return f"struct {{ {items} *items; uint32_t count; }} {name};"


def _member(field: Field, name: str, names: Names) -> str:
    star = "*" if field.message is not None else ""
    return f"{_type(field, names)} {star}{name};"


def _type(field: Field, names: Names) -> str:
    if field.message is not None:
        return names.type(field.message)
    if field.enum is not None:
        return names.type(field.enum)
    return _TYPES[field.kind]


def implement(out: Writer, message: Message, names: Names) -> None:
    """The tables."""
    name, members = names.type(message), names.members(message)
    for field in message.fields:
        if field.key is not None and field.value is not None:
            entry = members.entries[field.name]
            out.gap()
            with out.block(f"static const parigot_table_field {entry}_fields[] = {{", "};"):
                out.line(
                    _row(field.key, 1, "ALWAYS", f"offsetof({entry}, key)", "0", _table(field.key, names))
                )
                value = _table(field.value, names)
                out.line(_row(field.value, 2, "ALWAYS", f"offsetof({entry}, value)", "0", value))
            out.line(
                f'static const parigot_table {entry}_table = {{"", sizeof({entry}), 2, {entry}_fields}};'
            )
    out.gap()
    fields = sorted(message.fields, key=lambda field: field.number)
    if fields:
        with out.block(f"static const parigot_table_field {name}_fields[] = {{", "};"):
            for field in fields:
                out.line(_field(field, message, names))
    rows = f"{name}_fields" if fields else "0"
    out.line(
        f"const parigot_table {name}_table = "
        f'{{"{message.full_name}", sizeof({name}), {len(fields)}, {rows}}};'
    )


def _field(field: Field, message: Message, names: Names) -> str:
    name, members = names.type(message), names.members(message)
    place, presence, shape = members.fields[field.name], "0", "PLAIN"
    table = _table(field, names)
    if field.cardinality == "map":
        shape, table = "MAP", f"&{members.entries[field.name]}_table"
    elif field.cardinality == "repeated":
        shape = "PACKED" if field.packed else "REPEATED"
    elif field.oneof:
        own = members.oneofs[field.oneof]
        place, presence, shape = f"{own.union}.{place}", f"offsetof({name}, {own.case})", "ONEOF"
    elif field.name in members.presence:
        presence, shape = f"offsetof({name}, {members.presence[field.name]})", "OPTIONAL"
    return _row(field, field.number, shape, f"offsetof({name}, {place})", presence, table)


def _table(field: Field, names: Names) -> str:
    return f"&{names.type(field.message)}_table" if field.message is not None else "0"


def _row(field: Field, number: int, shape: str, offset: str, presence: str, table: str) -> str:
    kind = f"PARIGOT_KIND_{field.kind.name}"
    return f"{{{number}, {kind}, PARIGOT_SHAPE_{shape}, {offset}, {presence}, {table}}},"
