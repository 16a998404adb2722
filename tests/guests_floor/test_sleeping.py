"""poll_oneoff and sched_yield: sleeping suspends the guest, on the clock of its host."""

from __future__ import annotations

import struct

import pytest
from parigot.guests import WasmGuest
from parigot.wasm import Exited

from .guest import MEMORY, PAGE, Bench, FakeHost, u32
from .wasi_call import EBADF, EFAULT, EINVAL, SUCCESS, WASI, call, errno

CLOCK, READ, WRITE = 0, 1, 2


def subscription(userdata: int, tag: int = CLOCK, clock: int = 1, timeout: int = 0, flags: int = 0) -> str:
    raw = struct.pack("<QB7xI4xQQH6x", userdata, tag, clock, timeout, 0, flags)
    return "".join(f"\\{byte:02x}" for byte in raw)


def poll(bench: Bench, *subscriptions: str, host: FakeHost | None = None) -> WasmGuest:
    data = "".join(subscriptions)
    return call(bench, "poll_oneoff", 1024, 4096, len(subscriptions), 104, data=data, host=host)


def events(guest: WasmGuest) -> list[tuple[int, int, int]]:
    """(userdata, errno, type) of each event told."""
    return [
        struct.unpack("<QHB21x", guest.memory.read(4096 + 32 * place, 32)) for place in range(u32(guest, 104))
    ]


def test_a_relative_sleep(bench: Bench) -> None:
    host = FakeHost(clock=1_000)
    guest = poll(bench, subscription(7, timeout=500), host=host)
    assert guest.blocked
    assert host.sleeps == [1_500]
    host.clock = 1_500
    guest.wake()
    assert guest.poll()
    assert errno(guest) == SUCCESS
    assert events(guest) == [(7, 0, CLOCK)]
    guest.drop()


@pytest.mark.parametrize(("clock", "timeout"), [(1, 4_000), (0, 1_700_000_000_000_003_000)])
def test_an_absolute_sleep(bench: Bench, clock: int, timeout: int) -> None:
    host = FakeHost(clock=1_000)
    guest = poll(bench, subscription(7, clock=clock, timeout=timeout, flags=1), host=host)
    assert host.sleeps == [4_000]
    host.clock = 4_000
    guest.wake()
    assert guest.poll()
    assert events(guest) == [(7, 0, CLOCK)]
    guest.drop()


def test_the_earliest_of_several_wakes_and_all_that_are_due_are_told(bench: Bench) -> None:
    host = FakeHost(clock=1_000)
    wanted = [subscription(1, timeout=900), subscription(2, timeout=300), subscription(3, timeout=301)]
    guest = poll(bench, *wanted, host=host)
    assert host.sleeps == [1_300]
    host.clock = 1_301
    guest.wake()
    assert guest.poll()
    assert events(guest) == [(2, 0, CLOCK), (3, 0, CLOCK)]
    guest.drop()


def test_woken_a_little_early_it_is_told_the_earliest(bench: Bench) -> None:
    host = FakeHost(clock=1_000)
    guest = poll(bench, subscription(1, timeout=900), subscription(2, timeout=300), host=host)
    host.clock = 1_299
    guest.wake()
    assert guest.poll()
    assert events(guest) == [(2, 0, CLOCK)]
    guest.drop()


@pytest.mark.parametrize("timeout", [0, (1 << 64) - 1])
def test_no_sleep_and_an_endless_one(bench: Bench, timeout: int) -> None:
    host = FakeHost(clock=1_000)
    guest = poll(bench, subscription(7, timeout=timeout), host=host)
    assert guest.blocked
    assert host.sleeps == [1_000 + timeout]
    guest.drop()


def test_what_is_past_is_due_at_once(bench: Bench) -> None:
    host = FakeHost(clock=1_000)
    guest = poll(bench, subscription(7, timeout=1, flags=1), host=host)
    assert host.sleeps == [1]
    guest.wake()
    assert guest.poll()
    assert events(guest) == [(7, 0, CLOCK)]
    guest.drop()


def test_nothing_but_clocks_can_be_waited_for(bench: Bench) -> None:
    host = FakeHost()
    guest = poll(
        bench, subscription(1, timeout=5), subscription(2, tag=READ), subscription(3, tag=WRITE), host=host
    )
    assert errno(guest) == SUCCESS
    assert events(guest) == [(2, EBADF, READ), (3, EBADF, WRITE)]
    assert host.sleeps == []
    guest.drop()


@pytest.mark.parametrize("count", [0, 1_001, 0xFFFFFFFF])
def test_too_few_or_too_many_subscriptions(bench: Bench, count: int) -> None:
    guest = call(bench, "poll_oneoff", 1024, 4096, count, 104)
    assert errno(guest) == EINVAL
    guest.drop()


@pytest.mark.parametrize(
    ("subscriptions", "out", "count_out"),
    [(PAGE - 47, 4096, 104), (1024, PAGE - 31, 104), (1024, 4096, PAGE - 3), (0xFFFFFFFF, 4096, 104)],
)
def test_sleeping_outside_memory(bench: Bench, subscriptions: int, out: int, count_out: int) -> None:
    host = FakeHost()
    guest = call(bench, "poll_oneoff", subscriptions, out, 1, count_out, host=host)
    assert errno(guest) == EFAULT
    assert host.sleeps == []
    guest.drop()


@pytest.mark.parametrize("memory", [MEMORY, '(memory (export "memory") 0)'])
def test_giving_up_ones_turn(bench: Bench, memory: str) -> None:
    host = FakeHost(clock=77)
    text = (
        f'(import "{WASI}" "sched_yield" (func $yield (result i32))) {memory}'
        '(func (export "_start") (if (call $yield) (then unreachable)))'
    )
    guest = bench.run(text, host)
    assert guest.blocked
    assert host.sleeps == [77]
    guest.wake()
    assert guest.poll()
    assert guest.outcome == Exited(0)
    guest.drop()
