"""One row of each list: trace, totals, log, pending deliveries. Always one line, cut to the width given."""

from __future__ import annotations

from parigot.session.views import PendingView
from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from parigot_studio.models.calls import DONE, CallRow, Totals
from parigot_studio.models.logs import LogRow
from parigot_studio.render.look import Look
from parigot_studio.render.numbers import count, duration, moment
from parigot_studio.render.text import clean, crop, fit

DEEPEST_INDENT = 8

LEVEL_WORDS = {"debug": "debug", "info": "info ", "warn": "warn ", "error": "ERROR"}
KIND_WORDS = {"call": "call", "resolved": "reply", "launched": "launch", "exit": "exit"}


class _Line:
    """A Text that is built from left to right and never gets wider than asked."""

    def __init__(self, width: int) -> None:
        self.text = Text(no_wrap=True, end="")
        self.left = width

    def put(self, words: str, style: Style, width: int | None = None, right: bool = False) -> _Line:
        """Appends words: in a column of `width`, or as wide as they are."""
        if self.left > 0 and width != 0:
            shown = crop(words, self.left) if width is None else fit(words, min(width, self.left), right)
            before = self.text.cell_len
            self.text.append(shown, style)
            self.left -= self.text.cell_len - before
        return self

    def gap(self, cells: int = 1) -> _Line:
        """Appends blanks."""
        cells = min(cells, self.left)
        if cells > 0:
            self.text.append(" " * cells)
            self.left -= cells
        return self


def _route(
    line: _Line, look: Look, source: str, target: str, method: str, width: int, brief: bool = False
) -> None:
    """`hello → greeting  FetchGreeting` in at most `width` cells.

    Where that is too long: without blanks, then without the source (if `brief`: the line above says who
    calls), then with names cut short.
    """
    palette = look.palette
    end = line.left - width
    sizes = cell_len(clean(source)), cell_len(clean(target)), cell_len(clean(method))
    names, arrow, gap = [sizes[0], sizes[1]], " → ", 2
    if sum(sizes) + 5 > width:
        arrow, gap = "→", 1
        if brief and sum(sizes) + 2 > width:
            names[0], arrow = 0, ""
        # What is still too long is taken from the longest name first; each keeps a few letters.
        over = names[0] + names[1] + sizes[2] + len(arrow) + gap - width
        while over > 0 and max(names) > 4:
            names[names.index(max(names))] -= 1
            over -= 1
    if names[0]:
        line.put(source, palette.service(source), names[0])
    line.put(arrow, palette.muted).put(target, palette.service(target), names[1]).gap(gap)
    line.put(method, palette.text, max(0, min(sizes[2], line.left - end)))


def trace_row(row: CallRow, width: int, look: Look) -> Text:
    """A call: number, time, who calls whom, method, duration, result."""
    palette = look.palette
    line = _Line(width)
    glyph, word = look.outcome(row)
    tone: Style = getattr(palette, look.outcome_style(row))
    roomy = width >= 66
    line.put(str(row.number), palette.faint, 5 if roomy else 3, right=True).gap()
    if roomy:
        line.put(moment(row.dispatched_ns), palette.faint, 8).gap()
    result_width = 8 if width < 60 else 11 if width < 100 else 16 if width < 120 else 34
    end = 1 + 7 + 1 + 2 + result_width
    indent = min(row.depth, DEEPEST_INDENT if roomy else 3)
    line.put("  " * (indent - 1) + "└ " if indent else "", palette.faint)
    _route(line, look, row.caller, row.callee, row.method, max(0, line.left - end), brief=indent > 0)
    room = line.left - end - 2
    if room >= 12:
        line.gap(2).put(look.payload(row.request, room), palette.faint, room)
    line.gap(line.left - end + 1)
    took = row.duration_ns if row.duration_ns is not None else max(0, look.now_ns - row.dispatched_ns)
    known = row.state == DONE or glyph in "▸…"
    line.put(duration(took) if known else "", palette.warn if row.slow else palette.muted, 7, right=True)
    line.gap().put(glyph, tone).gap()
    if row.slow and not row.error:
        word = "slow"
    if row.state == DONE and not row.error and result_width > 30 and row.reply:
        lead = "slow " if row.slow else ""
        line.put(lead, tone).put(look.payload(row.reply, line.left), palette.muted)
    else:
        line.put(word, tone)
    return line.text


def totals_row(totals: Totals, width: int, look: Look) -> Text:
    """What all calls of one method between two guests add up to."""
    palette = look.palette
    line = _Line(width)
    end = 8 + 8 + 8 + 12 if width >= 60 else 8 + 8 + 8
    line.gap()
    _route(line, look, totals.caller, totals.callee, totals.method, max(0, line.left - end))
    line.gap(line.left - end)
    line.put(count(totals.calls), palette.text, 7, right=True).gap()
    mean = totals.sum_ns // totals.done if totals.done else None
    line.put(duration(mean), palette.muted, 7, right=True).gap()
    line.put(duration(totals.max_ns) if totals.done else "", palette.muted, 7, right=True).gap()
    if totals.errors:
        line.put(f"✗ {count(totals.errors)}", palette.error, 7).gap()
    elif totals.slow:
        line.put(f"! {count(totals.slow)}", palette.warn, 7)
    return line.text


def totals_head(width: int, look: Look) -> Text:
    """The heading over totals."""
    muted = look.palette.muted
    line = _Line(width)
    end = 8 + 8 + 8 + 12 if width >= 60 else 8 + 8 + 8
    line.put(" caller → callee  method", muted, max(0, width - end))
    line.put("calls", muted, 7, right=True).gap().put("mean", muted, 7, right=True).gap()
    line.put("longest", muted, 7, right=True).gap().put("errors", muted)
    return line.text


def log_row(row: LogRow, width: int, look: Look) -> Text:
    """A log line: time, service, level, call, message and fields."""
    palette = look.palette
    tone = palette.level(row.level)
    line = _Line(width)
    if width >= 60:
        line.put(moment(row.time_ns), palette.faint, 8).gap()
    line.put(row.service, palette.service(row.service), 10 if width < 110 else 14).gap()
    line.put(LEVEL_WORDS.get(row.level, row.level), palette.muted if row.level == "info" else tone, 5).gap()
    line.put(
        f"#{row.call}" if row.call is not None else "", palette.faint, 5 if width < 110 else 7, right=True
    ).gap()
    message = tone
    if row.service == "parigot" and row.level == "info":
        message = palette.muted
    line.put(row.message, message)
    for key, value in row.fields:
        if line.left < 3:
            break
        line.gap().put(f"{key}=", palette.faint).put(value, palette.muted)
    return line.text


def kind_word(view: PendingView) -> str:
    """What kind of delivery it is, in one word; what comes from the kernel is called by its own name."""
    if not view.source and view.method:
        return view.method
    return KIND_WORDS.get(view.kind, view.kind)


def pending_row(view: PendingView, width: int, look: Look, is_next: bool) -> Text:
    """A delivery that waits: mark of the next one, number, kind, from → to, method, payload."""
    palette = look.palette
    line = _Line(width)
    line.put("▶" if is_next else " ", palette.accent)
    line.put(str(view.number), palette.faint, 4, right=True).gap()
    line.put(kind_word(view), palette.text if view.ready else palette.faint, 7)
    if view.source:
        _route(line, look, view.source, view.target, view.method, line.left)
    else:
        line.put(view.target, palette.service(view.target))
    if view.error:
        line.gap(2).put("✗ " + look.error(view.service, view.error), palette.error)
    if not view.ready:
        line.gap(2).put("(busy)", palette.faint)
    if line.left > 14 and view.payload:
        line.gap(2).put(look.payload(view.payload, line.left), palette.muted)
    return line.text
