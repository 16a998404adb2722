"""From a file to a module that can run as a guest, or a clear reason why it cannot."""

from __future__ import annotations

import stat
from pathlib import Path

from parigot.errors import ModuleError
from parigot.guests import abi, wasi
from parigot.guests.module import GuestModule
from parigot.wasm import Engine, Import, Module

_MAGIC = b"\0asm"
_CORE_VERSION = b"\x01\0\0\0"
_LARGEST = 256 << 20


class ModuleLoader:
    """Loads each file once, however many guests run it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._loaded: dict[Path, GuestModule] = {}
        abi.define(engine)
        wasi.define(engine)

    def load(self, path: Path) -> GuestModule:
        """The module in `path`.

        Raises:
            ModuleError: naming the file, what is wrong with it, and what to do.
        """
        found = self._loaded.get(path)
        if found is None:
            found = self._loaded[path] = self._load(path)
        return found

    def _load(self, path: Path) -> GuestModule:
        code = _read(path)
        try:
            module = Module(self._engine, code)
        except ValueError as error:
            cause = " ".join(str(error).rpartition("Caused by:")[2].split())
            raise ModuleError(f"not a valid WebAssembly module: {cause}", path=path, hint=_REBUILD) from None
        if module.other_imports:
            source, name = module.other_imports[0]
            raise ModuleError(
                f"imports {source}.{name}, which is no function",
                path=path,
                hint="guests bring their own memory, tables and globals; link it as a standalone module.",
            )
        for wanted in module.functions:
            self._link(wanted, path)
        if not module.has_start:
            hint = "build it as a command (with a main function), not as a library."
            raise ModuleError("does not export a function `_start`", path=path, hint=hint)
        if not module.has_memory:
            hint = "link it with --export-memory."
            raise ModuleError("does not export its memory as `memory`", path=path, hint=hint)
        return GuestModule(path, code, module)

    def _link(self, wanted: Import, path: Path) -> None:
        name = f"{wanted.module}.{wanted.name}"
        found = self._engine.type_of(wanted.module, wanted.name)
        if found is not None:
            if found != (wanted.parameters, wanted.results):
                what = f"imports {name} as {_signature(wanted.parameters, wanted.results)}"
                hint = f"it is {_signature(*found)}; build the guest with an SDK for this ABI."
                raise ModuleError(what, path=path, hint=hint)
            return
        if wanted.module == wasi.MODULE and wasi.is_possible(wanted):
            wasi.define_missing(self._engine, wanted)
            return
        if wanted.module == abi.MODULE:
            what = f"imports {name}, which is no call of the parigot ABI"
            hint = f"the calls are: {', '.join(sorted((*abi.CALLS, 'read_one_')))}"
        else:
            what = f"imports {name}, which nothing here provides"
            hint = f"a guest imports from {abi.MODULE} and {wasi.MODULE} only; services are reached by RPC."
        raise ModuleError(what, path=path, hint=hint)


def _signature(parameters: tuple[str, ...], results: tuple[str, ...]) -> str:
    return f"({', '.join(parameters)}) -> {', '.join(results) or 'nothing'}"


_REBUILD = "rebuild it from its sources (`parigot build APP`)."


_CORE = "guests are core modules of version 1; build for wasm32-wasip1 or wasm32-freestanding."


def _read(path: Path) -> bytes:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe would be waited for
            what = "is a folder" if stat.S_ISDIR(status.st_mode) else "is no regular file"
            raise ModuleError(what, path=path, hint="name the .wasm file itself.")
        if status.st_size > _LARGEST:
            what = f"has {status.st_size >> 20} MiB; the limit is {_LARGEST >> 20}"
            raise ModuleError(what, path=path, hint="strip it, or leave out what it does not need.")
        code = path.read_bytes()
    except OSError as error:
        raise ModuleError(f"cannot be read: {error.strerror}", path=path, hint=_REBUILD) from None
    if code[:4] != _MAGIC:
        raise ModuleError("not a WebAssembly module", path=path, hint=_REBUILD)
    if len(code) < 8:
        raise ModuleError("a truncated WebAssembly module", path=path, hint=_REBUILD)
    if code[4:8] != _CORE_VERSION:
        component = code[6:8] == b"\x01\0"
        what = "a WebAssembly component" if component else "a WebAssembly module of another version"
        raise ModuleError(what, path=path, hint=_CORE)
    return code
