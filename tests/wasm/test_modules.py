"""Modules: what they import and export, and what is no module."""

from __future__ import annotations

import pytest
import wasmtime
from parigot.wasm import Engine, Import, Module

from .wat import MEMORY, main, new_engine


def compiled(engine: Engine, text: str) -> Module:
    return Module(engine, bytes(wasmtime.wat2wasm(f"(module {text})")))


def test_imports(engine: Engine) -> None:
    code = compiled(
        engine,
        '(import "a" "f" (func (param i32 i64 f32 f64) (result i64))) (import "b" "" (func))'
        '(import "a" "f" (func (param i32))) (import "c" "g" (global i32)) (import "c" "m" (memory 1))',
    )
    assert code.functions == (
        Import("a", "f", ("i32", "i64", "f32", "f64"), ("i64",)),
        Import("b", "", (), ()),
        Import("a", "f", ("i32",), ()),
    )
    assert code.other_imports == (("c", "g"), ("c", "m"))


@pytest.mark.parametrize(
    ("text", "has_memory", "has_start"),
    [
        (MEMORY + main(""), True, True),
        ('(memory 1) (func (export "_start"))', False, True),
        (MEMORY, True, False),
        (MEMORY + '(func (export "_start") (param i32))', True, False),
        (MEMORY + '(func (export "_start") (result i32) (i32.const 1))', True, False),
        ('(global (export "memory") i32 (i32.const 1))', False, False),
        ('(global (export "_start") i32 (i32.const 1))', False, False),
    ],
)
def test_what_a_guest_needs(engine: Engine, text: str, has_memory: bool, has_start: bool) -> None:
    code = compiled(engine, text)
    assert (code.has_memory, code.has_start) == (has_memory, has_start)


def test_every_truncation_and_garbage_are_no_modules(engine: Engine) -> None:
    whole = bytes(wasmtime.wat2wasm(f'(module {MEMORY} (data (i32.const 0) "x") {main("nop")})'))
    sizes = [size for size in range(len(whole)) if not _is_module(engine, whole[:size])]
    # A module may end between two sections; everything else is refused.
    assert len(sizes) > len(whole) - 8
    for garbage in (b"", b"\x00asm", b"\x7fELF" + bytes(60), whole[:8] + b"\xff" * 40, whole + b"\x01"):
        with pytest.raises(ValueError):
            Module(engine, garbage)


def _is_module(engine: Engine, code: bytes) -> bool:
    try:
        Module(engine, code)
    except ValueError:
        return False
    return True


def test_text_is_no_module(engine: Engine) -> None:
    """wasmtime-py would compile WAT, too; a guest is given as wasm."""
    with pytest.raises(ValueError):
        Module(engine, b"(module)")


def test_definitions_are_known_and_unique() -> None:
    engine = new_engine()
    assert engine.type_of("t", "note") == (("i32",), ())
    assert engine.type_of("t", "wait") == (("i32",), ("i64",))
    assert engine.type_of("t", "nothing") is None
    assert engine.type_of("note", "t") is None
    with pytest.raises(ValueError, match="note"):
        engine.define("t", "note", ("i32",), (), lambda world, value: 0)


def test_an_import_of_another_type_ends_the_guest(engine: Engine) -> None:
    from .wat import start_module

    code = compiled(engine, '(import "t" "note" (func (param i64)))' + MEMORY + main(""))
    fiber, _ = start_module(engine, code)
    assert fiber.poll()
    assert "types incompatible" in str(fiber.outcome)
    fiber.drop()


def test_a_cache_on_disk_is_no_must(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:  # type: ignore[no-untyped-def]
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "nowhere" / name))
    assert compiled(Engine(cache=True), MEMORY + main("")).has_start
