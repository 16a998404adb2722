"""Protobuf's wire format, for generated messages: numbers to bytes and back.

Readers take `data` and a place in it and give (value, next place). They may look beyond the end of the
message they are in, as far as `data` goes: whoever calls them compares the place with the end once, when all
fields are read. Beyond `data` they raise IndexError, which `Message.decode` turns into DecodeError.

https://protobuf.dev/programming-guides/encoding
"""

from __future__ import annotations

import struct

from parigot.sdk.errors import DecodeError, EncodeError

_SHORT = [bytes((number,)) for number in range(128)]
_MASK64 = (1 << 64) - 1
_MOST_NESTED = 100  # messages in messages
_LONGEST = (1 << 31) - 1

pack_float = struct.Struct("<f").pack
pack_double = struct.Struct("<d").pack
_UNPACK_FLOAT = struct.Struct("<f").unpack_from
_UNPACK_DOUBLE = struct.Struct("<d").unpack_from


# --- writing ------------------------------------------------------------------------------------------


def varint(value: int) -> bytes:
    """A number of up to 64 bits, not negative."""
    if value < 128:
        return _SHORT[value]
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def _out_of_range(value: object, kind: str) -> EncodeError:
    return EncodeError(f"{value!r} is no {kind}")


def int32(value: int) -> bytes:
    """int32 and enums: negative ones take ten bytes."""
    if not -0x80000000 <= value <= 0x7FFFFFFF:
        raise _out_of_range(value, "int32")
    return varint(value if value >= 0 else value + (1 << 64))


def int64(value: int) -> bytes:
    """int64."""
    if not -(1 << 63) <= value < 1 << 63:
        raise _out_of_range(value, "int64")
    return varint(value if value >= 0 else value + (1 << 64))


def uint32(value: int) -> bytes:
    """uint32."""
    if not 0 <= value <= 0xFFFFFFFF:
        raise _out_of_range(value, "uint32")
    return varint(value)


def uint64(value: int) -> bytes:
    """uint64."""
    if not 0 <= value <= _MASK64:
        raise _out_of_range(value, "uint64")
    return varint(value)


def sint32(value: int) -> bytes:
    """sint32: small negative numbers are short, too."""
    if not -0x80000000 <= value <= 0x7FFFFFFF:
        raise _out_of_range(value, "sint32")
    return varint(value << 1 ^ value >> 31)


def sint64(value: int) -> bytes:
    """sint64: small negative numbers are short, too."""
    if not -(1 << 63) <= value < 1 << 63:
        raise _out_of_range(value, "sint64")
    return varint(value << 1 ^ value >> 63)


def boolean(value: bool) -> bytes:
    """bool."""
    return b"\x01" if value else b"\x00"


def fixed32(value: int) -> bytes:
    """fixed32."""
    if not 0 <= value <= 0xFFFFFFFF:
        raise _out_of_range(value, "fixed32")
    return value.to_bytes(4, "little")


def fixed64(value: int) -> bytes:
    """fixed64."""
    if not 0 <= value <= _MASK64:
        raise _out_of_range(value, "fixed64")
    return value.to_bytes(8, "little")


def sfixed32(value: int) -> bytes:
    """sfixed32."""
    if not -0x80000000 <= value <= 0x7FFFFFFF:
        raise _out_of_range(value, "sfixed32")
    return value.to_bytes(4, "little", signed=True)


def sfixed64(value: int) -> bytes:
    """sfixed64."""
    if not -(1 << 63) <= value < 1 << 63:
        raise _out_of_range(value, "sfixed64")
    return value.to_bytes(8, "little", signed=True)


def float_(value: float) -> bytes:
    """float; what is too large for it becomes infinity."""
    try:
        return pack_float(value)
    except OverflowError:
        return pack_float(float("inf") if value > 0 else float("-inf"))


def double(value: float) -> bytes:
    """double."""
    return pack_double(value)


def string(value: str) -> bytes:
    """string, with its length."""
    try:
        data = value.encode()
    except UnicodeEncodeError as error:
        raise EncodeError(f"text that is no Unicode: {error}") from None
    return varint(len(data)) + data


def bytes_(value: bytes | bytearray | memoryview) -> bytes:
    """bytes, with their length."""
    return varint(len(value)) + bytes(value)


# --- reading ------------------------------------------------------------------------------------------


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """A varint: 64 bits, not negative. What a tenth byte holds beyond them is dropped."""
    byte = data[at]
    at += 1
    if byte < 128:
        return byte, at
    value = byte & 127
    shift = 7
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value & _MASK64, at
        shift += 7
        if shift > 63:
            raise DecodeError("a number of more than ten bytes")


def read_tag(data: bytes, at: int) -> tuple[int, int]:
    """A field's number and wire type, as one number."""
    tag, after = read_varint(data, at)
    if tag > 0xFFFFFFFF or after - at > 5:
        raise DecodeError("a field number of more than 29 bits")
    return tag, after


def read_int32(data: bytes, at: int) -> tuple[int, int]:
    """int32, and the number of an enum value."""
    value, at = read_varint(data, at)
    value &= 0xFFFFFFFF
    return value - 0x100000000 if value > 0x7FFFFFFF else value, at


def read_int64(data: bytes, at: int) -> tuple[int, int]:
    """int64."""
    value, at = read_varint(data, at)
    return value - (1 << 64) if value >> 63 else value, at


def read_uint32(data: bytes, at: int) -> tuple[int, int]:
    """uint32."""
    value, at = read_varint(data, at)
    return value & 0xFFFFFFFF, at


read_uint64 = read_varint


def read_sint32(data: bytes, at: int) -> tuple[int, int]:
    """sint32."""
    value, at = read_varint(data, at)
    value &= 0xFFFFFFFF
    return value >> 1 ^ -(value & 1), at


def read_sint64(data: bytes, at: int) -> tuple[int, int]:
    """sint64."""
    value, at = read_varint(data, at)
    return value >> 1 ^ -(value & 1), at


def read_boolean(data: bytes, at: int) -> tuple[bool, int]:
    """bool."""
    value, at = read_varint(data, at)
    return value != 0, at


def _fixed(data: bytes, at: int, size: int, signed: bool) -> tuple[int, int]:
    after = at + size
    if after > len(data):
        raise IndexError
    return int.from_bytes(data[at:after], "little", signed=signed), after


def read_fixed32(data: bytes, at: int) -> tuple[int, int]:
    """fixed32."""
    return _fixed(data, at, 4, False)


def read_fixed64(data: bytes, at: int) -> tuple[int, int]:
    """fixed64."""
    return _fixed(data, at, 8, False)


def read_sfixed32(data: bytes, at: int) -> tuple[int, int]:
    """sfixed32."""
    return _fixed(data, at, 4, True)


def read_sfixed64(data: bytes, at: int) -> tuple[int, int]:
    """sfixed64."""
    return _fixed(data, at, 8, True)


def read_float(data: bytes, at: int) -> tuple[float, int]:
    """float."""
    if at + 4 > len(data):
        raise IndexError
    value: float = _UNPACK_FLOAT(data, at)[0]
    return value, at + 4


def read_double(data: bytes, at: int) -> tuple[float, int]:
    """double."""
    if at + 8 > len(data):
        raise IndexError
    value: float = _UNPACK_DOUBLE(data, at)[0]
    return value, at + 8


def read_span(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Where a length-delimited value of a message that ends at `end` starts and ends."""
    size = data[at]
    at += 1
    if size > 127:
        size, at = read_varint(data, at - 1)
    after = at + size
    if after > end or size > _LONGEST:
        raise DecodeError("a field that is longer than its message")
    return at, after


def read_string(data: bytes, at: int, end: int) -> tuple[str, int]:
    """string; UnicodeDecodeError where it is no UTF-8."""
    start, after = read_span(data, at, end)
    return data[start:after].decode(), after


def read_bytes(data: bytes, at: int, end: int) -> tuple[bytes, int]:
    """bytes."""
    start, after = read_span(data, at, end)
    return data[start:after], after


def deeper(depth: int) -> int:
    """One message further in; DecodeError when that is too far."""
    if depth >= _MOST_NESTED:
        raise DecodeError(f"messages are nested more than {_MOST_NESTED} deep")
    return depth + 1


def skip(data: bytes, at: int, end: int, tag: int, depth: int) -> int:
    """Passes over an unknown field whose tag was just read; the place behind it."""
    if tag < 8:
        raise DecodeError("field number 0")
    kind = tag & 7
    if kind == 0:
        return read_varint(data, at)[1]
    if kind == 1:
        return at + 8
    if kind == 2:
        return read_span(data, at, end)[1]
    if kind == 5:
        return at + 4
    if kind != 3:
        raise DecodeError("the end of a group that never began" if kind == 4 else f"wire type {kind}")
    depth = deeper(depth)
    while True:
        if at >= end:
            raise DecodeError("a group without an end")
        inner, at = read_tag(data, at)
        if inner & 7 == 4:
            if inner >> 3 != tag >> 3:
                raise DecodeError("a group that ends as another")
            return at
        at = skip(data, at, end, inner, depth)
