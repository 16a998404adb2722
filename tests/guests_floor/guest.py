"""What the tests of this folder share: a host that only remembers, and guests as inline WAT."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import wasmtime
from parigot.errors import KernelError
from parigot.guests import ModuleLoader, WasmGuest
from parigot.wasm import Engine

LIMIT = 1 << 20
CALLS = (
    "register_", "require_", "export_", "launch_", "locate_", "bind_method_", "dispatch_", "return_value_",
    "exit_", "block_until_call_",
)  # fmt: skip
ABI = "".join(
    f'(import "parigot" "{name}" (func ${name} (param i32 i32 i32 i32) (result i64)))'
    for name in (*CALLS, "read_one_")
)
MEMORY = '(memory (export "memory") 1)'
PAGE = 65536


@dataclass
class FakeHost:
    """Answers what it is told to answer.

    Attributes:
        answer: what a kernel call returns, or raises.
        asked: (operation, request) of every kernel call and read_one.
        refusals: (operation, code name) as they are told for the log.
        written: (stream, bytes).
        sleeps: deadlines.
    """

    answer: bytes | KernelError = b""
    asked: list[tuple[str, bytes]] = field(default_factory=list)
    refusals: list[tuple[str, str]] = field(default_factory=list)
    written: list[tuple[str, bytes]] = field(default_factory=list)
    sleeps: list[int] = field(default_factory=list)
    clock: int = 1_000
    wall: int = 1_700_000_000_000_000_000
    dice: Callable[[int], bytes] = lambda count: bytes(n % 251 for n in range(count))

    def kernel_call(self, operation: str, request: bytes) -> bytes:
        self.asked.append((operation, request))
        if isinstance(self.answer, KernelError):
            raise self.answer
        return self.answer

    def read_one(self, request: bytes) -> None:
        self.asked.append(("read_one_", request))
        if isinstance(self.answer, KernelError):
            raise self.answer

    def refused(self, operation: str, error: KernelError) -> None:
        self.refusals.append((operation, error.code.name))

    def sleep_until(self, deadline_ns: int) -> None:
        self.sleeps.append(deadline_ns)

    def write(self, stream: str, data: bytes) -> None:
        self.written.append((stream, data))

    def clock_ns(self) -> int:
        return self.clock

    def wall_ns(self) -> int:
        return self.wall

    def random_bytes(self, count: int) -> bytes:
        return self.dice(count)


class Bench:
    """Builds guests from WAT and runs them."""

    def __init__(self, folder: Path) -> None:
        self.engine = Engine(cache=False)
        self.loader = ModuleLoader(self.engine)
        self._folder = folder
        self._count = 0

    def file(self, text: str) -> Path:
        """A file with the module `text`."""
        self._count += 1
        path = self._folder / f"guest{self._count}.wasm"
        path.write_bytes(wasmtime.wat2wasm(f"(module {text})"))
        return path

    def guest(
        self,
        text: str,
        host: FakeHost | None = None,
        *,
        args: tuple[str, ...] = (),
        environ: tuple[tuple[str, str], ...] = (),
        message_limit: int = 1 << 16,
    ) -> WasmGuest:
        """A guest that is about to run."""
        made = WasmGuest(
            self.engine,
            self.loader.load(self.file(text)),
            host if host is not None else FakeHost(),
            "guest",
            args=args,
            environ=environ,
            message_limit=message_limit,
            memory_limit=LIMIT,
        )
        made.start()
        return made

    def run(self, text: str, host: FakeHost | None = None, **more: object) -> WasmGuest:
        """A guest that has run to its end, or until it blocks; not dropped, so that one can look at it."""
        made = self.guest(text, host, **more)  # type: ignore[arg-type]
        while not made.poll() and not made.blocked:
            pass
        return made


def u32(guest: WasmGuest, address: int) -> int:
    return guest.memory.read_u32(address)


def packed(*words: int) -> str:
    """Little-endian u32 words as a WAT string."""
    return "".join(f"\\{byte:02x}" for byte in struct.pack(f"<{len(words)}I", *words))
