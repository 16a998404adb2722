"""The messages around a call, joined and taken apart by hand: what a guest in Python says to the kernel.

Ids stay the bytes that the kernel gave (`IdRaw`), since nobody here looks into them. Everything that a
guest's calls of one method have in common is joined once; see `driver`.
"""

from __future__ import annotations

from collections.abc import Mapping

from parigot.ids import EXIT_METHOD, LAUNCH_METHOD, encode_varint

SHORT = [bytes((n,)) for n in range(128)]  # varints of one byte
TIMED_OUT = b"\x08\x01"
"""The event that means that read_one ended without one: ReadOneResponse{timeout: true}."""

_TYPE_PREFIX = "type.googleapis.com/"
_BOTH_WAYS = b"\x20\x03"  # BindMethodRequest.direction
_FOR_EVER = b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"  # ReadOneRequest.timeout_in_millis: -1

Value = int | bytes


class Malformed(Exception):
    """Bytes that are not what they should be."""


def field(tag: bytes, payload: bytes) -> bytes:
    """A length-delimited field; `tag` is the encoded key."""
    size = len(payload)
    return tag + (SHORT[size] if size < 128 else encode_varint(size)) + payload


def varint(data: bytes, at: int) -> tuple[int, int]:
    """The varint at `at`, and what comes after it.

    Raises:
        Malformed: there is none.
    """
    value = shift = 0
    for place in range(at, min(at + 10, len(data))):
        byte = data[place]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place + 1
        shift += 7
    raise Malformed("a number is cut off or too long")


def fields(data: bytes) -> list[tuple[int, Value]]:
    """All fields of a message, (number, value), in their order; those of fixed size are left out.

    Raises:
        Malformed
    """
    found: list[tuple[int, Value]] = []
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = varint(data, at)
            found.append((key >> 3, value))
            continue
        if kind == 2:
            size, at = varint(data, at)
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
        else:
            raise Malformed(f"wire type {kind}")
        if size > len(data) - at:
            raise Malformed("a field is cut off")
        if kind == 2:
            found.append((key >> 3, data[at : at + size]))
        at += size
    return found


def last_bytes(data: bytes, number: int) -> bytes:
    """The last length-delimited field of that number, or b""."""
    found = b""
    for key, value in fields(data):
        if key == number and isinstance(value, bytes):
            found = value
    return found


def all_bytes(data: bytes, number: int) -> list[bytes]:
    """All length-delimited fields of that number."""
    return [value for key, value in fields(data) if key == number and isinstance(value, bytes)]


def last_number(data: bytes, number: int) -> int:
    """The last int32 of that number, or 0."""
    found = 0
    for key, value in fields(data):
        if key == number and isinstance(value, int):
            found = value & 0xFFFFFFFF
    return found - (1 << 32) if found >> 31 else found


# --- Any ----------------------------------------------------------------------------------------------


def any_head(full_name: str) -> bytes:
    """The first field of an Any with a message of that name."""
    return field(b"\x0a", (_TYPE_PREFIX + full_name).encode())


def any_of(head: bytes, value: bytes) -> bytes:
    """An Any; see `any_head`."""
    if not value:
        return head
    size = len(value)
    return head + b"\x12" + (SHORT[size] if size < 128 else encode_varint(size)) + value


def any_value(data: bytes, at: int, head: bytes) -> bytes:
    """The message in the Any whose tag is at `at`, the last field of `data`; b"" where there is no Any.

    Args:
        head: that of the type which it must have.

    Raises:
        Malformed: it is none, or holds another type.
    """
    whole = len(data)
    if at == whole:
        return b""
    start = at + 2
    if data[at + 1 : start] > b"\x7f":
        _, start = varint(data, at + 1)
    if data.startswith(head, start):
        # As everybody writes it: the type, then the value, if it is not empty.
        after = start + len(head)
        if after == whole:
            return b""
        if data[after] == 0x12:
            size, first = varint(data, after + 1)
            if first + size == whole:
                return data[first:]
    outer = fields(data[at:])
    if len(outer) != 1 or not isinstance(outer[0][1], bytes):
        raise Malformed("not one Any")
    packed = outer[0][1]
    url, wanted = last_bytes(packed, 1), last_bytes(head, 1)
    if packed and url.rpartition(b"/")[2] != wanted.rpartition(b"/")[2]:
        raise Malformed(f"a {url.rpartition(b'/')[2].decode(errors='replace')}")
    return last_bytes(packed, 2)


# --- requests -----------------------------------------------------------------------------------------


def host_id(environ: Mapping[str, str]) -> bytes:
    """The guest's own id, from HOSTID_HIGH and HOSTID_LOW."""
    high, low = (int(environ.get(f"HOSTID_{part}", "0"), 16) for part in ("HIGH", "LOW"))
    wire = b"\x08" + encode_varint(high) if high else b""
    return wire + b"\x10" + encode_varint(low) if low else wire


def name(package: str, service: str) -> bytes:
    """FullyQualifiedService."""
    return field(b"\x0a", package.encode()) + field(b"\x12", service.encode())


def register(host: bytes, debug_name: str) -> bytes:
    """RegisterRequest."""
    return field(b"\x0a", host) + field(b"\x12", debug_name.encode())


def require(service: bytes, names: list[tuple[str, str]]) -> bytes:
    """RequireRequest."""
    return b"".join(field(b"\x0a", name(*one)) for one in names) + field(b"\x12", service)


def export(host: bytes, service: bytes, package: str, called: str) -> bytes:
    """ExportRequest."""
    return field(b"\x0a", service) + field(b"\x12", name(package, called)) + field(b"\x1a", host)


def bind_method(host: bytes, service: bytes, method: str) -> bytes:
    """BindMethodRequest."""
    return field(b"\x0a", host) + field(b"\x12", service) + field(b"\x1a", method.encode()) + _BOTH_WAYS


def launch(host: bytes, service: bytes, call: bytes) -> bytes:
    """LaunchRequest."""
    ids = (b"\x0a", service), (b"\x12", call), (b"\x1a", host), (b"\x22", LAUNCH_METHOD.wire)
    return b"".join(field(tag, one) for tag, one in ids)


def locate(service: bytes, package: str, called: str) -> bytes:
    """LocateRequest."""
    return name(package, called) + field(b"\x1a", service)


def exit_request(host: bytes, service: bytes, call: bytes, code: int) -> bytes:
    """ExitRequest, for this guest alone."""
    ids = (b"\x0a", exit_pair(service, code)), (b"\x12", call), (b"\x1a", host), (b"\x22", EXIT_METHOD.wire)
    return b"".join(field(tag, one) for tag, one in ids)


def exit_value(host: bytes, service: bytes, call: bytes, code: int) -> bytes:
    """ReturnValueRequest with which a guest resolves its own exit call."""
    ids = (b"\x0a", host), (b"\x12", service), (b"\x1a", EXIT_METHOD.wire), (b"\x22", call)
    bundle = b"".join(field(tag, one) for tag, one in ids)
    value = field(b"\x0a", exit_pair(service, code))
    return field(b"\x0a", bundle) + field(b"\x12", any_of(any_head("syscall.v1.ExitResponse"), value))


def exit_pair(service: bytes, code: int) -> bytes:
    """ExitPair."""
    return field(b"\x0a", service) + (b"\x10" + encode_varint(code) if code else b"")


def read_one(host: bytes, timeout_ms: int) -> bytes:
    """ReadOneRequest; below 0 waits for ever."""
    if timeout_ms < 0:
        return _FOR_EVER + field(b"\x12", host)
    return (b"\x08" + encode_varint(timeout_ms) if timeout_ms else b"") + field(b"\x12", host)


def bundle_head(host: bytes, service: bytes, method: bytes) -> bytes:
    """MethodBundle up to its call id; the same for all calls of a caller to a method."""
    return field(b"\x0a", host) + field(b"\x12", service) + field(b"\x1a", method)


def failed(bundle: bytes, code: int) -> bytes:
    """ReturnValueRequest with an error."""
    return field(b"\x0a", bundle) + b"\x18" + encode_varint(code & 0xFFFFFFFFFFFFFFFF)
