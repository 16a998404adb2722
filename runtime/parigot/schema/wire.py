"""Protobuf bytes without a schema: numbers, and guesses at what length-delimited values hold.

For payloads of unknown types and for bytes that do not fit their type. Never raises and never takes long,
whatever the bytes are.
"""

from __future__ import annotations

from parigot.schema.model import Field
from parigot.schema.text import bytes_text, is_text, quoted

_MAX_DEPTH = 8
_MAX_FIELDS = 500  # in all messages together
_MAX_NUMBER = (1 << 29) - 1


def varint(data: bytes, at: int) -> tuple[int, int] | None:
    """Reads a varint: (value, offset behind it), or None where there is none."""
    value = shift = 0
    for i in range(at, min(at + 10, len(data))):
        value |= (data[i] & 0x7F) << shift
        if data[i] < 0x80:
            return value & (1 << 64) - 1, i + 1
        shift += 7
    return None


def split(data: bytes, limit: int = _MAX_FIELDS) -> tuple[list[tuple[int, int, int | bytes]], int]:
    """Splits bytes into at most `limit` fields.

    Returns:
        ([(number, wire type, value)], offset of the first byte that was not read)
    """
    found: list[tuple[int, int, int | bytes]] = []
    at = 0
    while at < len(data) and len(found) < limit:
        tag = varint(data, at)
        if tag is None or not 1 <= tag[0] >> 3 <= _MAX_NUMBER:
            break
        number, kind, start = tag[0] >> 3, tag[0] & 7, tag[1]
        value: int | bytes
        if kind == 0:
            read = varint(data, start)
            if read is None:
                break
            value, end = read
        elif kind in (1, 5):
            end = start + (8 if kind == 1 else 4)
            value = int.from_bytes(data[start:end], "little")
        elif kind == 2:
            length = varint(data, start)
            if length is None:
                break
            end = length[1] + length[0]
            value = data[length[1] : end]
        else:  # groups are gone, 6 and 7 never were
            break
        if end > len(data):
            break
        found.append((number, kind, value))
        at = end
    return found, at


def raw_fields(data: bytes) -> tuple[Field, ...]:
    """What the bytes say on their own."""
    return tuple(_fields(data, 0, [_MAX_FIELDS]))


def raw_field(number: int, kind: int, value: int | bytes, depth: int = 0) -> Field:
    """One field that the schema does not know."""
    return _field(number, kind, value, depth, [_MAX_FIELDS])


def _fields(data: bytes, depth: int, budget: list[int]) -> list[Field]:
    parts, end = split(data, budget[0])
    budget[0] -= len(parts)
    found = [_field(number, kind, value, depth, budget) for number, kind, value in parts]
    if end < len(data):
        rest = data[end:]
        why = "more" if budget[0] <= 0 else "no field"
        found.append(Field("…", why, bytes_text(rest)))
    return found


def _field(number: int, kind: int, value: int | bytes, depth: int, budget: list[int]) -> Field:
    name = str(number)
    if isinstance(value, int):
        return Field(name, {0: "varint", 1: "fixed64", 5: "fixed32"}[kind], str(value))
    if not is_text(value) and value and depth < _MAX_DEPTH and budget[0] > 0:
        parts, end = split(value, budget[0])
        if parts and end == len(value):
            return Field(name, "message", "", tuple(_fields(value, depth + 1, budget)))
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return Field(name, "bytes", bytes_text(value))
    if all(char.isprintable() or char in "\n\r\t" for char in text):
        return Field(name, "text", quoted(text))
    return Field(name, "bytes", bytes_text(value))
