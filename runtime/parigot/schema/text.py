"""Values as text for terminals: no control characters, nothing endless."""

from __future__ import annotations

import unicodedata

MAX_TEXT = 400  # characters of one value that are shown
MAX_BYTES = 32  # bytes of one value that are shown as hex


def quoted(text: str) -> str:
    """A string in quotes, clipped, with everything escaped that could disturb a terminal."""
    shown = text[:MAX_TEXT]
    escaped = "".join(_escaped(char) for char in shown)
    return f'"{escaped}"' + (f"… ({len(text):,} characters)" if len(text) > MAX_TEXT else "")


def plain(text: str) -> str:
    """A name or a note made safe; no quotes."""
    return "".join(char if char.isprintable() else _escaped(char) for char in text[:MAX_TEXT])


def bytes_text(data: bytes) -> str:
    """Bytes as a quoted text where they are one, else as hex with their number."""
    if is_text(data):
        return quoted(data.decode())
    clip = "…" if len(data) > MAX_BYTES else ""
    unit = "byte" if len(data) == 1 else "bytes"
    return f"{data[:MAX_BYTES].hex(' ')}{clip} ({len(data):,} {unit})"


def is_text(data: bytes) -> bool:
    """Whether bytes are text that a person would want to read: not empty, UTF-8, printable."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return False
    return bool(text) and all(char.isprintable() for char in text)


def _escaped(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    if char == "\n":
        return "\\n"
    if char == "\t":
        return "\\t"
    # Also marks that turn the direction of writing, and halves of surrogate pairs.
    if char.isprintable() and unicodedata.category(char) not in ("Cf", "Cs", "Co"):
        return char
    return f"\\u{{{ord(char):x}}}"
