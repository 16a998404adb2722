"""Figures: one number each, with the spread it was found in, as a table and as `.bench.json`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.targets import TARGETS


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure.

    Attributes:
        name: "group.what_unit".
        value: what counts: the median of the samples unless the figure is a maximum by its nature.
        low, high: the smallest and the largest sample.
    """

    name: str
    value: float
    low: float
    high: float

    @property
    def verdict(self) -> str:
        """ "ok", "misses", or "" without a target."""
        target = TARGETS.get(self.name)
        return "" if target is None else "ok" if target.holds(self.value) else "misses"


def spread(name: str, samples: Sequence[float]) -> Figure:
    """The median of several samples."""
    return Figure(name, median(samples), min(samples), max(samples))


def single(name: str, value: float) -> Figure:
    """A figure that is measured once."""
    return Figure(name, value, value, value)


HEAD = f"{'figure':<30} {'value':>11} {'min':>11} {'max':>11}  {'target':<8}"


def row(figure: Figure) -> str:
    """One line of the table."""
    spread_shown = figure.low != figure.high
    low = _number(figure.low) if spread_shown else ""
    high = _number(figure.high) if spread_shown else ""
    target = TARGETS.get(figure.name, "")
    line = (
        f"{figure.name:<30} {_number(figure.value):>11} {low:>11} {high:>11}  {target!s:<8} {figure.verdict}"
    )
    return line.rstrip()


def save(path: Path, figures: Iterable[Figure], *, merge: bool) -> None:
    """Writes figure -> number; with `merge` the other figures in the file stay."""
    known: dict[str, float] = {}
    if merge and path.exists():
        known = json.loads(path.read_text())
    known.update({figure.name: round(figure.value, 6) for figure in figures})
    path.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n")


def _number(value: float) -> str:
    if value == int(value) and abs(value) >= 1:
        return f"{int(value):,}"
    return f"{value:,.1f}" if abs(value) >= 1000 else f"{value:.4g}"
