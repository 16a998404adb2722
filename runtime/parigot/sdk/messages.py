"""What generated messages and enums are made of."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, ClassVar, TypeVar

from parigot.sdk.errors import DecodeError, EncodeError, Failure

E = TypeVar("E", bound=IntEnum)
M = TypeVar("M", bound="Message")


class Enum(IntEnum):
    """A protobuf enum. They are open: a number that it does not name stays a plain int."""


class ErrorCode(IntEnum):
    """A service's error enum."""

    def error(self, reason: str = "") -> Failure:
        """The exception with this code.

        Args:
            reason: for people; it stays in this guest.
        """
        return Failure(self, reason)


def member(kind: type[E], number: int) -> E | int:
    """The enum's value of that number, or the number where it has none."""
    known: Any = kind._value2member_map_.get(number, number)
    found: E | int = known
    return found


class Message:
    """A message: generated classes have a slot a field, and their own wire code.

    Attributes:
        FULL_NAME: with its package.
        FIELDS: names of its fields, in the order of the .proto file.
    """

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]
    FULL_NAME: ClassVar[str]
    FIELDS: ClassVar[tuple[str, ...]] = ()

    def encode(self) -> bytes:
        """The message's bytes.

        Raises:
            EncodeError: a value does not fit its field.
        """
        try:
            return self._encode()
        except (TypeError, AttributeError, OverflowError) as error:
            raise EncodeError(f"{self.FULL_NAME}: {error}") from None

    @classmethod
    def decode(cls: type[M], data: bytes | bytearray | memoryview) -> M:
        """The message in `data`.

        Raises:
            DecodeError: it is none of this type.
        """
        message = cls()
        raw = bytes(data)
        try:
            message._merge(raw, 0, len(raw), 0)
        except IndexError:
            raise DecodeError(f"{cls.FULL_NAME}: the bytes end in the middle of a field") from None
        except UnicodeDecodeError as error:
            raise DecodeError(f"{cls.FULL_NAME}: text that is no UTF-8: {error.reason}") from None
        except DecodeError as error:
            raise DecodeError(f"{cls.FULL_NAME}: {error}") from None
        return message

    def _encode(self) -> bytes:
        raise NotImplementedError

    def _merge(self, data: bytes, at: int, end: int, depth: int) -> None:
        """Reads the fields in data[at:end] on top of what is there."""
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.FIELDS)

    def __repr__(self) -> str:
        told = [f"{name}={value!r}" for name in self.FIELDS if (value := getattr(self, name)) not in _UNSET]
        return f"{type(self).__name__}({', '.join(told)})"


_UNSET: tuple[Any, ...] = (None, 0, "", b"", [], {})


def too_long() -> DecodeError:
    """A field reached beyond the end of its message."""
    return DecodeError("a field that is longer than its message")
