"""What goes wrong between services, as exceptions.

A kernel that refuses a call raises `KernelError`; a callee that answers with an error of its own raises
`Failure` in its caller, and raises `Failure` itself to answer so.
"""

from __future__ import annotations

from enum import IntEnum

from parigot.errors import KernelErr, KernelError

DISPATCH_ERROR = 1
UNMARSHAL_ERROR = 2
MARSHAL_ERROR = 3
"""The first values of every service's error enum: the method failed, its request or reply is malformed."""


class Failure(Exception):
    """A call's error: what a method raises to answer with it, and what its caller gets.

    Args:
        code: a value of the service's error enum; 0 means no error and is refused.
        reason: for people; it stays with whoever raised it, only the code travels.

    Attributes:
        code: the value; at the caller of the client's `ERRORS`, a plain int where that knows no such code.

        foreign: a callee answered with it. One that a method does not catch becomes the method's own answer
            only where both services have the same error enum.

    Raises:
        ValueError: the code is 0 or no 32-bit integer.
    """

    def __init__(self, code: int, reason: str = "") -> None:
        if code == 0 or not -(1 << 31) <= code < 1 << 31:
            raise ValueError(f"{int(code)} is not the code of an error")
        name = code.name if isinstance(code, IntEnum) else f"error {code}"
        super().__init__(f"{name}: {reason}" if reason else name)
        self.code = code
        self.reason = reason
        self.foreign = False

    @classmethod
    def received(cls, code: int, reason: str) -> Failure:
        """The error of a call; for the SDK."""
        failure = cls(code, reason)
        failure.foreign = True
        return failure


class DecodeError(ValueError):
    """Bytes that are no message of that type."""


class EncodeError(ValueError):
    """A message with a value that its field cannot hold."""


class Unimplemented(Failure):
    """The method is in the .proto file and not in the service; its callers get DispatchError."""

    def __init__(self) -> None:
        super().__init__(DISPATCH_ERROR, "not implemented")


__all__ = ["DecodeError", "EncodeError", "Failure", "KernelErr", "KernelError", "Unimplemented"]
