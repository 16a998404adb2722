"""What a descriptor says, as plain frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class Limits:
    """What a guest may use. 0 turns a limit off, except for sizes.

    Attributes:
        startup_ms: from the start of the run until every needed service is launched.
        method_warn_ms: a guest that handles one event for longer is marked slow in log and trace.
        method_kill_ms: a guest that handles one event for longer is killed; its callers get an error.
        call_timeout_ms: a call that is not answered by then is resolved with RunTimeout.
        complete_ms: the whole run; when it is over, everything is ended.
        memory_mb: linear memory of the guest, in MiB.
        message_kb: the largest request or reply, in KiB.
        inbox_messages: calls waiting for one guest; a further one is refused with WriteTimeout.
        log_lines_per_s: log lines a second; more are dropped and counted.
        grace_ms: time to clean up after an exit event.
    """

    startup_ms: int = 10_000
    method_warn_ms: int = 50
    method_kill_ms: int = 3_000
    call_timeout_ms: int = 30_000
    complete_ms: int = 0
    memory_mb: int = 256
    message_kb: int = 4_096
    inbox_messages: int = 1_000
    log_lines_per_s: int = 1_000
    grace_ms: int = 500


@dataclass(frozen=True, slots=True)
class BuildSpec:
    """How a guest's wasm file is made: a shell command, or a language and its sources.

    Attributes:
        command: run in the app's folder by the shell; empty when `language` is given.
        language: "c", "go" or "python".
        sources: absolute; .c files, a folder with Go's package main, or "FILE.py:CLASS".
        flags: further compiler flags.
    """

    command: str = ""
    language: str = ""
    sources: tuple[Path, ...] = ()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PythonSpec:
    """A guest in Python that runs in process: a class in a file.

    Attributes:
        path: the file, absolute.
        name: the class.
    """

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class GuestSpec:
    """One guest of the app: a service, or a program that runs to completion.

    Attributes:
        name: as the descriptor names it; unique in the app.
        kind: "service" or "program".
        wasm: the module's file, absolute; of a guest with `python`, that file.
        python: the class that runs in process instead of a module, if there is one.
        args: command line, without the program name.
        env: environment, in order.
        replicas: how many instances run; 2 or more may export the same names.
        limits: the app's limits with this guest's own on top.
        build: how to make `wasm`, if the descriptor says.
        test: a test program of a 0.3 descriptor: runs only when named.
        path, line: where the descriptor defines it.
    """

    name: str
    kind: Literal["service", "program"]
    wasm: Path
    args: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    replicas: int = 1
    limits: Limits = field(default_factory=Limits)
    build: BuildSpec | None = None
    python: PythonSpec | None = None
    test: bool = False
    path: Path | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class App:
    """A whole app as its descriptor says.

    Attributes:
        name: for titles.
        root: the folder that relative paths start from.
        path: the descriptor, or the lone `.wasm` file.
        services, programs: in the descriptor's order; the first program is the default one.
        default_programs: names of the programs that run when the user names none.
        protos: folders or files with `.proto` sources, to decode messages for people.
        generate: the languages that code is generated for; None for those that the guests use.
        timezone: TZ of the guests.
        warnings: what the descriptor says that has no effect here.
    """

    name: str
    root: Path
    path: Path
    services: tuple[GuestSpec, ...] = ()
    programs: tuple[GuestSpec, ...] = ()
    default_programs: tuple[str, ...] = ()
    protos: tuple[Path, ...] = ()
    generate: tuple[str, ...] | None = None
    timezone: str = "UTC"
    limits: Limits = field(default_factory=Limits)
    warnings: tuple[str, ...] = ()

    @property
    def guests(self) -> tuple[GuestSpec, ...]:
        """Services, then programs."""
        return self.services + self.programs

    def guest(self, name: str) -> GuestSpec | None:
        """The guest of that name, or None."""
        return next((spec for spec in self.guests if spec.name == name), None)
