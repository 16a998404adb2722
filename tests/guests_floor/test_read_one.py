"""read_one_, the call that blocks: events, timeouts, refusals, and pointers checked before it waits."""

from __future__ import annotations

import pytest
from parigot.errors import KernelErr, KernelError
from parigot.wasm import Exited, Trapped

from .guest import ABI, MEMORY, PAGE, Bench, FakeHost, u32

RESULT, ERROR, OUT, IN = 0, 16, 1024, 512


def reading(
    *, size: int = 3, at: int = IN, out: int = OUT, error: int = ERROR, more: str = "", times: int = 1
) -> str:
    """A guest that reads `times` events; results one after the other from address 0."""
    call = f"(call $read_one_ (i32.const {size}) (i32.const {at}) (i32.const {out}) (i32.const {error}))"
    reads = "".join(f"(i64.store (i32.const {8 * n}) {call})" for n in range(times))
    return (
        f'{ABI} {MEMORY} (data (i32.const {IN}) "abc") (data (i32.const {ERROR}) "\\ff\\ff\\ff\\ff") {more}'
        f'(func (export "_start") {reads})'
    )


def test_it_waits_until_it_is_given_an_event(bench: Bench) -> None:
    host = FakeHost()
    guest = bench.run(reading(times=2), host)
    assert host.asked == [("read_one_", b"abc")]
    assert guest.blocked
    assert not guest.poll()
    guest.give_event(b"first")
    assert not guest.blocked
    assert not guest.poll()
    assert guest.blocked
    assert guest.memory.read_u64(RESULT) == 5 << 32 | OUT
    assert guest.memory.read(OUT, 5) == b"first"
    assert u32(guest, ERROR) == 0
    guest.give_event(b"second")
    assert guest.poll()
    assert guest.outcome == Exited(0)
    assert guest.memory.read_u64(RESULT + 8) == 6 << 32 | OUT
    assert len(host.asked) == 2
    guest.drop()


def test_a_timeout(bench: Bench) -> None:
    guest = bench.run(reading())
    guest.time_out()
    assert guest.poll()
    assert guest.memory.read_u64(RESULT) == 0
    assert u32(guest, ERROR) == KernelErr.ReadOneTimeout
    guest.drop()


def test_a_refusal_while_it_waits(bench: Bench) -> None:
    guest = bench.run(reading())
    guest.refuse(KernelErr.AbortRequest)
    assert guest.poll()
    assert u32(guest, ERROR) == KernelErr.AbortRequest
    guest.drop()


def test_a_refusal_before_it_waits(bench: Bench) -> None:
    host = FakeHost(answer=KernelError(KernelErr.UnmarshalFailed))
    guest = bench.run(reading(), host)
    assert guest.outcome == Exited(0)
    assert guest.memory.read_u64(RESULT) == 0
    assert u32(guest, ERROR) == KernelErr.UnmarshalFailed
    assert host.refusals == [("read_one_", "UnmarshalFailed")]
    guest.drop()


@pytest.mark.parametrize(("size", "at"), [(1, PAGE), (3, PAGE - 2), (1, 0xFFFFFFFF)])
def test_a_request_outside_memory(bench: Bench, size: int, at: int) -> None:
    host = FakeHost()
    guest = bench.run(reading(size=size, at=at), host)
    assert guest.outcome == Exited(0)
    assert u32(guest, ERROR) == KernelErr.GuestReadFailed
    assert host.asked == []
    guest.drop()


def test_a_request_that_is_too_large(bench: Bench) -> None:
    host = FakeHost()
    guest = bench.run(reading(size=100 << 20), host)
    assert u32(guest, ERROR) == KernelErr.DataTooLarge
    assert host.asked == []
    guest.drop()


@pytest.mark.parametrize("out", [PAGE, PAGE - 4095, PAGE - 8, 0xFFFFFFFF])
def test_a_buffer_that_leads_outside_memory(bench: Bench, out: int) -> None:
    """Said at once, while no event is lost yet: any event may need the whole buffer."""
    host = FakeHost()
    guest = bench.run(reading(out=out), host)
    assert guest.outcome == Exited(0)
    assert u32(guest, ERROR) == KernelErr.GuestWriteFailed
    assert host.asked == []
    assert host.refusals == [("read_one_", "GuestWriteFailed")]
    guest.drop()


def test_the_whole_buffer_at_the_end_of_memory(bench: Bench) -> None:
    guest = bench.run(reading(out=PAGE - 4096))
    guest.give_event(b"x" * 4096)
    assert guest.poll()
    assert guest.memory.read(PAGE - 4096, 4096) == b"x" * 4096
    assert guest.memory.read_u64(RESULT) == 4096 << 32 | PAGE - 4096
    guest.drop()


def test_a_larger_buffer_has_to_fit_too(bench: Bench) -> None:
    said = '(global (export "parigot_receive_buffer_size") i32 (i32.const 65000))'
    guest = bench.run(reading(more=said))
    assert u32(guest, ERROR) == KernelErr.GuestWriteFailed
    guest.drop()
    guest = bench.run(reading(more=said, out=PAGE - 65000))
    guest.give_event(b"x" * 65000)
    assert guest.poll()
    guest.drop()


@pytest.mark.parametrize("error", [PAGE, PAGE - 3, 0xFFFFFFFF])
@pytest.mark.parametrize("size", [3, 0x7FFFFFFF])
def test_an_error_pointer_outside_memory(bench: Bench, error: int, size: int) -> None:
    host = FakeHost()
    guest = bench.run(reading(error=error, size=size), host)
    assert isinstance(guest.outcome, Trapped)
    assert guest.outcome.why == f"read_one_ was given an error pointer outside memory: {error:#x}"
    assert guest.defect is None
    assert host.asked == []
    guest.drop()


def test_memory_that_grows_while_it_waits_is_no_matter(bench: Bench) -> None:
    body = (
        f'{ABI} {MEMORY} (func (export "_start") (drop (memory.grow (i32.const 1)))'
        f" (i64.store (i32.const 0) (call $read_one_ (i32.const 0) (i32.const 0) (i32.const {PAGE})"
        f" (i32.const {2 * PAGE - 4}))))"
    )
    guest = bench.run(body)
    assert guest.blocked
    guest.give_event(b"behind the first page")
    assert guest.poll()
    assert guest.memory.read(PAGE, 21) == b"behind the first page"
    guest.drop()


def test_dropped_while_it_waits(bench: Bench) -> None:
    guest = bench.run(reading())
    guest.drop()
    assert not guest.blocked
    assert guest.memory_bytes == 0
    guest.drop()
