"""What one guest writes, as lines of the unified log: cut, understood, and kept within its rate."""

from __future__ import annotations

from typing import NamedTuple

from parigot.session.logtext import LineSplitter, ParsedLine, understand

_WINDOW_NS = 1_000_000_000


class GuestLine(NamedTuple):
    """A line to log: what it says, and the stream it came from ("runtime" for the note on dropped lines)."""

    stream: str
    parsed: ParsedLine


class GuestLog:
    """The lines of one guest.

    Args:
        lines_per_s: how many lines a second are kept; 0 keeps all.
    """

    def __init__(self, lines_per_s: int) -> None:
        self._limit = lines_per_s
        self._splitters = {"stdout": LineSplitter(), "stderr": LineSplitter()}
        self._window_end = 0
        self._in_window = 0
        self._notes = 0
        self._dropped = 0
        self._dropped_notes = 0

    def write(self, stream: str, data: bytes, now: int) -> list[GuestLine]:
        """Takes what the guest wrote; returns the lines that are complete and within the rate."""
        out: list[GuestLine] = []
        if self._limit:
            if now >= self._window_end:
                out = self._report_dropped()
                self._window_end = now + _WINDOW_NS
                self._in_window = self._notes = 0
            elif self._in_window >= self._limit:
                # Too much already: do not even look at the text.
                self._dropped += data.count(b"\n") or bool(data)
                return out
        for line in self._splitters[stream].feed(data):
            self._keep(stream, line, out)
        return out

    def note(self, level: str, text: str, now: int) -> list[GuestLine]:
        """A line of the runtime about this guest. A guest may cause those, too, so their rate is bounded as
        well, but they take nothing of what the guest itself may write.
        """
        out = self.write("stderr", b"", now)
        if self._limit and self._notes >= self._limit:
            self._dropped_notes += 1
            return out
        self._notes += 1
        out.append(GuestLine("runtime", ParsedLine(level, text, ())))
        return out

    def close(self) -> list[GuestLine]:
        """The guest has ended: its unfinished lines, and what was dropped."""
        out: list[GuestLine] = []
        for stream, splitter in self._splitters.items():
            for line in splitter.flush():
                self._keep(stream, line, out)
        return out + self._report_dropped()

    def _keep(self, stream: str, line: str, out: list[GuestLine]) -> None:
        if self._limit and self._in_window >= self._limit:
            self._dropped += 1
            return
        self._in_window += 1
        out.append(GuestLine(stream, understand(line)))

    def _report_dropped(self) -> list[GuestLine]:
        out: list[GuestLine] = []
        if self._dropped:
            text = f"{self._dropped:,} log lines dropped: more than log_lines_per_s = {self._limit}"
            out.append(GuestLine("runtime", ParsedLine("warn", text, ())))
        if self._dropped_notes:
            text = f"{self._dropped_notes:,} further notes of the runtime about it dropped"
            out.append(GuestLine("runtime", ParsedLine("debug", text, ())))
        self._dropped = self._dropped_notes = 0
        return out
