"""Bounded reading of bytes that may be garbage.

Guests are not trusted, and neither are their debug sections: a length may point anywhere, a number may never
end. Every read here is checked against the end of its range and costs no more than the bytes it takes, so
that a broken file gives an error with its place and never a hang or a huge allocation.
"""

from __future__ import annotations

_LONGEST_TEXT = 2000  # characters; generic names of Rust and C++ get long, but nobody reads more


class MalformedError(ValueError):
    """Bytes that do not follow their format.

    Attributes:
        what: what is wrong, one sentence without the place.
        offset: where, in bytes from the start of what was read.
    """

    def __init__(self, what: str, offset: int) -> None:
        super().__init__(f"{what} (at byte {offset:#x})")
        self.what = what
        self.offset = offset


class WasmFormatError(MalformedError):
    """Not a WebAssembly binary, or a damaged one; `offset` counts from the start of the file."""


class DwarfError(MalformedError):
    """Debug information that cannot be used; `offset` counts from the start of its section."""


class ByteReader:
    """Reads numbers and texts from `data[pos:end]`, little-endian, and moves `pos` on.

    Every method raises `error` when the bytes run out or break their format.
    """

    __slots__ = ("_error", "data", "end", "pos")

    def __init__(
        self,
        data: bytes,
        pos: int = 0,
        end: int | None = None,
        *,
        error: type[MalformedError] = WasmFormatError,
    ) -> None:
        self.data = data
        self.pos = pos
        self.end = len(data) if end is None else end
        self._error = error
        if not 0 <= pos <= self.end <= len(data):
            raise error("a reference points outside the data", pos)

    @property
    def left(self) -> int:
        """Bytes not read yet."""
        return self.end - self.pos

    def fail(self, what: str) -> MalformedError:
        """The error to raise for something wrong at the current place."""
        return self._error(what, self.pos)

    def take(self, count: int) -> bytes:
        """The next `count` bytes."""
        start = self.pos
        self.skip(count)
        return self.data[start : self.pos]

    def skip(self, count: int) -> None:
        """Passes over `count` bytes."""
        if count > self.left:
            raise self.fail(f"{count} bytes expected, {self.left} left")
        self.pos += count

    def u8(self) -> int:
        """One byte."""
        if self.pos >= self.end:
            raise self.fail("the data ends where a byte is expected")
        byte = self.data[self.pos]
        self.pos += 1
        return byte

    def uint(self, size: int) -> int:
        """An unsigned number of `size` bytes."""
        return int.from_bytes(self.take(size), "little")

    def uleb(self, bits: int = 64) -> int:
        """An unsigned LEB128 number of at most `bits` bits, in no more bytes than those need."""
        start = self.pos
        if start < self.end and (byte := self.data[start]) < 0x80:  # nearly all of them
            self.pos = start + 1
            return byte
        result = shift = 0
        while shift < bits:
            byte = self.u8()
            result |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                if result >> bits:
                    raise self._error(f"a number does not fit {bits} bits", start)
                return result
        raise self._error(f"a number is longer than {bits} bits allow", start)

    def sleb(self, bits: int = 64) -> int:
        """A signed LEB128 number of at most `bits` bits."""
        result = shift = 0
        start = self.pos
        while shift < bits:
            byte = self.u8()
            result |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return result - (1 << shift) if byte & 0x40 else result
        raise self._error(f"a number is longer than {bits} bits allow", start)

    def cstring(self) -> bytes:
        """Bytes up to the next NUL, which is passed over."""
        nul = self.data.find(0, self.pos, self.end)
        if nul < 0:
            raise self.fail("a text has no end")
        found = self.data[self.pos : nul]
        self.pos = nul + 1
        return found

    def name(self) -> str:
        """A WebAssembly name: its length in bytes, then UTF-8."""
        start = self.pos
        try:
            return self.take(self.uleb(32)).decode()
        except UnicodeDecodeError:
            raise self._error("a name is not UTF-8", start) from None


def text(raw: bytes) -> str:
    """Names and paths of a guest for people: nothing that is not printable, nothing endless."""
    found = raw[: 4 * _LONGEST_TEXT].decode("utf-8", "replace")
    if len(found) > _LONGEST_TEXT:
        found = found[:_LONGEST_TEXT] + "…"
    return found if found.isprintable() else "".join(c if c.isprintable() else "\ufffd" for c in found)
