"""Adds entries to a parigot.toml as text, so that comments and order stay as they are. Lines end in \\n."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from parigot.app.toml_lines import KeyPath, find_lines

_NO_PLACE = "there is no place in it for a further table"
_HEADER = re.compile(r"\s*\[")


def add_guest(text: str, kind: str, name: str, entries: Iterable[str]) -> str:
    """The document with a table for a guest, behind the last one of its kind.

    Args:
        kind: "service" or "program".
        entries: lines of the table.

    Raises:
        ValueError: the document is written in a way that leaves no place for one.
    """
    table = [f"[{kind}.{name}]", *entries]
    lines = text.rstrip("\n").split("\n") if text.strip() else []
    at = _place(text, lines, kind)
    before, behind = _without_end(lines[:at]), lines[at:]
    made = [*before, *([""] if before else []), *table, *([""] if behind else []), *behind]
    return _checked(made, lambda value: name in value[kind])


def add_protos(text: str, folder: str) -> str:
    """The document with a folder of .proto files.

    Raises:
        ValueError: as `add_guest`.
    """
    lines = text.rstrip("\n").split("\n")
    entry = f"protos = [{json.dumps(folder)}]"
    where = find_lines(text)
    headers = _headers(lines, where)
    head = next((line for line in headers if where.get(("app",)) == line), None)
    if head is None:
        if ("app",) in where:
            raise ValueError(_NO_PLACE)
        at = headers[0] - 1 if headers else len(lines)
        while at > 0 and lines[at - 1].lstrip().startswith("#"):
            at -= 1
        made = [*lines[:at], "[app]", entry, *([""] if lines[at:] else []), *lines[at:]]
    else:
        behind = where.get(("app", "name"), head)
        made = [*lines[:behind], entry, *lines[behind:]]
    return _checked(made, lambda value: value["app"]["protos"] == [folder])


def _place(text: str, lines: list[str], kind: str) -> int:
    """How many lines stand in front of a new table."""
    where = find_lines(text)
    headers = _headers(lines, where)
    mine = [line for path, line in where.items() if path[0] == kind]
    if mine:
        following = [line for line in headers if line > max(mine)]
    else:  # services come before programs
        others = [line for path, line in where.items() if path[0] == "program" and kind == "service"]
        following = [line for line in headers if line >= min(others)] if others else []
    if not following:
        return len(lines)
    at = following[0] - 1
    while at > 0 and lines[at - 1].lstrip().startswith("#"):  # what is said of the next table stays with it
        at -= 1
    return at


def _headers(lines: list[str], where: Mapping[KeyPath, int]) -> list[int]:
    """Lines, from 1, that a table begins in."""
    tables = {line for path, line in where.items() if all(isinstance(key, str) for key in path)}
    return [line for line in sorted(tables) if _HEADER.match(lines[line - 1])]


def _without_end(lines: list[str]) -> list[str]:
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return lines


def _checked(lines: list[str], holds: Callable[[dict[str, Any]], bool]) -> str:
    made = "\n".join(lines) + "\n"
    try:
        if holds(tomllib.loads(made)):
            return made
    except (tomllib.TOMLDecodeError, KeyError, TypeError):
        pass
    raise ValueError(_NO_PLACE)
