"""The calls of a run: the last ones row by row, and totals over all of them.

The newest calls are kept whole up to a number of calls and a number of payload bytes; what goes first is
the payloads of old calls, then the calls. Totals by caller, callee and method go on for ever: they are what
a person can still read when thousands of calls a second go by.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from parigot.session.events import CallDelivered, CallDispatched, CallResolved

from parigot_studio.models.window import Window

CALLS_KEPT = 5_000
PAYLOAD_BYTES_KEPT = 48 * 1024 * 1024
TOTALS_KEPT = 2_000
CHILDREN_KEPT = (
    100  # of one call; rows that go away stay reachable from their parent only as long as it is kept
)
OTHERS = ("…", "…", "", "others")

QUEUED = "queued"
RUNNING = "running"
DONE = "done"
LOST = "lost"  # its end was among the events that the display lost


class CallRow:
    """One call. `number` is the call number of the session; times are session nanoseconds or None."""

    __slots__ = (
        "callee",
        "caller",
        "children",
        "delivered_ns",
        "depth",
        "dispatched_ns",
        "error",
        "forgotten",
        "method",
        "number",
        "parent",
        "reason",
        "reply",
        "request",
        "resolved_ns",
        "service",
        "slow",
        "state",
    )

    def __init__(self, event: CallDispatched, depth: int) -> None:
        self.number = event.call
        self.parent = event.parent
        self.depth = depth
        self.caller = event.caller
        self.callee = event.callee
        self.service = event.service
        self.method = event.method
        self.request = event.request
        self.reply = b""
        self.children: list[CallRow] = []  # what was dispatched in its handling, the first ones
        self.forgotten = False  # the payloads were let go to save memory
        self.error = 0
        self.reason = ""
        self.slow = False
        self.dispatched_ns = event.time_ns
        self.delivered_ns: int | None = None
        self.resolved_ns: int | None = None
        self.state = QUEUED

    @property
    def duration_ns(self) -> int | None:
        """From dispatch to outcome; None while it is under way or when its end was not seen."""
        return None if self.resolved_ns is None else self.resolved_ns - self.dispatched_ns


class Totals:
    """What all calls of one method between two guests add up to."""

    __slots__ = (
        "callee",
        "caller",
        "calls",
        "done",
        "errors",
        "max_ns",
        "method",
        "service",
        "slow",
        "sum_ns",
    )

    def __init__(self, caller: str, callee: str, service: str, method: str) -> None:
        self.caller = caller
        self.callee = callee
        self.service = service
        self.method = method
        self.calls = 0
        self.done = 0
        self.errors = 0
        self.slow = 0
        self.sum_ns = 0
        self.max_ns = 0


class CallBook:
    """All that the studio knows of the calls of a run."""

    def __init__(self, kept: int = CALLS_KEPT, payload_bytes: int = PAYLOAD_BYTES_KEPT) -> None:
        self._by_call: dict[int, CallRow] = {}
        self._open: dict[int, CallRow] = {}
        self._payload_limit = payload_bytes
        self._payload_bytes = 0
        self._with_payload: deque[CallRow] = deque()
        self.rows: Window[CallRow] = Window(kept, on_drop=self._forget)
        self.totals: dict[tuple[str, str, str, str], Totals] = {}
        self.highest = 0  # the highest call number seen, which is how many calls there were
        self.version = 0  # changes whenever a row does

    def __len__(self) -> int:
        return len(self.rows)

    def get(self, call: int | None) -> CallRow | None:
        """The call of that number, or None when it is not kept."""
        return None if call is None else self._by_call.get(call)

    def dispatched(self, event: CallDispatched) -> None:
        """A call came up."""
        parent = self._by_call.get(event.parent) if event.parent is not None else None
        depth = parent.depth + 1 if parent is not None else 0 if event.parent is None else 1
        row = CallRow(event, depth)
        if parent is not None and len(parent.children) < CHILDREN_KEPT:
            parent.children.append(row)
        self.version += 1
        self.highest = max(self.highest, event.call)
        self._by_call[event.call] = row
        self._open[event.call] = row
        self._totals_of(row).calls += 1
        self.rows.append(row)
        if event.request:
            self._with_payload.append(row)
            self._grow(len(event.request))

    def delivered(self, event: CallDelivered) -> None:
        """A call reached its callee."""
        row = self._by_call.get(event.call)
        if row is not None:
            self.version += 1
            row.delivered_ns = event.time_ns
            row.state = RUNNING

    def resolved(self, event: CallResolved) -> None:
        """A call has its outcome."""
        row = self._by_call.get(event.call)
        if row is None:
            return
        self.version += 1
        self._open.pop(event.call, None)
        row.resolved_ns = event.time_ns
        row.error = event.error
        row.reason = event.reason
        row.slow = event.slow
        row.state = DONE
        taken = event.time_ns - row.dispatched_ns
        totals = self._totals_of(row)
        totals.done += 1
        totals.sum_ns += taken
        totals.max_ns = max(totals.max_ns, taken)
        totals.errors += event.error != 0
        totals.slow += event.slow
        if event.reply and not row.forgotten:
            if not row.request:
                self._with_payload.append(row)
            row.reply = event.reply
            self._grow(len(event.reply))

    def reconcile(self, in_flight: Iterable[int]) -> None:
        """After lost events: closes the calls that the session says are no longer under way."""
        alive = set(in_flight)
        for call in [call for call in self._open if call not in alive]:
            self._open.pop(call).state = LOST
            self.version += 1

    def chain(self, row: CallRow) -> list[CallRow]:
        """The kept ancestors of a call, the outermost first, without the call itself."""
        found: list[CallRow] = []
        seen = {row.number}
        while (parent := self.get(row.parent)) is not None and parent.number not in seen:
            found.append(parent)
            seen.add(parent.number)
            row = parent
        return found[::-1]

    def _totals_of(self, row: CallRow) -> Totals:
        key = (row.caller, row.callee, row.service, row.method)
        totals = self.totals.get(key)
        if totals is None:
            if len(self.totals) >= TOTALS_KEPT:
                key = OTHERS
            totals = self.totals.setdefault(key, Totals(*key))
        return totals

    def _grow(self, size: int) -> None:
        self._payload_bytes += size
        while self._payload_bytes > self._payload_limit and self._with_payload:
            self._drop_payload(self._with_payload.popleft())

    def _drop_payload(self, row: CallRow) -> None:
        if not row.forgotten:
            self._payload_bytes -= len(row.request) + len(row.reply)
            row.request = row.reply = b""
            row.forgotten = True

    def _forget(self, row: CallRow) -> None:
        self._by_call.pop(row.number, None)
        self._open.pop(row.number, None)
        if row.request or row.reply:
            self._drop_payload(row)
        # Rows without payload may still head the queue; without this it would grow with the run.
        while self._with_payload and self._with_payload[0].forgotten:
            self._with_payload.popleft()
