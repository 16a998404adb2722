"""What generated messages and enums are made of."""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar

from parigot.sdk.errors import Failure


class DecodeError(Exception):
    """Bytes that are no such message."""


class Enum(IntEnum):
    """A protobuf enum."""


class ErrorCode(IntEnum):
    """A service's error enum."""

    def error(self, reason: str = "") -> Failure:
        """The exception with this code."""
        return Failure(self, reason)


class Message:
    """A message."""

    __slots__ = ()
    FULL_NAME: ClassVar[str]

    def encode(self) -> bytes:
        """The message's bytes."""
        raise NotImplementedError

    @classmethod
    def decode(cls, data: bytes | memoryview) -> Message:
        """The message in `data`."""
        raise NotImplementedError
