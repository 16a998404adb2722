"""Between bytes and records: reads the guests' requests, builds the answers and events.

Requests are parsed by the protobuf runtime. Answers and events are joined from parts that are serialized
already (ids know their wire form, parameters and results pass through as bytes), because building messages
field by field costs more than everything else in a call. For the same reason the requests of the hot path
are first compared with what the kernel expects to see; whatever does not fit byte for byte is parsed.
"""

from __future__ import annotations

from typing import TypeVar

from google.protobuf.message import DecodeError, Message

from parigot.errors import KernelErr, KernelError
from parigot.ids import Id, encode_varint
from parigot.pb.protosupport.v1.protosupport_pb2 import IdRaw
from parigot.pb.syscall.v1 import syscall_pb2 as messages

M = TypeVar("M", bound=Message)

Key = tuple[int, int]
_IGNORE_TYPE_BYTE = ~(0xFF << 48)
_MOST_SIZES = 64  # of one field that are remembered
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


def _plain_call_id(low: int) -> tuple[int, int]:
    """(mask, value) of the bits that do not vary in a call id whose `low` takes that many bytes."""
    size = 11 + low
    mask = bytes((0xFF, 0xFF, *(0x80,) * 6, 0xC0, 0xFF, 0xFF, 0xFF, *(0x80,) * (low - 1)))
    value = bytes((size, 0x08, *(0x80,) * 6, 0x80, 0x80, 0x63, 0x10, *(0x80,) * (low - 1)))
    last = (0xFF, 0x01) if low == 10 else (0x80, 0x00)
    return (
        int.from_bytes((*mask, last[0]), "little"),
        int.from_bytes((*value, last[1]), "little"),
    )


_PLAIN_CALL_IDS = {12 + low: _plain_call_id(low) for low in range(1, 11)}
_ZERO_CALL_ID = field(b"", b"\x08" + b"\xff" * 6 + b"\xbf\x80\x63\x10" + b"\xff" * 9 + b"\x01")


def is_plain_call_id(data: bytes) -> bool:
    """Whether `data` is a length and a call id as every protobuf library writes it: both fields, shortest
    varints, second type byte 0, and not the zero value. Such an id is its own key; any other spelling is
    parsed and written anew.
    """
    fixed = _PLAIN_CALL_IDS.get(len(data))
    return (
        fixed is not None
        and int.from_bytes(data, "little") & fixed[0] == fixed[1]
        and data[-1] != 0
        and data != _ZERO_CALL_ID
    )


class AnyField:
    """Recognises, at the end of a message, a field with an Any of the type that came in this field last.

    All such fields of one size start with the same bytes, so comparing those is all there is to do. A field
    that is recognised is valid, and would be written again byte for byte.

    Args:
        tag: the field's, one byte.
    """

    __slots__ = ("_head", "_starts", "_tag")

    def __init__(self, tag: int) -> None:
        self._tag = tag
        self._head = b""  # the Any's own first field: its type
        self._starts: dict[int, tuple[bytes, int]] = {}  # by size: first bytes, size of tag and length

    def learn(self, data: bytes) -> None:
        """An Any as protobuf writes it came in this field."""
        if len(data) < 2 or data[0] != 0x0A or data[1] > 0x7F:
            return
        head = data[: 2 + data[1]]
        if head != self._head:
            self._head = head
            self._starts.clear()

    def read(self, data: bytes, at: int) -> bytes | None:
        """The Any in the field at `at`, which ends the message.

        Returns:
            b"" when the message ends at `at`, None when what is there is something else.
        """
        size = len(data) - at
        start = self._starts.get(size) or self._start(size)
        if start is not None and data.startswith(start[0], at):
            return data[at + start[1] :]
        return None if size else b""

    def _start(self, size: int) -> tuple[bytes, int] | None:
        """What such a field of `size` bytes starts with; None when there can be none."""
        outer = _prefix(self._tag, size)
        rest = size - len(outer) - len(self._head)
        value = _prefix(0x12, rest) if rest > 0 else b""
        if not self._head or not outer or rest < 0 or (rest > 0 and not 0 < len(value) < rest):
            return None
        if len(self._starts) == _MOST_SIZES:
            self._starts.clear()
        found = self._starts[size] = (outer + self._head + value, len(outer))
        return found


def _prefix(tag: int, size: int) -> bytes:
    """Tag and length of a field that takes `size` bytes in all; b"" when no field can."""
    for length in range(1, 6):
        written = encode_varint(max(size - 1 - length, 0))
        if len(written) == length:
            return bytes((tag,)) + written
    return b""


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
        size = len(result)
        head += b"\x22" + (SHORT[size] if size < 128 else encode_varint(size)) + result
    size = len(head)
    return b"\x2a" + (SHORT[size] if size < 128 else encode_varint(size)) + head


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
