"""Typed ids of the guest ABI: 112 random bits and a letter.

Bits 63..56 of `high` hold the letter, bits 55..48 a second type byte (0 here, ignored on input);
the rest of `high` and all of `low` are random. Ids are interned by the kernel as `Id` objects that
carry their own wire form (`IdRaw`, proto/protosupport/v1), so that answers are built by joining bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

_MASK64 = (1 << 64) - 1
_MASK48 = (1 << 48) - 1


class IdKind(Enum):
    """What an id names: (letter, short name)."""

    CALL = ("c", "call")
    HOST = ("h", "host")
    METHOD = ("m", "method")
    SERVICE = ("s", "svc")
    FILE = ("f", "file")
    QUEUE = ("q", "queue")
    QUEUE_MESSAGE = ("m", "msg")
    ROW = ("r", "row")
    TEST = ("t", "test")
    NUTSDB = ("n", "nutsdb")

    def __init__(self, letter: str, short_name: str) -> None:
        self.letter = letter
        self.short_name = short_name


# Queue messages share their letter with methods; the kernel only ever meets methods.
_BY_LETTER = {ord(kind.letter): kind for kind in reversed(IdKind)}


def encode_varint(value: int) -> bytes:
    """The protobuf varint of an unsigned 64-bit value."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


class Id:
    """One id. Compared and hashed by (high without the second type byte, low).

    `wire` is the serialized `IdRaw` message. `is_nothing` marks the zero value (all bits set) and the
    empty value (all clear), which equal nothing, themselves included.
    """

    __slots__ = ("_key", "high", "is_nothing", "low", "wire")

    def __init__(self, high: int, low: int) -> None:
        self.high = high & _MASK64
        self.low = low & _MASK64
        self._key = (self.high & ~(0xFF << 48), self.low)
        bits = self.high & _MASK48
        self.is_nothing = (bits == 0 and self.low == 0) or (bits == _MASK48 and self.low == _MASK64)
        wire = b"" if self.high == 0 else b"\x08" + encode_varint(self.high)
        self.wire = wire if self.low == 0 else wire + b"\x10" + encode_varint(self.low)

    @classmethod
    def make(cls, kind: IdKind, random_high: int, random_low: int) -> Id:
        """An id of `kind` from 48 and 64 random bits."""
        return cls(ord(kind.letter) << 56 | random_high & _MASK48, random_low)

    @property
    def kind(self) -> IdKind | None:
        """What the letter says, or None for a letter nobody knows."""
        return _BY_LETTER.get(self.high >> 56)

    @property
    def short(self) -> str:
        """`[svc-7c20]`: short name and the low 16 bits."""
        return f"[{self._name}-{self.low & 0xFFFF:04x}]"

    @property
    def long(self) -> str:
        """`svc-TTTTTT-HHHHHHHH:LLLLLLLL-MMMM-NNNN`: all bits below the letter's."""
        return (
            f"{self._name}-{self.high >> 32 & 0xFFFFFF:06x}-{self.high & 0xFFFFFFFF:08x}"
            f":{self.low >> 32:08x}-{self.low >> 16 & 0xFFFF:04x}-{self.low & 0xFFFF:04x}"
        )

    @property
    def _name(self) -> str:
        kind = self.kind
        return kind.short_name if kind else "id"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Id) and self._key == other._key and not self.is_nothing

    def __hash__(self) -> int:
        return hash(self._key)

    def __repr__(self) -> str:
        return self.long


class IdSource:
    """Makes ids from a source of random bits given to it.

    Args:
        random_bits: `random_bits(n)` returns n random bits as an int (`random.Random(seed).getrandbits`).
    """

    def __init__(self, random_bits: Callable[[int], int]) -> None:
        self._random_bits = random_bits

    def new(self, kind: IdKind) -> Id:
        """A fresh id of `kind`; never a zero or empty value."""
        while True:
            made = Id.make(kind, self._random_bits(48), self._random_bits(64))
            if not made.is_nothing:
                return made


# Fixed ids of the ABI: all bits of `high` below the letter set, and a low word of their own.
LAUNCH_METHOD = Id(ord("m") << 56 | _MASK48, 0xFFFFFFFFFFFFFFF0)
EXIT_SERVICE = Id(ord("s") << 56 | _MASK48, 0xFFFFFFFFFFFFFFF1)
EXIT_METHOD = Id(ord("m") << 56 | _MASK48, 0xFFFFFFFFFFFFFFF2)
