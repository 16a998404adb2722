"""On which line a TOML document says what: tomllib gives values without positions.

`find_lines` walks over a document that tomllib has already accepted, so it need not check anything; it only
has to see where keys, strings and brackets begin and end.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right

KeyPath = tuple[str | int, ...]  # table and key names; positions in arrays as numbers

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_BLANK = re.compile(r"[ \t]*")
_SPACE = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"(?!""")){0,2}'
    r"|'''.*?'''(?:'(?!''')){0,2}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\n]*")


def find_lines(text: str) -> dict[KeyPath, int]:
    """The line, from 1, of every key and table of a valid document.

    A table stands where its header is; a table without one where the first of its keys is. Elements of
    arrays are found by their position.
    """
    return _Walk(text).document()


class _Walk:
    def __init__(self, text: str) -> None:
        self.text = text.replace("\r\n", "\n")
        self.at = 0
        self.lines: dict[KeyPath, int] = {}
        self._starts = [0] + [match.end() for match in re.finditer("\n", self.text)]

    def document(self) -> dict[KeyPath, int]:
        table: KeyPath = ()
        counts: dict[KeyPath, int] = {}
        while True:
            self._skip(_SPACE)
            if self.at >= len(self.text):
                return self.lines
            line = self._line()
            if self.text[self.at] == "[":
                many = self.text.startswith("[[", self.at)
                self.at += 2 if many else 1
                table = self._resolve(self._keys(), counts, last=not many)
                self.at += 2 if many else 1
                self._note_parents(table, line)
                if many:
                    number = counts[table] = counts.get(table, -1) + 1
                    self.lines.setdefault(table, line)
                    table = (*table, number)
                self.lines[table] = line
            else:
                self._pair(table)

    def _resolve(self, keys: list[str], counts: dict[KeyPath, int], *, last: bool) -> KeyPath:
        """The path of a header: through an array of tables it means the newest element."""
        path: KeyPath = ()
        for i, key in enumerate(keys):
            path = (*path, key)
            if path in counts and (last or i < len(keys) - 1):
                path = (*path, counts[path])
        return path

    def _pair(self, table: KeyPath) -> None:
        line = self._line()
        path = (*table, *self._keys())
        self._note_parents(path, line)
        self.lines.setdefault(path, line)
        self.at += 1  # "="
        self._skip(_BLANK)
        self._value(path)

    def _note_parents(self, path: KeyPath, line: int) -> None:
        for i in range(1, len(path)):
            self.lines.setdefault(path[:i], line)

    def _keys(self) -> list[str]:
        keys = []
        while True:
            self._skip(_BLANK)
            if self.text[self.at] in "\"'":
                raw = self._take(_STRING)
                keys.append(str(tomllib.loads(f"key = {raw}")["key"]))
            else:
                keys.append(self._take(_BARE))
            self._skip(_BLANK)
            if self.text[self.at] != ".":
                return keys
            self.at += 1

    def _value(self, path: KeyPath) -> None:
        first = self.text[self.at]
        if first in "\"'":
            self._take(_STRING)
        elif first == "[":
            self.at += 1
            number = 0
            while not self._closed("]"):
                self.lines[(*path, number)] = self._line()
                self._value((*path, number))
                number += 1
        elif first == "{":
            self.at += 1
            while not self._closed("}"):
                self._pair(path)
        else:
            self._take(_SCALAR)

    def _closed(self, bracket: str) -> bool:
        """Moves on to the next element, or past the closing bracket."""
        self._skip(_SPACE)
        if self.text[self.at] == ",":
            self.at += 1
            self._skip(_SPACE)
        if self.text[self.at] != bracket:
            return False
        self.at += 1
        return True

    def _line(self) -> int:
        return bisect_right(self._starts, self.at)

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.at)
        assert match is not None  # all of these patterns match the empty string
        self.at = match.end()

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        if match is None:
            raise ValueError(f"no token at offset {self.at}")  # never in a document tomllib accepts
        self.at = match.end()
        return match.group()
