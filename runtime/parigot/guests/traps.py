"""Trap reports for people: why, and where, with the guest's own function names and source lines."""

from __future__ import annotations

from parigot.guests.module import GuestModule
from parigot.wasm import Trapped

_MOST_FRAMES = 20


def trap_report(module: GuestModule, trapped: Trapped) -> list[str]:
    """The report, a line per list item: the reason first, then the frames, innermost first."""
    lines = [trapped.why]
    for place, frame in enumerate(trapped.frames[:_MOST_FRAMES]):
        # The frames above the innermost one stand at the instruction after their call.
        found = module.symbols.frames(frame.module_offset, frame.index, is_call_site=place > 0)
        for symbol in found:
            where = f"{symbol.path}:{symbol.line}" if symbol.path else f"offset {frame.module_offset:#x}"
            lines.append(f"  at {symbol.function} ({where})" + (" [inlined]" if symbol.inlined else ""))
    if len(trapped.frames) > _MOST_FRAMES:
        lines.append(f"  … {len(trapped.frames) - _MOST_FRAMES} more frames")
    return lines
