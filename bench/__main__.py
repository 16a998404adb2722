"""`python -m bench`: measures, prints a table, writes `.bench.json`.

`--only rpc`, or ONLY=rpc in the environment, runs the figures whose name starts so and keeps the others that
the file has.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bench import fleet, memory, pairs, rpc, start, studio
from bench.figures import HEAD, Figure, row, save
from bench.measure import ROOT

Benchmark = Callable[[], list[Figure]]

# The figures that each benchmark makes, and how.
BENCHMARKS: tuple[tuple[tuple[str, ...], Benchmark], ...] = (
    (("rpc.floor_us", "rpc.call_us", "rpc.ratio_to_floor", "rpc.call_watched_us"), rpc.against_floor),
    (("rpc.grpcio_us", "rpc.vs_grpcio", "rpc.message_bytes"), rpc.against_grpcio),
    (pairs.FIGURES, pairs.pairs),
    (("start.warm_s", "start.python_s"), start.warm),
    (("fleet.start_s",), fleet.start),
    (("fleet.plan_s", "fleet.plan_needed"), fleet.plan),
    (("fleet.call_alone_us", "fleet.call_crowded_us", "fleet.call_ratio"), fleet.calls),
    (studio.FIGURES, studio.flood),
    (("memory.guest_kb",), memory.guest),
)


def main(
    argv: Sequence[str] | None = None, benchmarks: Sequence[tuple[tuple[str, ...], Benchmark]] = BENCHMARKS
) -> int:
    """Runs the command; 1 when something could not be measured, else 0, whatever the figures say."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measures what parigot promises.")
    parser.add_argument("--only", default=os.environ.get("ONLY", ""), help="figures whose name starts so")
    parser.add_argument("--output", type=Path, default=ROOT / ".bench.json", help="figure -> number, as JSON")
    options = parser.parse_args(argv)
    chosen = [
        benchmark for names, benchmark in benchmarks if any(name.startswith(options.only) for name in names)
    ]
    if not chosen:
        parser.error(f"no figure starts with {options.only!r}")
    figures: list[Figure] = []
    failed = False
    print(HEAD, flush=True)
    for benchmark in chosen:
        try:
            measured = benchmark()
        except (RuntimeError, OSError) as error:
            failed = True
            print(f"{benchmark.__module__}.{benchmark.__name__}: {error}", file=sys.stderr)
            continue
        for figure in measured:
            if figure.name.startswith(options.only):
                figures.append(figure)
                print(row(figure), flush=True)
    save(options.output, figures, merge=bool(options.only))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
