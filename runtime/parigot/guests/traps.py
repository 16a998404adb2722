"""Trap reports for people: why, and where, with the guest's own function names and source lines."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from parigot.wasm import Trapped

if TYPE_CHECKING:
    from parigot.guests.module import GuestModule

_NOWHERE = (1 << 64) - 1  # what wasmtime says of a frame whose place it does not know


def trap_report(module: GuestModule, trapped: Trapped) -> list[str]:
    """The report, a line per list item: the reason first, then the frames, innermost first.

    A run of equal frames, as deep recursion leaves it, is told once with its length.
    """
    told: list[str] = []
    for frame in trapped.frames:
        for symbol in module.symbols.frames(frame.module_offset, frame.index):
            if symbol.path is not None:
                where = f" ({symbol.path}:{symbol.line})"
            else:
                where = f" (offset {frame.module_offset:#x})" if frame.module_offset != _NOWHERE else ""
            told.append(f"  at {symbol.function}{where}" + (" [inlined]" if symbol.inlined else ""))
    lines = [trapped.why]
    for line, same in groupby(told):
        count = sum(1 for _ in same)
        lines.append(line if count == 1 else f"{line} × {count}")
    return lines
