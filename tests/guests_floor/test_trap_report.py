"""Trap reports: the reason, then the frames by name, runs of equal frames told once."""

from __future__ import annotations

import re

from parigot.guests import WasmGuest, trap_report
from parigot.wasm import Trapped

from .guest import MEMORY, Bench


def report(guest: WasmGuest) -> list[str]:
    assert isinstance(guest.outcome, Trapped)
    return trap_report(guest.module, guest.outcome)


def test_functions_by_name_innermost_first(bench: Bench) -> None:
    guest = bench.run(
        f"{MEMORY} (func $divide (param i32) (drop (i32.div_s (i32.const 1) (local.get 0))))"
        ' (func $compute (call $divide (i32.const 0))) (func $_start (export "_start") (call $compute))'
    )
    reason, *frames = report(guest)
    assert reason == "integer division by zero"
    assert [line.split(" (")[0] for line in frames] == ["  at divide", "  at compute", "  at _start"]
    guest.drop()


def test_functions_without_names_have_their_index(bench: Bench) -> None:
    guest = bench.run(f'{MEMORY} (func unreachable) (func (export "_start") (call 0))')
    assert [line.split(" (")[0] for line in report(guest)] == [
        "unreachable instruction executed",
        "  at func 0",
        "  at _start",  # by its export
    ]
    guest.drop()


def test_deep_recursion_is_told_once(bench: Bench) -> None:
    guest = bench.run(f'{MEMORY} (func $down (call $down)) (func (export "_start") (call $down))')
    reason, innermost, others = report(guest)
    assert reason == "call stack exhausted"
    assert innermost == "  at down"  # wasmtime does not know where in it
    assert re.fullmatch(r"  at down \(offset 0x[0-9a-f]+\) × \d+", others)
    guest.drop()


def test_a_guest_that_cannot_begin(bench: Bench) -> None:
    guest = bench.run('(memory (export "memory") 100) (func (export "_start"))')
    (line,) = report(guest)
    assert "memory" in line
    guest.drop()
