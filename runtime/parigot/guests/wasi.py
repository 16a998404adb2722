"""The little of WASI preview 1 that language runtimes need to boot: virtual, and no door to the machine.

No files, no sockets, no real clock. What is written to 1 and 2 becomes log lines, clocks and randomness are
the session's, sleeping suspends the guest. Everything else links and answers ENOSYS.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from parigot.guests.core import WasmGuest
from parigot.wasm import BLOCK, Engine, ExitGuest, Import, OutOfBounds

MODULE = "wasi_snapshot_preview1"
SUCCESS, EBADF, EFAULT, EINVAL, ENOSYS = 0, 8, 21, 28, 52

_REALTIME = 0
_CLOCK, _ABSOLUTE = 0, 1
_SUBSCRIPTION = struct.Struct("<QB7xI4xQQH6x")  # userdata, tag, clock id, timeout, precision, flags
_EVENT = struct.Struct("<QHB21x")  # userdata, errno, type
_FDSTAT = struct.Struct("<BxH4xQQ")  # filetype, flags, rights
_CHARACTER_DEVICE = 2
_MOST_SUBSCRIPTIONS = 1_000
_MOST_VECTORS = 1_024
_LONGEST_WRITE = 1 << 20

Handler = Callable[..., int]


def define(engine: Engine) -> None:
    """Defines the emulated functions."""
    i32, i64 = "i32", "i64"
    table: list[tuple[str, tuple[str, ...], Handler]] = [
        ("args_sizes_get", (i32, i32), lambda guest, *at: _sizes(guest, guest.argv, *at)),
        ("args_get", (i32, i32), lambda guest, *at: _strings(guest, guest.argv, *at)),
        ("environ_sizes_get", (i32, i32), lambda guest, *at: _sizes(guest, guest.environ, *at)),
        ("environ_get", (i32, i32), lambda guest, *at: _strings(guest, guest.environ, *at)),
        ("clock_time_get", (i32, i64, i32), _clock_time_get),
        ("clock_res_get", (i32, i32), _clock_res_get),
        ("random_get", (i32, i32), _random_get),
        ("fd_write", (i32, i32, i32, i32), _fd_write),
        ("fd_fdstat_get", (i32, i32), _fd_fdstat_get),
        ("fd_fdstat_set_flags", (i32, i32), lambda guest, fd, flags: SUCCESS if fd <= 2 else EBADF),
        ("fd_prestat_get", (i32, i32), lambda guest, fd, at: EBADF),
    ]
    for name, parameters, handler in table:
        engine.define(MODULE, name, parameters, (i32,), _guarded(handler))
    engine.define(MODULE, "proc_exit", (i32,), (), _proc_exit)
    engine.define_blocking(MODULE, "poll_oneoff", (i32, i32, i32, i32), (i32,), _poll_oneoff)
    engine.define_blocking(MODULE, "sched_yield", (), (i32,), _sched_yield)


def is_possible(wanted: Import) -> bool:
    """Whether a function of WASI may have that type: integers, and an errno or nothing."""
    return wanted.results in ((), ("i32",)) and set(wanted.parameters) <= {"i32", "i64"}


def define_missing(engine: Engine, wanted: Import) -> None:
    """Makes a function of WASI that is not emulated link: it answers ENOSYS."""
    engine.define(MODULE, wanted.name, wanted.parameters, wanted.results, lambda guest, *rest: ENOSYS)


def _guarded(handler: Handler) -> Handler:
    def guarded(guest: WasmGuest, *arguments: int) -> int:
        try:
            return handler(guest, *arguments)
        except OutOfBounds:
            return EFAULT

    return guarded


def _sizes(guest: WasmGuest, strings: tuple[bytes, ...], count_at: int, size_at: int) -> int:
    guest.memory.write_u32(count_at, len(strings))
    guest.memory.write_u32(size_at, sum(map(len, strings)))
    return SUCCESS


def _strings(guest: WasmGuest, strings: tuple[bytes, ...], pointers_at: int, text_at: int) -> int:
    for place, text in enumerate(strings):
        guest.memory.write_u32(pointers_at + 4 * place, text_at)
        guest.memory.write(text_at, text)
        text_at += len(text)
    return SUCCESS


def _clock_time_get(guest: WasmGuest, clock: int, precision: int, at: int) -> int:
    if clock > 3:
        return EINVAL
    host = guest.host
    guest.memory.write_u64(at, host.wall_ns() if clock == _REALTIME else host.clock_ns())
    return SUCCESS


def _clock_res_get(guest: WasmGuest, clock: int, at: int) -> int:
    if clock > 3:
        return EINVAL
    guest.memory.write_u64(at, 1)
    return SUCCESS


def _random_get(guest: WasmGuest, at: int, count: int) -> int:
    guest.memory.check(at, count)  # first: the count may be a lie
    guest.memory.write(at, guest.host.random_bytes(count))
    return SUCCESS


def _fd_write(guest: WasmGuest, fd: int, vectors: int, count: int, written_at: int) -> int:
    if fd not in (1, 2):
        return EBADF
    memory = guest.memory
    parts, size = [], 0
    for place in range(min(count, _MOST_VECTORS)):
        start = memory.read_u32(vectors + 8 * place)
        length = min(memory.read_u32(vectors + 8 * place + 4), _LONGEST_WRITE - size)
        parts.append(memory.read(start, length))
        size += length
        if size >= _LONGEST_WRITE:
            break  # a short write: the guest's runtime writes the rest by a further call
    memory.write_u32(written_at, size)
    guest.host.write("stdout" if fd == 1 else "stderr", b"".join(parts))
    return SUCCESS


def _fd_fdstat_get(guest: WasmGuest, fd: int, at: int) -> int:
    if fd > 2:
        return EBADF
    guest.memory.write(at, _FDSTAT.pack(_CHARACTER_DEVICE, 0, 0xFFFFFFFFFFFFFFFF, 0))
    return SUCCESS


def _proc_exit(guest: WasmGuest, code: int) -> int:
    raise ExitGuest(code - (1 << 32) if code >> 31 else code)


def _poll_oneoff(guest: WasmGuest, subscriptions: int, out: int, count: int, count_out: int) -> int | None:
    memory = guest.memory
    if count == 0 or count > _MOST_SUBSCRIPTIONS:
        return EINVAL
    try:
        memory.check(out, _EVENT.size * count)
        memory.check(count_out, 4)
        clocks: list[tuple[int, bytes]] = []
        others: list[bytes] = []
        host = guest.host
        for place in range(count):
            raw = memory.read(subscriptions + _SUBSCRIPTION.size * place, _SUBSCRIPTION.size)
            userdata, tag, clock, timeout, _precision, flags = _SUBSCRIPTION.unpack(raw)
            if tag != _CLOCK:
                others.append(_EVENT.pack(userdata, EBADF, tag))
                continue
            deadline = timeout if flags & _ABSOLUTE else host.clock_ns() + timeout
            if flags & _ABSOLUTE and clock == _REALTIME:
                deadline = timeout - host.wall_ns() + host.clock_ns()
            clocks.append((deadline, _EVENT.pack(userdata, SUCCESS, _CLOCK)))
        if others:
            # Nothing but clocks can be waited for here: say so at once.
            memory.write(out, b"".join(others))
            memory.write_u32(count_out, len(others))
            return SUCCESS
    except OutOfBounds:
        return EFAULT
    guest.expect_wake(clocks, out, count_out)
    host.sleep_until(min(clocks)[0])
    return BLOCK


def _sched_yield(guest: WasmGuest) -> int | None:
    guest.expect_wake([], 0, 0)
    guest.host.sleep_until(guest.host.clock_ns())
    return BLOCK
