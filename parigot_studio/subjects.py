"""What the detail pane shows for what is chosen in another pane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parigot_studio.render.detail import call_page, log_page, pending_page, service_page
from parigot_studio.render.look import Look
from parigot_studio.session_bridge import Bridge

if TYPE_CHECKING:
    from parigot_studio.desk import Desk


def show_subject(desk: Desk, subject: str, bridge: Bridge, look: Look) -> None:
    """Brings the detail pane up to date with the choice in the pane named `subject`."""
    {"trace": _call, "log": _log, "pending": _pending, "graph": _guest}[subject](desk, bridge, look)


def _call(desk: Desk, bridge: Bridge, look: Look) -> None:
    row = desk.trace.chosen
    if row is None:
        desk.detail.show(("call", None), None, look)
        return
    chain = bridge.calls.chain(row)
    children = list(row.children)
    logs = bridge.logs.of_call(row.number)
    key = ("call", row.number, row.state, row.forgotten, len(logs), [child.state for child in children])
    desk.detail.show(
        key,
        lambda width, look: call_page(row, chain, children, logs, width, look),
        look,
        f"call {row.number}",
    )


def _log(desk: Desk, bridge: Bridge, look: Look) -> None:
    row = desk.logs.chosen
    if row is None:
        desk.detail.show(("log", None), None, look)
        return
    call = bridge.calls.get(row.call)
    key = ("log", row.number, call.state if call is not None else None)
    desk.detail.show(key, lambda width, look: log_page(row, call, width, look), look, "log line")


def _pending(desk: Desk, bridge: Bridge, look: Look) -> None:
    view = desk.pending.chosen
    if view is None:
        desk.detail.show(("pending", None), None, look)
        return
    following = view.number == desk.pending.next
    key = ("pending", view.number, view, following)
    desk.detail.show(
        key, lambda width, look: pending_page(view, following, width, look), look, f"delivery {view.number}"
    )


def _guest(desk: Desk, bridge: Bridge, look: Look) -> None:
    view = desk.graph.chosen
    if view is None:
        desk.detail.show(("guest", None), None, look)
        return
    edges = bridge.snapshot.edges
    mine = [edge for edge in edges if view.name in (edge.source, edge.target)]
    desk.detail.show(
        ("guest", view.name, view, mine),
        lambda width, look: service_page(view, mine, width, look),
        look,
        view.name,
    )
