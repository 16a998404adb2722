"""Generated Go against the official protobuf library: what it reads, what it refuses, what it writes."""

from __future__ import annotations

import os
import random
import re
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.text_format import MessageToString
from hypothesis import given, settings
from hypothesis import strategies as st
from parigot.build.go import _compiler
from parigot.gen.protoc import compile_protos, find_sources
from parigot.gen.run import generate, write

HERE = Path(__file__).parent
ENTRY = re.compile(r"^ *4[0-3](:| \{)", re.MULTILINE)
GOLDEN = HERE / "golden.txt"
ENVIRONMENT = {"GOFLAGS": "-mod=mod", "GOPROXY": "off", "GOTOOLCHAIN": "local", "GOWORK": "off"}

Harness = Callable[[list[bytes]], list[bytes | None]]


def go(folder: Path, *command: str) -> str:
    """Runs a command of the toolchain; returns what it printed."""
    run = subprocess.run(
        command, cwd=folder, env={**os.environ, **ENVIRONMENT}, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The generated code, on disk."""
    root = tmp_path_factory.mktemp("go")
    (root / "proto" / "every" / "v1").mkdir(parents=True)
    (root / "proto" / "every" / "v1" / "every.proto").write_text((HERE / "every.proto").read_text())
    write(generate([root / "proto"], ["go"]), root / "gen")
    return root


@pytest.fixture(scope="module")
def every(folder: Path):
    """The official library's class of every.v1.Every."""
    pool = DescriptorPool()
    for file in compile_protos(find_sources([folder / "proto"])).proto_file:
        pool.Add(file)
    return GetMessageClass(pool.FindMessageTypeByName("every.v1.Every"))


@pytest.fixture(scope="module")
def harness(folder: Path) -> Harness:
    """Reads and writes many messages in Go; None for those that it refuses."""
    place = folder / "gen" / "go" / "harness"
    place.mkdir()
    (place / "main.go").write_text((HERE / "harness.txt").read_text())
    binary = folder / "run-harness"
    go(folder / "gen" / "go", str(_compiler()), "build", "-o", str(binary), "./harness")

    def through(messages: list[bytes]) -> list[bytes | None]:
        sent = b"".join(struct.pack("<I", len(one)) + one for one in messages)
        run = subprocess.run([binary], input=sent, capture_output=True, check=False)
        assert run.returncode == 0, run.stderr.decode()
        answers: list[bytes | None] = []
        at = 0
        while at < len(run.stdout):
            good, size = struct.unpack_from("<BI", run.stdout, at)
            answers.append(run.stdout[at + 5 : at + 5 + size] if good else None)
            at += 5 + size
        assert len(answers) == len(messages)
        return answers

    return through


def test_the_code_is_as_it_was(folder: Path) -> None:
    assert (folder / "gen" / "go" / "every" / "v1" / "every.pb.go").read_text() == GOLDEN.read_text()


def test_the_example_has_the_code_of_its_schema() -> None:
    app = Path(__file__).parents[3] / "examples" / "helloworld"
    for path, text in generate([app / "proto"], ["go"]).files.items():
        assert (app / "gen" / path).read_text(encoding="utf-8") == text, path


def test_the_code_is_formatted_and_vetted(folder: Path) -> None:
    compiler = _compiler()
    assert go(folder / "gen" / "go", str(compiler.with_name("gofmt")), "-l", ".") == ""
    go(folder / "gen" / "go", str(compiler), "vet", "./...")


def scalar(field, draw: random.Random):
    numbers = [0, 1, -1, 127, 128, 2**31 - 1, -(2**31), 2**63 - 1, -(2**63), draw.getrandbits(30)]
    kind = field.cpp_type
    if kind in (field.CPPTYPE_INT32, field.CPPTYPE_ENUM):
        return draw.choice([n for n in numbers if -(2**31) <= n < 2**31])
    if kind == field.CPPTYPE_INT64:
        return draw.choice(numbers)
    if kind == field.CPPTYPE_UINT32:
        return draw.choice([0, 1, 300, 2**32 - 1])
    if kind == field.CPPTYPE_UINT64:
        return draw.choice([0, 1, 300, 2**64 - 1])
    if kind in (field.CPPTYPE_DOUBLE, field.CPPTYPE_FLOAT):
        return draw.choice([0.0, -0.0, 1.5, -2.25, float("inf")])
    if kind == field.CPPTYPE_BOOL:
        return draw.random() < 0.5
    if field.type == field.TYPE_BYTES:
        return draw.randbytes(draw.choice([0, 1, 5, 200]))
    return draw.choice(["", "a", "h\u00e9llo", "\U0001f600", "x" * 300])


def fill(message, draw: random.Random, depth: int = 0) -> None:
    """Gives some fields values."""
    for field in message.DESCRIPTOR.fields:
        if draw.random() < 0.6:
            continue
        place = getattr(message, field.name)
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            key, value = field.message_type.fields_by_name["key"], field.message_type.fields_by_name["value"]
            for _ in range(draw.randrange(3)):
                if value.message_type is not None:
                    fill(place[scalar(key, draw)], draw, depth + 3)
                else:
                    place[scalar(key, draw)] = scalar(value, draw)
        elif field.message_type is not None:
            if depth < 4:
                for _ in range(draw.randrange(1, 3) if field.is_repeated else 1):
                    one = place.add() if field.is_repeated else place
                    one.SetInParent()
                    fill(one, draw, depth + 2)
        elif field.is_repeated:
            place.extend(scalar(field, draw) for _ in range(draw.randrange(4)))
        else:
            setattr(message, field.name, scalar(field, draw))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32))
def test_messages_come_back_as_they_were(every, harness: Harness, seed: int) -> None:
    draw = random.Random(seed)
    messages = [every() for _ in range(50)]
    for message in messages:
        fill(message, draw)
    sent = [message.SerializeToString(deterministic=True) for message in messages]
    for message, back in zip(messages, harness(sent), strict=True):
        assert back is not None
        assert every.FromString(back) == message


def accepted(every, data: bytes):
    try:
        return every.FromString(data)
    except DecodeError:
        return None


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32), st.lists(st.binary(max_size=40), max_size=60))
def test_bytes_are_taken_or_refused_as_the_library_does(
    every, harness: Harness, seed: int, noise: list[bytes]
) -> None:
    draw = random.Random(seed)
    for _ in range(60):
        message = every()
        fill(message, draw)
        data = bytearray(message.SerializeToString(deterministic=True))
        for _ in range(draw.randrange(1, 4)):
            if data:
                data[draw.randrange(len(data))] = draw.getrandbits(8)
        noise.append(bytes(data[: draw.randrange(len(data) + 1)] if draw.random() < 0.3 else data))
    for data, back in zip(noise, harness(noise), strict=True):
        known = accepted(every, data)
        assert (back is None) == (known is None), data.hex()
        if known is not None and back is not None:
            # Entries of maps with unknown fields in them: unknown as a whole to the library; Go keeps them.
            if ENTRY.search(MessageToString(known, print_unknown_fields=True)):
                continue
            # As text: unknown fields, which Go drops, are not in it.
            assert MessageToString(every.FromString(back)) == MessageToString(known)


def nested(depth: int) -> bytes:
    data = b""
    for step in range(depth):
        size = b""
        length = len(data)
        while length > 0x7F:
            size += bytes([length & 0x7F | 0x80])
            length >>= 7
        data = (b"\x12" if step % 2 != depth % 2 else b"\x8a\x01") + size + bytes([length]) + data
    return data


def test_depth_is_bounded_as_in_the_library(every, harness: Harness) -> None:
    depths = [98, 99, 100, 101, 102, 500]
    answers = harness([nested(depth) for depth in depths])
    for depth, back in zip(depths, answers, strict=True):
        assert (back is None) == (accepted(every, nested(depth)) is None), depth
