"""A TOML document read key by key: typed values, and errors that say where, what, and what was meant."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

from parigot.app.toml_lines import KeyPath, find_lines
from parigot.errors import DescriptorError

_KINDS = (
    # bool before int: in Python True is an int
    (bool, "true or false"),
    (str, "a string"),
    (int, "a whole number"),
    (float, "a number with a fraction"),
    (list, "a list"),
    (dict, "a table"),
)


def read_document(path: Path) -> Table:
    """Reads a TOML file.

    Raises:
        DescriptorError: the file cannot be read, is not UTF-8, or is not TOML.
    """
    try:
        raw = path.read_bytes()
    except (OSError, ValueError) as error:
        raise DescriptorError(f"cannot be read: {_reason(error)}", path=path) from error
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise DescriptorError(
            f"is not UTF-8 text (byte 0x{raw[error.start]:02x})", path=path, line=line
        ) from error
    try:
        value = tomllib.loads(text)
        lines = find_lines(text)
    except tomllib.TOMLDecodeError as error:
        what, line = _syntax_error(str(error), text)
        raise DescriptorError(f"is not TOML: {what}", path=path, line=line) from error
    except (ValueError, RecursionError) as error:  # numbers of 5,000 digits, 1,000 brackets
        raise DescriptorError("holds a value too large or too deep to be read", path=path) from error
    return Table(path, value, lines)


def _reason(error: Exception) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)


def _syntax_error(message: str, text: str) -> tuple[str, int]:
    found = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", message)
    if found is None:
        return message, 1
    line = int(found[1]) if found[1] else text.rstrip().count("\n") + 1
    return message[: found.start()] + ("" if found[1] else " at the end of the file"), line


def meant(word: str, known: Iterable[str]) -> str:
    """What a person probably meant by an unknown word: a sentence for the hint of an error."""
    import difflib  # only when there is something to say: loading it costs more than reading a descriptor

    names = list(known)
    by_case = {name.lower(): name for name in names}
    close = difflib.get_close_matches(word.lower(), list(by_case), n=1, cutoff=0.6)
    if close:
        return f"Did you mean {by_case[close[0]]}?"
    return f"Known here: {', '.join(names)}." if names else ""


def kind_of(value: object) -> str:
    """A value's type in words a person uses."""
    return next((words for kind, words in _KINDS if isinstance(value, kind)), "a date or time")


class Table(Mapping[str, Any]):
    """One table of a document. Its readers raise DescriptorError at the line of the key."""

    def __init__(
        self, file: Path, value: dict[str, Any], lines: dict[KeyPath, int], path: KeyPath = ()
    ) -> None:
        self.file = file
        self.path = path
        self._value = value
        self._lines = lines

    def __getitem__(self, key: str) -> Any:
        return self._value[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._value)

    def __len__(self) -> int:
        return len(self._value)

    def line(self, *keys: str | int) -> int:
        """The line of a key of this table, or of the table itself."""
        path = (*self.path, *keys)
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)

    def name(self, *keys: str | int) -> str:
        """The key as a person writes it: `service.greeting.args`."""
        parts: list[str] = []
        for key in (*self.path, *keys):
            if isinstance(key, int):
                parts[-1:] = [f"{parts[-1] if parts else ''}[{key}]"]
            else:
                parts.append(key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else repr(key))
        return ".".join(parts)

    def fail(self, what: str, *keys: str | int, hint: str = "") -> NoReturn:
        """Raises a DescriptorError at a key of this table."""
        raise DescriptorError(what, path=self.file, line=self.line(*keys), hint=hint)

    def only(self, known: Iterable[str]) -> None:
        """Refuses every key that is not known."""
        names = list(known)
        for key in self:
            if key not in names:
                self.fail(f"unknown key {self.name(key)}", key, hint=meant(key, names))

    def table(self, key: str) -> Table:
        """The table of that name; an empty one if it is not there."""
        value = self.get(key, {})
        if not isinstance(value, dict):
            self._wrong("a table", value, key)
        return Table(self.file, value, self._lines, (*self.path, key))

    def tables(self) -> list[tuple[str, Table]]:
        """All keys of this table, each of which must be a table."""
        return [(key, self.table(key)) for key in self]

    def string(self, key: str, default: str = "") -> str:
        value = self.get(key, default)
        if not isinstance(value, str):
            self._wrong("a string", value, key)
        return self._clean(value, key)

    def strings(self, key: str) -> tuple[str, ...]:
        """A list of strings; empty if the key is not there."""
        value = self.get(key, [])
        if not isinstance(value, list):
            self._wrong("a list of strings", value, key)
        for i, item in enumerate(value):
            if not isinstance(item, str):
                self._wrong("a string", item, key, i)
            self._clean(item, key, i)
        return tuple(value)

    def integer(self, key: str, default: int, least: int = 0, most: int = 2**31 - 1) -> int:
        value = self.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool):
            self._wrong("a whole number", value, key)
        if not least <= value <= most:
            self.fail(f"{self.name(key)} must be from {least} to {most:,}, not {_shown(value)}", key)
        return value

    def boolean(self, key: str, default: bool = False) -> bool:
        value = self.get(key, default)
        if not isinstance(value, bool):
            self._wrong("true or false", value, key)
        return value

    def _clean(self, value: str, *keys: str | int) -> str:
        if "\0" in value:
            self.fail(f"{self.name(*keys)} holds a NUL character", *keys)
        return value

    def _wrong(self, wanted: str, value: object, *keys: str | int) -> NoReturn:
        self.fail(f"{self.name(*keys)} must be {wanted}, not {kind_of(value)} ({_shown(value)})", *keys)


def _shown(value: object) -> str:
    """A value as TOML would write it, more or less, and not too long."""
    try:
        text = str(value).lower() if isinstance(value, bool) else repr(value)
    except ValueError:  # more digits than Python likes to print
        text = "a very large number"
    return text if len(text) <= 40 else text[:39] + "…"
