"""The deliveries that wait for the scheduler: in step mode, what a person chooses from."""

from __future__ import annotations

from parigot.session.views import PendingView, Snapshot
from rich.text import Text

from parigot_studio.actions import bindings
from parigot_studio.panes.listing import Listing
from parigot_studio.render.look import Look
from parigot_studio.render.rows import pending_row


class PendingPane(Listing[PendingView]):
    """Deliveries in the order of their numbers; the scheduler's next is marked."""

    BINDINGS = bindings("pending")

    def __init__(self, look: Look) -> None:
        super().__init__(look, "pending")
        self.border_title = "4 Pending"
        self.following = False
        self.next: int | None = None
        self._rows: list[PendingView] = []
        self._picked = False  # the person moved the cursor: it no longer goes with the scheduler's next

    def tick(self, look: Look, snapshot: Snapshot) -> None:
        """Takes in what waits now."""
        self.look = look
        rows = sorted(snapshot.pending, key=lambda view: view.number)
        if rows == self._rows and snapshot.next_pending == self.next:
            return
        gone = self.cursor is not None and all(view.number != self.cursor for view in rows)
        self._rows = rows
        self.next = snapshot.next_pending
        self.refresh_rows()
        if (gone or not self._picked) and self.next is not None:
            # The chosen one was delivered: the cursor goes to what comes next.
            self._picked = False
            self.choose_number(self.next)
            self._picked = False
        self.border_title = f"4 Pending ({len(rows):,})" if rows else "4 Pending"

    def choose(self, index: int, follow: bool = False) -> None:
        self._picked = True
        super().choose(index, False)

    def follow(self, on: bool) -> None:
        """Goes with the scheduler's next again."""
        self._picked = not on
        if on and self.next is not None:
            self.choose_number(self.next)
            self._picked = False

    def rows(self) -> list[PendingView]:
        return self._rows

    def nothing(self) -> str:
        return "nothing waits to be delivered"

    def number(self, row: PendingView) -> int:
        return row.number

    def render_row(self, row: PendingView, width: int) -> Text:
        return pending_row(row, width, self.look, row.number == self.next)
