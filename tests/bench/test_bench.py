"""Every benchmark at its smallest: the harness measures, whatever the figures are."""

import json
from pathlib import Path

import pytest

from bench import fleet, memory, rpc, start, studio
from bench.__main__ import BENCHMARKS, main
from bench.figures import Figure, row, save, single, spread
from bench.measure import in_child, in_turns
from bench.targets import TARGETS

FEW = 600  # calls: some more than those that do not count


def names(figures: list[Figure]) -> tuple[str, ...]:
    return tuple(figure.name for figure in figures)


def test_a_figure_is_the_median_and_is_judged_by_its_target() -> None:
    ratio = spread("rpc.ratio_to_floor", [2.0, 9.0, 2.5])
    assert (ratio.value, ratio.low, ratio.high, ratio.verdict) == (2.5, 2.0, 9.0, "ok")
    assert single("rpc.ratio_to_floor", 3.1).verdict == "misses"
    assert single("rpc.vs_grpcio", 9.9).verdict == "misses"
    assert single("fleet.plan_needed", 12).verdict == "ok"
    assert single("rpc.call_us", 1e9).verdict == ""
    assert row(ratio).split() == ["rpc.ratio_to_floor", "2.5", "2", "9", "<=", "3", "ok"]


def test_every_target_is_measured() -> None:
    measured = {name for made, _ in BENCHMARKS for name in made}
    assert set(TARGETS) <= measured


def test_the_file_is_flat_and_keeps_other_figures_only_when_merging(tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    save(path, [single("a.x", 1), single("b.y", 2)], merge=True)
    save(path, [single("a.x", 3)], merge=True)
    assert json.loads(path.read_text()) == {"a.x": 3, "b.y": 2}
    save(path, [single("a.x", 4)], merge=False)
    assert json.loads(path.read_text()) == {"a.x": 4}


def test_only_chooses_by_the_start_of_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bench.json"

    def fails() -> list[Figure]:
        raise RuntimeError("no such luck")

    table = (
        (("one.a", "one.b"), lambda: [single("one.a", 1), single("one.b", 2)]),
        (("two.a",), fails),
    )
    assert main(["--only", "one.b", "--output", str(path)], table) == 0
    assert json.loads(path.read_text()) == {"one.b": 2}
    monkeypatch.setenv("ONLY", "one")
    assert main(["--output", str(path)], table) == 0
    assert json.loads(path.read_text()) == {"one.a": 1, "one.b": 2}
    assert main(["--only", "", "--output", str(path)], table) == 1
    assert "no such luck" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["--only", "three", "--output", str(path)], table)


def test_sides_take_turns() -> None:
    seen: list[str] = []

    def side(name: str) -> float:
        seen.append(name)
        return len(seen)

    samples = in_turns(2, lambda: side("a"), lambda: side("b"))
    assert seen == ["a", "b", "b", "a"]
    assert samples == [(1, 2), (4, 3)]


def test_a_failing_child_says_why() -> None:
    with pytest.raises(RuntimeError, match="no_such_function"):
        in_child("bench.rpc:no_such_function")


def test_rpc() -> None:
    figures = rpc.against_floor(rounds=1, calls=FEW)
    assert names(figures) == BENCHMARKS[0][0]
    assert all(figure.value > 0 for figure in figures)


def test_grpcio() -> None:
    pytest.importorskip("grpc")
    figures = rpc.against_grpcio(rounds=1, calls=FEW, grpc_calls=5)
    assert names(figures) == BENCHMARKS[1][0]
    assert all(figure.value > 0 for figure in figures)


def test_start() -> None:
    assert all(figure.value > 0 for figure in start.warm(rounds=1))


def test_fleet() -> None:
    assert fleet.start_all() > 0
    seconds, needed = fleet.plan_checkout()
    assert seconds > 0
    assert needed == 12
    figures = fleet.calls(rounds=1, count=FEW)
    assert all(figure.value > 0 for figure in figures)


def test_memory() -> None:
    running, size = memory.idle(most=3)
    assert running == 3
    assert size > 1 << 20


def test_flood() -> None:
    figures = {figure.name: figure.value for figure in studio.flood(seconds=0.5, callers=2, rounds=1)}
    assert tuple(figures) == studio.FIGURES
    assert figures["studio.flood_key_ms"] > 0
    assert figures["studio.flood_calls_per_s"] > 0
