"""Between bytes and records: reads the guests' requests, builds the answers and events.

Requests are parsed by the protobuf runtime. Answers and events are joined from parts that are serialized
already (ids know their wire form, parameters and results pass through as bytes), because building messages
field by field costs more than everything else in a call. For the same reason the requests of the hot path
are first compared with what the kernel expects to see; whatever does not fit byte for byte is parsed.
"""

from __future__ import annotations

import re
from typing import TypeVar

from google.protobuf.message import DecodeError, Message

from parigot.errors import KernelErr, KernelError
from parigot.ids import Id, encode_varint
from parigot.pb.protosupport.v1.protosupport_pb2 import IdRaw
from parigot.pb.syscall.v1 import syscall_pb2 as messages

M = TypeVar("M", bound=Message)

Key = tuple[int, int]
_IGNORE_TYPE_BYTE = ~(0xFF << 48)
_RANDOM_BITS = (1 << 48) - 1
SHORT = [bytes((n,)) for n in range(128)]  # varints of one byte


def parse(kind: type[M], request: bytes) -> M:
    """The message in `request`.

    Raises:
        KernelError: UnmarshalFailed.
    """
    try:
        return kind.FromString(request)
    except DecodeError as error:
        raise KernelError(KernelErr.UnmarshalFailed, f"{kind.DESCRIPTOR.name}: {error}") from None


def key_of(raw: IdRaw) -> Key:
    """What ids are looked up by: the second type byte is ignored on input."""
    return raw.high & _IGNORE_TYPE_BYTE, raw.low


def is_left_out(raw: IdRaw) -> bool:
    """The empty value, with its letter or without: whoever wrote it has no id to give."""
    return not (raw.high & _RANDOM_BITS or raw.low)


def key_of_id(known: Id) -> Key:
    """The key under which a known id is found."""
    return known.high & _IGNORE_TYPE_BYTE, known.low


def id_of(raw: IdRaw) -> Id:
    """The id in a message, the second type byte cleared."""
    return Id(raw.high & _IGNORE_TYPE_BYTE, raw.low)


def field(tag: bytes, payload: bytes) -> bytes:
    """A length-delimited field; `tag` is the encoded key."""
    size = len(payload)
    return tag + (SHORT[size] if size < 128 else encode_varint(size)) + payload


# A call id as every protobuf library writes it: both fields, shortest varints, second type byte 0, and not
# the zero value. Such an id is its own key; any other spelling is parsed and written anew.
is_plain_call_id = re.compile(
    rb"(?!\x08\xff{6}\xbf\x80\x63\x10\xff{9}\x01)"
    rb"\x08[\x80-\xff]{6}[\x80-\xbf]\x80\x63\x10(?:[\x80-\xff]{0,8}[\x01-\x7f]|[\x80-\xff]{9}\x01)"
).fullmatch


def last_field(data: bytes, at: int, tag: int) -> bytes | None:
    """The payload of the length-delimited field that starts at `at` and ends the message.

    Returns:
        b"" when the message ends at `at`, None when what is there is something else.
    """
    size = len(data)
    if at >= size:
        return b"" if at == size else None
    if data[at] != tag or at + 1 == size:
        return None
    length = data[at + 1]
    start = at + 2
    shift = 7
    if length > 0x7F:
        length &= 0x7F
        while True:
            if start == size or shift > 28:
                return None
            more = data[start]
            start += 1
            length |= (more & 0x7F) << shift
            if more < 0x80:
                break
            shift += 7
    return data[start:] if start + length == size else None


def any_head(data: bytes) -> bytes | None:
    """The type URL's field of an Any as protobuf writes it; None where it is not to be compared."""
    if len(data) < 2 or data[0] != 0x0A or data[1] > 0x7F:
        return None
    return data[: 2 + data[1]]


def is_plain_any(data: bytes, head: bytes | None) -> bool:
    """Whether `data` is `head` (from a valid Any) and then a value, spelled as protobuf does, or nothing.

    Such an Any is valid, and would be written again byte for byte.
    """
    if head is None or not data.startswith(head):
        return False
    at = len(head)
    left = len(data) - at
    if left == 0:
        return True
    if left < 3 or data[at] != 0x12:
        return False
    length = data[at + 1]
    if length < 0x80:
        return length == left - 2
    for size in range(2, 6):
        written = encode_varint(max(left - 1 - size, 0))
        if len(written) == size and data.startswith(written, at + 1):
            return True
    return False


def plain_any_field(data: bytes, at: int, tag: int, head: bytes | None) -> bytes | None:
    """The Any in the field that starts at `at` and ends the message, if it is spelled plainly.

    Returns:
        The Any; b"" when the message ends at `at`; None when it has to be parsed.
    """
    size = len(data) - at
    if size == 0:
        return b""
    if 2 < size < 0x82 and data[at] == tag and data[at + 1] == size - 2 and head is not None:
        # The usual case, short enough for lengths of one byte.
        start = at + 2
        left = size - 2 - len(head)
        if not data.startswith(head, start):
            return None
        if left == 0 or (left > 2 and data[start + len(head)] == 0x12 and data[-left + 1] == left - 2):
            return data[start:]
        return None
    payload = last_field(data, at, tag)
    return payload if not payload or is_plain_any(payload, head) else None


def plain_dispatch(request: bytes, at: int, head: bytes | None) -> tuple[bytes, bytes] | None:
    """The call id and the param of a DispatchRequest whose bundle is known up to `at`.

    Args:
        head: how params of this route begin; see `is_plain_any`.

    Returns:
        None when the request has to be parsed.
    """
    # 0a len (head) 22 len id, then 1a len param or nothing
    end = request[1] + 2
    call_id = request[at + 2 : end]
    size = len(call_id)
    if size == 0 or request[at] != 0x22 or request[at + 1] != size or request[0] != 0x0A:
        return None
    if not is_plain_call_id(call_id):
        return None
    param = plain_any_field(request, end, 0x1A, head)
    return None if param is None else (call_id, param)


def bundle_head(caller: Id, service: Id, method: Id) -> bytes:
    """MethodBundle up to its call id; the same for every call of one caller to one method."""
    return field(b"\x0a", caller.wire) + field(b"\x12", service.wire) + field(b"\x1a", method.wire)


def call_event(bundle: bytes, request: bytes) -> bytes:
    """ReadOneResponse with an incoming call: bundle = 2, param_or_result = 3."""
    event = field(b"\x12", bundle)
    return event + field(b"\x1a", request) if request else event


def resolved_event(head: bytes, result: bytes, error: int) -> bytes:
    """ReadOneResponse with `resolved` = 5: a call of this guest has its outcome.

    Args:
        head: the ResolvedCall up to its method id.
    """
    if error:
        head += b"\x28" + encode_varint(error & 0xFFFFFFFFFFFFFFFF)
    elif result:
        head += field(b"\x22", result)
    return field(b"\x2a", head)


def exit_event(service: Id, code: int) -> bytes:
    """ReadOneResponse with `exit` = 6."""
    body = field(b"\x0a", service.wire)
    return field(b"\x32", body + b"\x10" + encode_varint(code) if code else body)


def any_of(message: Message) -> bytes:
    """A serialized google.protobuf.Any around `message`."""
    packed = field(b"\x0a", f"type.googleapis.com/{message.DESCRIPTOR.full_name}".encode())
    value = message.SerializeToString()
    return packed + field(b"\x12", value) if value else packed


LAUNCH_RESULT = any_of(messages.LaunchResponse())
