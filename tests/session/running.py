"""Runs real apps for tests and keeps everything that was told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from parigot.app import App
from parigot.app.load import load
from parigot.session import CallDispatched, CallResolved, Event, LogWritten, ServiceChanged, Session

ROOT = Path(__file__).resolve().parents[2]
APPS = ROOT / "tests" / "apps"
GUESTS = ROOT / "tests" / "guests" / "build"
HELLO = ROOT / "examples" / "helloworld"


@dataclass
class Run:
    """A run that is over."""

    session: Session
    events: list[Event] = field(default_factory=list)

    @property
    def code(self) -> int | None:
        return self.session.exit_code

    @property
    def logs(self) -> list[LogWritten]:
        return [event for event in self.events if isinstance(event, LogWritten)]

    def lines(self, service: str) -> list[str]:
        return [
            " ".join([line.message, *(f"{key}={value}" for key, value in line.fields)])
            for line in self.logs
            if line.service == service
        ]

    def resolved(self) -> dict[int, CallResolved]:
        return {event.call: event for event in self.events if isinstance(event, CallResolved)}

    def dispatched(self) -> list[CallDispatched]:
        return [event for event in self.events if isinstance(event, CallDispatched)]

    def states(self, service: str) -> list[str]:
        return [
            event.state
            for event in self.events
            if isinstance(event, ServiceChanged) and event.service == service
        ]


def run_app(app: App | Path, *programs: str) -> Run:
    """Runs an app to its end."""
    return finish(Session(app if isinstance(app, App) else load(app), programs=programs))


def finish(session: Session) -> Run:
    """Starts a session and waits for its end."""
    stream = session.subscribe()
    session.start()
    assert session.wait(60), "the run did not end"
    return collect(session, stream)


def collect(session: Session, stream) -> Run:
    """Everything that the stream holds of a session that is over."""
    events, lost = stream.drain()
    assert lost == 0
    return Run(session, events)


def with_limits(app: App, names: Sequence[str] | None = None, **limits: int) -> App:
    """The app with other limits: for the whole of it, or for some guests."""

    def changed(spec):
        wanted = names is None or spec.name in names
        return replace(spec, limits=replace(spec.limits, **limits)) if wanted else spec

    return replace(
        app,
        limits=replace(app.limits, **limits),
        services=tuple(map(changed, app.services)),
        programs=tuple(map(changed, app.programs)),
    )
