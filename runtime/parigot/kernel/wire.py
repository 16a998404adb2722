"""Between bytes and records: reads the guests' requests, builds the answers and events.

Requests are parsed once by the protobuf runtime. Answers and events are joined from parts that are
serialized already (ids know their wire form, parameters and results pass through as bytes), because
building messages field by field costs more than everything else in a call.
"""

from __future__ import annotations

from typing import TypeVar

from google.protobuf.message import DecodeError, Message

from parigot.errors import KernelErr, KernelError
from parigot.ids import Id, encode_varint
from parigot.kernel.records import Call
from parigot.pb.protosupport.v1.protosupport_pb2 import IdRaw
from parigot.pb.syscall.v1 import syscall_pb2 as messages

M = TypeVar("M", bound=Message)

Key = tuple[int, int]
_IGNORE_TYPE_BYTE = ~(0xFF << 48)
_SHORT = [bytes((n,)) for n in range(128)]  # varints of one byte


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


def key_of_id(known: Id) -> Key:
    """The key under which a known id is found."""
    return known.high & _IGNORE_TYPE_BYTE, known.low


def id_of(raw: IdRaw) -> Id:
    """The id in a message."""
    return Id(raw.high, raw.low)


def field(tag: bytes, payload: bytes) -> bytes:
    """A length-delimited field; `tag` is the encoded key."""
    size = len(payload)
    return tag + (_SHORT[size] if size < 128 else encode_varint(size)) + payload


def bundle_head(caller: Id, service: Id, method: Id) -> bytes:
    """MethodBundle up to its call id; the same for every call of one caller to one method."""
    return field(b"\x0a", caller.wire) + field(b"\x12", service.wire) + field(b"\x1a", method.wire)


def call_event(head: bytes, call: Call) -> bytes:
    """ReadOneResponse with an incoming call: bundle = 2, param_or_result = 3."""
    event = field(b"\x12", head + field(b"\x22", call.id.wire))
    return event + field(b"\x1a", call.request) if call.request else event


def resolved_event(host: Id, call_id: Id, method: Id, result: bytes, error: int) -> bytes:
    """ReadOneResponse with `resolved` = 5: a call of this guest has its outcome."""
    body = field(b"\x0a", host.wire) + field(b"\x12", call_id.wire) + field(b"\x1a", method.wire)
    if error:
        body += b"\x28" + encode_varint(error & 0xFFFFFFFFFFFFFFFF)
    elif result:
        body += field(b"\x22", result)
    return field(b"\x2a", body)


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
