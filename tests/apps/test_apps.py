"""Every test app, run as a person runs it: its exit code, and the lines that say what happened."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

APPS = Path(__file__).resolve().parent
ROOT = APPS.parents[1]


class Case(NamedTuple):
    """One run: app and program, its exit code, and patterns of `service: message` that must be in its log."""

    app: str
    program: str
    code: int
    lines: tuple[str, ...] = ()


def driven(*steps: str) -> tuple[str, ...]:
    """The driver's lines for steps that went as expected."""
    return tuple(f"^\\w+: as expected .*call={re.escape(step)} " for step in steps)


AFTER = driven("test.v1.Echo:Echo(after)=ok")
CASES = (
    Case(
        "cycle",
        "main",
        193,
        (
            r"^parigot: .*dependency cycle: a -> b \(for cycle\.v1\.B\) -> c \(for cycle\.v1\.C\) -> a",
            r"^parigot: .*behind cannot start because something it requires cannot",
            "^[abc]: cannot start error=DependencyCycle",
            "^behind: cannot start error=KernelDependencyFailure",
            "^main: cannot start error=KernelDependencyFailure",
        ),
    ),
    Case("cycle", "direct", 193, ("^direct: cannot start error=KernelDependencyFailure",)),
    Case(
        "missing",
        "main",
        193,
        (
            r"^parigot: .*shop requires missing\.v1\.Bank, which nobody exports",
            "^shop: cannot start error=NotFound",
            "^main: cannot start error=KernelDependencyFailure",
        ),
    ),
    Case(
        "trap",
        "main",
        0,
        (
            *driven(
                "trap.v1.Unreachable:Break(unreachable)=ExecError",
                "trap.v1.Null:Break(null)=ExecError",
                "trap.v1.Type:Break(type)=ExecError",
                "trap.v1.Bounds:Break(bounds)=ExecError",
                "trap.v1.Division:Break(division)=ExecError",
                "test.v1.Echo:Echo(after division)=ok",
                "trap.v1.Null:Break(null)=error",
            ),
            r"^parigot: .*break_by_unreachable.*faulty\.c:\d+",
        ),
    ),
    Case("spin", "main", 0, (*driven("test.v1.Faulty:Break(spin)=ExecError"), *AFTER, "^parigot: .*killed")),
    Case("spin", "spinner", 0, driven("test.v1.Echo:Echo(hello)=ok")),
    Case(
        "flood",
        "main",
        0,
        (*driven("test.v1.Faulty:Break(flood)=ok"), *AFTER, r"^flooding: [\d,]+ log lines dropped"),
    ),
    Case("flood", "crowd", 0),
    Case(
        "wild",
        "main",
        0,
        (
            "^main: wild call=dispatch what=100 MB that are not there code=6 ",
            "^main: wild call=dispatch what=garbage code=2 error=UnmarshalFailed",
            "^main: wild call=launch what=request outside memory code=24 error=GuestReadFailed",
            "^main: wild call=register what=answer outside memory code=25 error=GuestWriteFailed",
            "^main: wild call=exit what=.*another guest.* code=26 error=BadId",
            "^main: wild call=register what=again and again code=4 error=NamespaceExhausted",
            "^main: wild call=bind_method what=again and again code=4 error=NamespaceExhausted",
            "^main: wild call=dispatch what=.*in another guest.* code=18 error=ExecError",
            "^main: the healthy service has answered attempts=133",
        ),
    ),
    Case("never_reads", "main", 0, (*driven("test.v1.Deaf:Echo(hello)=RunTimeout"), *AFTER)),
    Case("never_reads", "stuck", 193, ("^parigot: .*deafer killed", "^parigot: .*not launched.*stuck")),
    Case(
        "recurse",
        "main",
        0,
        (
            *driven(
                "recurse.v1.Framed:Break(frames)=ExecError",
                "recurse.v1.Bare:Break(recurse)=ExecError",
                "test.v1.Echo:Echo(after both)=ok",
            ),
            "^parigot: bare trapped: call stack exhausted",
        ),
    ),
    Case("no_launch", "main", 5, ("^parigot: leaving ended before it launched",)),
    Case("no_launch", "zero", 0),
    Case("no_launch", "needs_leaving", 193, (r"^parigot: .*test\.v1\.Leaving",)),
    Case("no_launch", "waits", 194, ("^parigot: waits killed",)),
    Case("exit_codes", "zero", 0),
    Case("exit_codes", "seven", 7, ("^seven: leaving code=7", "^seven: cleaning up code=7")),
    Case("exit_codes", "highest", 192),
    Case("exit_codes", "too_high", 192),
    Case("exit_codes", "minus_one", 192),
    Case("exit_codes", "five_hundred", 192, ("^five_hundred: cleaning up code=192",)),
    Case("exit_codes", "quit_zero", 0),
    Case("exit_codes", "quit_nine", 9),
    Case("exit_codes", "quit_high", 192),
    Case("multi", "main", 0, driven("test.v1.First:Which()=ok", "test.v1.Second:Which()=ok")),
    Case("parallel", "main", 0, ("calls=100 answered=100 refused=0 mixed_up=0 out_of_order=90",)),
    Case("parallel", "straight", 0, ("calls=1000 answered=1000 refused=0 mixed_up=0 out_of_order=0",)),
    Case(
        "late",
        "main",
        0,
        (
            *driven("late.v1.Asker:Ping(leave)=ClosedErr", "test.v1.Shuffle:Echo(the second)=ok"),
            "^shuffle: the answer found nobody error=CallerUnavailable",
        ),
    ),
    Case("every", "main", 0, ("^main: all checks done checks=109 failed=0",)),
    Case(
        "shutdown",
        "main",
        17,
        ("^echo: cleaning up code=17", "^ending: cleaning up code=17", "^main: cleaning up code=17"),
    ),
    Case(
        "shutdown", "leaves", 3, (*driven("test.v1.Echo:Echo(still there)=ok"), "^ending: cleaning up code=0")
    ),
    Case("slow", "main", 0, (r"^parigot: test\.v1\.Working\.Break runs longer than method_warn_ms = 20",)),
    Case("pingpong", "ping", 0),
    Case("fleet", "checkout", 0),
    Case("fleet", "all", 0),
)


def run(app: Path, *words: str) -> tuple[int, list[dict[str, Any]], str]:
    """Exit code, log, and what was written outside the log."""
    command = [sys.executable, "-m", "parigot.cli.main", "run", str(app), "--log-format", "json", *words]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return result.returncode, [json.loads(line) for line in result.stdout.splitlines()], result.stderr


def as_text(line: dict[str, Any]) -> str:
    """`service: message key=value …`."""
    fields = "".join(f" {key}={value}" for key, value in line["fields"].items())
    return f"{line['service']}: {line['message']}{fields}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.app}-{case.program}")
def test_the_app_ends_as_it_should(case: Case) -> None:
    code, log, other = run(APPS / case.app, "--program", case.program)
    said = [as_text(line) for line in log]
    text = "\n".join(said)
    assert (code, other) == (case.code, ""), text
    for pattern in case.lines:
        assert re.search(pattern, text, re.M | re.S if "faulty" in pattern else re.M), (
            f"{pattern}\nin\n{text}"
        )
    assert not any("not as expected" in line or "FAILED" in line for line in said), text


def test_no_app_is_left_out() -> None:
    assert {path.parent.name for path in APPS.glob("*/parigot.toml")} == {case.app for case in CASES}


def test_a_lone_module_runs_as_a_program() -> None:
    code, log, other = run(ROOT / "tests" / "guests" / "build" / "lone.wasm")
    assert (code, other) == (7, "")
    assert [line["message"] for line in log if line["service"] == "lone"] == ["alone and fine"]


def test_helloworld_says_bonjour() -> None:
    code, log, other = run(ROOT / "examples" / "helloworld")
    assert (code, other) == (0, "")
    assert "bonjour world" in [line["message"] for line in log if line["service"] == "hello"]
    assert all(line.keys() >= {"seq", "time", "service", "level", "message", "call"} for line in log)
