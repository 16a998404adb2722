"""What a trap says: why, and where in which function. Plain values; no wasmtime object survives."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wasmtime import TrapCode

from parigot.wasm import capi

_WORDS = {
    TrapCode.STACK_OVERFLOW: "call stack exhausted",
    TrapCode.MEMORY_OUT_OF_BOUNDS: "out of bounds memory access",
    TrapCode.HEAP_MISALIGNED: "misaligned atomic access",
    TrapCode.TABLE_OUT_OF_BOUNDS: "out of bounds table access",
    TrapCode.INDIRECT_CALL_TO_NULL: "call of a null function pointer",
    TrapCode.BAD_SIGNATURE: "call through a function pointer of another type",
    TrapCode.INTEGER_OVERFLOW: "integer overflow",
    TrapCode.INTEGER_DIVISION_BY_ZERO: "integer division by zero",
    TrapCode.BAD_CONVERSION_TO_INTEGER: "float that no integer can hold",
    TrapCode.UNREACHABLE: "unreachable instruction executed",
    TrapCode.INTERRUPT: "interrupted",
    TrapCode.OUT_OF_FUEL: "out of fuel",
}


@dataclass(frozen=True, slots=True)
class TrapFrame:
    """One frame, innermost first.

    Attributes:
        function: name from the name section, or None.
        index: function index, imports counted.
        module_offset: byte offset in the module's file.
    """

    function: str | None
    index: int
    module_offset: int


def describe_trap(pointer: int) -> tuple[str, tuple[TrapFrame, ...]]:
    """(why in words, frames) of a wasm_trap_t; frees it."""
    trap = capi.trap_object(pointer)
    try:
        code = trap.trap_code
        frames = _frames(capi.frame_parts(trap.frames))
        if code is not None:
            return _WORDS.get(code, code.name.lower().replace("_", " ")), frames
        return _cause(trap.message), frames
    finally:
        trap.close()


def describe_error(pointer: int) -> tuple[str, tuple[TrapFrame, ...]]:
    """(why in words, frames) of a wasmtime_error_t, which is what a host's trap becomes; frees it."""
    text, frames = capi.error_parts(pointer)
    return _cause(text), _frames(frames)


def _frames(parts: Iterable[capi.FrameParts]) -> tuple[TrapFrame, ...]:
    return tuple(TrapFrame(*part) for part in parts)


def _cause(message: str) -> str:
    cause = message.rpartition("Caused by:")[2].strip()
    return (cause or message).removeprefix("wasm trap: ")
