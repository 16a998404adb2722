"""The long view of one thing: a call, a log line, a pending delivery, a guest; wrapped to a width."""

from __future__ import annotations

from collections.abc import Sequence

from parigot.schema import lines as payload_lines
from parigot.session.views import EdgeView, PendingView, ServiceView
from rich.style import Style
from rich.text import Text

from parigot_studio.models.calls import DONE, CallRow
from parigot_studio.models.logs import LogRow
from parigot_studio.render.look import Look
from parigot_studio.render.numbers import count, duration, moment, plural, size
from parigot_studio.render.rows import kind_word, log_row
from parigot_studio.render.text import clean, crop, wrap

MOST_PAYLOAD_LINES = 2_000
MOST_CHILDREN = 50
MOST_LOG_LINES = 200


class Page:
    """Lines that are put together from top to bottom."""

    def __init__(self, width: int, look: Look) -> None:
        self.width = max(width, 16)
        self.look = look
        self.lines: list[Text] = []

    def line(self, *parts: tuple[str, Style]) -> None:
        """One line, cut at the width."""
        text = Text(no_wrap=True, end="")
        for words, style in parts:
            text.append(crop(words, max(0, self.width - text.cell_len)), style)
        self.lines.append(text)

    def block(self, words: str, style: Style, indent: int = 0, limit: int = 400) -> None:
        """Words in as many lines as they need."""
        for part in wrap(words, self.width - indent, limit):
            self.lines.append(Text(" " * indent + part, style, no_wrap=True, end=""))

    def head(self, words: str) -> None:
        """A heading, with a blank line before it."""
        if self.lines:
            self.lines.append(Text("", end=""))
        self.line((words, self.look.palette.accent + Style(bold=True)))

    def pair(self, key: str, value: str, style: Style | None = None) -> None:
        """`key   value`; the value goes on below itself when it is long."""
        palette = self.look.palette
        for index, part in enumerate(wrap(value, self.width - 13, 50)):
            self.line((f"{key if index == 0 else '':<13}", palette.key), (part, style or palette.value))

    def payload(self, any_bytes: bytes, missing: str) -> None:
        """A message, decoded; long values are wrapped under their name."""
        palette = self.look.palette
        if not any_bytes:
            self.line((f"  {missing}", palette.faint))
            return
        decoded = self.look.schema.decode(any_bytes)
        shown = payload_lines(decoded)
        head, note = decoded.type_name, f"({decoded.note})"
        for text in shown[:MOST_PAYLOAD_LINES]:
            if text == head:
                self.line((f"  {head}", palette.muted), (f"  {size(len(any_bytes))}", palette.faint))
            elif text == note:
                self.block(text, palette.warn, 2, 4)
            else:
                self._field(text)
        if len(shown) > MOST_PAYLOAD_LINES:
            self.line((f"  … {plural(len(shown) - MOST_PAYLOAD_LINES, 'more line')}", palette.faint))

    def _field(self, text: str) -> None:
        palette = self.look.palette
        indent = len(text) - len(text.lstrip(" ")) + 2
        for index, part in enumerate(wrap(text.lstrip(" "), self.width - indent, 100)):
            name, colon, value = part.partition(": ") if index == 0 else ("", "", part)
            line = Text(" " * indent, no_wrap=True, end="")
            # A name alone heads the fields below it.
            line.append(name + colon, palette.key if colon or part.endswith(":") else palette.value)
            self.lines.append(line.append(value, palette.value))


def call_page(
    row: CallRow,
    chain: Sequence[CallRow],
    children: Sequence[CallRow],
    logs: Sequence[LogRow],
    width: int,
    look: Look,
) -> list[Text]:
    """A call: outcome, request, reply, times, where it comes from and what came of it."""
    page = Page(width, look)
    palette = look.palette
    glyph, word = look.outcome(row)
    tone: Style = getattr(palette, look.outcome_style(row))
    page.line(
        (f"#{row.number} ", palette.faint),
        (row.caller, palette.service(row.caller)),
        (" → ", palette.muted),
        (row.callee, palette.service(row.callee)),
        (f"  {row.method}", palette.text + Style(bold=True)),
    )
    outcome = f"{glyph} {word}"
    if row.state == DONE:
        outcome += f" after {duration(row.duration_ns)}"
    page.line(
        (outcome, tone), ("  slow" if row.slow else "", palette.warn), (f"  {row.service}", palette.muted)
    )
    if row.reason:
        page.block(row.reason, palette.error)

    page.head("Request")
    page.payload(row.request, "no longer kept" if row.forgotten else "empty")
    page.head("Reply")
    if row.state != DONE:
        page.line((f"  {word}", palette.muted))
    elif row.error:
        page.line(
            (f"  ✗ {look.error(row.service, row.error)}", palette.error),
            (f"  code {row.error}", palette.faint),
        )
    else:
        page.payload(row.reply, "no longer kept" if row.forgotten else "empty")

    page.head("Times")
    _times(page, row)
    if row.parent is not None or chain:
        page.head("Called in the handling of")
        for depth, ancestor in enumerate(chain):
            _relative(page, ancestor, depth)
        if row.parent is not None and not chain:
            page.line((f"  #{row.parent}, which is no longer kept", palette.faint))
    if children:
        page.head(f"Calls made in its handling ({len(children)})")
        for child in children[:MOST_CHILDREN]:
            _relative(page, child, 0)
        if len(children) > MOST_CHILDREN:
            page.line((f"  … {len(children) - MOST_CHILDREN} more", palette.faint))
    if logs:
        page.head(f"Log lines written in its handling ({len(logs)})")
        for log in logs[:MOST_LOG_LINES]:
            page.lines.append(log_row(log, page.width, look))
        if len(logs) > MOST_LOG_LINES:
            page.line((f"  … {len(logs) - MOST_LOG_LINES} more; l shows them all in the log", palette.faint))
    return page.lines


def _times(page: Page, row: CallRow) -> None:
    muted = page.look.palette.muted

    def at(name: str, ns: int | None, note: str) -> None:
        page.line(
            (f"  {name:<11}", page.look.palette.key),
            (moment(ns) if ns is not None else "—", muted),
            (note, muted),
        )

    at("dispatched", row.dispatched_ns, "")
    waited = "" if row.delivered_ns is None else f"  waited {duration(row.delivered_ns - row.dispatched_ns)}"
    at("delivered", row.delivered_ns, waited)
    handled = ""
    if row.resolved_ns is not None and row.delivered_ns is not None:
        handled = f"  handled in {duration(row.resolved_ns - row.delivered_ns)}"
    at("resolved", row.resolved_ns, handled)


def _relative(page: Page, row: CallRow, depth: int) -> None:
    palette = page.look.palette
    glyph, _ = page.look.outcome(row)
    page.line(
        ("  " + "  " * depth, palette.muted),
        (glyph, getattr(palette, page.look.outcome_style(row))),
        (f" #{row.number} ", palette.faint),
        (row.caller, palette.service(row.caller)),
        (" → ", palette.muted),
        (row.callee, palette.service(row.callee)),
        (f"  {row.method}", palette.text),
    )


def log_page(row: LogRow, call: CallRow | None, width: int, look: Look) -> list[Text]:
    """A log line in full, with its fields and the call in whose handling it was written."""
    page = Page(width, look)
    palette = look.palette
    page.line((row.service, palette.service(row.service)), (f"  {row.level}", palette.level(row.level)))
    page.line((f"{moment(row.time_ns)}  {row.stream}  event {row.seq}", palette.muted))
    page.head("Message")
    page.block(row.message, palette.text, 2)
    if row.fields:
        page.head("Fields")
        for key, value in row.fields:
            page.pair(f"  {clean(key)}", value)
    if row.call is not None:
        page.head("Written in the handling of")
        if call is None:
            page.line((f"  call #{row.call}, which is no longer kept", palette.faint))
        else:
            _relative(page, call, 0)
            page.line(("  enter goes there", palette.faint))
    return page.lines


def pending_page(view: PendingView, is_next: bool, width: int, look: Look) -> list[Text]:
    """A delivery that waits."""
    page = Page(width, look)
    palette = look.palette
    if view.source:
        route = [
            (view.source, palette.service(view.source)),
            (" → ", palette.muted),
            (view.target, palette.service(view.target)),
            (f"  {view.method}", palette.text + Style(bold=True)),
        ]
    else:
        route = [(view.target, palette.service(view.target))]
    page.line((f"{kind_word(view)} ", palette.text + Style(bold=True)), *route)
    if is_next:
        state = "next: n delivers it"
    elif view.ready:
        state = "enter delivers it before the others"
    else:
        state = f"{view.target} is busy; it can be delivered when it waits for an event again"
    page.block(state, palette.muted)
    if view.call is not None:
        page.pair("call", f"#{view.call}")
    if view.service:
        page.pair("service", view.service)
    if view.error:
        page.pair("error", f"{look.error(view.service, view.error)} (code {view.error})", palette.error)
    if view.source and not view.error:
        page.head("Request" if view.kind == "call" else "Reply")
        page.payload(view.payload, "empty")
    return page.lines


def service_page(view: ServiceView, edges: Sequence[EdgeView], width: int, look: Look) -> list[Text]:
    """A guest: its state and why, what it offers, what it needs and from whom, its traffic."""
    page = Page(width, look)
    palette = look.palette
    page.line((view.name, palette.service(view.name) + Style(bold=True)), (f"  {view.kind}", palette.muted))
    page.line((view.state, palette.state(view.state)))
    if view.detail:
        page.block(view.detail, palette.error if view.state == "failed" else palette.muted)
    page.head("Traffic")
    page.pair(
        "  calls in", count(view.calls_in) + (f", {plural(view.errors, 'error')}" if view.errors else "")
    )
    page.pair("  calls out", count(view.calls_out))
    page.pair("  waiting", plural(view.inbox, "delivery", "deliveries"))
    page.pair("  memory", size(view.memory_bytes) if view.memory_bytes else "none")
    if view.exports:
        page.head("Exports")
        for name in view.exports:
            page.line((f"  {name}", palette.text))
    needed = [edge for edge in edges if edge.source == view.name]
    if needed:
        page.head("Requires")
        for edge in needed:
            _edge(page, edge.name, "from", edge.target, edge)
    users = [edge for edge in edges if edge.target == view.name]
    if users:
        page.head("Required by")
        for edge in users:
            _edge(page, edge.name, "by", edge.source, edge)
    return page.lines


def _edge(page: Page, name: str, word: str, other: str, edge: EdgeView) -> None:
    palette = page.look.palette
    page.line(
        (f"  {name} ", palette.text),
        (f"{word} ", palette.muted),
        (other or "nobody", palette.service(other) if other else palette.error),
        (f"  {plural(edge.calls, 'call')}", palette.muted),
        (f", {plural(edge.errors, 'error')}" if edge.errors else "", palette.error),
    )
