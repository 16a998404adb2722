"""Fibers: they block, yield, resume and end, and can be dropped at any moment."""

from __future__ import annotations

import gc
import itertools
import resource
import sys

import pytest
from parigot.wasm import Engine, Exited, Fiber, Trapped
from parigot.wasm.fiber import SLICE_FUEL

from .wat import Defect, main, module, run, start, start_module

SPIN = main("(loop (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1))) (br 0))")


def test_a_guest_that_returns(engine: Engine) -> None:
    fiber, world = start(engine, main("(call $note (i32.const 5))"))
    assert world.noted == []  # nothing of it runs before the first poll
    assert fiber.outcome is None
    assert fiber.poll() is True
    assert fiber.outcome == Exited(0)
    assert world.noted == [5]
    assert world.memory is not None
    fiber.drop()


def test_blocking_and_resuming(engine: Engine) -> None:
    fiber, world = start(
        engine,
        main(
            "(call $note (i32.wrap_i64 (call $wait (i32.const 1))))"
            "(call $note (call $wait32 (i64.const 0x1_0000_0002)))"
            "(i64.store (i32.const 8) (call $wait (i32.const 3)))"
        ),
    )
    for seen, answer in (([1], 11), ([1, 11, 0x1_0000_0002], 22), ([1, 11, 0x1_0000_0002, 22, 3], -33)):
        assert fiber.poll() is False
        assert fiber.blocked
        assert world.noted == seen
        assert fiber.poll() is False  # asking again changes nothing
        assert world.noted == seen
        fiber.resume(answer)
        assert not fiber.blocked
    assert fiber.poll() is True
    assert fiber.outcome == Exited(0)
    assert world.memory is not None
    assert world.memory.read_u64(8) == (1 << 64) - 33
    fiber.drop()


def test_a_blocking_function_may_answer_at_once(engine: Engine) -> None:
    _, world = run(engine, main("(call $note (i32.wrap_i64 (call $at_once (i32.const 21))))"))
    assert world.noted == [42]


def test_arguments_are_unsigned_and_results_keep_their_bits(engine: Engine) -> None:
    fiber, world = start(
        engine,
        main(
            "(i32.store (i32.const 8) (call $add32 (i32.const 3) (i32.const 4)))"
            "(i32.store (i32.const 12) (call $minus32))"
            "(i64.store (i32.const 16) (call $minus64))"
            "(call $note (i32.const -1))"
        ),
    )
    assert fiber.poll()
    assert world.memory is not None
    assert world.memory.read_u32(8) == (7 - (1 << 31)) & 0xFFFFFFFF
    assert world.memory.read_u32(12) == 0xFFFFFFFF
    assert world.memory.read_u64(16) == 0xFFFFFFFFFFFFFFFF
    assert world.noted == [0xFFFFFFFF]
    fiber.drop()


def test_a_result_that_does_not_fit_is_a_defect_of_the_host(engine: Engine) -> None:
    """-1 is a huge number for the host, so the sum has 65 bits."""
    fiber, _ = run(engine, main("(drop (call $add (i64.const -1) (i64.const -1)))"))
    assert isinstance(fiber.outcome, Trapped)
    assert fiber.defect is not None


@pytest.mark.parametrize("answer", [0, 1, -1, (1 << 31) - 1, -(1 << 31)])
def test_i32_results_of_blocking_functions(engine: Engine, answer: int) -> None:
    body = main("(i32.store (i32.const 0) (call $wait32 (i64.const 0)))")
    fiber, world = start(engine, body)
    fiber.poll()
    fiber.resume(answer)
    assert fiber.poll()
    assert world.memory is not None
    assert world.memory.read_u32(0) == answer & 0xFFFFFFFF
    fiber.drop()


# --- yielding -----------------------------------------------------------------------------------------


def counters(engine: Engine, polls: int) -> list[int]:
    fiber, world = start(engine, SPIN)
    seen = []
    for _ in range(polls):
        assert fiber.poll() is False
        assert not fiber.blocked  # it yields, and runs on when polled again
        assert world.memory is not None
        seen.append(world.memory.read_u32(0))
    fiber.drop()
    return seen


def test_a_spinning_guest_yields_at_the_same_instruction_in_every_run(engine: Engine) -> None:
    first = counters(engine, 4)
    assert all(earlier < later for earlier, later in itertools.pairwise(first))
    assert first[-1] * 4 < 5 * SLICE_FUEL  # about a unit an instruction
    assert counters(engine, 4) == first


def test_yielding_is_the_same_whoever_runs_in_between(engine: Engine) -> None:
    alone = counters(engine, 3)
    one, one_world = start(engine, SPIN)
    other, _ = start(engine, main("(loop (call $note (i32.wrap_i64 (call $wait (i32.const 1)))) (br 0))"))
    seen = []
    for _ in range(3):
        other.poll()
        other.resume(1)
        one.poll()
        assert one_world.memory is not None
        seen.append(one_world.memory.read_u32(0))
    one.drop()
    other.drop()
    assert seen == alone


def test_long_memory_fills_yield_too(engine: Engine) -> None:
    """A bulk instruction costs what it does, so nobody gets long stretches out of few instructions."""
    body = main("(loop (memory.fill (i32.const 0) (i32.const 1) (i32.const 65536)) (br 0))")
    fiber, _ = start(engine, body)
    for _ in range(3):
        assert fiber.poll() is False
    assert not fiber.blocked
    fiber.drop()


def test_many_take_turns(engine: Engine) -> None:
    code = module(engine, main("(call $note (i32.wrap_i64 (call $wait (i32.const 0))))"))
    fibers = [start_module(engine, code) for _ in range(50)]
    for fiber, _ in fibers:
        assert fiber.poll() is False
    for number, (fiber, _) in reversed(list(enumerate(fibers))):
        fiber.resume(number)
    for number, (fiber, world) in enumerate(fibers):
        assert fiber.poll() is True
        assert world.noted == [0, number]
        fiber.drop()


# --- host functions that end the guest ----------------------------------------------------------------


@pytest.mark.parametrize(
    "call", ["(call $leave (i32.const 7))", "(drop (call $blocking_leave (i32.const 7)))"]
)
def test_exit(engine: Engine, call: str) -> None:
    fiber, world = run(engine, main(f"(call $note (i32.const 1)) {call} (call $note (i32.const 2))"))
    assert fiber.outcome == Exited(7)
    assert fiber.defect is None
    assert world.noted == [1]


@pytest.mark.parametrize("call", ["(call $stop)", "(drop (call $blocking_stop))"])
def test_a_trap_of_the_host(engine: Engine, call: str) -> None:
    fiber, world = run(
        engine,
        f'(func $inner {call}) (func (export "_start") (call $inner) (call $note (i32.const 2)))',
    )
    assert isinstance(fiber.outcome, Trapped)
    assert fiber.outcome.why == "the host says stop"
    assert [frame.function for frame in fiber.outcome.frames] == ["inner", None]
    assert fiber.defect is None
    assert world.noted == []


@pytest.mark.parametrize("call", ["(call $break)", "(drop (call $blocking_break))"])
def test_no_exception_of_the_host_crosses_the_guest(engine: Engine, call: str) -> None:
    fiber, world = run(engine, main(f"{call} (call $note (i32.const 2))"))
    assert isinstance(fiber.outcome, Trapped)
    assert fiber.outcome.why == "broken"
    assert isinstance(fiber.defect, Defect)
    assert world.noted == []


def test_a_defect_in_one_guest_is_no_others(engine: Engine) -> None:
    one, _ = start(engine, main("(drop (call $wait (i32.const 1)))"))
    one.poll()
    other, _ = run(engine, main("(call $break)"))
    one.resume(0)
    assert one.poll()
    assert one.outcome == Exited(0)
    assert one.defect is None
    assert other.defect is not None
    one.drop()


# --- dropping -----------------------------------------------------------------------------------------

WAITS = main("(drop (call $wait (i32.const 1)))")


def before_start(engine: Engine) -> Fiber:
    from .wat import LIMIT, World

    return Fiber(engine, module(engine, WAITS), World(), LIMIT)


def before_poll(engine: Engine) -> Fiber:
    return start(engine, WAITS)[0]


def blocked(engine: Engine) -> Fiber:
    fiber, _ = start(engine, WAITS)
    fiber.poll()
    assert fiber.blocked
    return fiber


def resumed(engine: Engine) -> Fiber:
    fiber = blocked(engine)
    fiber.resume(3)
    return fiber


def yielded(engine: Engine) -> Fiber:
    fiber, _ = start(engine, SPIN)
    fiber.poll()
    return fiber


def in_start_function(engine: Engine) -> Fiber:
    fiber, _ = start(engine, "(func $spin (loop (br 0))) (start $spin)" + main(""))
    assert fiber.poll() is False
    return fiber


def ended(engine: Engine) -> Fiber:
    fiber, _ = start(engine, main(""))
    assert fiber.poll()
    return fiber


def trapped(engine: Engine) -> Fiber:
    fiber, _ = start(engine, main("unreachable"))
    assert fiber.poll()
    return fiber


@pytest.mark.parametrize(
    "moment", [before_start, before_poll, blocked, resumed, yielded, in_start_function, ended, trapped]
)
def test_drop_at_any_moment_and_twice(engine: Engine, moment) -> None:  # type: ignore[no-untyped-def]
    bystander = blocked(engine)
    fiber = moment(engine)
    outcome = fiber.outcome
    fiber.drop()
    assert not fiber.blocked
    assert fiber.outcome == outcome
    fiber.drop()
    bystander.resume(0)
    assert bystander.poll()
    assert bystander.outcome == Exited(0)
    bystander.drop()


def test_a_thousand_fibers_leave_nothing_behind(engine: Engine) -> None:
    code = module(engine, WAITS)

    def hundred() -> None:
        fibers = [start_module(engine, code)[0] for _ in range(100)]
        for fiber in fibers:
            fiber.poll()
        for place, fiber in enumerate(fibers):
            if place % 2:
                fiber.resume(0)
                fiber.poll()
            fiber.drop()

    def used_kib() -> int:
        gc.collect()
        if sys.platform == "linux":
            with open("/proc/self/statm") as statm:
                return int(statm.read().split()[1]) * resource.getpagesize() // 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

    hundred()
    before = used_kib()
    for _ in range(10):
        hundred()
    assert used_kib() - before < 8 * 1024  # a stack and a memory each would be far more


# --- starting -----------------------------------------------------------------------------------------


def test_a_start_function_runs_first(engine: Engine) -> None:
    fiber, world = run(
        engine, "(func $first (call $note (i32.const 1))) (start $first)" + main("(call $note (i32.const 2))")
    )
    assert fiber.outcome == Exited(0)
    assert world.noted == [1, 2]


def test_a_start_function_may_block_and_end_the_guest(engine: Engine) -> None:
    body = "(func $first (drop (call $wait (i32.const 1))) (call $leave (i32.const 3))) (start $first)"
    fiber, world = start(engine, body + main("(call $note (i32.const 2))"))
    assert fiber.poll() is False
    assert fiber.blocked
    assert world.memory is None
    fiber.resume(0)
    assert fiber.poll()
    assert fiber.outcome == Exited(3)
    assert world.noted == [1]
    fiber.drop()


def test_a_start_function_that_traps(engine: Engine) -> None:
    fiber, world = run(
        engine, "(func $first unreachable) (start $first)" + main("(call $note (i32.const 2))")
    )
    assert isinstance(fiber.outcome, Trapped)
    assert fiber.outcome.why == "unreachable instruction executed"
    assert [frame.function for frame in fiber.outcome.frames] == ["first"]
    assert world.noted == []


def test_exported_constants(engine: Engine) -> None:
    code = module(
        engine,
        '(global (export "answer") i32 (i32.const 42)) (global (export "minus") i32 (i32.const -2))'
        '(global (export "variable") (mut i32) (i32.const 1)) (global (export "long") i64 (i64.const 1))'
        + main(""),
    )
    assert code.has_constant("answer")
    for name in ("variable", "long", "memory", "_start", "absent"):
        assert not code.has_constant(name)
    fiber, _ = start_module(engine, code)
    fiber.poll()
    assert fiber.constant("answer") == 42
    assert fiber.constant("minus") == -2
    fiber.drop()
