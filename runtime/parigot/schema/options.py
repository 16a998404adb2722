"""Options of .proto files: the plain ones protobuf knows, and parigot's own."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

from google.protobuf import descriptor_pb2 as pb
from google.protobuf.descriptor import FieldDescriptor
from proto_schema_parser import ast

from parigot.ids import encode_varint
from parigot.schema.source import unescape

_PARIGOT = {  # protosupport/v1/protosupport.proto: options and their field numbers
    "parigot_error": 543211,
    "host_func_name": 543212,
    "error_id_name": 543213,
    "is_reverse_api": 543214,
    "implements_reverse_api": 543215,
}


def custom_name(option: ast.Option) -> str:
    """`parigot_error` of `(protosupport.v1.parigot_error)`; "" for options that are not custom ones."""
    name = option.name
    if not name.startswith("(") or not name.endswith(")"):
        return ""
    return name[1:-1].rpartition(".")[2]


def apply_option(target: Any, option: ast.Option) -> str:
    """Sets an option in a message of descriptor.proto; returns what is wrong with it, or "".

    Custom options of others are accepted and left out: they do not change what is on the wire.
    """
    custom = custom_name(option)
    if custom in _PARIGOT:
        target.MergeFromString(_wire(_PARIGOT[custom], option.value))
    if not option.name.isidentifier():
        return ""
    field = target.DESCRIPTOR.fields_by_name.get(option.name)
    if field is None or field.message_type is not None:
        return f"unknown option {option.name}" if field is None else ""
    try:
        setattr(target, option.name, _value(field, option.value))
    except (TypeError, ValueError):
        return f"{_shown(option.value)} is no value for the option {option.name}"
    return ""


def default_text(value: Any, kind: int) -> str:
    """A default value as descriptor.proto keeps it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, ast.Identifier):
        return value.name
    if isinstance(value, str):
        raw = unescape(value)
        if kind == pb.FieldDescriptorProto.TYPE_BYTES:
            return "".join(chr(b) if 32 <= b < 127 and b not in b"\"'\\" else f"\\{b:03o}" for b in raw)
        return raw.decode("utf-8", "replace")
    if isinstance(value, float) and kind not in (
        pb.FieldDescriptorProto.TYPE_FLOAT,
        pb.FieldDescriptorProto.TYPE_DOUBLE,
    ):
        return str(int(value)) if value.is_integer() else str(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e16:
        return str(int(value))
    return str(value)


def similar(name: str, known: Iterable[str]) -> str:
    """A hint for an unknown type."""
    last = name.rpartition(".")[2]
    by_last = {full.rpartition(".")[2]: full for full in known}
    close = difflib.get_close_matches(last, list(by_last), n=1, cutoff=0.7)
    return f"Did you mean {by_last[close[0]]}?" if close else ""


def _value(field: FieldDescriptor, value: Any) -> Any:
    if field.enum_type is not None:
        if not isinstance(value, ast.Identifier) or value.name not in field.enum_type.values_by_name:
            raise ValueError
        return field.enum_type.values_by_name[value.name].number
    if isinstance(value, str):
        return unescape(value).decode("utf-8", "replace")
    if isinstance(value, bool) != (field.type == FieldDescriptor.TYPE_BOOL):
        raise TypeError
    return value


def _wire(number: int, value: Any) -> bytes:
    if isinstance(value, str):
        raw = unescape(value)
        return encode_varint(number << 3 | 2) + encode_varint(len(raw)) + raw
    return encode_varint(number << 3) + encode_varint(int(value is True))


def _shown(value: Any) -> str:
    return value.name if isinstance(value, ast.Identifier) else str(value)[:40]
