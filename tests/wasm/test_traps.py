"""Traps: why in words for every code, and the frames with the guest's own function names."""

from __future__ import annotations

import pytest
from parigot.wasm import Engine, TrapFrame, Trapped

from .wat import main, module, run, start_module

TABLE = (
    "(table 2 funcref) (type $none (func)) (type $one (func (param i32))) (func $f) (elem (i32.const 1) $f)"
)


@pytest.mark.parametrize(
    ("why", "code"),
    [
        ("unreachable instruction executed", "unreachable"),
        ("out of bounds memory access", "(drop (i32.load (i32.const 65536)))"),
        ("out of bounds memory access", "(memory.fill (i32.const 1) (i32.const 0) (i32.const 65536))"),
        ("out of bounds table access", "(call_indirect (type $none) (i32.const 9))"),
        ("call of a null function pointer", "(call_indirect (type $none) (i32.const 0))"),
        (
            "call through a function pointer of another type",
            "(call_indirect (type $one) (i32.const 1) (i32.const 1))",
        ),
        ("integer overflow", "(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))"),
        ("integer overflow", "(drop (i32.trunc_f32_s (f32.const 1e30)))"),
        ("integer division by zero", "(drop (i32.rem_u (i32.const 1) (i32.const 0)))"),
        ("float that no integer can hold", "(drop (i32.trunc_f64_s (f64.const nan)))"),
        ("call stack exhausted", "(call $again)"),
    ],
)
def test_the_reason(engine: Engine, why: str, code: str) -> None:
    fiber, world = run(
        engine, f"{TABLE} (func $again (call $again)) {main(code + '(call $note (i32.const 1))')}"
    )
    assert isinstance(fiber.outcome, Trapped)
    assert fiber.outcome.why == why
    assert fiber.outcome.frames
    assert fiber.defect is None
    assert world.noted == []


def test_recursion_has_many_frames_innermost_first(engine: Engine) -> None:
    fiber, _ = run(
        engine,
        '(func $again (param i32) (call $again (local.get 0))) (func $_start (export "_start") '
        "(call $again (i32.const 1)))",
    )
    assert isinstance(fiber.outcome, Trapped)
    assert fiber.outcome.why == "call stack exhausted"
    assert fiber.outcome.frames[0].function == "again"
    assert len(fiber.outcome.frames) > 10


def test_frames_name_functions_indexes_and_offsets(engine: Engine) -> None:
    body = '(func $inner unreachable) (func $outer (call $inner)) (func (export "_start") (call $outer))'
    code = module(engine, body)
    fiber, _ = start_module(engine, code)
    assert fiber.poll()
    assert isinstance(fiber.outcome, Trapped)
    inner, outer, entry = fiber.outcome.frames
    imported = len(code.functions)
    assert (inner.function, inner.index) == ("inner", imported)
    assert (outer.function, outer.index) == ("outer", imported + 1)
    assert (entry.function, entry.index) == (None, imported + 2)
    assert 8 < inner.module_offset < outer.module_offset < entry.module_offset
    assert all(isinstance(frame, TrapFrame) for frame in fiber.outcome.frames)
    fiber.drop()


def test_the_same_trap_in_every_run(engine: Engine) -> None:
    body = "(func $f (drop (i32.load (i32.const -1))))" + main("(call $f)")
    assert run(engine, body)[0].outcome == run(engine, body)[0].outcome


def test_a_trap_after_a_wait(engine: Engine) -> None:
    code = module(engine, main("(drop (i32.load (i32.wrap_i64 (call $wait (i32.const 1)))))"))
    fiber, _ = start_module(engine, code)
    fiber.poll()
    fiber.resume(-4)
    assert fiber.poll()
    assert isinstance(fiber.outcome, Trapped)
    assert fiber.outcome.why == "out of bounds memory access"
    fiber.drop()
