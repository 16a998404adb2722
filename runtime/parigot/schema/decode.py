"""A parsed message as fields for people."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.unknown_fields import UnknownFieldSet

from parigot.ids import Id
from parigot.schema.model import Field
from parigot.schema.text import MAX_TEXT, bytes_text, plain, quoted
from parigot.schema.wire import raw_field

_MAX_DEPTH = 16
_MAX_FIELDS = 1_000  # in all messages together
_MAX_ITEMS = 100  # of one list or map

_WIRE_TYPES = {0, 1, 2, 5}


def message_fields(message: Message) -> tuple[Field, ...]:
    """The fields of a message that are set, and those that always have a value."""
    return _Decoder().message(message, 0)


class _Decoder:
    def __init__(self) -> None:
        self.left = _MAX_FIELDS

    def message(self, message: Message, depth: int) -> tuple[Field, ...]:
        if depth >= _MAX_DEPTH:
            return (Field("…", "message", "too deep to show"),)
        found: list[Field] = []
        fields: list[Any] = list(message.DESCRIPTOR.fields)
        for field in sorted(fields, key=lambda field: field.number):
            value = getattr(message, field.name)
            if _is_repeated(field):
                if not len(value):
                    continue
            elif field.has_presence and not message.HasField(field.name):
                continue
            if self.left <= 0:
                found.append(Field("…", "", "more fields"))
                return tuple(found)
            self.left -= 1
            found.append(self._field(field, value, depth))
        return (*found, *self._unknown(message, depth))

    def _unknown(self, message: Message, depth: int) -> Iterable[Field]:
        """Fields that the sender knows and our schema does not."""
        for part in UnknownFieldSet(message):  # type: ignore[attr-defined]
            if self.left <= 0:
                return
            self.left -= 1
            if part.wire_type in _WIRE_TYPES:
                yield raw_field(part.field_number, part.wire_type, part.data, depth)

    def _field(self, field: FieldDescriptor, value: Any, depth: int) -> Field:
        if not _is_repeated(field):
            return self._single(plain(field.name), field, value, depth)
        entry = field.message_type
        if entry is not None and entry.GetOptions().map_entry:
            return self._map(field, entry, value, depth)
        kind = f"repeated {type_name(field)}"
        if field.message_type is None:
            shown = ", ".join(scalar_text(field, item) for item in value[:_MAX_ITEMS])
            more = f", … ({len(value):,} items)" if len(value) > _MAX_ITEMS else ""
            clipped = shown if len(shown) <= MAX_TEXT else shown[: MAX_TEXT - 1] + "…"
            return Field(plain(field.name), kind, f"[{clipped}{more}]")
        children = [self._single(f"[{i}]", field, item, depth) for i, item in self._some(enumerate(value))]
        return Field(plain(field.name), kind, _count(len(value)), self._with_rest(children, len(value)))

    def _map(self, field: FieldDescriptor, entry: Descriptor, value: Any, depth: int) -> Field:
        key_field, value_field = entry.fields_by_name["key"], entry.fields_by_name["value"]
        # The order on the wire is nobody's choice; sorted, two payloads can be compared by eye.
        keys = sorted(value, key=lambda key: (str(type(key)), key))
        children = [
            self._single(f"[{scalar_text(key_field, key)}]", value_field, value[key], depth)
            for key in self._some(keys)
        ]
        return Field(plain(field.name), "map", _count(len(value)), self._with_rest(children, len(value)))

    def _some(self, items: Iterable[Any]) -> Iterable[Any]:
        for i, item in enumerate(items):
            if i == _MAX_ITEMS or self.left <= 0:
                return
            self.left -= 1
            yield item

    def _with_rest(self, children: list[Field], total: int) -> tuple[Field, ...]:
        rest = total - len(children)
        return (*children, Field("…", "", f"{rest:,} more")) if rest else tuple(children)

    def _single(self, name: str, field: FieldDescriptor, value: Any, depth: int) -> Field:
        if field.message_type is None:
            return Field(name, type_name(field), scalar_text(field, value))
        return Field(name, type_name(field), _known(value), self.message(value, depth + 1))


def type_name(field: FieldDescriptor) -> str:
    """A field's type as its .proto writes it; messages and enums by their full names."""
    if field.message_type is not None:
        return plain(field.message_type.full_name)
    if field.enum_type is not None:
        return plain(field.enum_type.full_name)
    return _SCALARS.get(field.type, "?")


def scalar_text(field: FieldDescriptor, value: Any) -> str:
    """A value that is not a message."""
    if field.enum_type is not None:
        known = field.enum_type.values_by_number.get(value)
        return plain(known.name) if known else str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, bytes):
        return bytes_text(value) if value else '""'
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return str(value)


def _known(message: Any) -> str:
    """One line for messages that everybody knows: ids, times, wrapped values."""
    name = message.DESCRIPTOR.full_name
    try:
        if name == "protosupport.v1.IdRaw":
            return Id(message.high, message.low).short
        if name == "google.protobuf.Timestamp":
            return message.ToJsonString()  # type: ignore[no-any-return]
        if name == "google.protobuf.Duration":
            return str(datetime.timedelta(seconds=message.seconds, microseconds=message.nanos // 1000))
    except (ValueError, OverflowError, AttributeError):
        return ""  # out of range, or a type of that name with other fields: the children tell
    if name in _WRAPPERS and "value" in message.DESCRIPTOR.fields_by_name:
        return scalar_text(message.DESCRIPTOR.fields_by_name["value"], message.value)
    if name == "google.protobuf.Any":
        return plain(message.type_url.rpartition("/")[2])
    return ""


def _count(number: int) -> str:
    return "1 item" if number == 1 else f"{number:,} items"


def _is_repeated(field: FieldDescriptor) -> bool:
    return bool(field.is_repeated)


_SCALARS = {
    number: name.removeprefix("TYPE_").lower()
    for name, number in vars(FieldDescriptor).items()
    if name.startswith("TYPE_")
}
_WRAPPERS = {
    f"google.protobuf.{name}Value"
    for name in ("Double", "Float", "Int64", "UInt64", "Int32", "UInt32", "Bool", "String", "Bytes")
}
