"""How many cells a text takes: East Asian letters take two, combining marks none."""

from __future__ import annotations

import unicodedata


def clusters(text: str) -> list[tuple[str, int]]:
    """Splits a text into what shares a cell: (characters, number of cells).

    Control characters become spaces, so no text can move the cursor of a terminal.
    """
    found: list[tuple[str, int]] = []
    for char in text:
        category = unicodedata.category(char)
        if category in ("Mn", "Me", "Cf"):
            if found:
                base, width = found[-1]
                found[-1] = (base + char if category != "Cf" else base, width)
        elif category[0] in "CZ":
            found.append((" ", 1))
        else:
            found.append((char, 2 if unicodedata.east_asian_width(char) in "WF" else 1))
    return found


def cell_width(text: str) -> int:
    """The number of cells that a text takes."""
    return sum(width for _, width in clusters(text))
