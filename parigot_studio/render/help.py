"""The help screen's text, made from the actions table so that it cannot lie."""

from __future__ import annotations

from collections.abc import Iterable

from rich.style import Style
from rich.text import Text

from parigot_studio.models.filters import CALL_FIELDS, LOG_FIELDS
from parigot_studio.render.palette import Palette
from parigot_studio.render.text import crop, wrap

# (what is written, what it means)
FILTER_LANGUAGE = (
    ("word other", "rows that hold both words, in any case"),
    ('"two words"', "rows that hold the phrase"),
    ("-word", "rows without it; works before everything below too"),
    ("service:greeting", "that guest; a,b for either; =a for exactly a"),
    ("level:warn", "log: that level and worse"),
    ("call:3", "log lines of call 3, or call 3 itself"),
    ("is:error", "trace: error, ok, slow, running or root"),
    ("over:5ms", "trace: calls that took at least that long"),
)
LEGEND = (
    ("○ ● ✓ ✗ ·", "a guest starts or waits, runs, has ended, has failed, is not needed"),
    ("… ▸ ✓ ✗", "a call is queued, is handled, was answered, ended in an error"),
    ("▶", "the delivery that the next step hands out"),
)


def help_lines(
    groups: Iterable[tuple[str, Iterable[tuple[str, str]]]], width: int, palette: Palette
) -> list[Text]:
    """The whole help text.

    Args:
        groups: (heading, rows of (keys, what they do)).
    """
    out: list[Text] = []
    for heading, rows in groups:
        _head(out, heading, palette)
        for keys, words in rows:
            _row(out, keys, words, 16, width, palette)
    _head(out, "Filters (/)", palette)
    for written, meaning in FILTER_LANGUAGE:
        _row(out, written, meaning, 20, width, palette)
    _row(out, "fields of the log", " ".join(LOG_FIELDS.makers), 20, width, palette)
    _row(out, "fields of the trace", " ".join(CALL_FIELDS.makers), 20, width, palette)
    _head(out, "Signs", palette)
    for signs, meaning in LEGEND:
        _row(out, signs, meaning, 16, width, palette)
    return out


def _head(out: list[Text], words: str, palette: Palette) -> None:
    if out:
        out.append(Text(""))
    out.append(Text(words, palette.accent + Style(bold=True)))


def _row(out: list[Text], left: str, right: str, column: int, width: int, palette: Palette) -> None:
    for index, part in enumerate(wrap(right, max(20, width - column - 2))):
        line = Text("  ")
        line.append(f"{crop(left, column) if index == 0 else '':<{column}}", palette.warn)
        out.append(line.append(part, palette.text))
