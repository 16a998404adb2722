"""One call of WASI by a guest that does nothing else."""

from __future__ import annotations

from parigot.guests import WasmGuest
from parigot.wasm import Exited

from .guest import MEMORY, Bench, FakeHost, u32

SUCCESS, EBADF, EFAULT, EINVAL, ENOSYS = 0, 8, 21, 28, 52
WASI = "wasi_snapshot_preview1"


def call(
    bench: Bench,
    name: str,
    *arguments: int,
    wide: tuple[int, ...] = (),
    data: str = "",
    at: int = 1024,
    host: FakeHost | None = None,
    **more: object,
) -> WasmGuest:
    """A guest that calls one function of WASI; the errno is at address 0, `data` at `at`.

    Args:
        wide: which arguments are i64.
    """
    kinds = ["i64" if place in wide else "i32" for place in range(len(arguments))]
    values = " ".join(f"({kind}.const {value})" for kind, value in zip(kinds, arguments, strict=True))
    text = (
        f'(import "{WASI}" "{name}" (func $f (param {" ".join(kinds)}) (result i32)))'
        f'{MEMORY} (data (i32.const 0) "\\ff\\ff\\ff\\ff") (data (i32.const {at}) "{data}")'
        f'(func (export "_start") (i32.store (i32.const 0) (call $f {values})))'
    )
    return bench.run(text, host, **more)


def errno(guest: WasmGuest) -> int:
    assert guest.outcome == Exited(0), guest.outcome
    return u32(guest, 0)
