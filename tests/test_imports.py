"""What each floor pulls in: the kernel and the DWARF reader no I/O and no time, the runtime no Textual.

Looked at from both sides: what is loaded after the import, in a process of its own, and what the sources
say, nested imports included.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import parigot
import pytest

RUNTIME = Path(parigot.__file__).parent

# What the pure floor may say in an import, besides modules of its own floors.
PURE = {
    "__future__", "bisect", "collections", "collections.abc", "dataclasses", "enum", "functools", "heapq",
    "itertools", "posixpath", "re", "struct", "typing", "google.protobuf.message",
}  # fmt: skip
FLOORS = {
    "kernel": ("parigot.errors", "parigot.ids", "parigot.kernel", "parigot.pb"),
    "dwarf": ("parigot.errors", "parigot.dwarf", "elftools"),
}
# What protobuf, and the vocabulary (an AppError carries a Path), load by themselves.
GIVEN = (
    "import bisect, dataclasses, heapq, pathlib\n"
    "import google.protobuf.any_pb2, google.protobuf.descriptor_pb2, google.protobuf.message\n"
    "import google.protobuf.internal.builder\n"
)
# A door to the world; protobuf itself loads threading for its locks, so it is looked for in the sources.
DOORS = {
    "_ctypes", "_io_uring", "_posixsubprocess", "_random", "_socket", "_ssl", "asyncio", "concurrent",
    "ctypes", "elftools.elf.elffile", "logging", "mmap", "multiprocessing", "random", "rich", "secrets",
    "select", "selectors", "shutil", "signal", "socket", "sqlite3", "ssl", "subprocess", "tempfile",
    "textual", "tomllib", "urllib.request", "wasmtime",
}  # fmt: skip
# Built-in ways to the world that need no import.
FORBIDDEN_NAMES = {"open", "print", "input", "exec", "eval", "__import__", "breakpoint"}


def loaded(code: str) -> set[str]:
    """The modules of a fresh process that has run `code`."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def sources(floor: str) -> list[Path]:
    found = sorted((RUNTIME / floor).rglob("*.py"))
    assert len(found) > 5
    return found


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield node.module or ""


@pytest.mark.parametrize("floor", ["kernel", "dwarf"])
def test_the_pure_floor_loads_nothing_that_does_io(floor: str) -> None:
    found = loaded(f"import parigot.{floor}")
    assert not found & DOORS
    more = {name for name in found - loaded(GIVEN) if not name.startswith(("google.", "elftools"))}
    allowed = ("parigot.__", "parigot.errors", "parigot.ids", "parigot.pb", f"parigot.{floor}", "__future__")
    assert {name for name in more if not name.startswith(allowed) and name != "parigot"} == set()


@pytest.mark.parametrize("floor", ["kernel", "dwarf"])
def test_the_pure_floor_says_nothing_that_does_io(floor: str) -> None:
    for path in sources(floor):
        tree = ast.parse(path.read_text())
        for name in imported(tree):
            mine = any(name == other or name.startswith(f"{other}.") for other in FLOORS[floor])
            assert name in PURE or mine, f"{path.name} imports {name}"
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        assert not names & FORBIDDEN_NAMES, path.name


def test_ids_load_next_to_nothing() -> None:
    assert loaded("import parigot.ids") - loaded("import enum, collections.abc") <= {
        "__future__",
        "parigot",
        "parigot.ids",
    }


def test_the_sdk_for_python_is_light() -> None:
    # It goes into every Python guest that is wasm, where there are no threads and no sockets.
    found = loaded("import parigot.sdk")
    assert not found & DOORS
    assert not {name for name in found if name.split(".")[0] in ("google", "inspect", "dataclasses")}


def test_the_runtime_loads_no_textual() -> None:
    found = loaded(
        "import importlib, pkgutil, parigot\n"
        "for one in pkgutil.walk_packages(parigot.__path__, 'parigot.'):\n"
        "    if not one.name.endswith('__main__'):\n"
        "        importlib.import_module(one.name)\n"
    )
    assert len([name for name in found if name.startswith("parigot.")]) > 60
    assert not {name for name in found if name.split(".")[0] in ("textual", "parigot_studio")}


@pytest.mark.parametrize("floor", ["kernel", "dwarf", "trace", "diagram", "schema", "app", "session", "cli"])
def test_wasmtime_and_ctypes_stay_in_one_place(floor: str) -> None:
    for path in sorted((RUNTIME / floor).rglob("*.py")):
        said = {name.split(".")[0] for name in imported(ast.parse(path.read_text()))}
        assert not said & {"wasmtime", "ctypes"}, path.name
