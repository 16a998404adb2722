"""A loaded guest module: its file, its bytes, its compiled form."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from parigot.app import Limits
from parigot.guests.core import WasmGuest
from parigot.guests.host import Host
from parigot.wasm import Engine, Module

if TYPE_CHECKING:
    from parigot.dwarf.symbols import Symbols


@dataclass(frozen=True)
class GuestModule:
    """What `ModuleLoader.load` found."""

    path: Path
    code: bytes
    module: Module

    @property
    def speaks_parigot(self) -> bool:
        """Imports the kernel's calls; without them it simply runs as a program."""
        return any(wanted.module == "parigot" for wanted in self.module.functions)

    def guest(
        self,
        engine: Engine,
        host: Host,
        name: str,
        *,
        args: tuple[str, ...],
        environ: tuple[tuple[str, str], ...],
        limits: Limits,
    ) -> WasmGuest:
        """See `AnyModule`."""
        return WasmGuest(
            engine,
            self,
            host,
            name,
            args=args,
            environ=environ,
            message_limit=limits.message_kb << 10,
            memory_limit=limits.memory_mb << 20,
        )

    @cached_property
    def symbols(self) -> Symbols:
        """Function names and source lines, read when first asked for."""
        from parigot.dwarf.symbols import Symbols  # not before: most runs have no trap to report

        return Symbols.from_module(self.code)
