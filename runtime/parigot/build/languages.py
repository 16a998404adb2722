"""What a language must offer to be built: each is a module of this package, loaded when it is needed.

compile_LANG(sources, out, flags, root) -> str     makes the module; returns the compiler's warnings
inputs_LANG(sources, flags, root) -> list[Path]    every file that a build reads, in a fixed order
version_LANG() -> str                              of the compiler; "" where it is not installed
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from parigot.errors import BuildError

LANGUAGES = ("c", "go", "python")


@dataclass(frozen=True, slots=True)
class Language:
    """How guests in one language are made; see the module's docstring."""

    name: str
    compile: Callable[[Sequence[Path], Path, Sequence[str], Path], str]
    inputs: Callable[[Sequence[Path], Sequence[str], Path], list[Path]]
    version: Callable[[], str]


def can_build(name: str) -> bool:
    """Whether this version can build guests in that language at all."""
    return find_spec(f"parigot.build.{name}") is not None


def language(name: str) -> Language:
    """The language of that name, one of `LANGUAGES`.

    Raises:
        BuildError: this version knows nothing of it.
    """
    if not can_build(name):
        raise BuildError(f"this version cannot build guests in {name}")
    module = import_module(f"parigot.build.{name}")
    parts = (getattr(module, f"{part}_{name}") for part in ("compile", "inputs", "version"))
    return Language(name, *parts)


def check_sources(name: str, sources: Sequence[Path]) -> None:
    """Whether the sources are there: files for C, a folder for Go, `FILE.py:CLASS` for Python.

    Raises:
        BuildError: one is not.
    """
    for source in sources:
        if name == "go":
            if not source.is_dir():
                raise BuildError(f"there is no folder {source} with Go sources")
            continue
        file = Path(str(source).rpartition(":")[0]) if name == "python" else source
        if not file.is_file():
            raise BuildError(f"there is no source file {file}")
