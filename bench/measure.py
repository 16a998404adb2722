"""How things are measured: in turns, with the same state of the collector, in processes of their own."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def in_turns(rounds: int, *sides: Callable[[], float]) -> list[tuple[float, ...]]:
    """Measures all sides once a round, next to each other.

    Every side starts from a collected heap with the collector on, and every second round goes backwards, so
    that neither side always comes first.

    Returns:
        one tuple a round, in the order of `sides`.
    """
    gc.enable()
    samples = []
    for number in range(rounds):
        order = range(len(sides)) if number % 2 == 0 else reversed(range(len(sides)))
        found: dict[int, float] = {}
        for place in order:
            gc.collect()
            found[place] = sides[place]()
        samples.append(tuple(found[place] for place in range(len(sides))))
    return samples


def column(samples: Sequence[tuple[float, ...]], place: int) -> list[float]:
    """One side of all rounds."""
    return [sample[place] for sample in samples]


def in_child(function: str, **arguments: Any) -> Any:
    """Calls `module:function` with keyword arguments in a fresh interpreter; arguments and result are JSON.

    Raises:
        RuntimeError: the child failed; with what it said.
    """
    done = subprocess.run(
        [sys.executable, "-m", "bench.child", function, json.dumps(arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{function} failed:\n{done.stderr.strip()[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def core_wait_s(pid: int) -> float:
    """Seconds that a process's main thread could have run but had no core; 0 where nobody counts that."""
    counted = Path(f"/proc/{pid}/task/{pid}/schedstat")
    return int(counted.read_text().split()[1]) / 1e9 if counted.exists() else 0.0


def resident_bytes(pid: int | None = None) -> int:
    """Resident memory of a process, ours by default."""
    pid = pid or os.getpid()
    statm = Path(f"/proc/{pid}/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGESIZE")
    told = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True)
    return int(told.stdout) * 1024
