"""The calling convention of every call but read_one_: results, error codes, wild pointers."""

from __future__ import annotations

import pytest
from parigot.errors import KernelErr, KernelError
from parigot.wasm import Exited, Trapped

from .guest import ABI, CALLS, LIMIT, MEMORY, PAGE, Bench, FakeHost, u32

RESULT, ERROR, OUT, IN = 0, 16, 1024, 512


def calling(
    name: str = "register_",
    *,
    size: int = 3,
    at: int = IN,
    out: int = OUT,
    error: int = ERROR,
    more: str = "",
) -> str:
    """A guest that makes one call with "abc" at 512, and leaves the result at 0 and a mark at 32."""
    return (
        f'{ABI} {MEMORY} (data (i32.const {IN}) "abc") (data (i32.const {ERROR}) "\\ff\\ff\\ff\\ff") {more}'
        f'(func (export "_start") (i64.store (i32.const {RESULT}) (call ${name} (i32.const {size})'
        f" (i32.const {at}) (i32.const {out}) (i32.const {error}))) (i32.store (i32.const 32) (i32.const 1)))"
    )


@pytest.mark.parametrize("name", CALLS)
def test_an_answer(bench: Bench, name: str) -> None:
    host = FakeHost(answer=b"the answer")
    guest = bench.run(calling(name), host)
    assert guest.outcome == Exited(0)
    assert host.asked == [(name, b"abc")]
    assert guest.memory.read_u64(RESULT) == len(b"the answer") << 32 | OUT
    assert guest.memory.read(OUT, 11) == b"the answer\0"
    assert u32(guest, ERROR) == 0
    assert host.refusals == []
    guest.drop()


@pytest.mark.parametrize("name", CALLS)
def test_nothing_to_say(bench: Bench, name: str) -> None:
    guest = bench.run(calling(name), FakeHost(answer=b""))
    assert guest.memory.read_u64(RESULT) == 0
    assert u32(guest, ERROR) == 0
    guest.drop()


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("code", [KernelErr.NotFound, KernelErr.ExitFailed])
def test_a_refusal(bench: Bench, name: str, code: KernelErr) -> None:
    host = FakeHost(answer=KernelError(code, "because"))
    guest = bench.run(calling(name), host)
    assert guest.outcome == Exited(0)
    assert guest.memory.read_u64(RESULT) == 0
    assert u32(guest, ERROR) == code
    assert guest.memory.read(OUT, 4) == bytes(4)
    assert host.refusals == [(name, code.name)]
    guest.drop()


@pytest.mark.parametrize("out", [0x7FFF_F000, 0xFFFF_F000])
def test_results_with_high_addresses_keep_their_bits(bench: Bench, out: int) -> None:
    """The result is 64 bits without a sign for the address in its lower half; such a memory is not ours."""
    host = FakeHost(answer=b"x")
    guest = bench.run(calling(out=out), host)
    assert guest.memory.read_u64(RESULT) == 0
    assert u32(guest, ERROR) == KernelErr.GuestWriteFailed
    guest.drop()


def test_an_empty_request(bench: Bench) -> None:
    host = FakeHost()
    for at in (0, IN, PAGE):  # PAGE: just behind the memory, where nothing is read
        guest = bench.run(calling(size=0, at=at), host)
        assert u32(guest, ERROR) == 0
        guest.drop()
    assert host.asked == [("register_", b"")] * 3


@pytest.mark.parametrize(
    ("size", "at"), [(1, PAGE), (3, PAGE - 2), (1, 0xFFFFFFFF), (65537, 0), (0, PAGE + 1)]
)
def test_a_request_outside_memory(bench: Bench, size: int, at: int) -> None:
    host = FakeHost(answer=b"never")
    guest = bench.run(calling(size=size, at=at), host, message_limit=1 << 20)
    assert guest.outcome == Exited(0)
    assert guest.memory.read_u64(RESULT) == 0
    assert u32(guest, ERROR) == KernelErr.GuestReadFailed
    assert host.asked == []
    assert host.refusals == [("register_", "GuestReadFailed")]
    guest.drop()


@pytest.mark.parametrize("out", [PAGE, PAGE - 9, 0xFFFFFFFF])
def test_a_response_outside_memory(bench: Bench, out: int) -> None:
    host = FakeHost(answer=b"the answer")
    guest = bench.run(calling(out=out), host)
    assert guest.outcome == Exited(0)
    assert guest.memory.read_u64(RESULT) == 0
    assert u32(guest, ERROR) == KernelErr.GuestWriteFailed
    assert host.refusals == [("register_", "GuestWriteFailed")]
    assert guest.memory.read(PAGE - 9, 9) == bytes(9)  # nothing was written in part
    guest.drop()


def test_nothing_is_written_where_there_is_nothing_to_say(bench: Bench) -> None:
    guest = bench.run(calling(out=0xFFFFFFFF), FakeHost(answer=b""))
    assert u32(guest, ERROR) == 0
    guest.drop()


@pytest.mark.parametrize("error", [PAGE, PAGE - 3, 0xFFFFFFFE])
@pytest.mark.parametrize("answer", [b"", b"the answer", KernelError(KernelErr.NotFound)])
def test_an_error_pointer_outside_memory(bench: Bench, error: int, answer: bytes | KernelError) -> None:
    guest = bench.run(calling(error=error), FakeHost(answer=answer))
    assert isinstance(guest.outcome, Trapped)
    assert guest.outcome.why == f"register_ was given an error pointer outside memory: {error:#x}"
    assert guest.defect is None
    assert u32(guest, 32) == 0  # it does not run on
    guest.drop()


def test_a_request_as_large_as_may_be(bench: Bench) -> None:
    host = FakeHost()
    guest = bench.run(calling(size=2000 + 1024, at=0), host, message_limit=2000)
    assert len(host.asked[0][1]) == 3024
    guest.drop()


@pytest.mark.parametrize("size", [3025, 100 << 20, 0xFFFFFFFF])
def test_a_request_that_is_too_large(bench: Bench, size: int) -> None:
    host = FakeHost()
    guest = bench.run(calling(size=size, at=0), host, message_limit=2000)
    assert guest.outcome == Exited(0)
    assert u32(guest, ERROR) == KernelErr.DataTooLarge
    assert host.asked == []
    guest.drop()


@pytest.mark.parametrize(
    ("said", "buffer"),
    [
        ("", 4096),
        ('(global (export "parigot_receive_buffer_size") i32 (i32.const 8192))', 8192),
        ('(global (export "parigot_receive_buffer_size") i32 (i32.const 100))', 4096),
        ('(global (export "parigot_receive_buffer_size") i32 (i32.const -1))', 4096),
        ('(global (export "parigot_receive_buffer_size") i32 (i32.const 0x7fffffff))', 16 << 20),
        ('(global (export "parigot_receive_buffer_size") (mut i32) (i32.const 8192))', 4096),
        ('(global (export "parigot_receive_buffer_size") i64 (i64.const 8192))', 4096),
        ('(func (export "parigot_receive_buffer_size"))', 4096),
    ],
)
def test_the_size_of_the_receive_buffer(bench: Bench, said: str, buffer: int) -> None:
    size = min(buffer, 50_000)
    guest = bench.run(calling(more=said), FakeHost(answer=b"x" * size))
    assert guest.buffer_size == buffer
    assert guest.memory.read_u64(RESULT) == size << 32 | OUT
    assert u32(guest, ERROR) == 0
    guest.drop()
    guest = bench.run(calling(more=said), FakeHost(answer=b"x" * (buffer + 1)))
    assert u32(guest, ERROR) == KernelErr.DataTooLarge
    assert guest.memory.read(OUT, 4) == bytes(4)
    guest.drop()


@pytest.mark.parametrize(
    ("said", "knows"),
    [
        ("", False),
        ('(global (export "parigot_abi") i32 (i32.const 1))', True),
        ('(global (export "parigot_abi") i32 (i32.const 2))', False),
        ('(global (export "parigot_abi") (mut i32) (i32.const 1))', False),
        ('(global (export "parigot_abi") i64 (i64.const 1))', False),
    ],
)
def test_the_mark_of_the_abi(bench: Bench, said: str, knows: bool) -> None:
    guest = bench.run(calling(more=said))
    assert guest.knows_exit is knows
    guest.drop()


def test_a_call_from_a_start_function_has_no_memory_to_go_to(bench: Bench) -> None:
    body = (
        f"{ABI} {MEMORY} (func $first (drop (call $register_ (i32.const 0) (i32.const 0) (i32.const 8)"
        ' (i32.const 0)))) (start $first) (func (export "_start"))'
    )
    guest = bench.run(body, FakeHost(answer=b"x"))
    assert isinstance(guest.outcome, Trapped)
    assert "error pointer outside memory" in guest.outcome.why
    guest.drop()


def test_memory_is_limited(bench: Bench) -> None:
    grow = f"(i32.store (i32.const 0) (memory.grow (i32.const {LIMIT // PAGE})))"
    guest = bench.run(f'{MEMORY} (func (export "_start") {grow})')
    assert u32(guest, 0) == 0xFFFFFFFF
    assert guest.memory_bytes == PAGE
    guest.drop()
    assert guest.memory_bytes == 0


def test_a_defect_of_the_host_ends_the_guest_and_is_kept(bench: Bench) -> None:
    class Broken(FakeHost):
        def kernel_call(self, operation: str, request: bytes) -> bytes:
            raise ZeroDivisionError("ours")

    guest = bench.run(calling(), Broken())
    assert isinstance(guest.outcome, Trapped)
    assert isinstance(guest.defect, ZeroDivisionError)
    guest.drop()
