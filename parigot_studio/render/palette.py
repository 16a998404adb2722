"""The colours that meanings have, for dark and light screens.

A meaning is always carried by a glyph or a word as well; colour only makes it quicker to find.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field, replace

from rich.style import Style


@dataclass(frozen=True)
class Palette:
    """Styles by meaning. `services` are the colours that names of guests take turns in."""

    text: Style
    muted: Style
    faint: Style
    accent: Style
    ok: Style
    warn: Style
    error: Style
    running: Style
    key: Style
    value: Style
    heat: tuple[Style, ...]  # an edge just crossed, from cold to hot
    heat_error: Style
    cursor: Style
    cursor_away: Style  # in a pane that has no focus
    services: tuple[Style, ...]
    ranks: dict[str, int] = field(default_factory=dict)

    def service(self, name: str) -> Style:
        """The colour of a guest: by its rank in the app where known, the same in every pane and run."""
        base = name.partition("#")[0]
        if base in ("", "parigot"):
            return self.muted
        rank = self.ranks.get(base)
        if rank is None:
            rank = zlib.crc32(base.encode("utf-8", "replace"))
        return self.services[rank % len(self.services)]

    def level(self, level: str) -> Style:
        """The colour of a log level."""
        return {"debug": self.muted, "warn": self.warn, "error": self.error}.get(level, self.text)

    def state(self, state: str) -> Style:
        """The colour of a guest's state."""
        return {
            "running": self.ok,
            "starting": self.warn,
            "waiting": self.warn,
            "exiting": self.muted,
            "ended": self.muted,
            "failed": self.error,
            "unneeded": self.faint,
        }.get(state, self.text)


def _styles(*colours: str) -> tuple[Style, ...]:
    return tuple(Style(color=colour) for colour in colours)


def _bold(*colours: str) -> tuple[Style, ...]:
    return tuple(Style(color=colour, bold=True) for colour in colours)


DARK = Palette(
    text=Style(color="#d7dce2"),
    muted=Style(color="#8b95a3"),
    faint=Style(color="#566070"),
    accent=Style(color="#6cb6ff"),
    ok=Style(color="#7bd88f"),
    warn=Style(color="#e8b84f"),
    error=Style(color="#ff7b72", bold=True),
    running=Style(color="#6cb6ff", bold=True),
    key=Style(color="#8b95a3"),
    value=Style(color="#d7dce2"),
    heat=_bold("#6f7f55", "#93a852", "#bcd14f", "#e3f35a", "#f6ff8f"),
    heat_error=Style(color="#ff7b72", bold=True),
    cursor=Style(bgcolor="#243447"),
    cursor_away=Style(bgcolor="#19222c"),
    services=_styles(
        "#7dc4e4",
        "#f0a58a",
        "#a6da95",
        "#c6a0f6",
        "#eed49f",
        "#8bd5ca",
        "#f5a3c7",
        "#9ab0ff",
        "#d3e07f",
        "#e0a36f",
    ),
)

LIGHT = Palette(
    text=Style(color="#24292f"),
    muted=Style(color="#656d76"),
    faint=Style(color="#9aa3ad"),
    accent=Style(color="#0757ba"),
    ok=Style(color="#1a7f37"),
    warn=Style(color="#8a5a00"),
    error=Style(color="#c01c28", bold=True),
    running=Style(color="#0757ba", bold=True),
    key=Style(color="#656d76"),
    value=Style(color="#24292f"),
    heat=_bold("#8a7a4a", "#a07a20", "#b87400", "#c86400", "#d84f00"),
    heat_error=Style(color="#c01c28", bold=True),
    cursor=Style(bgcolor="#d5e4f7"),
    cursor_away=Style(bgcolor="#edf1f5"),
    services=_styles(
        "#0b6b9a",
        "#a8431a",
        "#2f7a32",
        "#7a3fc0",
        "#80620a",
        "#0b7a72",
        "#b0306a",
        "#3d4fc4",
        "#5c6f00",
        "#8a4b10",
    ),
)


def ranked(palette: Palette, names: list[str]) -> Palette:
    """The palette with a colour of its own for each of the first guests of an app."""
    ranks: dict[str, int] = {}
    for name in names:
        ranks.setdefault(name.partition("#")[0], len(ranks))
    return replace(palette, ranks=ranks)
