"""The committed C guests: what they export and import, where their sources are, and that they are fresh."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest
import wasmtime

ROOT = Path(__file__).resolve().parents[2]
LONE = ROOT / "tests" / "guests" / "build" / "lone.wasm"
_FILES = [*(ROOT / "tests" / "guests" / "build").glob("*.wasm"), *ROOT.glob("examples/*/build/*.wasm")]
# Guests in other languages may lie beside them: those are built where they are needed, and not committed.
MODULES = sorted(path for path in _FILES if b"parigot/sdk/c" in path.read_bytes() or path == LONE)
WITH_SDK = [path for path in MODULES if path != LONE]
KERNEL = [
    *("register_", "require_", "export_", "launch_", "locate_", "bind_method_", "dispatch_"),
    *("read_one_", "return_value_", "exit_", "block_until_call_"),
]


def ids(path: Path) -> str:
    return path.stem


def test_there_are_guests() -> None:
    assert len(WITH_SDK) >= 15


@pytest.mark.parametrize("path", WITH_SDK, ids=ids)
def test_a_guest_says_what_it_is(path: Path) -> None:
    engine = wasmtime.Engine()
    module = wasmtime.Module.from_file(engine, str(path))
    linker = wasmtime.Linker(engine)
    linker.define_unknown_imports_as_traps(module)
    store = wasmtime.Store(engine)
    exports = linker.instantiate(store, module).exports(store)
    assert {"memory", "_start"} <= exports.keys()
    values = {}
    for name in ("parigot_abi", "parigot_receive_buffer_size"):
        item = exports[name]
        assert isinstance(item, wasmtime.Global)
        assert not item.type(store).mutable
        values[name] = item.value(store)
    assert values == {"parigot_abi": 1, "parigot_receive_buffer_size": 65536}


@pytest.mark.parametrize("path", WITH_SDK, ids=ids)
def test_a_guest_imports_the_kernel_and_wasi_only(path: Path) -> None:
    module = wasmtime.Module.from_file(wasmtime.Engine(), str(path))
    for wanted in module.imports:
        assert wanted.module in ("parigot", "wasi_snapshot_preview1")
        assert wanted.module != "parigot" or wanted.name in KERNEL


@pytest.mark.parametrize("path", MODULES, ids=ids)
def test_a_guest_is_small_and_names_no_folder_of_its_maker(path: Path) -> None:
    data = path.read_bytes()
    assert len(data) < 100_000
    for folder in (str(ROOT), str(Path.home()), sys.prefix, "site-packages"):
        assert folder.encode() not in data


@pytest.mark.skipif(importlib.util.find_spec("ziglang") is None, reason="needs the extra `c` (ziglang)")
def test_the_committed_guests_are_what_their_sources_make() -> None:
    script = ROOT / "scripts" / "guests.py"
    result = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (0, "")


@pytest.mark.skipif(importlib.util.find_spec("grpc_tools") is None, reason="needs the extra `gen`")
def test_the_generated_messages_are_fresh() -> None:
    script = ROOT / "scripts" / "protos.py"
    result = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (0, "")


def test_the_fleet_descriptor_is_what_its_script_writes() -> None:
    folder = ROOT / "tests" / "apps" / "fleet"
    spec = importlib.util.spec_from_file_location("fleet_make", folder / "make.py")
    assert spec is not None
    assert spec.loader is not None
    make = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    assert make.text() == (folder / "parigot.toml").read_text()
