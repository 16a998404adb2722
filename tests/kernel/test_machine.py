"""The whole kernel against a plain model, step by step, in orders that nobody would think of.

Requests are protobuf bytes as guests write them, ids come from a seeded source, events are read back with
the protobuf runtime. After every step the notices, every inbox in order and all counts must be what the
model says; at the end every call must have been resolved exactly once, and its caller must have heard of
it exactly once unless it was gone.
"""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from .walk import Walk

# How often a far walk takes each step, in a hundred.
WEIGHTS = {
    Walk.dispatch: 34,
    Walk.return_value: 18,
    Walk.read_one: 20,
    Walk.deliver_oldest: 8,
    Walk.deliver_any: 4,
    Walk.declare: 7,
    Walk.give_up: 4,
    Walk.stop_waiting: 2,
    Walk.leave: 1,
    Walk.begin_launching: 1,
    Walk.fail_startup: 1,
}
# Steps that leave less of the world behind them.
ENDINGS = [Walk.end_guest, Walk.send_exit, Walk.leave]


class Drawn:
    """Numbers from hypothesis."""

    def __init__(self, data: st.DataObject) -> None:
        self._data = data

    def below(self, count: int) -> int:
        return self._data.draw(st.integers(0, count - 1)) if count > 1 else 0


class Thrown:
    """Numbers from a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def below(self, count: int) -> int:
        return self._random.randrange(count)


class KernelMachine(RuleBasedStateMachine):
    """Short walks that hypothesis makes shorter still when they end badly."""

    def __init__(self) -> None:
        super().__init__()
        self.walk = Walk()

    @initialize(data=st.data(), peeks=st.booleans())
    def begin(self, data: st.DataObject, peeks: bool) -> None:
        self.walk.peeks = peeks
        self.walk.some_have_started(Drawn(data))

    @rule(data=st.data())
    def dispatch(self, data: st.DataObject) -> None:
        self.walk.dispatch(Drawn(data))

    @rule(data=st.data())
    def return_value(self, data: st.DataObject) -> None:
        self.walk.return_value(Drawn(data))

    @rule(data=st.data())
    def read_one(self, data: st.DataObject) -> None:
        self.walk.read_one(Drawn(data))

    @rule(data=st.data(), oldest=st.booleans())
    def deliver(self, data: st.DataObject, oldest: bool) -> None:
        (self.walk.deliver_oldest if oldest else self.walk.deliver_any)(Drawn(data))

    @rule(data=st.data(), what=st.sampled_from([Walk.declare, Walk.begin_launching, Walk.fail_startup]))
    def start_up(self, data: st.DataObject, what) -> None:  # type: ignore[no-untyped-def]
        what(self.walk, Drawn(data))

    @rule(data=st.data(), what=st.sampled_from([Walk.give_up, Walk.stop_waiting, *ENDINGS]))
    def upset(self, data: st.DataObject, what) -> None:  # type: ignore[no-untyped-def]
        what(self.walk, Drawn(data))

    @invariant()
    def everything_agrees(self) -> None:
        self.walk.everything_agrees()

    def teardown(self) -> None:
        self.walk.finish()


KernelMachine.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
TestKernelMachine = KernelMachine.TestCase


@pytest.mark.parametrize("seed", range(30))
def test_far_walks(seed: int) -> None:
    chance = random.Random(seed)
    choice = Thrown(seed)
    walk = Walk()
    walk.peeks = seed % 2 == 0
    walk.some_have_started(choice)
    walk.everything_agrees()
    for number in range(400):
        (step,) = chance.choices(list(WEIGHTS), list(WEIGHTS.values()))
        if number > 150 and chance.random() < 0.015:
            step = chance.choice(ENDINGS)
        step(walk, choice)
        walk.everything_agrees()
    walk.finish()
