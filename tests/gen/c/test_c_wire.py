"""What generated C writes the official library reads, the other way round, and both refuse the same."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from gen import schemas
from gen.c.native import Harness
from google.protobuf import text_format
from google.protobuf.message import DecodeError, Message
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
RICH = schemas.rich()
OFFICIAL = schemas.official(RICH)["Rich"]


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harness]:
    with Harness(tmp_path_factory.mktemp("rich"), RICH) as harness:
        yield harness


def both_ways(harness: Harness, theirs: Message) -> None:
    """Nothing of what the official library writes is lost, and what comes back is in its own order."""
    data = theirs.SerializeToString()
    back = harness.through(theirs.DESCRIPTOR.full_name, data)
    assert back is not None
    came = type(theirs).FromString(back)
    # Bytes are compared: in them a NaN equals itself.
    assert came.SerializeToString(deterministic=True) == theirs.SerializeToString(deterministic=True)
    assert len(back) == len(data)
    assert harness.through(theirs.DESCRIPTOR.full_name, back) == back


def same_verdict(harness: Harness, theirs: type[Message], data: bytes) -> None:
    """Both read it, and the same in it, or neither does."""
    back = harness.through(theirs.DESCRIPTOR.full_name, data)
    try:
        expected = theirs.FromString(data)
    except DecodeError:
        assert back is None
        return
    size = expected.ByteSize()
    expected.DiscardUnknownFields()
    if back is None:
        # The official library lets field number 0 pass in messages that have no fields, and only there.
        assert b"\x00" in data or any(byte < 8 for byte in data)
        assert not theirs.DESCRIPTOR.fields
        return
    came = theirs.FromString(back)
    if expected.ByteSize() < size and came != expected:
        # It keeps an entry of a map that has an unknown field as something unknown; others drop the field.
        schemas.without_maps(expected)
        schemas.without_maps(came)
    # As text, where all NaN are alike.
    assert text_format.MessageToString(came) == text_format.MessageToString(expected)


@given(st.data())
@settings(max_examples=150, suppress_health_check=[*SLOW, HealthCheck.function_scoped_fixture])
def test_every_kind_of_field_goes_both_ways(rich: Harness, data: st.DataObject) -> None:
    both_ways(rich, data.draw(schemas.filled(OFFICIAL)))


@given(st.data())
@settings(max_examples=300, suppress_health_check=[*SLOW, HealthCheck.function_scoped_fixture])
def test_spoiled_bytes_are_read_as_the_official_library_reads_them(
    rich: Harness, data: st.DataObject
) -> None:
    whole = data.draw(schemas.filled(OFFICIAL)).SerializeToString()
    same_verdict(rich, OFFICIAL, data.draw(schemas.spoiled(whole)))


@given(st.binary(max_size=40))
@settings(max_examples=300)
def test_any_bytes_are_read_as_the_official_library_reads_them(rich: Harness, data: bytes) -> None:
    same_verdict(rich, OFFICIAL, data)


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


@pytest.mark.parametrize("depth", [99, 100, 101])
def test_messages_are_nested_as_deep_as_the_official_library_lets_them(rich: Harness, depth: int) -> None:
    tag = varint(OFFICIAL.DESCRIPTOR.fields_by_name["itself"].number << 3 | 2)
    data = b""
    for _ in range(depth):
        data = tag + varint(len(data)) + data
    same_verdict(rich, OFFICIAL, data)
    unknown = 2015 << 3
    same_verdict(rich, OFFICIAL, varint(unknown | 3) * depth + varint(unknown | 4) * depth)


@pytest.mark.parametrize(
    "text",
    [
        *("c3a9", "e0a080", "ed9fbf", "ee8080", "f0908080", "f48fbfbf", "00", "6162636465666768c3a9"),
        *(
            "80",
            "c1bf",
            "c3",
            "e08080",
            "eda080",
            "f0808080",
            "f4908080",
            "f5808080",
            "ff",
            "6162636465666768ff",
        ),
    ],
)
def test_text_has_to_be_utf8(rich: Harness, text: str) -> None:
    field = OFFICIAL.DESCRIPTOR.fields_by_name["one_string"].number
    data = bytes.fromhex(text)
    same_verdict(rich, OFFICIAL, varint(field << 3 | 2) + varint(len(data)) + data)


@pytest.mark.parametrize("tag", ["", "00", "80808000", "8080808000", "80808010"])
@pytest.mark.parametrize(
    "value",
    [
        *("00", "8000", "80808080808080808000", "ffffffffffffffffff01", "ffffffffffffffffff02"),
        *(
            "ffffffffffffffffff7f",
            "8080808080808080807e",
            "8080808080808080808001",
            "ffffffff0f",
            "ffffffff1f",
        ),
        *("808080808001", "80", ""),
    ],
)
def test_varints_of_any_length(rich: Harness, tag: str, value: str) -> None:
    for number, start in ((5, 0x28), (8, 0x40), (3, 0x18), (14, 0x70)):
        assert OFFICIAL.DESCRIPTOR.fields_by_number[number].name.startswith("one_")
        data = bytes([start | 0x80 if tag else start]) + bytes.fromhex(tag + value)
        same_verdict(rich, OFFICIAL, data)
        same_verdict(rich, OFFICIAL, data + b"\x28\x01")


@pytest.mark.parametrize("length", ["00", "01", "8100", "8180808000", "818080808000", "81808080808080808000"])
@pytest.mark.parametrize("start", ["4a", "ba06", "fa7d"])
def test_lengths_of_any_length(rich: Harness, start: str, length: str) -> None:
    same_verdict(rich, OFFICIAL, bytes.fromhex(start + length + "01"))
    same_verdict(rich, OFFICIAL, bytes.fromhex(start + length) + b"\x28\x01")


def test_large_maps_and_lists(rich: Harness) -> None:
    draw = random.Random(7)
    message = OFFICIAL()
    for _ in range(3000):
        message.by_int32[draw.randrange(2000)] = str(draw.random())
        message.to_inner[draw.randrange(100)].numbers.append(draw.getrandbits(40))
        message.many_sint64.append(-draw.getrandbits(60))
    both_ways(rich, message)
    whole = message.SerializeToString()
    other = OFFICIAL()
    for key in message.by_int32:
        other.by_int32[key] = "the last one"
    same_verdict(rich, OFFICIAL, whole + other.SerializeToString())


@st.composite
def several(draw: st.DrawFn) -> list:
    return [draw(schemas.random_files(f"random{number}/v1/random")) for number in range(6)]


@seed(3)
@given(st.data())
@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck), database=None)
def test_random_schemas_go_both_ways(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    files = data.draw(several())
    with Harness(tmp_path_factory.mktemp("random"), *files) as harness:
        for file in files:
            for official in schemas.official(file).values():
                for _ in range(6):
                    message = data.draw(schemas.filled(official))
                    both_ways(harness, message)
                    same_verdict(harness, official, data.draw(schemas.spoiled(message.SerializeToString())))
