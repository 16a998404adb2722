"""The step after linking a C guest: its two ABI globals get their values.

The ABI wants exported, immutable i32 globals whose *value* is the number. From C one can only export a
constant, and wasm-ld then exports its *address* (there is no `--defsym` for wasm, and inline assembly can
declare a global but not its value). So the SDK defines constants of those names, and here the address in
each global is replaced by the number that lies at that address in the data segments. Nothing else changes:
function indices, code and DWARF stay as they are, because no offset in them counts from before the code.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

GLOBALS = ("parigot_abi", "parigot_receive_buffer_size")

_IMPORT, _GLOBAL, _EXPORT, _DATA = 2, 6, 7, 11
_I32, _I32_CONST, _END = 0x7F, 0x41, 0x0B
_MAGIC = b"\0asm\x01\0\0\0"


class _Reader:
    """Walks bytes of a wasm section."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def byte(self) -> int:
        self.at += 1
        return self.data[self.at - 1]

    def take(self, count: int) -> bytes:
        self.at += count
        if self.at > len(self.data):
            raise IndexError(self.at)
        return self.data[self.at - count : self.at]

    def unsigned(self) -> int:
        value = shift = 0
        while (byte := self.byte()) & 0x80:
            value |= (byte & 0x7F) << shift
            shift += 7
        return value | byte << shift

    def signed(self) -> int:
        start = self.at
        value = self.unsigned()
        bits = 7 * (self.at - start)
        return value - (1 << bits) if value >> (bits - 1) else value

    def name(self) -> str:
        return self.take(self.unsigned()).decode()


def postlink(module: bytes) -> bytes:
    """The module with the values of its ABI globals in place.

    A module that exports none of them, or has been through here, comes back unchanged.

    Raises:
        ValueError: not a core wasm module, or a constant is not in its data.
    """
    if not module.startswith(_MAGIC):
        raise ValueError("not a wasm module")
    try:
        sections = list(_sections(module))
        parts = {kind: body for kind, body in sections if kind}
        wanted = _exported_globals(parts.get(_EXPORT, b"\0"))
        if not wanted:
            return module
        first = _imported_globals(parts.get(_IMPORT, b"\0"))
        segments = list(_segments(parts.get(_DATA, b"\0")))
        globals_, addresses = _globals(parts[_GLOBAL])
        for name, index in wanted.items():
            address = addresses[index - first]
            if name == "parigot_abi" and address == 1:
                return module
            if address is None:
                raise ValueError(f"{name} is not a constant")
            value = _read_u32(segments, address, name)
            globals_[index - first] = bytes([_I32, 0, _I32_CONST]) + _signed(value) + bytes([_END])
    except (IndexError, UnicodeDecodeError, KeyError) as error:
        raise ValueError("the wasm module is truncated or malformed") from error
    body = _unsigned(len(globals_)) + b"".join(globals_)
    return _MAGIC + b"".join(
        bytes([kind]) + _unsigned(len(new)) + new
        for kind, old in sections
        for new in [body if kind == _GLOBAL else old]
    )


def add_constants(module: bytes, values: Mapping[str, int]) -> bytes:
    """The module with further exported, immutable i32 globals: for compilers that cannot export any.

    Raises:
        ValueError: not a core wasm module, or it exports one of these names already.
    """
    if not module.startswith(_MAGIC):
        raise ValueError("not a wasm module")
    try:
        sections = list(_sections(module))
        parts = {kind: body for kind, body in sections if kind}
        if _GLOBAL not in parts or _EXPORT not in parts:
            raise ValueError("the wasm module has no globals or no exports")
        if any(_unsigned(len(name)) + name.encode() + b"\x03" in parts[_EXPORT] for name in values):
            raise ValueError("the wasm module has its ABI globals already")
        index = _imported_globals(parts.get(_IMPORT, b"\0")) + _Reader(parts[_GLOBAL]).unsigned()
        globals_ = [
            bytes([_I32, 0, _I32_CONST]) + _signed(value) + bytes([_END]) for value in values.values()
        ]
        exports = [
            _unsigned(len(name)) + name.encode() + b"\x03" + _unsigned(index + place)
            for place, name in enumerate(values)
        ]
        added = {_GLOBAL: globals_, _EXPORT: exports}
        made = [(kind, _appended(body, added[kind]) if kind in added else body) for kind, body in sections]
    except (IndexError, UnicodeDecodeError, KeyError) as error:
        raise ValueError("the wasm module is truncated or malformed") from error
    return _MAGIC + b"".join(bytes([kind]) + _unsigned(len(body)) + body for kind, body in made)


def _appended(body: bytes, entries: list[bytes]) -> bytes:
    reader = _Reader(body)
    count = reader.unsigned()
    return _unsigned(count + len(entries)) + body[reader.at :] + b"".join(entries)


def _sections(module: bytes) -> Iterator[tuple[int, bytes]]:
    reader = _Reader(module)
    reader.at = len(_MAGIC)
    while reader.at < len(module):
        kind = reader.byte()
        yield kind, reader.take(reader.unsigned())


def _exported_globals(body: bytes) -> dict[str, int]:
    reader = _Reader(body)
    found: dict[str, int] = {}
    for _ in range(reader.unsigned()):
        name, kind, index = reader.name(), reader.byte(), reader.unsigned()
        if kind == 3 and name in GLOBALS:
            found[name] = index
    return found


def _imported_globals(body: bytes) -> int:
    """How many globals are imported: their indices come before the module's own."""
    reader = _Reader(body)

    def limits() -> None:
        flags = reader.byte()
        reader.unsigned()
        if flags & 1:
            reader.unsigned()

    def table() -> None:
        reader.byte()
        limits()

    skip: dict[int, Callable[[], object]] = {
        0: reader.unsigned,
        1: table,
        2: limits,
        3: lambda: reader.take(2),
        4: lambda: (reader.byte(), reader.unsigned()),
    }
    count = 0
    for _ in range(reader.unsigned()):
        reader.name()
        reader.name()
        kind = reader.byte()
        skip[kind]()
        count += kind == 3
    return count


def _globals(body: bytes) -> tuple[list[bytes], list[int | None]]:
    """Each global's bytes, and its value where that is a plain i32.const."""
    reader = _Reader(body)
    raw: list[bytes] = []
    values: list[int | None] = []
    for _ in range(reader.unsigned()):
        start = reader.at
        kind, mutable, opcode = reader.byte(), reader.byte(), reader.byte()
        if opcode == _I32_CONST or opcode == 0x42:
            number = reader.signed()
        elif opcode in (0x43, 0x44):
            reader.take(4 if opcode == 0x43 else 8)
        else:
            reader.unsigned()  # global.get, ref.func, ref.null
        if reader.byte() != _END:
            raise ValueError("a global has an initial value that is not one constant")
        raw.append(body[start : reader.at])
        values.append(number if (kind, mutable, opcode) == (_I32, 0, _I32_CONST) else None)
    return raw, values


def _segments(body: bytes) -> Iterator[tuple[int, bytes]]:
    """Active data segments of the first memory: (address, bytes)."""
    reader = _Reader(body)
    for _ in range(reader.unsigned()):
        kind = reader.unsigned()
        if kind == 2:
            reader.unsigned()
        address = None
        if kind != 1:
            if reader.byte() == _I32_CONST:
                address = reader.signed()
                reader.byte()
            else:
                raise ValueError("a data segment has an address that is not a constant")
        data = reader.take(reader.unsigned())
        if address is not None:
            yield address, data


def _read_u32(segments: list[tuple[int, bytes]], address: int, name: str) -> int:
    for start, data in segments:
        if start <= address and address + 4 <= start + len(data):
            return int.from_bytes(data[address - start : address - start + 4], "little")
    raise ValueError(f"{name} is not in the module's data")


def _unsigned(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _signed(value: int) -> bytes:
    out = bytearray()
    while not -64 <= value < 64:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value & 0x7F])


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        file = Path(argument)
        file.write_bytes(postlink(file.read_bytes()))
