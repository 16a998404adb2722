"""Turns what happens into events and hands them to every front end that listens.

The only place where events are numbered. A run without a reader of calls makes no call events at all; they
are counted all the same, so that sequence numbers mean the same in every view of a run.
"""

from __future__ import annotations

from typing import cast

from parigot.kernel import Notice, NoticeKind, StateNotice
from parigot.session.events import (
    CallDelivered,
    CallDispatched,
    CallResolved,
    Event,
    LogWritten,
    RunChanged,
    RunEnded,
    ServiceChanged,
)
from parigot.session.guestlog import GuestLine
from parigot.trace import EventStream

Told = Event | tuple[int, Notice]
"""What lies in a stream: an event, or (seq, a notice of the kernel), which `event_of` makes into one when it
is read. There are three of those for every call."""

_DISPATCHED, _DELIVERED = NoticeKind.DISPATCHED, NoticeKind.DELIVERED
RUNTIME = "parigot"


class Reporter:
    """The numbered stream of a run's events.

    Attributes:
        seq: the number of the last event.
    """

    def __init__(self) -> None:
        self.seq = 0
        self._with_calls: list[EventStream[Event]] = []
        self._without_calls: list[EventStream[Event]] = []

    def subscribe(self, stream: EventStream[Event], *, calls: bool) -> None:
        """Adds a reader; without `calls` it is spared the three events of every call."""
        (self._with_calls if calls else self._without_calls).append(stream)

    def notices(self, notices: list[Notice]) -> None:
        """Reports what the kernel has noticed, and empties the list."""
        # Launches and exits, which have no number, are told by the states of their guests.
        told = [
            notice for notice in notices if len(notice) != 2 or notice[1].number
        ]  # a StateNotice has more
        notices.clear()
        first = self.seq + 1
        self.seq += len(told)
        for stream in self._with_calls:
            stream.push_numbered(first, told)
        for stream in self._without_calls:
            for seq, notice in enumerate(told, first):
                if isinstance(notice, StateNotice):
                    stream.push(_changed(seq, notice))

    def log(self, service: str, line: GuestLine, call: int | None, now: int) -> None:
        """A line of a guest."""
        self.seq += 1
        level, message, fields = line.parsed
        self._push(LogWritten(self.seq, now, service, level, message, fields, call, line.stream))

    def runtime_line(self, level: str, message: str, now: int, call: int | None = None) -> None:
        """A line of the runtime itself."""
        self.seq += 1
        self._push(LogWritten(self.seq, now, RUNTIME, level, message, (), call, "runtime"))

    def service_changed(self, name: str, state: str, detail: str, now: int) -> None:
        """A guest entered a state."""
        self.seq += 1
        self._push(ServiceChanged(self.seq, now, name, state, detail))

    def run_changed(self, state: str, now: int) -> None:
        """The run entered a state."""
        self.seq += 1
        self._push(RunChanged(self.seq, now, state))

    def run_ended(self, code: int, report: str, now: int) -> None:
        """The last event; closes every stream."""
        self.run_changed("ended", now)
        self.seq += 1
        self._push(RunEnded(self.seq, now, code, report))
        for stream in (*self._with_calls, *self._without_calls):
            stream.close()

    def _push(self, event: Event) -> None:
        for stream in (*self._with_calls, *self._without_calls):
            stream.push(event)


_new = tuple.__new__  # half the time of a named tuple's own constructor; three are made for every call


def event_of(told: Told) -> Event:
    """The event that something in a stream stands for."""
    if type(told) is not tuple:
        return cast(Event, told)
    seq, notice = cast(tuple[int, Notice], told)
    if isinstance(notice, StateNotice):
        return _changed(seq, notice)
    kind, call = notice
    if kind is _DISPATCHED:
        route = call.route
        return _new(
            CallDispatched,
            (
                seq,
                call.dispatched_ns,
                call.number,
                call.parent,
                call.caller.name,
                call.callee.name,
                route.service_name,
                route.method_name,
                call.request,
            ),
        )
    if kind is _DELIVERED:
        return _new(CallDelivered, (seq, call.delivered_ns, call.number))
    return _new(
        CallResolved,
        (seq, call.resolved_ns, call.number, call.error, call.reason, call.reply, call.slow),
    )


def _changed(seq: int, notice: StateNotice) -> ServiceChanged:
    return ServiceChanged(seq, notice.time_ns, notice.guest.name, notice.state.value, notice.detail)
