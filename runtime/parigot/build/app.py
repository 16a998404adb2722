"""Builds the guests of an app, those whose sources have changed; modules that have nothing to do with each
other at the same time.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

from parigot.app import App, BuildSpec, GuestSpec
from parigot.build.generated import bring_up_to_date
from parigot.build.languages import check_sources, language
from parigot.build.process import run_bounded, stop_all
from parigot.build.state import State, digest
from parigot.errors import BuildError

_COMMAND_SECONDS = 1_800.0
_MOST_AT_ONCE = 4  # compilers take memory, too
_PATIENCE_S = 0.1  # between two attempts to end what runs


@dataclass(frozen=True, slots=True)
class BuildResult:
    """One module.

    Attributes:
        names: the guests that run it.
        wasm: its file.
        built: False if it was up to date.
        seconds: how long it took.
        output: warnings, as the compiler wrote them.
    """

    names: tuple[str, ...]
    wasm: Path
    built: bool
    seconds: float
    output: str = ""


class Watcher:
    """Is told how a build goes on. This one does not care; front ends have their own."""

    def say(self, sentence: str) -> None:
        """Something a person should know."""

    def generated(self, names: tuple[str, ...]) -> None:
        """These files of generated code were written, or deleted."""

    def started(self, names: tuple[str, ...], how: str) -> None:
        """The module of these guests is being built; called in the thread that does it.

        Args:
            how: the language, or the command.
        """

    def done(self, result: BuildResult) -> None:
        """A module is finished, or was up to date."""


@dataclass(slots=True)
class _Module:
    """One module to build."""

    spec: GuestSpec
    build: BuildSpec
    names: tuple[str, ...]
    inputs: str = ""


def build_app(app: App, watcher: Watcher | None = None, *, force: bool = False) -> list[BuildResult]:
    """Builds every guest that says how, if its sources, flags or compiler have changed.

    Generated code is brought up to date first. A guest that is built by a command is always built: only the
    command knows what it reads.

    Args:
        app: as `load(path, built=False)` gives it.
        force: build all of them.

    Returns:
        A result for each module, in the descriptor's order.

    Raises:
        BuildError: at the descriptor's line, with the compiler's own words.
        SchemaError: the .proto files are wrong.
    """
    watcher = watcher or Watcher()
    changes = bring_up_to_date(app, watcher.say)
    if changes:
        watcher.generated((*changes.new, *changes.changed, *changes.removed))
    state = State(app.root)
    results: dict[Path, BuildResult] = {}
    stale = []
    modules = _modules(app)
    for module in modules:
        with _Blame(module):
            fresh = _is_fresh(module, app.root, state)
        if fresh and not force:
            result = BuildResult(module.names, module.spec.wasm, False, 0.0)
            results[module.spec.wasm] = result
            watcher.done(result)
        else:
            stale.append(module)

    def finish(module: _Module, result: BuildResult) -> None:
        if module.inputs:
            state.note(module.spec.wasm, module.inputs)
        results[module.spec.wasm] = result
        watcher.done(result)

    # Commands may well work on the same files, so they take turns, as the descriptor has them.
    _build_at_once([module for module in stale if not module.build.command], app.root, watcher, finish)
    for module in stale:
        if module.build.command:
            finish(module, _build(module, app.root, watcher))
    return [results[module.spec.wasm] for module in modules]


def _build_at_once(
    modules: list[_Module], root: Path, watcher: Watcher, finish: Callable[[_Module, BuildResult], None]
) -> None:
    """Builds in threads; when one fails, no further one is begun, and the first one's error is raised."""
    if not modules:
        return
    at_once = min(_MOST_AT_ONCE, os.cpu_count() or 1, len(modules))
    enough = threading.Event()

    def build(module: _Module) -> BuildResult | None:
        if enough.is_set():
            return None
        try:
            return _build(module, root, watcher)
        except BaseException:
            enough.set()
            raise

    with ThreadPoolExecutor(at_once, thread_name_prefix="build") as pool:
        going = {pool.submit(build, module): module for module in modules}
        failed: dict[str, BaseException] = {}
        left: set[Future[BuildResult | None]] = set(going)
        try:
            while left:
                done, left = wait(left, return_when=FIRST_COMPLETED)
                for one in sorted(done, key=lambda one: modules.index(going[one])):
                    error = one.exception()
                    if error is not None:
                        failed[going[one].spec.name] = error
                    elif result := one.result():
                        finish(going[one], result)
        except BaseException:
            enough.set()
            while left:  # a child may be started while others are being ended
                stop_all()
                _, left = wait(left, timeout=_PATIENCE_S)
            raise
    for module in modules:
        if module.spec.name in failed:
            raise failed[module.spec.name]


def _modules(app: App) -> list[_Module]:
    """Each module once, with the names of all its guests."""
    first: dict[Path, _Module] = {}
    for spec in app.guests:
        if spec.build is None:
            continue
        known = first.setdefault(spec.wasm, _Module(spec, spec.build, ()))
        if known.build != spec.build:
            what = f"{spec.name} and {known.spec.name} build the same {spec.wasm.name} in different ways"
            raise BuildError(what, path=spec.path, line=spec.line)
        known.names = (*known.names, spec.name)
    return list(first.values())


class _Blame:
    """Errors without a place get that of the guest."""

    def __init__(self, module: _Module) -> None:
        self._spec = module.spec

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, BuildError) and error.path is None:
            what = f"building {self._spec.name}: {error.what}"
            raise BuildError(what, path=self._spec.path, line=self._spec.line, hint=error.hint) from error


def _is_fresh(module: _Module, root: Path, state: State) -> bool:
    """Whether the module is what its inputs give; notes their hash in it."""
    build = module.build
    if build.command:
        return False
    check_sources(build.language, build.sources)
    made = language(build.language)
    settings = (build.language, made.version(), *build.flags)
    module.inputs = digest(settings, made.inputs(build.sources, build.flags, root), root)
    return state.is_fresh(module.spec.wasm, module.inputs)


def _build(module: _Module, root: Path, watcher: Watcher) -> BuildResult:
    spec, build = module.spec, module.build
    start = time.monotonic()
    watcher.started(module.names, build.command or build.language)
    with _Blame(module):
        if build.command:
            code, output = run_bounded(build.command, root, _COMMAND_SECONDS)
            if code != 0:
                raise BuildError(f"`{build.command}` failed (exit code {code})\n{output.rstrip()}".rstrip())
            if not spec.wasm.is_file():
                raise BuildError(f"`{build.command}` did not make {spec.wasm}")
        else:
            output = language(build.language).compile(build.sources, spec.wasm, build.flags, root)
    return BuildResult(module.names, spec.wasm, True, time.monotonic() - start, output)
