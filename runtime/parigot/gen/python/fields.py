"""One field: its type for readers, its default, and the lines that write and read it."""

from __future__ import annotations

from parigot.gen.model import Enum, Field, File, Kind, Message
from parigot.gen.python import names
from parigot.gen.writer import Writer

_TYPES = {
    Kind.DOUBLE: "float",
    Kind.FLOAT: "float",
    Kind.BOOL: "bool",
    Kind.STRING: "str",
    Kind.BYTES: "bytes",
}
_DEFAULTS = {"float": "0.0", "bool": "False", "str": '""', "bytes": 'b""'}
_SUFFIXES = {Kind.BOOL: "boolean", Kind.FLOAT: "float_", Kind.BYTES: "bytes_", Kind.ENUM: "int32"}
_READERS = {Kind.FLOAT: "float", Kind.BYTES: "bytes"}
_FIXED = {
    Kind.FIXED32: 5,
    Kind.SFIXED32: 5,
    Kind.FLOAT: 5,
    Kind.FIXED64: 1,
    Kind.SFIXED64: 1,
    Kind.DOUBLE: 1,
}
_SPANS = (Kind.STRING, Kind.BYTES, Kind.MESSAGE)


def reference(kind: Message | Enum, file: File) -> str:
    """A type as the module of `file` says it."""
    name = names.type_name(kind)
    return name if kind.file == file.name else f"{names.alias(kind.file.removesuffix('.proto'))}.{name}"


def element_type(field: Field, file: File) -> str:
    """The type of one value."""
    if field.message is not None:
        return reference(field.message, file)
    if field.enum is not None:
        return f"{reference(field.enum, file)} | int"
    return _TYPES.get(field.kind, "int")


def attribute_type(field: Field, file: File) -> str:
    """The type of the attribute."""
    if field.key is not None and field.value is not None:
        return f"dict[{element_type(field.key, file)}, {element_type(field.value, file)}]"
    inner = element_type(field, file)
    if field.cardinality == "repeated":
        return f"list[{inner}]"
    return f"{inner} | None" if field.explicit else inner


def argument(field: Field, file: File) -> str:
    """The constructor's argument, with its default."""
    name = names.field_name(field.name)
    if field.key is not None and field.value is not None:
        key, value = element_type(field.key, file), element_type(field.value, file)
        return f"{name}: Mapping[{key}, {value}] = {{}}"
    if field.cardinality == "repeated":
        return f"{name}: Iterable[{element_type(field, file)}] = ()"
    return f"{name}: {attribute_type(field, file)} = {'None' if field.explicit else default(field, file)}"


def default(field: Field, file: File) -> str:
    """What a value is that was never set."""
    if field.message is not None:
        return f"{reference(field.message, file)}()"
    if field.enum is not None:
        first = next((value for value in field.enum.values if value.number == 0), None)
        return f"{reference(field.enum, file)}.{names.value_name(first.name)}" if first else "0"
    return _DEFAULTS.get(element_type(field, file), "0")


def wire_type(field: Field) -> int:
    """How one value is written."""
    return 2 if field.kind in _SPANS else _FIXED.get(field.kind, 0)


def tag(field: Field, kind: int | None = None) -> int:
    """Number and wire type, as one number."""
    return field.number << 3 | (wire_type(field) if kind is None else kind)


def tag_bytes(field: Field, kind: int | None = None) -> str:
    """The same as a literal of bytes."""
    value = tag(field, kind)
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return repr(bytes(out))


def encoded(field: Field, value: str) -> str:
    """An expression: one value on the wire, without its tag."""
    if field.kind is Kind.MESSAGE:
        return f"wire.bytes_({value}.encode())"
    return f"wire.{_SUFFIXES.get(field.kind, field.kind.value)}({value})"


def write_encoding(out: Writer, field: Field) -> None:
    """Lines that append the field to `out`, if it is set."""
    value = f"self.{names.field_name(field.name)}"
    one = f"v{field.number}"  # a name of its own: values differ in type
    if field.key is not None and field.value is not None:
        with out.block(f"for k{field.number}, {one} in {value}.items():"):
            entry = f"{tag_bytes(field.key)} + {encoded(field.key, f'k{field.number}')}"
            out.line(f"entry = {entry} + {tag_bytes(field.value)} + {encoded(field.value, one)}")
            out.line(f"out += {tag_bytes(field)} + wire.bytes_(entry)")
    elif field.cardinality == "repeated" and field.packed:
        with out.block(f"if {value}:"):
            out.line(f"packed = b''.join([{encoded(field, one)} for {one} in {value}])")
            out.line(f"out += {tag_bytes(field, 2)} + wire.bytes_(packed)")
    elif field.cardinality == "repeated":
        with out.block(f"for {one} in {value}:"):
            out.line(f"out += {tag_bytes(field)} + {encoded(field, one)}")
    elif field.explicit:
        with out.block(f"if ({one} := {value}) is not None:"):
            out.line(f"out += {tag_bytes(field)} + {encoded(field, one)}")
    elif field.kind in (Kind.FLOAT, Kind.DOUBLE):
        zero = (
            "b'\\x00\\x00\\x00\\x00'"
            if field.kind is Kind.FLOAT
            else "b'\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00'"
        )
        with out.block(f"if (number := {encoded(field, value)}) != {zero}:"):  # -0.0 is not 0
            out.line(f"out += {tag_bytes(field)} + number")
    else:
        with out.block(f"if {value}:"):
            out.line(f"out += {tag_bytes(field)} + {encoded(field, value)}")


def read_call(field: Field) -> str:
    """An expression that reads one value: (value, next place)."""
    name = (
        "int32"
        if field.kind is Kind.ENUM
        else _READERS.get(field.kind, _SUFFIXES.get(field.kind, field.kind.value))
    )
    end = ", end" if field.kind in (Kind.STRING, Kind.BYTES) else ""
    return f"wire.read_{name}(data, at{end})"


def known(field: Field, value: str, file: File) -> str:
    """`value` as the field holds it: numbers of enums become members."""
    return f"member({reference(field.enum, file)}, {value})" if field.enum is not None else value
