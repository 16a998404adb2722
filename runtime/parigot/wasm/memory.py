"""A guest's linear memory, bounds checked.

Its base never moves (the engine reserves the whole address range), so one view serves until the memory
grows; a length that does not fit is looked up again before it is refused.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

_U32 = struct.Struct("<I")
_ZERO = bytes(4)
_U64 = struct.Struct("<Q")


class OutOfBounds(Exception):
    """A guest named bytes that its memory does not have."""


class Memory:
    """Reads and writes bytes of a guest.

    Args:
        map_now: returns a view of the whole memory as it is now.

    Attributes:
        view: the memory as it was when last looked at: all of it, or less. What lies within may be read
            and written there directly; a slice that comes out short, or does not take what it should, has
            to go through the methods.
    """

    def __init__(self, map_now: Callable[[], memoryview]) -> None:
        self._map_now = map_now
        self.view = map_now()
        self._size = len(self.view)

    @property
    def size(self) -> int:
        """Bytes now."""
        self._refresh()
        return self._size

    def _refresh(self) -> None:
        self.view = self._map_now()
        self._size = len(self.view)

    def read(self, address: int, size: int) -> bytes:
        """`size` bytes from `address`; raises OutOfBounds."""
        end = address + size
        if end > self._size:
            self._refresh()
            if end > self._size:
                raise OutOfBounds(f"{size} bytes at {address:#x}; the memory has {self._size}")
        return self.view[address:end].tobytes()

    def write(self, address: int, data: bytes) -> None:
        """Puts `data` at `address`; raises OutOfBounds."""
        end = address + len(data)
        if end > self._size:
            self._refresh()
            if end > self._size:
                raise OutOfBounds(f"{len(data)} bytes at {address:#x}; the memory has {self._size}")
        self.view[address:end] = data

    def write_and_clear(self, address: int, data: bytes, word: int) -> None:
        """Puts `data` at `address` and a zero u32 at `word`, as one; raises OutOfBounds."""
        end = address + len(data)
        if end > self._size or word + 4 > self._size:
            self.check(address, len(data))
            self.check(word, 4)
        view = self.view
        view[address:end] = data
        view[word : word + 4] = _ZERO

    def check(self, address: int, size: int) -> None:
        """Raises OutOfBounds unless `size` bytes at `address` are there."""
        if address + size > self._size:
            self._refresh()
            if address + size > self._size:
                raise OutOfBounds(f"{size} bytes at {address:#x}; the memory has {self._size}")

    def read_u32(self, address: int) -> int:
        """A little-endian u32."""
        self.check(address, 4)
        return int(_U32.unpack_from(self.view, address)[0])

    def write_u32(self, address: int, value: int) -> None:
        """A little-endian u32."""
        if address + 4 > self._size:
            self.check(address, 4)
        _U32.pack_into(self.view, address, value & 0xFFFFFFFF)

    def read_u64(self, address: int) -> int:
        """A little-endian u64."""
        self.check(address, 8)
        return int(_U64.unpack_from(self.view, address)[0])

    def write_u64(self, address: int, value: int) -> None:
        """A little-endian u64."""
        self.check(address, 8)
        _U64.pack_into(self.view, address, value & 0xFFFFFFFFFFFFFFFF)


class NoMemory(Memory):
    """The memory of a guest whose instance is not there: nothing is within its bounds."""

    def __init__(self) -> None:
        super().__init__(lambda: memoryview(bytearray()))
