"""A compiled module. The compiled code is cached on disk by wasmtime, keyed by content and settings."""

from __future__ import annotations

from dataclasses import dataclass

import wasmtime

from parigot.wasm import capi
from parigot.wasm.engine import Engine


@dataclass(frozen=True, slots=True)
class Import:
    """A function that the module wants; `parameters` and `results` are "i32", "i64", …"""

    module: str
    name: str
    parameters: tuple[str, ...]
    results: tuple[str, ...]


class Module:
    """Compiles `code`.

    Raises:
        ValueError: with wasmtime's words, when it is no valid core module.
    """

    def __init__(self, engine: Engine, code: bytes) -> None:
        if not code.startswith(b"\0asm"):
            raise ValueError("it does not begin as WebAssembly does")  # wasmtime-py would take text, too
        try:
            self._module = wasmtime.Module(engine.wasmtime_engine, code)
        except wasmtime.WasmtimeError as error:
            raise ValueError(str(error)) from None
        self.pointer = capi.pointer_value(self._module.ptr())
        self.functions: tuple[Import, ...] = ()
        self.other_imports: tuple[tuple[str, str], ...] = ()
        functions, others = [], []
        for wanted in self._module.imports:
            kind = wanted.type
            name = wanted.name or ""
            if isinstance(kind, wasmtime.FuncType):
                functions.append(
                    Import(
                        wanted.module,
                        name,
                        tuple(str(value) for value in kind.params),
                        tuple(str(value) for value in kind.results),
                    )
                )
            else:
                others.append((wanted.module, name))
        self.functions = tuple(functions)
        self.other_imports = tuple(others)
        self._exports = {export.name: export.type for export in self._module.exports}

    @property
    def has_memory(self) -> bool:
        """Exports a memory named `memory`."""
        return isinstance(self._exports.get("memory"), wasmtime.MemoryType)

    @property
    def has_start(self) -> bool:
        """Exports a function `_start` that takes and returns nothing."""
        kind = self._exports.get("_start")
        return isinstance(kind, wasmtime.FuncType) and not kind.params and not kind.results

    def has_constant(self, name: str) -> bool:
        """Exports an immutable i32 global of that name."""
        kind = self._exports.get(name)
        return isinstance(kind, wasmtime.GlobalType) and not kind.mutable and str(kind.content) == "i32"
