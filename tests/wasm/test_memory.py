"""Linear memory from the outside: bounds, growth, limits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parigot.wasm import Engine, Exited, Memory, NoMemory, OutOfBounds, Trapped

from .wat import main, run, start

PAGE = 65536


class Growing:
    """A memory that can grow behind the back of whoever looks at it."""

    def __init__(self, size: int) -> None:
        self.bytes = bytearray(size)
        self.maps = 0

    def map_now(self) -> memoryview:
        self.maps += 1
        return memoryview(self.bytes)


@given(st.integers(0, 40), st.integers(0, 40), st.binary(max_size=40))
def test_bounds(size: int, address: int, data: bytes) -> None:
    memory = Memory(Growing(size).map_now)
    inside = address + len(data) <= size
    if inside:
        memory.check(address, len(data))
        memory.write(address, data)
        assert memory.read(address, len(data)) == data
        assert memory.read(0, size) == bytes(address) + data + bytes(size - address - len(data))
        return
    for reach in (
        lambda: memory.check(address, len(data)),
        lambda: memory.read(address, len(data)),
        lambda: memory.write(address, data),
        lambda: memory.write_and_clear(address, data, 0),
    ):
        with pytest.raises(OutOfBounds):
            reach()
    assert memory.read(0, size) == bytes(size)  # nothing was written in part


@pytest.mark.parametrize("address", [0, 1, 12, 13, 16, 20, 0xFFFFFFFF])
def test_numbers(address: int) -> None:
    memory = Memory(Growing(16).map_now)
    if address + 4 <= 16:
        memory.write_u32(address, 0x1_89ABCDEF)
        assert memory.read(address, 4) == b"\xef\xcd\xab\x89"
        assert memory.read_u32(address) == 0x89ABCDEF
    else:
        for reach in (lambda: memory.write_u32(address, 1), lambda: memory.read_u32(address)):
            with pytest.raises(OutOfBounds, match=f"4 bytes at {address:#x}; the memory has 16"):
                reach()
    if address + 8 <= 16:
        memory.write_u64(address, (1 << 64) - 2)
        assert memory.read_u64(address) == (1 << 64) - 2
    else:
        for reach in (lambda: memory.write_u64(address, 1), lambda: memory.read_u64(address)):
            with pytest.raises(OutOfBounds):
                reach()


def test_write_and_clear_is_all_or_nothing() -> None:
    store = Growing(16)
    memory = Memory(store.map_now)
    memory.write(0, b"\xff" * 16)
    memory.write_and_clear(0, b"abc", 12)
    assert bytes(store.bytes) == b"abc" + b"\xff" * 9 + bytes(4)
    for address, word in ((0, 13), (14, 0), (0, 0xFFFFFFFF), (0xFFFFFFFF, 0)):
        with pytest.raises(OutOfBounds):
            memory.write_and_clear(address, b"xyz", word)
    assert bytes(store.bytes) == b"abc" + b"\xff" * 9 + bytes(4)


def test_growth_is_seen_when_it_is_needed() -> None:
    store = Growing(16)
    memory = Memory(store.map_now)
    store.bytes = bytearray(32)
    for address in (12, 28):
        memory.write_u32(address, address)
        assert memory.read_u32(address) == address
    assert memory.size == 32
    store.bytes = bytearray(64)
    memory.write_and_clear(50, b"abc", 60)
    assert memory.read(50, 3) == b"abc"
    store.bytes = bytearray(128)
    memory.write(120, b"12345678")
    assert memory.read_u64(120) == int.from_bytes(b"12345678", "little")
    store.bytes = bytearray(256)
    memory.check(255, 1)
    maps = store.maps
    memory.check(0, 256)
    assert store.maps == maps  # not asked again without need


def test_no_memory_has_no_bytes() -> None:
    memory = NoMemory()
    assert memory.size == 0
    assert memory.read(0, 0) == b""
    for reach in (lambda: memory.read(0, 1), lambda: memory.write(0, b"x"), lambda: memory.write_u32(0, 1)):
        with pytest.raises(OutOfBounds):
            reach()


# --- of real guests -----------------------------------------------------------------------------------


def test_a_guests_memory_grows_while_it_runs(engine: Engine) -> None:
    body = main(
        "(drop (call $wait (i32.const 0)))"
        "(drop (memory.grow (i32.const 2)))"
        "(i32.store (i32.const 196604) (i32.const 99))"
        "(drop (call $wait (i32.const 1)))"
        "(call $note (i32.load (i32.const 196600)))"
    )
    fiber, world = start(engine, body)
    fiber.poll()
    memory = world.memory
    assert memory is not None
    assert memory.size == PAGE
    with pytest.raises(OutOfBounds):
        memory.read(PAGE, 1)
    fiber.resume(0)
    fiber.poll()
    assert memory.read_u32(196604) == 99  # the same object sees what is new
    assert memory.size == 3 * PAGE
    memory.write_u32(196600, 4711)
    with pytest.raises(OutOfBounds):
        memory.write_u32(196606, 1)
    fiber.resume(0)
    assert fiber.poll()
    assert world.noted == [0, 1, 4711]
    fiber.drop()


def test_growing_beyond_the_limit_is_refused(engine: Engine) -> None:
    body = main(
        "(call $note (memory.grow (i32.const 3)))"
        "(call $note (memory.grow (i32.const 1)))"
        "(call $note (memory.size))"
        "(call $note (memory.grow (i32.const 65535)))"
    )
    fiber, world = run(engine, body, limit=4 * PAGE)
    assert fiber.outcome == Exited(0)
    assert world.noted == [1, 0xFFFFFFFF, 4, 0xFFFFFFFF]


def test_too_much_to_begin_with(engine: Engine) -> None:
    memory = '(memory (export "memory") 9)'
    fiber, world = run(engine, main("(call $note (i32.const 1))"), memory=memory, limit=8 * PAGE)
    assert isinstance(fiber.outcome, Trapped)
    assert "memory" in fiber.outcome.why
    assert "limit" in fiber.outcome.why
    assert world.noted == []
    fiber, world = run(engine, main("(call $note (i32.const 1))"), memory=memory, limit=9 * PAGE)
    assert fiber.outcome == Exited(0)


def test_tables_are_limited_too(engine: Engine) -> None:
    body = "(table $t 1 funcref)" + main(
        "(call $note (table.grow $t (ref.null func) (i32.const 100000)))"
        "(call $note (table.grow $t (ref.null func) (i32.const 100000000)))"
        "(call $note (table.size $t))"
    )
    fiber, world = run(engine, body)
    assert fiber.outcome == Exited(0)
    assert world.noted == [1, 0xFFFFFFFF, 100001]
    for tables in ("(table 100000000 funcref)", "(table 1 funcref)" * 11):
        fiber, _ = run(engine, tables + main(""))
        assert isinstance(fiber.outcome, Trapped)
        assert "table" in fiber.outcome.why


def test_more_than_one_memory(engine: Engine) -> None:
    fiber, _ = run(engine, "(memory 1)" + main(""))
    assert isinstance(fiber.outcome, Trapped)
    assert "memory count" in fiber.outcome.why


def test_data_segments_outside_memory(engine: Engine) -> None:
    fiber, _ = run(engine, '(data (i32.const 65535) "ab")' + main(""))
    assert isinstance(fiber.outcome, Trapped)
    assert fiber.outcome.why == "out of bounds memory access"
