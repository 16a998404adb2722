"""Key presses while calls flood the studio: `parigot-studio` itself, on a terminal.

Several programs call one service as fast as they can. Meanwhile a key is pressed five times a second, and
each is timed until the screen shows what it was for. What the studio says of itself (calls, rows it did not
show) is read off the screen, too.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from bench.figures import Figure, spread
from bench.measure import ROOT, column, core_wait_s, resident_bytes
from bench.screen import Screen
from bench.terminal import Terminal

WIDTH, HEIGHT = 120, 36
SECONDS = 10.0
ROUNDS = 3
CALLERS = 4
KEY_EVERY_S = 0.2
PATIENCE_S = 30.0  # for one key; then something is broken
SETTLED_S = 2.0  # memory counts from here on

# Slowest, median and 95th percentile from a key to its answer; the slowest with the run paused; for how long
# the studio's thread had to wait for a core, a key (a busy machine, not the studio, and 0 where nobody counts
# it); calls; growth of resident memory from second 2 on; events that the studio did not show.
FIGURES = (
    "studio.flood_key_ms",
    "studio.flood_key_median_ms",
    "studio.flood_key_p95_ms",
    "studio.calm_key_ms",
    "studio.flood_core_wait_ms",
    "studio.flood_calls_per_s",
    "studio.flood_rss_growth_mb",
    "studio.flood_rows_lost",
)


class Key(NamedTuple):
    """A key, and how one sees that it was answered."""

    keys: str
    answered: Callable[[Screen], bool]


def _shows(words: str) -> Callable[[Screen], bool]:
    return lambda screen: screen.shows(words)


def _hides(words: str) -> Callable[[Screen], bool]:
    return lambda screen: not screen.shows(words)


def _prompts(typed: str) -> Callable[[Screen], bool]:
    starts = tuple(f" {pane} / {typed}" for pane in ("trace", "log"))
    return lambda screen: any(line.startswith(starts) for line in screen.lines())


# Every round ends as it began. What is looked for: the prompt and what is typed into it, totals or rows, the
# titles of panes, the help screen. Escape is not among them: it may be the start of another key, so Textual
# waits 100 ms before it believes it.
ROUND = (
    Key("/", _prompts("")),
    Key("p", _prompts("p")),
    Key("i", _prompts("pi")),
    Key("\r", lambda screen: not _prompts("")(screen)),
    Key("x", _hides("/pi")),
    Key("t", _hides("totals")),
    Key("t", _shows("totals")),
    Key("z", _hides("1 Graph")),
    Key("z", _shows("1 Graph")),
    Key("?", _shows("Esc closes")),
    Key("?", _hides("Esc closes")),
    Key("d", _hides("5 Detail")),
    Key("d", _shows("5 Detail")),
)
PAUSE = Key("p", _shows("PAUSED"))
RESUME = Key("r", _shows("RUNNING"))


def flood(seconds: float = SECONDS, callers: int = CALLERS, rounds: int = ROUNDS) -> list[Figure]:
    """See FIGURES. Of the slowest key of each round, the median of the rounds counts, as everywhere here."""
    samples: list[_Round] = []
    with tempfile.TemporaryDirectory() as folder:
        names = _write_app(Path(folder), callers)
        programs = [word for name in names for word in ("--program", name)]
        command = [sys.executable, "-m", "parigot_studio.main", folder, *programs]
        for _ in range(rounds):
            with Terminal(command, WIDTH, HEIGHT) as terminal:
                samples.append(_measure(terminal, seconds))
    return [spread(name, column(samples, place)) for place, name in enumerate(FIGURES)]


class _Round(NamedTuple):
    """One sample of each of FIGURES."""

    slowest_ms: float
    median_ms: float
    p95_ms: float
    calm_ms: float
    core_wait_ms: float
    calls_per_s: float
    growth_mb: float
    lost: float


def _measure(terminal: Terminal, seconds: float) -> _Round:
    screen = terminal.screen
    # So many calls a second that the studio shows totals.
    if terminal.wait_for(_shows("totals"), 30) is None:
        raise RuntimeError("no flood within 30 s; the screen:\n" + "\n".join(screen.lines()))
    first_calls = _number(screen, "calls")
    started = time.perf_counter()
    waited = core_wait_s(terminal.pid)
    taken: list[float] = []
    sizes: list[tuple[float, int]] = []
    while (now := time.perf_counter() - started) < seconds:
        for key in ROUND:
            taken.append(_press(terminal, key))
            sizes.append((time.perf_counter() - started, resident_bytes(terminal.pid)))
    rate = (_number(screen, "calls") - first_calls) / now
    waited = core_wait_s(terminal.pid) - waited
    lost = _number(screen, "not shown")
    taken.append(_press(terminal, PAUSE))
    calm = [_press(terminal, key) for key in ROUND]
    taken.append(_press(terminal, RESUME))
    settled = [size for moment, size in sizes if moment >= min(SETTLED_S, seconds / 2)]
    taken.sort()
    return _Round(
        slowest_ms=1e3 * taken[-1],
        median_ms=1e3 * taken[len(taken) // 2],
        p95_ms=1e3 * taken[int(0.95 * (len(taken) - 1))],
        calm_ms=1e3 * max(calm),
        core_wait_ms=1e3 * waited / now * KEY_EVERY_S,
        calls_per_s=rate,
        growth_mb=(max(settled) - settled[0]) / 2**20,
        lost=lost,
    )


def _press(terminal: Terminal, key: Key) -> float:
    """Presses a key, and goes on watching until it is time for the next one; seconds until the answer."""
    screen = terminal.screen
    pressed = time.perf_counter()
    if key.answered(screen):
        raise RuntimeError(
            f"key {key.keys!r} has nothing to change; the screen:\n" + "\n".join(screen.lines())
        )
    terminal.press(key.keys)
    taken = terminal.wait_for(key.answered, PATIENCE_S)
    if taken is None:
        raise RuntimeError(f"key {key.keys!r} was not answered; the screen:\n" + "\n".join(screen.lines()))
    terminal.look(pressed + KEY_EVERY_S - time.perf_counter())
    return taken


_UNITS = {"": 1, "k": 1e3, "M": 1e6, "G": 1e9}


def _number(screen: Screen, label: str) -> float:
    """What the top line says behind `label`, as exactly as it says it; 0 where it says nothing."""
    found = re.search(rf"\b{label} ([\d.,]+)([kMG]?)", screen.lines()[0])
    return float(found[1].replace(",", "")) * _UNITS[found[2]] if found else 0.0


def _write_app(folder: Path, callers: int) -> list[str]:
    guests = ROOT / "tests/guests/build"
    names = [f"ping{number}" for number in range(1, callers + 1)]
    text = f'[app]\nname = "flood"\nprotos = ["{ROOT}/tests/guests/proto"]\n'
    text += f'\n[service.pong]\nwasm = "{guests}/pong.wasm"\n'
    for name in names:
        text += f'\n[program.{name}]\nwasm = "{guests}/ping.wasm"\nargs = ["calls=1000000000"]\n'
    (folder / "parigot.toml").write_text(text)
    return names
