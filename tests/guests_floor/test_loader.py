"""From a file to a guest module, or a clear reason with the file's name and what to do."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest
import wasmtime
from parigot.errors import ModuleError
from parigot.guests import ModuleLoader
from parigot.wasm import Engine

from .guest import ABI, MEMORY, Bench

START = '(func (export "_start"))'
WASI = "wasi_snapshot_preview1"


def refused(bench: Bench, path: Path) -> ModuleError:
    """Why the loader does not take this file."""
    with pytest.raises(ModuleError) as caught:
        bench.loader.load(path)
    error = caught.value
    assert error.path == path
    assert str(path) in str(error)
    assert error.hint
    assert error.hint.endswith(".") or ":" in error.hint
    assert "Traceback" not in str(error)
    assert "\n" not in error.what
    return error


def test_a_module(bench: Bench) -> None:
    path = bench.file(ABI + MEMORY + START)
    module = bench.loader.load(path)
    assert module.path == path
    assert module.code == path.read_bytes()
    assert module.speaks_parigot
    assert bench.loader.load(path) is module  # loaded once, however many guests run it


def test_a_lone_module_speaks_no_parigot(bench: Bench) -> None:
    path = bench.file(f'(import "{WASI}" "proc_exit" (func (param i32)))' + MEMORY + START)
    assert not bench.loader.load(path).speaks_parigot


def test_truncated_at_every_length(bench: Bench, tmp_path: Path) -> None:
    nameless = re.sub(r"\$\w+ ", "", ABI)  # no names, no data: the code section is the last one
    whole = bytes(wasmtime.wat2wasm(f'(module {nameless} {MEMORY} (func (export "_start") nop))'))
    path = tmp_path / "cut.wasm"
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        refused(bench, path)
    path.write_bytes(whole)
    bench.loader.load(path)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "not a WebAssembly module"),
        (b"\x00asm", "a truncated WebAssembly module"),
        (b"\x00asm\x01\x00\x00", "a truncated WebAssembly module"),
        (b"\x7fELF" + bytes(100), "not a WebAssembly module"),
        (b"(module)", "not a WebAssembly module"),
        (b"\xef\xbb\xbf\x00asm\x01\x00\x00\x00", "not a WebAssembly module"),
        (b"\x00asm\x0d\x00\x01\x00", "a WebAssembly component"),
        (b"\x00asm\x02\x00\x00\x00", "a WebAssembly module of another version"),
        (b"\x00asm\x01\x00\x00\x00" + b"\xff" * 50, "not a valid WebAssembly module: "),
        (b"\x00asm\x01\x00\x00\x00\x01\x05", "not a valid WebAssembly module: "),
    ],
    ids=range(10),
)
def test_what_is_no_module(bench: Bench, tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "guest.wasm"
    path.write_bytes(content)
    assert refused(bench, path).what.startswith(what)


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        (MEMORY, "does not export a function `_start`", "as a command"),
        (
            MEMORY + '(func (export "_start") (param i32))',
            "does not export a function `_start`",
            "as a command",
        ),
        (START, "does not export its memory as `memory`", "--export-memory"),
        ("(memory 1)" + START, "does not export its memory as `memory`", "--export-memory"),
        (
            '(import "env" "memory" (memory 1)) (export "memory" (memory 0))' + START,
            "imports env.memory, which is no function",
            "standalone",
        ),
        (
            '(import "env" "table" (table 1 funcref))' + MEMORY + START,
            "imports env.table, which is no",
            "alone",
        ),
        ('(import "env" "g" (global i32))' + MEMORY + START, "imports env.g, which is no function", "alone"),
        (
            '(import "env" "puts" (func (param i32)))' + MEMORY + START,
            "imports env.puts, which nothing here provides",
            "from parigot and wasi_snapshot_preview1 only",
        ),
        (
            '(import "wasi_unstable" "fd_write" (func))' + MEMORY + START,
            "imports wasi_unstable.fd_write, which nothing here provides",
            "wasi_snapshot_preview1",
        ),
        (
            '(import "parigot" "fly_" (func (param i32 i32 i32 i32) (result i64)))' + MEMORY + START,
            "imports parigot.fly_, which is no call of the parigot ABI",
            "bind_method_, block_until_call_, dispatch_",
        ),
        (
            '(import "parigot" "register_" (func (param i32 i32) (result i32)))' + MEMORY + START,
            "imports parigot.register_ as (i32, i32) -> i32",
            "it is (i32, i32, i32, i32) -> i64",
        ),
        (
            f'(import "{WASI}" "proc_exit" (func))' + MEMORY + START,
            f"imports {WASI}.proc_exit as () -> nothing",
            "it is (i32) -> nothing",
        ),
        (
            f'(import "{WASI}" "odd" (func (param f64) (result i32)))' + MEMORY + START,
            f"imports {WASI}.odd, which nothing here provides",
            "a guest imports",
        ),
        (
            f'(import "{WASI}" "odder" (func (result i64)))' + MEMORY + START,
            f"imports {WASI}.odder, which nothing here provides",
            "a guest imports",
        ),
        (
            f'(import "{WASI}" "oddest" (func (param externref) (result i32)))' + MEMORY + START,
            f"imports {WASI}.oddest, which nothing here provides",
            "a guest imports",
        ),
    ],
    ids=range(15),
)
def test_modules_that_cannot_be_guests(bench: Bench, text: str, what: str, hint: str) -> None:
    error = refused(bench, bench.file(text))
    assert error.what.startswith(what)
    assert hint in error.hint


def test_files_that_cannot_be_read(bench: Bench, tmp_path: Path) -> None:
    assert refused(bench, tmp_path / "absent.wasm").what == "cannot be read: No such file or directory"
    assert refused(bench, tmp_path).what == "is a folder"
    file = tmp_path / "file"
    file.write_bytes(b"")
    assert refused(bench, file / "under.wasm").what.startswith("cannot be read: ")


@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes in the file system")
def test_a_pipe_is_not_waited_for(bench: Bench, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.wasm"
    os.mkfifo(pipe)
    assert refused(bench, pipe).what == "is no regular file"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(bench: Bench, tmp_path: Path) -> None:
    path = bench.file(MEMORY + START)
    path.chmod(0)
    assert refused(bench, path).what == "cannot be read: Permission denied"


def test_a_huge_file(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "huge.wasm"
    with path.open("wb") as huge:
        huge.truncate((256 << 20) + 1)  # a hole, no bytes on the disk
    assert refused(bench, path).what == "has 256 MiB; the limit is 256"


def test_a_failure_is_not_remembered(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "later.wasm"
    refused(bench, path)
    path.write_bytes(bench.file(MEMORY + START).read_bytes())
    bench.loader.load(path)


def test_one_module_does_not_spoil_the_next(bench: Bench) -> None:
    """A function of WASI that is not emulated links with the type that was wanted first, for all."""
    first = bench.file(f'(import "{WASI}" "fd_tell" (func (param i32 i32) (result i32)))' + MEMORY + START)
    other = bench.file(f'(import "{WASI}" "fd_tell" (func (param i64) (result i32)))' + MEMORY + START)
    bench.loader.load(first)
    assert refused(bench, other).what == f"imports {WASI}.fd_tell as (i64) -> i32"
    fresh = ModuleLoader(Engine(cache=False))
    fresh.load(other)
