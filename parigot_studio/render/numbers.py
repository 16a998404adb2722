"""Numbers as people read them, in few cells."""

from __future__ import annotations


def duration(ns: int | None) -> str:
    """`870ns`, `12.3µs`, `4.05ms`, `1.20s`, `2m03s`; at most 6 cells."""
    if ns is None:
        return ""
    ns = max(ns, 0)
    if ns < 1_000:
        return f"{ns}ns"
    for unit, size in (("µs", 1e3), ("ms", 1e6), ("s", 1e9)):
        value = ns / size
        if value < 9.995:
            return f"{value:.2f}{unit}"
        if value < 99.95:
            return f"{value:.1f}{unit}"
        if value < 999.5 and unit != "s":
            return f"{value:.0f}{unit}"
    seconds = round(ns / 1e9)
    if seconds < 3600:
        return f"{seconds // 60}m{seconds % 60:02d}s"
    return f"{seconds // 3600}h{seconds % 3600 // 60:02d}m"


def moment(ns: int) -> str:
    """A time of the session clock in seconds: `0.001234`, `75.2`; 8 cells up to a hundred minutes."""
    # Cut, not rounded: a rounded-up moment may take a cell more, and would lie in the future.
    whole, rest = divmod(max(ns, 0), 10**9)
    places = 6 if whole < 10 else 7 - len(str(whole))
    return f"{whole}.{rest:09d}"[: len(str(whole)) + 1 + places] if places > 0 else str(whole)


def count(number: float) -> str:
    """`17`, `1,234`, `56.7k`, `1.23M`; at most 5 cells."""
    if number < 10_000:
        return f"{int(number):,}"
    if number < 999_500:
        return f"{number / 1e3:.1f}k" if number < 99_950 else f"{number / 1e3:.0f}k"
    if number < 999.5e6:
        return f"{number / 1e6:.2f}M" if number < 9.995e6 else f"{number / 1e6:.0f}M"
    return f"{number / 1e9:.1f}G"


def count_in(number: int, cells: int) -> str:
    """A count in at most `cells` cells, 3 or more: `999`, `12k`, `1M`, `99+`."""
    for words in (count(number), f"{number // 1000}k", f"{number // 1_000_000}M"):
        if (len(words) <= cells and not words.startswith("0")) or number == 0:
            return words
    return "9" * (cells - 1) + "+"


def size(number: int) -> str:
    """`512 B`, `64 KiB`, `1.5 MiB`."""
    if number < 1024:
        return f"{number} B"
    if number < 1024 * 1024:
        return f"{number / 1024:.0f} KiB"
    return f"{number / 1024 / 1024:.1f} MiB"


def plural(number: int, one: str, many: str = "") -> str:
    """`1 call`, `3 calls`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
