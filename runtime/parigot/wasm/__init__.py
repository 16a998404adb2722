"""A thin typed layer over wasmtime: engine, modules, fibers, memory, traps. Knows nothing of parigot.

A guest is a fiber: `_start` is one asynchronous call of the C API, and every blocking host function
suspends it until `Fiber.resume`. wasmtime-py has no classes for these calls; `capi` declares them. It
and `interrupt`, which ends Python code that does not end, are the only modules that touch ctypes.
"""

from parigot.wasm.engine import Engine
from parigot.wasm.fiber import Exited, Fiber, Outcome, Trapped
from parigot.wasm.host import BLOCK, ExitGuest, HostTrap
from parigot.wasm.memory import Memory, NoMemory, OutOfBounds
from parigot.wasm.module import Import, Module
from parigot.wasm.trap import TrapFrame

__all__ = [
    "BLOCK",
    "Engine",
    "ExitGuest",
    "Exited",
    "Fiber",
    "HostTrap",
    "Import",
    "Memory",
    "Module",
    "NoMemory",
    "OutOfBounds",
    "Outcome",
    "TrapFrame",
    "Trapped",
]
