"""300 services: how long they take to start, to plan, and whether a call minds them."""

from __future__ import annotations

import time

from parigot.session import ServiceChanged, Session, survey

from bench.apps import cost_of_calls, fleet, with_arguments, with_services
from bench.figures import Figure, single, spread
from bench.measure import column, in_child, in_turns

ROUNDS = 5
CALLS = 3_000
RATIO_ROUNDS = 9
CALLEE = "clock"  # the one service that programs of both sides call
ALONE, CROWDED = "calls_among_1", "calls_among_300"


def start(rounds: int = ROUNDS) -> list[Figure]:
    """fleet.start_s: from the start of the session until all services are launched."""
    return [spread("fleet.start_s", [in_child("bench.fleet:start_all") for _ in range(rounds)])]


def start_all() -> float:
    """Seconds until every guest of program `all` runs."""
    app = fleet()
    wanted = {spec.name for spec in app.services}
    session = Session(app, programs=["all"])
    stream = session.subscribe(calls=False)
    started = time.perf_counter()
    session.start()
    try:
        while wanted:
            if not stream.wait(30):
                raise RuntimeError(f"not launched after 30 s: {', '.join(sorted(wanted))}")
            for event in stream.drain()[0]:
                if isinstance(event, ServiceChanged) and event.state == "running":
                    wanted.discard(event.service)
        return time.perf_counter() - started
    finally:
        session.stop()
        session.wait(10)


def plan(rounds: int = ROUNDS) -> list[Figure]:
    """fleet.plan_s, and fleet.plan_needed: the services that program `checkout` needs."""
    found = [in_child("bench.fleet:plan_checkout") for _ in range(rounds)]
    needed = {count for _, count in found}
    return [
        spread("fleet.plan_s", [seconds for seconds, _ in found]),
        single("fleet.plan_needed", needed.pop() if len(needed) == 1 else -1),
    ]


def plan_checkout() -> tuple[float, int]:
    """Seconds, and how many services the plan has; -1 when one starts before what it requires."""
    app = fleet()
    started = time.perf_counter()
    plan = survey(app, ["checkout"])
    taken = time.perf_counter() - started
    place = {step.service: step.order for step in plan.steps}
    valid = all(place[provider] < step.order for step in plan.steps for _, provider in step.requires)
    services = [step.service for step in plan.steps if step.kind == "service"]
    return taken, len(services) if valid and not plan.problems else -1


def calls(rounds: int = RATIO_ROUNDS, count: int = CALLS) -> list[Figure]:
    """fleet.call_ratio: the same calls with 300 services running and with 2 guests in all."""
    samples = [tuple(pair) for pair in in_child("bench.fleet:alone_and_crowded", rounds=rounds, count=count)]
    return [
        spread("fleet.call_alone_us", column(samples, 0)),
        spread("fleet.call_crowded_us", column(samples, 1)),
        spread("fleet.call_ratio", [crowded / alone for alone, crowded in samples]),
    ]


def alone_and_crowded(rounds: int, count: int) -> list[tuple[float, ...]]:
    """µs of a call with no other guests and among all of them, pair by pair."""
    among_all = with_arguments(fleet(), CROWDED, f"calls={count}")
    among_none = with_services(with_arguments(fleet(), ALONE, f"calls={count}"), [CALLEE])
    return in_turns(
        rounds,
        lambda: cost_of_calls(among_none, ALONE).us,
        lambda: cost_of_calls(among_all, CROWDED).us,
    )
