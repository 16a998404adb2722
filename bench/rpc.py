"""A full call and its reply between two C guests, against the floor and against grpcio."""

from __future__ import annotations

from statistics import median
from typing import Any

from bench.apps import cost_of_calls, pingpong
from bench.figures import Figure, single, spread
from bench.floor import Floor
from bench.grpc_peer import Peer
from bench.measure import column, in_child, in_turns

CALLS = 4_000  # of one sample
GRPC_CALLS = 400
ROUNDS = 15
GRPC_ROUNDS = 11


def against_floor(rounds: int = ROUNDS, calls: int = CALLS) -> list[Figure]:
    """rpc.floor_us, call_us, ratio_to_floor, and call_watched_us: while a reader takes the events."""
    samples = [tuple(sample) for sample in in_child("bench.rpc:floor_and_call", rounds=rounds, calls=calls)]
    return [
        spread("rpc.floor_us", column(samples, 0)),
        spread("rpc.call_us", column(samples, 1)),
        spread("rpc.ratio_to_floor", [call / floor for floor, call, _ in samples]),
        spread("rpc.call_watched_us", column(samples, 2)),
    ]


def floor_and_call(rounds: int, calls: int) -> list[tuple[float, ...]]:
    """µs of a round trip on the floor, of a call, and of a call that is watched, side by side."""
    floor = Floor(calls)
    app = pingpong(calls)
    cost_of_calls(app, "ping")  # compiles, and fills the caches
    return in_turns(
        rounds,
        floor.run,
        lambda: cost_of_calls(app, "ping").us,
        lambda: cost_of_calls(app, "ping", watched=True).us,
    )


def against_grpcio(
    rounds: int = GRPC_ROUNDS, calls: int = CALLS, grpc_calls: int = GRPC_CALLS
) -> list[Figure]:
    """rpc.grpcio_us, rpc.vs_grpcio: the same bytes over grpcio on loopback."""
    found: dict[str, Any] = in_child(
        "bench.rpc:grpcio_and_call", rounds=rounds, calls=calls, grpc_calls=grpc_calls
    )
    samples = [tuple(sample) for sample in found["samples"]]
    # Client and server in one process or in two: whichever is faster here.
    faster = min((column(samples, place) for place in (0, 1)), key=median)
    return [
        spread("rpc.grpcio_us", faster),
        spread(
            "rpc.vs_grpcio", [theirs / ours for theirs, ours in zip(faster, column(samples, 2), strict=True)]
        ),
        single("rpc.message_bytes", found["bytes"]),
    ]


def grpcio_and_call(rounds: int, calls: int, grpc_calls: int) -> dict[str, Any]:
    """µs of a call over grpcio within one process, between two processes, and of ours, side by side."""
    app = pingpong(calls)
    payload = cost_of_calls(app, "ping").reply
    with Peer() as alone, Peer(alone.port) as apart:
        for peer in (alone, apart):
            peer.calls(grpc_calls, payload)
        samples = in_turns(
            rounds,
            lambda: alone.calls(grpc_calls, payload),
            lambda: apart.calls(grpc_calls, payload),
            lambda: cost_of_calls(app, "ping").us,
        )
    return {"samples": samples, "bytes": len(payload)}
