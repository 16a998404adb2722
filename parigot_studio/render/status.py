"""The line at the top and the words for how a run stands or ended."""

from __future__ import annotations

from dataclasses import dataclass

from rich.style import Style
from rich.text import Text

from parigot_studio.render.numbers import count
from parigot_studio.render.palette import Palette
from parigot_studio.render.text import clean, crop

ENDINGS = {
    70: "a defect in the runtime",
    193: "startup failed",
    194: "a guest trapped or was killed",
    195: "the replay differed",
    196: "a descriptor, module or build is bad",
}


@dataclass(frozen=True, slots=True)
class Status:
    """What the top line says."""

    app: str
    mode: str  # STARTING WAITING RUNNING STEPPING PAUSED STOPPING ENDED FAILED
    code: int | None
    steps: int
    calls: int
    rate: float  # calls a second of session time
    lost: int  # events that the display lost
    pending: int


GLYPHS = {
    "STARTING": "○",
    "WAITING": "○",
    "RUNNING": "●",
    "STEPPING": "◆",
    "PAUSED": "‖",
    "STOPPING": "○",
    "ENDED": "■",
    "FAILED": "✗",
}


def mode_style(status: Status, palette: Palette) -> Style:
    """The colour of the mode."""
    if status.mode == "ENDED":
        return palette.ok if status.code == 0 else palette.error
    return {
        "RUNNING": palette.ok,
        "STEPPING": palette.accent,
        "PAUSED": palette.warn,
        "FAILED": palette.error,
    }.get(status.mode, palette.muted)


def status_line(status: Status, width: int, palette: Palette) -> Text:
    """`parigot studio  helloworld  ● RUNNING        steps 12  calls 3  0/s  lost 0`."""
    tone = mode_style(status, palette) + Style(bold=True)
    left = Text(no_wrap=True, end="")
    if width >= 100:
        left.append(" parigot studio ", palette.muted)
    left.append(f" {crop(status.app, max(8, width // 4))} ", palette.text + Style(bold=True))
    mode = f"{GLYPHS.get(status.mode, '')} {status.mode}"
    if status.mode == "ENDED" and status.code is not None:
        mode += f" {status.code}"
    left.append(f" {mode} ", tone)

    parts: list[tuple[str, str, Style]] = [
        ("steps ", count(status.steps), palette.text),
        ("calls ", count(status.calls), palette.text),
    ]
    if status.mode == "RUNNING":
        parts.append(("", f"{count(status.rate)}/s", palette.text))
    if status.mode in ("STEPPING", "PAUSED"):
        parts.insert(0, ("pending ", count(status.pending), palette.accent))
    if status.lost:
        parts.append(("not shown ", count(status.lost), palette.warn))
    right = Text(no_wrap=True, end="")
    for label, value, style in parts:
        right.append("  " + label, palette.muted).append(value, style)
    right.append(" ")
    gap = width - left.cell_len - right.cell_len
    if gap < 0:
        right.truncate(max(0, width - left.cell_len), overflow="ellipsis")
        gap = max(0, width - left.cell_len - right.cell_len)
    left.append(" " * gap)
    return left.append_text(right)


def ending_title(code: int | None) -> str:
    """`the program ended with code 0`, `startup failed (code 193)`; None: there was no run."""
    if code is None:
        return "cannot start"
    if code in ENDINGS:
        return f"{ENDINGS[code]} (code {code})"
    return f"the program ended with code {code}"


def ending_lines(report: str) -> list[str]:
    """A report as lines that are safe to show."""
    return [clean(line) for line in report.rstrip().splitlines()]
