"""Apps to measure, and a run of one without a front end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from parigot.app import App
from parigot.app.load import load
from parigot.session import CallResolved, Event, RunEnded, Session

from bench.measure import ROOT

ROOM = 1_000_000  # events
READS_PER_SECOND = 15  # as often as the studio takes events
WARM_CALLS = 500  # at the start of a run that do not count


def with_arguments(app: App, program: str, *arguments: str) -> App:
    """The app with other arguments for one program: `key=value` words replace those of the same key."""
    keys = tuple(argument.partition("=")[0] + "=" for argument in arguments)
    programs = tuple(
        replace(spec, args=(*(word for word in spec.args if not word.startswith(keys)), *arguments))
        if spec.name == program
        else spec
        for spec in app.programs
    )
    return replace(app, programs=programs)


def with_services(app: App, names: Sequence[str]) -> App:
    """The app with these services only."""
    return replace(app, services=tuple(spec for spec in app.services if spec.name in names))


def pingpong(calls: int) -> App:
    """Program `ping` makes that many calls of service `pong`, one after the other."""
    return with_arguments(load(ROOT / "tests/apps/pingpong"), "ping", f"calls={calls}")


def fleet() -> App:
    """300 services."""
    return load(ROOT / "tests/apps/fleet")


class Cost(NamedTuple):
    """What the calls of a run cost.

    Attributes:
        us: µs a call, between the end of the warm-up and the last call.
        reply: the bytes of the last reply.
    """

    us: float
    reply: bytes


def cost_of_calls(app: App, program: str, *, watched: bool = False) -> Cost:
    """Runs a program and finds out what its calls cost once it is under way.

    Every call goes through the trace: its events are kept in a stream with room for all of them, and read
    when the run is over, as a person would look at them. The time of a call is that between outcomes, on the
    session's own clock, so starting and ending do not count.

    Args:
        watched: read the events while the run goes on instead, as often as the studio does.

    Raises:
        RuntimeError: the program failed, made too few calls, or events were lost.
    """
    session = Session(app, programs=[program])
    stream = session.subscribe(capacity=ROOM)
    session.start()
    events: list[Event] = []
    lost = 0
    ended = False
    while not ended:
        ended = session.wait(1 / READS_PER_SECOND if watched else None)
        taken, missed = stream.drain()
        events += taken
        lost += missed
    first, last, ending = _first_warm(events), _last_resolved(events), events[-1]
    complete = isinstance(ending, RunEnded) and ending.code == 0 and not lost
    if not complete or first is None or last is None or last.call <= first.call:
        raise RuntimeError(f"{program}: code {session.exit_code}, {lost} events lost; {session.report}")
    return Cost((last.time_ns - first.time_ns) / (last.call - first.call) / 1e3, last.reply)


def _first_warm(events: Sequence[Event]) -> CallResolved | None:
    return next((e for e in events if isinstance(e, CallResolved) and e.call > WARM_CALLS), None)


def _last_resolved(events: Sequence[Event]) -> CallResolved | None:
    return next((e for e in reversed(events) if isinstance(e, CallResolved)), None)
