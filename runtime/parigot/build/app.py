"""Builds the guests of an app, those whose sources have changed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from parigot.app import App, BuildSpec, GuestSpec
from parigot.build.c import compile_c, inputs
from parigot.build.process import run_bounded
from parigot.build.state import State, digest
from parigot.errors import BuildError

_COMMAND_SECONDS = 1_800.0


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


def build_app(
    app: App, progress: Callable[[BuildResult], None] | None = None, *, force: bool = False
) -> list[BuildResult]:
    """Builds every guest that says how, if its sources, flags or compiler have changed.

    A guest that is built by a command is always built: only the command knows what it reads.

    Args:
        app: as `load(path, built=False)` gives it.
        progress: told of each module when it is done.
        force: build all of them.

    Raises:
        BuildError: at the descriptor's line, with the compiler's own words.
    """
    state = State(app.root)
    results = []
    for spec, names in _modules(app):
        assert spec.build is not None
        try:
            result = _build(spec, spec.build, names, app.root, state, force)
        except BuildError as error:
            if error.path is not None:
                raise
            what = f"building {spec.name}: {error.what}"
            raise BuildError(what, path=spec.path, line=spec.line, hint=error.hint) from error
        results.append(result)
        if progress is not None:
            progress(result)
    return results


def _modules(app: App) -> list[tuple[GuestSpec, tuple[str, ...]]]:
    """Each module once, with the names of all its guests."""
    first: dict[Path, GuestSpec] = {}
    names: dict[Path, list[str]] = {}
    for spec in app.guests:
        if spec.build is None:
            continue
        known = first.setdefault(spec.wasm, spec)
        if known.build != spec.build:
            what = f"{spec.name} and {known.name} build the same {spec.wasm.name} in different ways"
            raise BuildError(what, path=spec.path, line=spec.line)
        names.setdefault(spec.wasm, []).append(spec.name)
    return [(spec, tuple(names[wasm])) for wasm, spec in first.items()]


def _build(
    spec: GuestSpec, build: BuildSpec, names: tuple[str, ...], root: Path, state: State, force: bool
) -> BuildResult:
    start = time.monotonic()

    def done(built: bool, output: str = "") -> BuildResult:
        return BuildResult(names, spec.wasm, built, time.monotonic() - start, output)

    if build.command:
        code, output = run_bounded(build.command, root, _COMMAND_SECONDS)
        if code != 0:
            raise BuildError(f"`{build.command}` failed (exit code {code})\n{output.rstrip()}".rstrip())
        if not spec.wasm.is_file():
            raise BuildError(f"`{build.command}` did not make {spec.wasm}")
        return done(True, output)

    for source in build.sources:
        if not source.is_file():
            raise BuildError(f"there is no source file {source}")
    settings = (build.language, _compiler_version(), *build.flags)
    files = inputs(build.sources, build.flags, root)
    now = digest(settings, files, root)
    if not force and state.is_fresh(spec.wasm, now):
        return done(False)
    output = compile_c(build.sources, spec.wasm, build.flags, root)
    state.note(spec.wasm, now)
    return done(True, output)


def _compiler_version() -> str:
    try:
        return version("ziglang")
    except PackageNotFoundError:
        return ""
