"""Every error a person can meet, split by whose fault it is.

`AppError` and its kinds: something given to us is wrong (a descriptor, a module, a build). They carry
the file and, where known, the line, and their text says what to do. Front ends print them; a traceback
never reaches a person for these.

`KernelErr` are the error codes that guests see (syscall.v1.KernelErr, the guest ABI).
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class KernelErr(IntEnum):
    """Error codes of the guest ABI (enum KernelErr of proto/syscall/v1/syscall.proto)."""

    NoError = 0
    LocateError = 1
    UnmarshalFailed = 2
    IdDispatch = 3
    NamespaceExhausted = 4
    NotFound = 5
    DataTooLarge = 6
    MarshalFailed = 7
    CallerUnavailable = 8
    ServiceAlreadyClosedOrExported = 9
    ServiceAlreadyRequired = 10
    DependencyCycle = 11
    NetworkFailed = 12
    NetworkConnectionLost = 13
    DataTooSmall = 14
    KernelConnectionFailed = 15
    NSRetryFailed = 16
    DecodeError = 17
    ExecError = 18
    KernelDependencyFailure = 19
    AbortRequest = 20
    EncodeError = 22
    ClosedErr = 23
    GuestReadFailed = 24
    GuestWriteFailed = 25
    BadId = 26
    NotReady = 27
    NotRequired = 28
    RunTimeout = 29
    ReadOneTimeout = 30
    WriteTimeout = 31
    BadCallId = 32
    ChannelClosed = 33
    ExitFailed = 34


class KernelError(Exception):
    """A guest's call that the kernel refuses; `code` goes back to the guest."""

    def __init__(self, code: KernelErr, reason: str = "") -> None:
        super().__init__(f"{code.name}: {reason}" if reason else code.name)
        self.code = code
        self.reason = reason


class AppError(Exception):
    """Something given to us is wrong. `str()` is the whole message for a person.

    Args:
        what: what is wrong, one sentence.
        path: the file at fault, if any.
        line: its line, counted from 1.
        hint: what to do about it, one sentence.
    """

    exit_code = 196

    def __init__(
        self, what: str, *, path: Path | None = None, line: int | None = None, hint: str = ""
    ) -> None:
        self.what = what
        self.path = path
        self.line = line
        self.hint = hint
        place = "" if path is None else f"{path}:{line}: " if line is not None else f"{path}: "
        super().__init__(f"{place}{what}" + (f"\n  {hint}" if hint else ""))


class DescriptorError(AppError):
    """The app descriptor cannot be used as it stands."""


class SchemaError(AppError):
    """A .proto file cannot be read."""


class ModuleError(AppError):
    """A wasm file cannot be loaded as a guest."""


class BuildError(AppError):
    """A guest could not be built from its sources."""


class UsageError(AppError):
    """A command was called with words that do not fit."""

    exit_code = 2
