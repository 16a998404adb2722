"""What every row needs to be drawn: colours, the app's schema, and the session's time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from parigot.errors import KernelErr
from parigot.schema import Decoded, one_line

from parigot_studio.models.calls import DONE, LOST, RUNNING, CallRow
from parigot_studio.render.palette import DARK, Palette

# A one-liner shows a few dozen characters: a bigger message is not worth decoding for it.
ONE_LINER_BYTES = 8 * 1024


class Decoder(Protocol):
    """The part of `parigot.schema.Schema` that rows use."""

    def decode(self, any_bytes: bytes) -> Decoded: ...
    def error_name(self, service: str, code: int) -> str: ...


@dataclass(frozen=True)
class Look:
    """How rows are drawn at this moment.

    Attributes:
        schema: decodes payloads and names error codes.
        palette: colours by meaning.
        now_ns: the session clock, for what is still under way.
    """

    schema: Decoder
    palette: Palette = DARK
    now_ns: int = 0

    def error(self, service: str, code: int) -> str:
        """An error code as a word."""
        return self.schema.error_name(service, code)

    def payload(self, any_bytes: bytes, width: int) -> str:
        """A message in one line of at most `width` cells, "" for none."""
        if not any_bytes or width < 4:
            return ""
        if len(any_bytes) > ONE_LINER_BYTES:
            return f"({len(any_bytes):,} bytes)"
        return one_line(self.schema.decode(any_bytes), width)

    def outcome(self, row: CallRow) -> tuple[str, str]:
        """(glyph, word) for how a call stands."""
        if row.state == DONE:
            return ("✗", self.error(row.service, row.error)) if row.error else ("✓", "ok")
        if row.state == LOST:
            return "?", "end not seen"
        return ("▸", "running") if row.state == RUNNING else ("…", "queued")

    def outcome_style(self, row: CallRow) -> str:
        """The name of the palette's colour for how a call stands."""
        if row.state == DONE:
            return "error" if row.error else "warn" if row.slow else "ok"
        return "muted" if row.state == LOST else "running"


def kernel_error(code: int) -> str:
    """The kernel's name of an error code, or the number."""
    try:
        return KernelErr(code).name
    except ValueError:
        return str(code)
