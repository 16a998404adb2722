"""Text that a terminal can be trusted with.

Guests write what they like: control characters, escape sequences, joined emoji, right-to-left marks, lines
of a megabyte. What comes out of `clean` takes exactly the cells that `cell_len` says and cannot
move the cursor, recolour the screen or reverse the reading of what follows.
"""

from __future__ import annotations

import unicodedata

from rich.cells import cell_len, set_cell_size

_CONTROLS = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "␡", 0x09: "    "}
# C1 controls, line separators, bidi controls and isolates: shown by their number.
_SHOWN = [
    *range(0x80, 0xA0),
    0x2028,
    0x2029,
    0x061C,
    0x200E,
    0x200F,
    *range(0x202A, 0x202F),
    *range(0x2066, 0x206A),
]
_CONTROLS |= {code: f"\\u{code:04x}" for code in _SHOWN}
# Joiners, variation selectors, soft hyphens, tags: terminals disagree on their width, so they go.
_DROPPED = [0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, *range(0xFE00, 0xFE10), *range(0xE0000, 0xE0080)]
_CONTROLS |= dict.fromkeys(_DROPPED, "")
_CONTROLS |= dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


def clean(text: str) -> str:
    """The text with nothing in it that a terminal would act on."""
    if text.isascii() and text.isprintable():
        return text
    shown = text.translate(_CONTROLS)
    # A mark with nothing to stand on would combine with our own frame.
    if shown and unicodedata.combining(shown[0]):
        shown = "◌" + shown
    return shown


def fit(text: str, width: int, right: bool = False) -> str:
    """Cleaned text in exactly `width` cells: padded, or cut with an ellipsis."""
    if width <= 0:
        return ""
    # No character is narrower than a cell, marks aside, so the rest cannot show; this keeps long lines cheap.
    shown = clean(text[: width * 8 + 8])
    size = cell_len(shown)
    if size > width:
        return set_cell_size(shown, width - 1) + "…"
    pad = " " * (width - size)
    return pad + shown if right else shown + pad


def crop(text: str, width: int) -> str:
    """Cleaned text in at most `width` cells."""
    return fit(text, width).rstrip(" ") if cell_len(clean(text[: width * 8 + 8])) > width else clean(text)


def wrap(text: str, width: int, limit: int = 400) -> list[str]:
    """Cleaned text in lines of at most `width` cells, broken at spaces where that is possible.

    Args:
        text: may hold line breaks, which are kept.
        limit: at most that many lines; the last one then says how much is missing.
    """
    width = max(width, 4)
    out: list[str] = []
    for part in text.split("\n"):
        rest = clean(part)
        while True:
            head, rest = _take(rest, width)
            out.append(head)
            if len(out) > limit:
                del out[limit:]
                out.append(crop(f"… ({len(text):,} characters in all)", width))
                return out
            if not rest:
                break
    return out


def _take(text: str, width: int) -> tuple[str, str]:
    if len(text) <= width and cell_len(text) <= width:
        return text, ""
    cells = 0
    cut = 0
    space = 0
    for char in text:
        cells += cell_len(char)
        if cells > width:
            break
        cut += 1
        if char == " ":
            space = cut
    cut = max(cut, 1)
    if cut >= len(text):
        return text, ""
    if text[cut] == " ":
        return text[:cut], text[cut + 1 :]
    if space > width // 3:
        return text[: space - 1], text[space:]
    return text[:cut], text[cut:]
