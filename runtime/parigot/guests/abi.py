"""The calling convention: (in_len, in_ptr, out_ptr, err_ptr) -> i64, for every call of the ABI.

On success the response is at `out_ptr`, 0 at `err_ptr`, and the result is (length << 32) | out_ptr, or 0
with an empty response. On failure a KernelErr is at `err_ptr` and the result is 0. A guest that lies about
pointers gets GuestReadFailed or GuestWriteFailed where its error pointer can be written, else it traps.
"""

from __future__ import annotations

from collections.abc import Callable

from parigot.errors import KernelErr, KernelError
from parigot.guests.core import WasmGuest
from parigot.wasm import BLOCK, Engine, HostTrap, OutOfBounds

MODULE = "parigot"
CALLS = (
    "register_",
    "require_",
    "export_",
    "launch_",
    "locate_",
    "bind_method_",
    "dispatch_",
    "return_value_",
    "exit_",
    "block_until_call_",
)
_PARAMETERS = ("i32", "i32", "i32", "i32")
_RESULTS = ("i64",)
_NO_ERROR = bytes(4)


def define(engine: Engine) -> None:
    """Defines every function of module `parigot`."""
    for name in CALLS:
        engine.define_packed(MODULE, name, _PARAMETERS, _RESULTS, _caller(name))
    engine.define_blocking_packed(MODULE, "read_one_", _PARAMETERS, _RESULTS, _read_one)


def _caller(operation: str) -> Callable[[WasmGuest, tuple[int, ...]], int]:
    # The hot path: memory is read and written in place, and its methods are asked only where that fails.
    def call(guest: WasmGuest, words: tuple[int, ...]) -> int:
        in_len, in_ptr, out_ptr, err_ptr = words
        memory = guest.memory
        view = memory.view
        response: bytes | None = None
        try:
            if in_len > guest.largest_request:
                raise _too_large(guest, in_len)
            request = view[in_ptr : in_ptr + in_len].tobytes()
            if not request or len(request) != in_len:
                request = memory.read(in_ptr, in_len)
            response = guest.kernel_call(operation, request)
            size = len(response)
            if size > guest.buffer_size:
                reason = f"a response of {size} bytes; its buffer has {guest.buffer_size}"
                raise KernelError(KernelErr.DataTooLarge, reason)
            try:
                if size:
                    view[out_ptr : out_ptr + size] = response
                view[err_ptr : err_ptr + 4] = _NO_ERROR
            except ValueError:
                memory.write_and_clear(out_ptr if size else 0, response, err_ptr)
        except KernelError as error:
            _tell(guest, operation, err_ptr, error)
            return 0
        except OutOfBounds as error:
            # Either the request could not be read, or the response not be written.
            code = KernelErr.GuestReadFailed if response is None else KernelErr.GuestWriteFailed
            _tell(guest, operation, err_ptr, KernelError(code, str(error)))
            return 0
        return size << 32 | out_ptr if size else 0

    return call


def _read_one(guest: WasmGuest, words: tuple[int, ...]) -> int | None:
    in_len, in_ptr, out_ptr, err_ptr = words
    memory = guest.memory
    known, request = guest.last_read_one
    try:
        if words == known and memory.view[in_ptr : in_ptr + in_len] == request:
            # As last time, and memories never shrink: all of it has been checked.
            guest.wait_for_event(request)
            return BLOCK
        if in_len > guest.largest_request:
            raise _too_large(guest, in_len)
        code = KernelErr.GuestReadFailed
        request = memory.read(in_ptr, in_len)
        # The event is written later, when nobody can be told any more that it cannot be.
        code = KernelErr.GuestWriteFailed
        memory.check(out_ptr, guest.buffer_size)
        if err_ptr > out_ptr:
            memory.check(err_ptr, 4)
        guest.expect_event(out_ptr, err_ptr)
        guest.wait_for_event(request)
        guest.last_read_one = words, request
    except KernelError as error:
        _tell(guest, "read_one_", err_ptr, error)
        return 0
    except OutOfBounds as error:
        _tell(guest, "read_one_", err_ptr, KernelError(code, str(error)))
        return 0
    return BLOCK


def _too_large(guest: WasmGuest, size: int) -> KernelError:
    reason = f"a request of {size} bytes; the limit is {guest.message_limit}"
    return KernelError(KernelErr.DataTooLarge, reason)


def _wild(operation: str, err_ptr: int) -> HostTrap:
    return HostTrap(f"{operation} was given an error pointer outside memory: {err_ptr:#x}")


def _tell(guest: WasmGuest, operation: str, err_ptr: int, error: KernelError) -> None:
    try:
        guest.memory.write_u32(err_ptr, error.code)
    except OutOfBounds:
        raise _wild(operation, err_ptr) from None
    guest.host.refused(operation, error)
