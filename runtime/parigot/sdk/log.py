"""Log lines of services in Python: `level=INFO msg="..." key=value` on stderr, as all our SDKs write them."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable

_OURS = os.path.dirname(os.path.dirname(__file__)) + os.sep  # all of the runtime
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+.,:/@#%*()[]<>|~^;!?&$'")


class Log:
    """A service's log.

    Args:
        write: where the lines go.
    """

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write

    def debug(self, message: str, /, **fields: object) -> None:
        """A line that only those who look for a fault need."""
        self._line("DEBUG", message, fields)

    def info(self, message: str, /, **fields: object) -> None:
        """A line about what happens anyway."""
        self._line("INFO", message, fields)

    def warn(self, message: str, /, **fields: object) -> None:
        """A line about what is odd."""
        self._line("WARN", message, fields)

    warning = warn

    def error(self, message: str, /, **fields: object) -> None:
        """A line about what failed."""
        self._line("ERROR", message, fields)

    def exception(self, message: str, error: BaseException, /, **fields: object) -> None:
        """An error line, and the traceback of `error` below it, without the frames of the runtime."""
        self._line("ERROR", message, fields)
        for line in report(error):
            self._line("ERROR", line, {})

    def _line(self, level: str, message: str, fields: dict[str, object]) -> None:
        words = [f"level={level} msg={quoted(str(message))}"]
        words += [f"{key}={shown(value)}" for key, value in fields.items()]
        self._write(" ".join(words) + "\n")


def shown(value: object) -> str:
    """A field's value, in quotes where it needs them."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if text and _PLAIN.issuperset(text) else quoted(text)


def quoted(text: str) -> str:
    """`text` in double quotes, on one line."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    if not escaped.isprintable():
        escaped = "".join(
            f"\\x{ord(one):02x}" if ord(one) < 0x20 or ord(one) == 0x7F else one for one in escaped
        )
    return f'"{escaped}"'


def report(error: BaseException) -> list[str]:
    """The traceback of an exception as lines, without the frames of the runtime."""
    told = traceback.TracebackException.from_exception(error)
    _leave_out_ours(told, set())
    return "".join(told.format()).rstrip("\n").split("\n")


def _leave_out_ours(told: traceback.TracebackException, seen: set[int]) -> None:
    if id(told) in seen:
        return
    seen.add(id(told))
    kept = [frame for frame in told.stack if not frame.filename.startswith(_OURS)]
    told.stack = traceback.StackSummary.from_list(kept)
    for other in (told.__cause__, told.__context__):
        if other is not None:
            _leave_out_ours(other, seen)
