"""What a Session tells its front ends: immutable events, in the order in which things happened.

`seq` counts all events of a run from 1 without gaps; `time_ns` is the session clock, 0 at the start of
the run. Services are named as the descriptor names them (replicas: `name#2`). `call` is the number of a
call in this run, counted from 1; it is what log lines, pending deliveries and trace rows share.

Named tuples rather than dataclasses: three of them are made for every call, on the loop's hot path.
"""

from __future__ import annotations

from typing import NamedTuple


class CallDispatched(NamedTuple):
    """A guest dispatched a call; it waits in the callee's inbox."""

    seq: int
    time_ns: int
    call: int
    parent: int | None  # the call in whose handling it was dispatched; None at the root
    caller: str
    callee: str
    service: str  # "greeting.v1.Greeting"
    method: str  # "FetchGreeting"
    request: bytes  # a serialized google.protobuf.Any


class CallDelivered(NamedTuple):
    """The callee was handed the call and runs."""

    seq: int
    time_ns: int
    call: int


class CallResolved(NamedTuple):
    """The call has its outcome; the caller will hear of it by a later delivery."""

    seq: int
    time_ns: int
    call: int
    error: int  # 0, or the callee's error code, or a KernelErr
    reason: str  # the kernel's own words where the error is the kernel's; else ""
    reply: bytes  # a serialized google.protobuf.Any; empty with an error
    slow: bool  # handling took longer than method_warn_ms


class LogWritten(NamedTuple):
    """One line of the unified log."""

    seq: int
    time_ns: int
    service: str  # "parigot" for the runtime's own lines
    level: str  # "debug" | "info" | "warn" | "error"
    message: str
    fields: tuple[tuple[str, str], ...]  # from slog, logfmt or JSON lines
    call: int | None  # the call in whose handling it was written
    stream: str  # "stdout" | "stderr" | "runtime"


class ServiceChanged(NamedTuple):
    """A guest entered a new state.

    States: "starting" (runs towards its launch), "waiting" (launch asked for, requirements not met),
    "running", "exiting", "ended", "failed" (trapped or killed), "unneeded" (no program needs it).
    """

    seq: int
    time_ns: int
    service: str
    state: str
    detail: str  # why, where there is something to say


class RunChanged(NamedTuple):
    """The run entered a new state: "starting", "running", "paused", "stopping" or "ended"."""

    seq: int
    time_ns: int
    state: str


class RunEnded(NamedTuple):
    """The run is over; the last event of a session.

    `code` is the exit code of the process: the program's own 0..192, 193 startup failed,
    194 a guest trapped or was killed, 196 bad module. `report` tells a person why, may be many lines.
    """

    seq: int
    time_ns: int
    code: int
    report: str


Event = CallDispatched | CallDelivered | CallResolved | LogWritten | ServiceChanged | RunChanged | RunEnded
