"""The same call in every pair of languages, against the floor and against grpcio in the same run.

The guests lie in `languages/`; they are built when needed, so this takes a Go toolchain.
"""

from __future__ import annotations

from typing import Any

from parigot.app.load import load
from parigot.build import build_app

from bench.apps import cost_of_calls, with_arguments, with_services
from bench.figures import Figure, spread
from bench.floor import Floor
from bench.grpc_peer import Peer
from bench.measure import ROOT, column, in_child, in_turns

APP = ROOT / "bench/languages"
LANGUAGES = ("c", "go", "python")
CALLS = 2_000
GRPC_CALLS = 300
ROUNDS = 7

PAIRS = tuple((caller, callee) for caller in LANGUAGES for callee in LANGUAGES)
FIGURES = (
    *(f"rpc.{caller}_{callee}_us" for caller, callee in PAIRS),
    "rpc.slowest_pair_vs_grpcio",
    "rpc.c_python_to_floor",
    "rpc.python_c_to_floor",
)


def pairs(rounds: int = ROUNDS, calls: int = CALLS, grpc_calls: int = GRPC_CALLS) -> list[Figure]:
    """See FIGURES: µs of a call by caller and callee; grpcio's time by that of the slowest pair; and calls
    between Python in process and C by the time of the floor.
    """
    found: Any = in_child("bench.pairs:measure", rounds=rounds, calls=calls, grpc_calls=grpc_calls)
    samples = [tuple(sample) for sample in found]
    floor, grpcio = column(samples, 0), [min(sample[1:3]) for sample in samples]
    costs = {pair: column(samples, place) for place, pair in enumerate(PAIRS, 3)}
    figures = [spread(f"rpc.{caller}_{callee}_us", costs[caller, callee]) for caller, callee in PAIRS]
    slowest = [max(sample[3:]) for sample in samples]
    figures.append(
        spread(
            "rpc.slowest_pair_vs_grpcio",
            [theirs / ours for theirs, ours in zip(grpcio, slowest, strict=True)],
        )
    )
    for caller, callee in (("c", "python"), ("python", "c")):
        ratios = [call / base for call, base in zip(costs[caller, callee], floor, strict=True)]
        figures.append(spread(f"rpc.{caller}_{callee}_to_floor", ratios))
    return figures


def measure(rounds: int, calls: int, grpc_calls: int) -> list[tuple[float, ...]]:
    """µs of a round trip on the floor, of a call over grpcio (within one process, and between two), and of a
    call of each pair, side by side.
    """
    build_app(load(APP, built=False))
    app = load(APP)

    def cost(caller: str, callee: str) -> float:
        program = f"ping-{caller}"
        pair = with_services(with_arguments(app, program, f"calls={calls}"), [f"pong-{callee}"])
        return cost_of_calls(pair, program).us

    floor = Floor(calls)
    for pair in PAIRS:
        cost(*pair)  # compiles, and fills the caches
    with Peer() as alone, Peer(alone.port) as apart:
        payload = b"\x08\x80\x10"
        for peer in (alone, apart):
            peer.calls(grpc_calls, payload)
        return in_turns(
            rounds,
            floor.run,
            lambda: alone.calls(grpc_calls, payload),
            lambda: apart.calls(grpc_calls, payload),
            *(lambda caller=caller, callee=callee: cost(caller, callee) for caller, callee in PAIRS),
        )
