"""Lines of code with indentation: what every language's generator writes with."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator


class Writer:
    """Collects lines.

    Args:
        indent: what one level is indented by.
    """

    def __init__(self, indent: str = "    ") -> None:
        self._indent = indent
        self._level = 0
        self._lines: list[str] = []

    def line(self, *lines: str) -> None:
        """Adds lines at the current level; "" is an empty line whatever the level."""
        for text in lines:
            for part in text.split("\n"):
                self._lines.append(self._indent * self._level + part if part else "")

    @contextlib.contextmanager
    def block(self, head: str = "", tail: str = "") -> Iterator[None]:
        """Lines of the body are one level further in, between `head` and `tail` (left out where empty)."""
        if head:
            self.line(head)
        self._level += 1
        yield
        self._level -= 1
        if tail:
            self.line(tail)

    def gap(self, lines: int = 1) -> None:
        """Empty lines in front of what comes next: so many, however many there are already."""
        while self._lines and not self._lines[-1]:
            self._lines.pop()
        if self._lines:
            self._lines += [""] * lines

    def text(self) -> str:
        """All of it, with one newline at the end."""
        return "\n".join(self._lines).rstrip("\n") + "\n"
