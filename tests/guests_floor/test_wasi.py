"""The emulated WASI, one function after the other, and all others, which answer ENOSYS."""

from __future__ import annotations

import struct

import pytest
from parigot.wasm import Exited, Trapped

from .guest import MEMORY, PAGE, Bench, FakeHost, packed, u32
from .wasi_call import EBADF, EFAULT, EINVAL, ENOSYS, SUCCESS, WASI, call, errno

# --- arguments and environment ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["args", "environ"])
def test_strings(bench: Bench, kind: str) -> None:
    given = {
        "args": {"args": ("--tongue", "französisch", "")},
        "environ": {"environ": (("HOSTID_HIGH", "68"), ("TZ", "Europe/Zürich"), ("EMPTY", ""))},
    }[kind]
    expected = {
        "args": [b"guest", b"--tongue", "französisch".encode(), b""],
        "environ": [b"HOSTID_HIGH=68", "TZ=Europe/Zürich".encode(), b"EMPTY="],
    }[kind]
    sizes = call(bench, f"{kind}_sizes_get", 100, 104, **given)
    assert errno(sizes) == SUCCESS
    assert (u32(sizes, 100), u32(sizes, 104)) == (len(expected), sum(len(text) + 1 for text in expected))
    got = call(bench, f"{kind}_get", 200, 500, **given)
    assert errno(got) == SUCCESS
    for place, text in enumerate(expected):
        pointer = u32(got, 200 + 4 * place)
        assert got.memory.read(pointer, len(text) + 1) == text + b"\0"
    sizes.drop()
    got.drop()


@pytest.mark.parametrize("name", ["args_get", "environ_get", "args_sizes_get", "environ_sizes_get"])
@pytest.mark.parametrize(("first", "second"), [(PAGE - 3, 100), (100, PAGE), (0xFFFFFFFF, 100)])
def test_strings_outside_memory(bench: Bench, name: str, first: int, second: int) -> None:
    guest = call(bench, name, first, second, environ=(("A", "b"),))
    assert errno(guest) == EFAULT
    guest.drop()


def test_no_environment_at_all(bench: Bench) -> None:
    guest = call(bench, "environ_sizes_get", 100, 104, data="\\ff" * 8, at=100)
    assert errno(guest) == SUCCESS
    assert guest.memory.read_u64(100) == 0
    guest.drop()


# --- clocks and chance ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clock", "expected"), [(0, 1_700_000_000_000_000_000), (1, 1000), (2, 1000), (3, 1000)]
)
def test_clocks(bench: Bench, clock: int, expected: int) -> None:
    guest = call(bench, "clock_time_get", clock, 0, 104, wide=(1,))
    assert errno(guest) == SUCCESS
    assert guest.memory.read_u64(104) == expected
    guest.drop()
    guest = call(bench, "clock_res_get", clock, 104)
    assert errno(guest) == SUCCESS
    assert guest.memory.read_u64(104) == 1
    guest.drop()


def test_clocks_that_do_not_exist_or_have_no_place(bench: Bench) -> None:
    for clock in (4, 0xFFFFFFFF):
        for guest in (
            call(bench, "clock_time_get", clock, 0, 104, wide=(1,)),
            call(bench, "clock_res_get", clock, 104),
        ):
            assert errno(guest) == EINVAL
            guest.drop()
    for guest in (
        call(bench, "clock_time_get", 0, 0, PAGE - 7, wide=(1,)),
        call(bench, "clock_res_get", 0, 0xFFFFFFFF),
    ):
        assert errno(guest) == EFAULT
        guest.drop()


def test_chance(bench: Bench) -> None:
    guest = call(bench, "random_get", 100, 300)
    assert errno(guest) == SUCCESS
    assert guest.memory.read(100, 301) == bytes(n % 251 for n in range(300)) + b"\0"
    guest.drop()


@pytest.mark.parametrize(
    ("at", "count"), [(100, 0xFFFFFFFF), (0, PAGE + 1), (PAGE, 1), (0xFFFFFFFF, 0xFFFFFFFF)]
)
def test_chance_with_a_lying_size_is_not_even_thrown(bench: Bench, at: int, count: int) -> None:
    thrown: list[int] = []

    def dice(count: int) -> bytes:
        thrown.append(count)
        return bytes(count)

    guest = call(bench, "random_get", at, count, host=FakeHost(dice=dice))
    assert errno(guest) == EFAULT
    assert thrown == []
    guest.drop()


# --- writing ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("fd", "stream"), [(1, "stdout"), (2, "stderr")])
def test_writing(bench: Bench, fd: int, stream: str) -> None:
    host = FakeHost()
    data = packed(1100, 5, 1105, 0, 1106, 6) + "\\00" * (1100 - 1024 - 24) + "hello\\00 world"
    guest = call(bench, "fd_write", fd, 1024, 3, 104, data=data, host=host)
    assert errno(guest) == SUCCESS
    assert host.written == [(stream, b"hello world")]
    assert u32(guest, 104) == 11
    guest.drop()


def test_writing_nothing(bench: Bench) -> None:
    guest = call(bench, "fd_write", 1, 0, 0, 104, data="\\ff" * 4, at=104)
    assert errno(guest) == SUCCESS
    assert u32(guest, 104) == 0
    guest.drop()


@pytest.mark.parametrize("fd", [0, 3, 0xFFFFFFFF])
def test_writing_elsewhere(bench: Bench, fd: int) -> None:
    host = FakeHost()
    guest = call(bench, "fd_write", fd, 1024, 1, 104, data=packed(0, 4), host=host)
    assert errno(guest) == EBADF
    assert host.written == []
    guest.drop()


@pytest.mark.parametrize(
    ("vectors", "count", "written_at", "data"),
    [
        (PAGE - 4, 1, 104, ""),  # the vectors
        (0xFFFFFFFF, 1, 104, ""),
        (1024, 1, 104, packed(PAGE - 2, 3)),  # what they point to
        (1024, 2, 104, packed(0, 4, 0xFFFFFFFF, 1)),
        (1024, 1, PAGE - 3, packed(0, 4)),  # where the count goes
        (1024, 0xFFFFFFFF, 104, packed(*(4, 0) * 8)),  # zeros to the end of memory, and beyond
    ],
)  # fmt: skip
def test_writing_from_outside_memory(
    bench: Bench, vectors: int, count: int, written_at: int, data: str
) -> None:
    host = FakeHost()
    text_at = PAGE - 64 if count == 0xFFFFFFFF else 1024
    guest = call(
        bench, "fd_write", 1, text_at if count == 0xFFFFFFFF else vectors, count, written_at, data=data,
        at=text_at, host=host,
    )  # fmt: skip
    assert errno(guest) == EFAULT
    assert host.written == []
    guest.drop()


def test_a_huge_vector_is_written_in_parts(bench: Bench) -> None:
    """One megabyte at a time; the guest's own runtime comes back for the rest."""
    host = FakeHost()
    text = (
        f'(import "{WASI}" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))'
        f'(memory (export "memory") 16) (data (i32.const 1024) "{packed(0, 1 << 20, 0, 1 << 20)}")'
        '(func (export "_start") (i32.store (i32.const 0)'
        " (call $write (i32.const 1) (i32.const 1024) (i32.const 2) (i32.const 104))))"
    )
    guest = bench.run(text, host)
    assert errno(guest) == SUCCESS
    ((_, data),) = host.written
    assert len(data) == 1 << 20 == u32(guest, 104)
    guest.drop()


def test_a_length_that_lies(bench: Bench) -> None:
    host = FakeHost()
    guest = call(bench, "fd_write", 1, 1024, 1, 104, data=packed(0, 0xFFFFFFFF), host=host)
    assert errno(guest) == EFAULT
    assert host.written == []
    guest.drop()


def test_many_vectors_are_a_short_write(bench: Bench) -> None:
    host = FakeHost()
    guest = call(bench, "fd_write", 1, 1024, 2000, 104, data=packed(*(1020, 1) * 2000), host=host)
    assert errno(guest) == SUCCESS
    assert u32(guest, 104) == 1024
    assert len(host.written[0][1]) == 1024
    guest.drop()


# --- file descriptors ---------------------------------------------------------------------------------


@pytest.mark.parametrize("fd", [0, 1, 2])
def test_standard_streams(bench: Bench, fd: int) -> None:
    guest = call(bench, "fd_fdstat_get", fd, 104)
    assert errno(guest) == SUCCESS
    filetype, flags, base, _inheriting = struct.unpack("<BxH4xQQ", guest.memory.read(104, 24))
    assert (filetype, flags, base) == (2, 0, (1 << 64) - 1)
    guest.drop()
    guest = call(bench, "fd_fdstat_set_flags", fd, 1)
    assert errno(guest) == SUCCESS
    guest.drop()


def test_other_descriptors(bench: Bench) -> None:
    for guest in (
        call(bench, "fd_fdstat_get", 3, 104),
        call(bench, "fd_fdstat_set_flags", 3, 1),
        call(bench, "fd_prestat_get", 3, 104),
        call(bench, "fd_prestat_get", 0, 104),
    ):
        assert errno(guest) == EBADF
        guest.drop()
    guest = call(bench, "fd_fdstat_get", 1, PAGE - 23)
    assert errno(guest) == EFAULT
    guest.drop()


# --- the end, and all the rest ------------------------------------------------------------------------


@pytest.mark.parametrize(("said", "code"), [(0, 0), (3, 3), (192, 192), (0x7FFFFFFF, 0x7FFFFFFF), (-1, -1)])
def test_leaving(bench: Bench, said: int, code: int) -> None:
    text = (
        f'(import "{WASI}" "proc_exit" (func $exit (param i32))) {MEMORY}'
        f'(func (export "_start") (call $exit (i32.const {said})) unreachable)'
    )
    guest = bench.run(text)
    assert guest.outcome == Exited(code)
    guest.drop()


@pytest.mark.parametrize(
    ("name", "wide", "count"),
    [
        ("fd_read", (), 4),
        ("path_open", (5, 6), 9),
        ("sock_send", (), 5),
        ("fd_seek", (1,), 4),
        ("fd_close", (), 1),
    ],
)
def test_the_rest_is_not_there(bench: Bench, name: str, wide: tuple[int, ...], count: int) -> None:
    guest = call(bench, name, *[0] * count, wide=wide)
    assert errno(guest) == ENOSYS
    guest.drop()


def test_a_missing_function_without_a_result(bench: Bench) -> None:
    text = (
        f'(import "{WASI}" "strange" (func $f (param i64))) {MEMORY}'
        '(func (export "_start") (call $f (i64.const 1)))'
    )
    guest = bench.run(text)
    assert guest.outcome == Exited(0)
    guest.drop()


@pytest.mark.parametrize("name", ["fd_write", "poll_oneoff", "fd_read"])
def test_the_same_name_imported_twice(bench: Bench, name: str) -> None:
    """Go does that."""
    kind = "(param i32 i32 i32 i32) (result i32)"
    zeros = "(i32.const 0)" * 4
    text = (
        f'(import "{WASI}" "{name}" (func $one {kind}))'
        f'(import "{WASI}" "{name}" (func $two {kind})) {MEMORY}'
        f'(func (export "_start") (i32.store (i32.const 0) (call $one {zeros}))'
        f" (i32.store (i32.const 4) (call $two {zeros})))"
    )
    guest = bench.run(text)
    assert guest.outcome == Exited(0)
    assert u32(guest, 0) == u32(guest, 4) != 0
    guest.drop()


def test_wasi_from_a_start_function(bench: Bench) -> None:
    """No memory is there yet for what it points to; it is told so and may go on."""
    text = (
        f'(import "{WASI}" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))'
        f'(import "{WASI}" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))'
        f'(import "{WASI}" "proc_exit" (func $exit (param i32))) {MEMORY}'
        "(func $first (call $exit (i32.add (i32.mul (i32.const 100)"
        " (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 0)))"
        " (call $poll (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0)))))"
        ' (start $first) (func (export "_start"))'
    )
    guest = bench.run(text)
    assert guest.outcome == Exited(100 * EFAULT + EFAULT)
    guest.drop()


def test_a_wild_guest_never_breaks_the_host(bench: Bench) -> None:
    """Every function with the worst numbers in every place: an errno comes back, and no defect."""
    shapes = {
        "args_sizes_get": 2, "args_get": 2, "environ_sizes_get": 2, "environ_get": 2, "clock_res_get": 2,
        "random_get": 2, "fd_write": 4, "fd_fdstat_get": 2, "fd_fdstat_set_flags": 2, "fd_prestat_get": 2,
        "poll_oneoff": 4, "clock_time_get": 3,
    }  # fmt: skip
    worst = (0, 1, PAGE - 1, PAGE, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
    for name, count in shapes.items():
        for value in worst:
            for other in worst:
                arguments = [value if place % 2 else other for place in range(count)]
                wide = (1,) if name == "clock_time_get" else ()
                guest = call(bench, name, *arguments, wide=wide)
                assert guest.defect is None, (name, arguments)
                assert guest.blocked or not isinstance(guest.outcome, Trapped), (name, arguments)
                guest.drop()
