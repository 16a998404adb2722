"""Generated C as a program of this machine, so that the sanitizers can watch it."""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from gen import schemas
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from parigot.build.c import SDK
from parigot.gen import c
from parigot.gen.c.names import Names
from parigot.gen.read import read

HARNESS = Path(__file__).with_name("harness.c")
_WARNINGS = ("-std=gnu11", "-Wall", "-Wextra", "-Werror")
_LONG = 60.0


def write_code(folder: Path, *files: FileDescriptorProto) -> list[Path]:
    """Generates code for schemas; returns the .c files."""
    sources = []
    for made in c.generate(read(schemas.request_for(*files)), {}):
        path = folder / made.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made.text)
        sources += [path] if path.suffix == ".c" else []
    return sources


def compile_native(folder: Path, sources: Sequence[Path]) -> Path:
    """Compiles with whatever finds most mistakes: gcc with its sanitizers, else our own compiler."""
    program = folder / "program"
    gcc = shutil.which("gcc")
    zig = [sys.executable, "-m", "ziglang", "cc", "-fsanitize=undefined", "-fno-sanitize-trap=undefined"]
    sanitized = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    compiler = [gcc, *sanitized] if gcc else zig
    command = [*compiler, *_WARNINGS, "-O1", f"-I{SDK}", f"-I{folder}", *map(str, sources)]
    run = subprocess.run(
        [*command, str(SDK / "parigot_codec.c"), "-o", str(program)],
        capture_output=True,
        text=True,
        timeout=_LONG,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return program


class Harness:
    """The harness for some schemas: reads and writes their messages.

    Args:
        folder: an empty one, for code and program.
        files: schemas.
    """

    def __init__(self, folder: Path, *files: FileDescriptorProto) -> None:
        sources = write_code(folder, *files)
        schema = read(schemas.request_for(*files))
        names = Names(schema)
        messages = [one for file in schema.to_generate for one in file.all_messages()]
        self._numbers = {one.full_name: number for number, one in enumerate(messages)}
        text = [f'#include "{source.relative_to(folder).with_suffix(".h")}"' for source in sources]
        tables = ", ".join(f"&{names.type(one)}_table" for one in messages)
        text.append(f"static const parigot_table *const tables[] = {{{tables}}};")
        (folder / "tables.h").write_text("\n".join(text) + "\n")
        program = compile_native(folder, [HARNESS, *sources])
        self._run = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self) -> Harness:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._run.stdin is not None
        assert self._run.stdout is not None
        self._run.stdin.close()
        code = self._run.wait(_LONG)
        self._run.stdout.close()
        assert code == 0 or kind is not None

    def through(self, message: str, data: bytes) -> bytes | None:
        """A message read and written again; None when it is refused."""
        assert self._run.stdin is not None
        assert self._run.stdout is not None
        self._run.stdin.write(struct.pack("<II", self._numbers[message], len(data)) + data)
        self._run.stdin.flush()
        answer = self._run.stdout.read(5)
        assert len(answer) == 5, "the program has ended"
        good, size = struct.unpack("<BI", answer)
        back = self._run.stdout.read(size)
        return back if good else None
