"""What the tests of this folder share: an engine with a few host functions, and guests as inline WAT."""

from __future__ import annotations

from typing import Any

import wasmtime
from parigot.wasm import BLOCK, Engine, ExitGuest, Fiber, HostTrap, Memory, Module

LIMIT = 4 << 20


class World:
    """What host functions of a guest leave behind.

    Attributes:
        noted: what the guest noted, in order.
        memory: its memory, once the instance is there.
    """

    def __init__(self) -> None:
        self.noted: list[int] = []
        self.memory: Memory | None = None

    def instance_ready(self, fiber: Fiber) -> None:
        self.memory = fiber.memory


class Defect(BaseException):
    """What no host function should let through, and one here does."""


def new_engine() -> Engine:
    """An engine whose module `t` has one function of every kind."""
    engine = Engine(cache=False)

    def note(world: World, value: int) -> int:
        world.noted.append(value)
        return 0

    def add(world: World, one: int, two: int) -> int:
        return one + two

    def minus(world: World) -> int:
        return -1

    def wait(world: World, value: int) -> int | None:
        world.noted.append(value)
        return BLOCK

    def at_once(world: World, value: int) -> int | None:
        return value * 2

    def leave(world: World, code: int) -> int:
        raise ExitGuest(code)

    def stop(world: World) -> int:
        raise HostTrap("the host says stop")

    def break_(world: World) -> int:
        raise Defect("broken")

    def blocking_leave(world: World, code: int) -> int | None:
        raise ExitGuest(code)

    def blocking_stop(world: World) -> int | None:
        raise HostTrap("the host says stop")

    def blocking_break(world: World) -> int | None:
        raise Defect("broken")

    engine.define("t", "note", ("i32",), (), note)
    engine.define("t", "add", ("i64", "i64"), ("i64",), add)
    engine.define("t", "add32", ("i32", "i32"), ("i32",), lambda world, one, two: one + two - (1 << 31))
    engine.define("t", "minus32", (), ("i32",), minus)
    engine.define("t", "minus64", (), ("i64",), minus)
    engine.define_blocking("t", "wait", ("i32",), ("i64",), wait)
    engine.define_blocking("t", "wait32", ("i64",), ("i32",), wait)
    engine.define_blocking("t", "at_once", ("i32",), ("i64",), at_once)
    engine.define("t", "leave", ("i32",), (), leave)
    engine.define("t", "stop", (), (), stop)
    engine.define("t", "break", (), (), break_)
    engine.define_blocking("t", "blocking_leave", ("i32",), ("i64",), blocking_leave)
    engine.define_blocking("t", "blocking_stop", (), ("i64",), blocking_stop)
    engine.define_blocking("t", "blocking_break", (), ("i64",), blocking_break)
    return engine


IMPORTS = """
    (import "t" "note" (func $note (param i32)))
    (import "t" "add" (func $add (param i64 i64) (result i64)))
    (import "t" "add32" (func $add32 (param i32 i32) (result i32)))
    (import "t" "minus32" (func $minus32 (result i32)))
    (import "t" "minus64" (func $minus64 (result i64)))
    (import "t" "wait" (func $wait (param i32) (result i64)))
    (import "t" "wait32" (func $wait32 (param i64) (result i32)))
    (import "t" "at_once" (func $at_once (param i32) (result i64)))
    (import "t" "leave" (func $leave (param i32)))
    (import "t" "stop" (func $stop))
    (import "t" "break" (func $break))
    (import "t" "blocking_leave" (func $blocking_leave (param i32) (result i64)))
    (import "t" "blocking_stop" (func $blocking_stop (result i64)))
    (import "t" "blocking_break" (func $blocking_break (result i64)))
"""
MEMORY = '(memory (export "memory") 1)'


def module(engine: Engine, body: str, *, memory: str = MEMORY) -> Module:
    """A module of `body` (after imports and memory)."""
    return Module(engine, bytes(wasmtime.wat2wasm(f"(module {IMPORTS} {memory} {body})")))


def start(engine: Engine, body: str, *, memory: str = MEMORY, limit: int = LIMIT) -> tuple[Fiber, World]:
    """A fiber of `body` that is prepared to run."""
    return start_module(engine, module(engine, body, memory=memory), limit=limit)


def start_module(engine: Engine, code: Module, *, limit: int = LIMIT) -> tuple[Fiber, World]:
    world = World()
    fiber = Fiber(engine, code, world, limit)
    fiber.start()
    return fiber, world


def run(engine: Engine, body: str, **more: Any) -> tuple[Fiber, World]:
    """A fiber of `body` that has ended; it may yield but not block. It is dropped already."""
    fiber, world = start(engine, body, **more)
    while not fiber.poll():
        assert not fiber.blocked
    fiber.drop()
    return fiber, world


def main(code: str) -> str:
    """`code` as `_start`."""
    return f'(func (export "_start") {code})'
