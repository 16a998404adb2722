"""Call ids: a random part for each guest, and a count that makes each call's its own."""

from __future__ import annotations

from collections.abc import Callable

_MORE = [bytes((n | 0x80,)) for n in range(128)]  # bytes of a varint that is not over
_BLOCK = 1 << 14


class CallIds:
    """Makes the wire form (IdRaw) of ids that no other call in flight has.

    The first 14 bits of the low word count; the others are random, and new after each 16,384 ids.

    Args:
        random_bytes: where chance comes from.
    """

    def __init__(self, random_bytes: Callable[[int], bytes]) -> None:
        self._random_bytes = random_bytes
        # `high`: the letter, a second type byte of 0, 48 random bits; as a varint of nine bytes.
        random = int.from_bytes(random_bytes(6), "little")
        groups = [random >> shift & 0x7F for shift in range(0, 42, 7)]
        self._head = (
            b"\x08" + bytes(group | 0x80 for group in groups) + bytes((random >> 42 | 0x80, 0x80, 0x63, 0x10))
        )
        self._tail = b""
        self._count = -1

    def new(self) -> bytes:
        """The next id."""
        self._count = count = (self._count + 1) % _BLOCK
        if count == 0:
            random = int.from_bytes(self._random_bytes(7), "little")
            groups = [random >> shift & 0x7F for shift in range(0, 49, 7)]
            # The last bit is set, so that the varint has ten bytes, and low is never 0.
            self._tail = bytes(group | 0x80 for group in groups) + b"\x01"
        return self._head + _MORE[count & 0x7F] + _MORE[count >> 7] + self._tail
