"""A guest that runs on a stack of its own: polled until it blocks, yields or ends.

Life: `start` prepares the instance, `poll` runs it (start function first, then `_start`), `resume` answers
the host function it is blocked in, `drop` ends it wherever it is.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import wasmtime

from parigot.wasm import capi, trap
from parigot.wasm.engine import Engine
from parigot.wasm.host import ExitGuest, HostTrap
from parigot.wasm.memory import Memory
from parigot.wasm.module import Module
from parigot.wasm.trap import TrapFrame

SLICE_FUEL = 5_000_000
"""Fuel (about one unit an instruction) that a guest may use before others get their turn: 1 to 5 ms."""


_MAX_VIEWS = 64
# Tables are memory, too: 8 bytes an element. Compilers need one table, with an element a function.
_MOST_TABLE_ELEMENTS = 1_000_000
_MOST_TABLES = 10
_poll = capi.future_poll
_PACK = (struct.Struct("=Qi").pack_into, struct.Struct("=Qq").pack_into)  # by kind: the kind, then the value


@dataclass(frozen=True, slots=True)
class Exited:
    """The guest ended by itself: `_start` returned (code 0) or it asked to."""

    code: int


@dataclass(frozen=True, slots=True)
class Trapped:
    """The guest trapped: why, and its frames, innermost first."""

    why: str
    frames: tuple[TrapFrame, ...] = ()


Outcome = Exited | Trapped


class Fiber:
    """One instance of `module`.

    Args:
        engine: the run's engine.
        module: what to run.
        data: handed to host functions as their first argument.
        memory_limit: bytes of linear memory at most.

    Attributes:
        blocked: it is suspended in a host function and waits for `resume`.
        outcome: set when it has ended.
        defect: an exception of ours that a host function let through.
    """

    def __init__(self, engine: Engine, module: Module, data: Any, memory_limit: int) -> None:
        self.data = data
        self.blocked = False
        self.outcome: Outcome | None = None
        self.defect: BaseException | None = None
        self._engine = engine
        self._module = module
        self._exit_code: int | None = None
        self._host_reason = ""
        self._future = 0
        self._memory: Memory | None = None
        self._flag = capi.buffer(8)  # "" or "\1"; see capi.CONTINUATION
        self._flag_address = capi.address_of(self._flag)
        self._results = 0
        self._result_kind = capi.KIND_I64
        self._result_views: dict[int, memoryview] = {}
        self._go_on_views: dict[int, memoryview] = {}
        self._instance = capi.buffer(capi.INSTANCE_SIZE)
        self._start_function = capi.buffer(capi.EXTERN_SIZE)
        self._memory_export = capi.buffer(capi.EXTERN_SIZE)
        self._trap = capi.buffer(8)
        self._error = capi.buffer(8)
        self._running_start = False
        self._store: wasmtime.Store | None = wasmtime.Store(engine.wasmtime_engine)
        self._store.set_limits(
            memory_size=memory_limit,
            table_elements=_MOST_TABLE_ELEMENTS,
            instances=1,
            tables=_MOST_TABLES,
            memories=1,
        )
        self._context = capi.pointer_value(self._store._context())
        capi.set_fuel(self._context, (1 << 64) - 1)
        capi.fuel_yield_interval(self._context, SLICE_FUEL)

    def start(self) -> None:
        """Prepares the instance; nothing of the guest runs before the first `poll`."""
        self._future = capi.instantiate_async(
            self._engine.linker,
            self._context,
            self._module.pointer,
            capi.address_of(self._instance),
            capi.address_of(self._trap),
            capi.address_of(self._error),
        )

    @property
    def memory(self) -> Memory:
        """The guest's memory; HostTrap while the instance is not there yet."""
        memory = self._memory
        if memory is None:
            raise HostTrap("a host function was called before the instance was ready")
        return memory

    def poll(self) -> bool:
        """Runs the guest until it blocks, yields or ends.

        Returns:
            True when it has ended; `outcome` says how.

        Raises:
            ValueError: it has not been started, or has ended.
        """
        future = self._future
        if not future:
            raise ValueError("the fiber has not been started, or has ended")
        self._engine.current = self
        if not _poll(future):
            return False
        capi.future_delete(self._future)
        self._future = 0
        if not self._running_start and not any(self._trap) and not any(self._error):
            self._running_start = True
            self._call_start()
            return self.poll()
        self._finish()
        return True

    def resume(self, result: int) -> None:
        """Answers the host function that the fiber is blocked in; the next `poll` runs on from there."""
        results = self._results
        view = self._result_views.get(results) or self._keep(self._result_views, results, 16)
        _PACK[self._result_kind](view, 0, self._result_kind, result)
        self._flag[0] = 1
        self.blocked = False

    def suspend(self, results: int, kind: int, go_on: int, result: int | None) -> None:
        """Called by the engine from within a blocking host function."""
        self._results = results
        self._result_kind = kind
        view = self._go_on_views.get(go_on) or self._keep(self._go_on_views, go_on, 24)
        capi.write_continuation(view, 0, capi.CONTINUATION, self._flag_address, 0)
        if result is None:
            self._flag[0] = 0
            self.blocked = True
        else:
            self.resume(result)

    @staticmethod
    def _keep(views: dict[int, memoryview], address: int, size: int) -> memoryview:
        """A view of a place that wasmtime uses again and again."""
        if len(views) > _MAX_VIEWS:
            views.clear()
        made = views[address] = capi.view(address, size)
        return made

    def stop(self, error: BaseException) -> int:
        """A host function raised: the guest ends by a trap, which this makes and returns."""
        if isinstance(error, ExitGuest):
            self._exit_code = error.code
            return capi.new_trap("exit")
        if not isinstance(error, HostTrap):
            self.defect = error
        self._host_reason = str(error) or type(error).__name__
        return capi.new_trap(self._host_reason)

    def drop(self) -> None:
        """Ends the guest wherever it is and frees all it had; never call it from a host function of its."""
        if self._future:
            capi.future_delete(self._future)
            self._future = 0
        self._memory = None
        self._result_views.clear()
        self._go_on_views.clear()
        if self._store is not None:
            self._store.close()
            self._store = None
        self.blocked = False

    def constant(self, name: str) -> int:
        """The value of an exported i32 global that the module has (`Module.has_constant`)."""
        found = capi.buffer(capi.EXTERN_SIZE)
        self._export(name, found)
        value = capi.buffer(capi.VALUE_SIZE)
        capi.global_get(self._context, capi.address_of(found) + capi.PAYLOAD, capi.address_of(value))
        return int(struct.unpack_from("=i", value, capi.PAYLOAD)[0])

    def _export(self, name: str, into: Any) -> bool:
        text = name.encode()
        return bool(
            capi.instance_export(
                self._context, capi.address_of(self._instance), text, len(text), capi.address_of(into)
            )
        )

    def _call_start(self) -> None:
        self._export("_start", self._start_function)
        self._export("memory", self._memory_export)
        memory = capi.address_of(self._memory_export) + capi.PAYLOAD
        base = capi.memory_data(self._context, memory)

        def map_now() -> memoryview:
            return capi.view(base, capi.memory_data_size(self._context, memory))

        self._memory = Memory(map_now)
        self.data.instance_ready(self)
        self._future = capi.call_async(
            self._context,
            capi.address_of(self._start_function) + capi.PAYLOAD,
            None,
            0,
            None,
            0,
            capi.address_of(self._trap),
            capi.address_of(self._error),
        )

    def _finish(self) -> None:
        trap_pointer = int.from_bytes(self._trap, "little")
        error_pointer = int.from_bytes(self._error, "little")
        if trap_pointer:
            self.outcome = Trapped(*trap.describe_trap(trap_pointer))
        elif error_pointer:
            self.outcome = Trapped(*trap.describe_error(error_pointer))
        else:
            self.outcome = Exited(0)
        # A host function that ends the guest does so by a trap, too; it knows better why.
        if self._exit_code is not None:
            self.outcome = Exited(self._exit_code)
        elif self._host_reason and isinstance(self.outcome, Trapped):
            self.outcome = Trapped(self._host_reason, self.outcome.frames)
