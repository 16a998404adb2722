"""The kernel, pure: names, dependency graph, calls in flight, inboxes, and the ABI's eleven calls.

    tables    states and legal moves, as data
    records   guests, services, methods, calls, deliveries
    graph     start order, cycles, what is missing
    wire      bytes in, bytes out
    names     register, require, export, bind_method, locate
    traffic   dispatch, return_value
    startup   launch
    inboxes   deliveries that wait
    kernel    all of it behind one door

Nothing here may know a thread, a clock, a file, a socket or wasmtime.
"""

from parigot.kernel.graph import (
    Analysis,
    Declaration,
    analyse,
    behind_text,
    cycle_text,
    missing_text,
    needed,
)
from parigot.kernel.kernel import Kernel
from parigot.kernel.records import (
    Call,
    CallKind,
    Delivery,
    DeliveryKind,
    Guest,
    Notice,
    NoticeKind,
    Service,
    StateNotice,
)
from parigot.kernel.startup import StartupFailure
from parigot.kernel.tables import GONE, CallState, GuestMove, GuestState

__all__ = [
    "GONE",
    "Analysis",
    "Call",
    "CallKind",
    "CallState",
    "Declaration",
    "Delivery",
    "DeliveryKind",
    "Guest",
    "GuestMove",
    "GuestState",
    "Kernel",
    "Notice",
    "NoticeKind",
    "Service",
    "StartupFailure",
    "StateNotice",
    "analyse",
    "behind_text",
    "cycle_text",
    "missing_text",
    "needed",
]
