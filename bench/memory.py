"""What an idle guest takes: the growth of a process from a few of them to 300."""

from __future__ import annotations

from dataclasses import replace

from parigot.session import Session

from bench.apps import fleet, with_services
from bench.figures import Figure, spread
from bench.measure import in_child, resident_bytes

ROUNDS = 3
FEW = 12


def guest(rounds: int = ROUNDS) -> list[Figure]:
    """memory.guest_kb: a fresh process with all services idle, less one with a few, per guest more."""
    samples = []
    for _ in range(rounds):
        few, size_of_few = in_child("bench.memory:idle", most=FEW)
        many, size_of_many = in_child("bench.memory:idle", most=300)
        samples.append((size_of_many - size_of_few) / (many - few) / 1024)
    return [spread("memory.guest_kb", samples)]


def idle(most: int) -> tuple[int, int]:
    """(running services, resident bytes) once the first `most` services wait for calls."""
    app = fleet()
    # Without a program a run goes on until it is stopped.
    app = with_services(app, [spec.name for spec in app.services[:most]])
    session = Session(replace(app, programs=(), default_programs=()))
    session.start()
    try:
        while True:
            snapshot = session.fresh_snapshot()
            running = sum(view.state == "running" for view in snapshot.services)
            if running == len(app.services):
                return running, resident_bytes()
            if session.wait(0.02):
                raise RuntimeError(session.report)
    finally:
        session.stop()
        session.wait(10)
