"""The same protobuf message written otherwise: a strategy for every way that the wire format allows."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import strategies as st
from parigot.ids import encode_varint


@st.composite
def spelled(draw: st.DrawFn, data: bytes, message: str) -> bytes:
    """`data` written in another way that protobuf allows, most of the time."""
    fields = list(_fields(data))
    if draw(st.integers(0, 3)) == 0:
        fields = draw(st.permutations(fields))
    out = b""
    for number, kind, value in fields:
        if draw(st.integers(0, 9)) == 0:
            out += draw(_unknown())
        tag = _long(draw, number << 3 | kind)
        if kind == 0:
            assert isinstance(value, int)
            out += tag + _long(draw, value)
            continue
        assert isinstance(value, bytes)
        inner_message = _PARTS[message].get(number)
        if inner_message:
            parts = [value]
            if draw(st.integers(0, 9)) == 0:  # parts of one message, to be merged
                inner = [_written(*field) for field in _fields(value)]
                cut = draw(st.integers(0, len(inner)))
                parts = [b"".join(inner[:cut]), b"".join(inner[cut:])]
            for part in parts:
                part = draw(spelled(part, inner_message))
                out += tag + _long(draw, len(part)) + part
        else:
            out += tag + _long(draw, len(value)) + value
    if draw(st.integers(0, 9)) == 0:
        out += draw(_unknown())
    return out


# Which fields of which message are messages themselves.
_PARTS = {
    "dispatch": {1: "bundle", 3: "any"},
    "return": {1: "bundle", 2: "any"},
    "read": {2: "id"},
    "bundle": {1: "id", 2: "id", 3: "id", 4: "id"},
    "any": {},
    "id": {},
}


def _long(draw: st.DrawFn, value: int) -> bytes:
    plain = encode_varint(value)
    if draw(st.integers(0, 19)) or len(plain) > 4:
        return plain
    more = draw(st.integers(1, 5 - len(plain)))
    return plain[:-1] + bytes((plain[-1] | 0x80,)) + b"\x80" * (more - 1) + b"\x00"


def _unknown() -> st.SearchStrategy[bytes]:
    """A field that no message here has."""
    return st.sampled_from(
        [b"\x78\x01", b"\x7a\x03abc", b"\x7d1234", b"\x7912345678", b"\x7b\x7c", b"\xfa\x07\x00"]
    )


def _fields(data: bytes) -> Iterator[tuple[int, int, int | bytes]]:
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        value, at = _varint(data, at)
        if key & 7 == 2:
            yield key >> 3, 2, data[at : at + value]
            at += value
        else:
            assert key & 7 == 0
            yield key >> 3, 0, value


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        at += 1
        shift += 7
        if data[at - 1] < 0x80:
            return value, at


def _written(number: int, kind: int, value: int | bytes) -> bytes:
    key = encode_varint(number << 3 | kind)
    if isinstance(value, int):
        return key + encode_varint(value)
    return key + encode_varint(len(value)) + value


@st.composite
def damaged(draw: st.DrawFn, data: bytes) -> bytes:
    """`data`, sometimes cut, changed or with more behind it."""
    how = draw(st.sampled_from(["whole", "whole", "cut", "changed", "more"]))
    if how == "cut":
        return data[: draw(st.integers(0, len(data)))]
    if how == "changed" and data:
        place = draw(st.integers(0, len(data) - 1))
        return data[:place] + bytes((draw(st.integers(0, 255)),)) + data[place + 1 :]
    if how == "more":
        return data + draw(st.binary(max_size=4))
    return data
