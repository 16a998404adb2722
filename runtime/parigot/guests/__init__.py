"""What a guest is: a wasm core module with its calling convention, its emulated WASI and its limits, or a
class in Python that runs in this process.

A guest asks its `Host` (the session) for everything: the kernel, the clock, randomness, the log. It knows
nothing of who runs when.
"""

from parigot.guests.core import WasmGuest
from parigot.guests.face import AnyGuest, AnyModule
from parigot.guests.host import Host
from parigot.guests.load import ModuleLoader
from parigot.guests.module import GuestModule
from parigot.guests.traps import trap_report

__all__ = ["AnyGuest", "AnyModule", "GuestModule", "Host", "ModuleLoader", "WasmGuest", "trap_report"]
