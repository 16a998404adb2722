"""The calls of a run: the last ones row by row, and totals over all of them.

The newest calls are kept whole up to a number of calls and a number of payload bytes; what goes first is
the payloads of old calls, then the calls. Totals by caller, callee and method go on for ever: they are what
a person can still read when thousands of calls a second go by.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

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
    """One call. `number` is the call number of the session; times are session nanoseconds or None.

    Holds on to the events it is made of: there may be tens of thousands a second, and few are ever looked at.
    """

    __slots__ = (
        "_children",
        "_done",
        "_sent",
        "delivered_ns",
        "depth",
        "forgotten",
        "lost",
        "number",
        "totals",
    )

    def __init__(self, sent: CallDispatched, depth: int, totals: Totals) -> None:
        self._sent = sent
        self._done: CallResolved | None = None
        self._children: list[CallRow] | None = None
        self.number = sent.call
        self.depth = depth
        self.totals = totals
        self.delivered_ns: int | None = None
        self.forgotten = False  # the payloads were let go to save memory
        self.lost = False

    @property
    def parent(self) -> int | None:
        """The call in whose handling it was dispatched."""
        return self._sent.parent

    @property
    def caller(self) -> str:
        """The guest that called."""
        return self._sent.caller

    @property
    def callee(self) -> str:
        """The guest that was called."""
        return self._sent.callee

    @property
    def service(self) -> str:
        """The full name of the service."""
        return self._sent.service

    @property
    def method(self) -> str:
        """The method's name."""
        return self._sent.method

    @property
    def request(self) -> bytes:
        """A serialized google.protobuf.Any; empty when forgotten."""
        return self._sent.request

    @property
    def reply(self) -> bytes:
        """A serialized google.protobuf.Any; empty before the end, with an error, or when forgotten."""
        return self._done.reply if self._done is not None else b""

    @property
    def error(self) -> int:
        """The error code, 0 for none."""
        return self._done.error if self._done is not None else 0

    @property
    def reason(self) -> str:
        """The kernel's own words for an error of its own."""
        return self._done.reason if self._done is not None else ""

    @property
    def slow(self) -> bool:
        """Its handling took longer than it should."""
        return self._done is not None and self._done.slow

    @property
    def dispatched_ns(self) -> int:
        """When it was dispatched."""
        return self._sent.time_ns

    @property
    def resolved_ns(self) -> int | None:
        """When its outcome was known."""
        return self._done.time_ns if self._done is not None else None

    @property
    def duration_ns(self) -> int | None:
        """From dispatch to outcome; None while it is under way or when its end was not seen."""
        return None if self._done is None else self._done.time_ns - self._sent.time_ns

    @property
    def state(self) -> str:
        """QUEUED, RUNNING, DONE or LOST."""
        if self._done is not None:
            return DONE
        if self.lost:
            return LOST
        return QUEUED if self.delivered_ns is None else RUNNING

    @property
    def children(self) -> Sequence[CallRow]:
        """What was dispatched in its handling, the first ones."""
        return self._children or ()

    def adopt(self, child: CallRow) -> None:
        """Another call was dispatched in its handling."""
        if self._children is None:
            self._children = [child]
        elif len(self._children) < CHILDREN_KEPT:
            self._children.append(child)

    def resolve(self, done: CallResolved) -> None:
        """Its outcome is known."""
        self._done = done

    def forget(self) -> None:
        """Lets the payloads go."""
        self.forgotten = True
        self._sent = self._sent._replace(request=b"")
        if self._done is not None:
            self._done = self._done._replace(reply=b"")


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
        self._payload_limit = payload_bytes
        self._payload_bytes = 0
        self._with_payload: deque[CallRow] = deque()
        self.rows: Window[CallRow] = Window(kept, on_drop=self._drop)
        self.totals: dict[tuple[str, ...], Totals] = {}
        self.highest = 0  # the highest call number seen, which is how many calls there were
        self.version = 0  # changes whenever a row does

    def __len__(self) -> int:
        return len(self.rows)

    def get(self, call: int | None) -> CallRow | None:
        """The call of that number, or None when it is not kept."""
        return None if call is None else self._by_call.get(call)

    def dispatched(self, event: CallDispatched) -> None:
        """A call came up."""
        call = event.call
        totals = self.totals.get(event[4:8])
        if totals is None:
            totals = self._new_totals(event)
        totals.calls += 1
        if event.parent is None:
            row = CallRow(event, 0, totals)
        else:
            parent = self._by_call.get(event.parent)
            row = CallRow(event, 1 if parent is None else parent.depth + 1, totals)
            if parent is not None:
                parent.adopt(row)
        self.version += 1
        if call > self.highest:
            self.highest = call
        self._by_call[call] = row
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

    def resolved(self, event: CallResolved) -> None:
        """A call has its outcome."""
        row = self._by_call.get(event.call)
        if row is None:
            return
        self.version += 1
        totals = row.totals
        taken = event.time_ns - row.dispatched_ns
        totals.done += 1
        totals.sum_ns += taken
        if taken > totals.max_ns:
            totals.max_ns = taken
        if event.error:
            totals.errors += 1
        if event.slow:
            totals.slow += 1
        if event.reply:
            if row.forgotten:
                event = event._replace(reply=b"")
            else:
                if not row.request:
                    self._with_payload.append(row)
                row.resolve(event)
                self._grow(len(event.reply))
                return
        row.resolve(event)

    def reconcile(self, in_flight: Iterable[int]) -> None:
        """After lost events: closes the calls that the session says are no longer under way."""
        alive = set(in_flight)
        for row in self.rows:
            if row.resolved_ns is None and not row.lost and row.number not in alive:
                row.lost = True
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

    def _new_totals(self, event: CallDispatched) -> Totals:
        key = event[4:8] if len(self.totals) < TOTALS_KEPT else OTHERS
        return self.totals.setdefault(key, Totals(*key))

    def _grow(self, size: int) -> None:
        self._payload_bytes += size
        while self._payload_bytes > self._payload_limit and self._with_payload:
            self._forget(self._with_payload.popleft())

    def _forget(self, row: CallRow) -> None:
        if not row.forgotten:
            self._payload_bytes -= len(row.request) + len(row.reply)
            row.forget()

    def _drop(self, row: CallRow) -> None:
        """A row leaves the window."""
        self._by_call.pop(row.number, None)
        if row.request or row.reply:
            self._payload_bytes -= len(row.request) + len(row.reply)
            row.forgotten = True  # it goes with its payloads, so there is no need to cut them out
        # Rows without payload may still head the queue; without this it would grow with the run.
        while self._with_payload and self._with_payload[0].forgotten:
            self._with_payload.popleft()
