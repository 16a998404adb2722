"""Ids: their bits, their two written forms, their wire form, and the two values that equal nothing."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parigot.ids import (
    EXIT_METHOD,
    EXIT_SERVICE,
    LAUNCH_METHOD,
    Id,
    IdKind,
    IdSource,
    encode_varint,
)
from parigot.pb.protosupport.v1.protosupport_pb2 import IdRaw

MASK64 = (1 << 64) - 1
MASK48 = (1 << 48) - 1
word = st.integers(0, MASK64) | st.sampled_from([0, 1, MASK48, MASK64, 1 << 63, 0x7F, 0x80])
kinds = st.sampled_from(IdKind)
ids = st.builds(Id, word, word)


@given(kinds, word, word)
def test_an_id_is_a_letter_and_112_random_bits(kind: IdKind, high: int, low: int) -> None:
    made = Id.make(kind, high, low)
    assert made.high >> 56 == ord(kind.letter)
    assert made.high >> 48 & 0xFF == 0
    assert made.high & MASK48 == high & MASK48
    assert made.low == low
    # Queue messages share their letter with methods; a method is what the kernel takes it for.
    assert made.kind is (IdKind.METHOD if kind is IdKind.QUEUE_MESSAGE else kind)


@given(ids)
def test_the_wire_form_is_what_protobuf_writes(made: Id) -> None:
    assert made.wire == IdRaw(high=made.high, low=made.low).SerializeToString()
    parsed = IdRaw.FromString(made.wire)
    assert (parsed.high, parsed.low) == (made.high, made.low)


@given(word)
def test_varints(value: int) -> None:
    field = IdRaw(low=value).SerializeToString()
    assert field == (b"\x10" + encode_varint(value) if value else b"")


@given(ids)
def test_the_long_form_has_every_bit_below_the_letter(made: Id) -> None:
    shape = r"(call|host|method|svc|file|queue|row|test|nutsdb|id)-(\w{6})-(\w{8}):(\w{8})-(\w{4})-(\w{4})"
    found = re.fullmatch(shape, made.long)
    assert found is not None
    digits = "".join(found.groups()[1:])
    assert digits == digits.lower()
    assert int(digits, 16) == (made.high & (1 << 56) - 1) << 64 | made.low
    assert repr(made) == made.long
    assert made.short == f"[{found.group(1)}-{found.group(6)}]"


def test_the_forms_of_the_abi() -> None:
    made = Id(0x73_00_123456789ABC, 0xFEDCBA9876547C20)
    assert made.short == "[svc-7c20]"
    assert made.long == "svc-001234-56789abc:fedcba98-7654-7c20"
    names = {kind.letter: kind.short_name for kind in IdKind if kind is not IdKind.QUEUE_MESSAGE}
    assert names == {
        "c": "call", "h": "host", "m": "method", "s": "svc", "f": "file", "q": "queue", "r": "row",
        "t": "test", "n": "nutsdb",
    }  # fmt: skip
    assert IdKind.QUEUE_MESSAGE.letter == "m"
    assert Id(0x7A << 56 | 1, 0x12345).short == "[id-2345]"
    assert Id(0x7A << 56 | 1, 1).kind is None


@given(kinds, word, word, st.integers(0, 255), st.integers(0, 255))
def test_the_second_type_byte_does_not_count(kind: IdKind, high: int, low: int, one: int, two: int) -> None:
    first = Id(Id.make(kind, high, low).high | one << 48, low)
    second = Id(Id.make(kind, high, low).high | two << 48, low)
    assert hash(first) == hash(second)
    assert (first == second) is (not first.is_nothing)


@given(ids, ids)
def test_different_bits_are_different_ids(one: Id, two: Id) -> None:
    same = (one.high & ~(0xFF << 48), one.low) == (two.high & ~(0xFF << 48), two.low)
    assert (one == two) is (same and not one.is_nothing)
    assert one != one.long
    assert one != (one.high, one.low)


@pytest.mark.parametrize("letter", [0, ord("c"), ord("s"), 0xFF])
@pytest.mark.parametrize("second", [0, 0x5A, 0xFF])
@pytest.mark.parametrize(("bits", "low"), [(0, 0), (MASK48, MASK64)])
def test_zero_and_empty_equal_nothing(letter: int, second: int, bits: int, low: int) -> None:
    made = Id(letter << 56 | second << 48 | bits, low)
    other = Id(letter << 56 | second << 48 | bits, low)
    assert made.is_nothing
    assert made != other
    assert made != made
    assert not made == made  # noqa: SIM201


@pytest.mark.parametrize(("bits", "low"), [(0, MASK64), (MASK48, 0), (0, 1), (1, 0), (MASK48, MASK64 - 1)])
def test_their_neighbours_are_ids(bits: int, low: int) -> None:
    made = Id(ord("s") << 56 | bits, low)
    assert not made.is_nothing
    assert made == Id(made.high, made.low)


def test_a_source_gives_what_its_bits_say_and_never_nothing() -> None:
    answers = iter([0, 0, MASK48, MASK64, 7, 9])
    asked: list[int] = []

    def bits(count: int) -> int:
        asked.append(count)
        return next(answers)

    made = IdSource(bits).new(IdKind.SERVICE)
    assert (made.high, made.low) == (ord("s") << 56 | 7, 9)
    assert asked == [48, 64] * 3


def test_the_same_seed_gives_the_same_ids() -> None:
    first, second = (IdSource(random.Random(11).getrandbits) for _ in range(2))
    one = [first.new(kind) for kind in IdKind for _ in range(50)]
    assert one == [second.new(kind) for kind in IdKind for _ in range(50)]
    assert len(set(one)) == len(one)


def test_fixed_ids() -> None:
    assert (LAUNCH_METHOD.high, LAUNCH_METHOD.low) == (0x6D00FFFFFFFFFFFF, 0xFFFFFFFFFFFFFFF0)
    assert (EXIT_SERVICE.high, EXIT_SERVICE.low) == (0x7300FFFFFFFFFFFF, 0xFFFFFFFFFFFFFFF1)
    assert (EXIT_METHOD.high, EXIT_METHOD.low) == (0x6D00FFFFFFFFFFFF, 0xFFFFFFFFFFFFFFF2)
    assert not any(fixed.is_nothing for fixed in (LAUNCH_METHOD, EXIT_SERVICE, EXIT_METHOD))
