"""Generated Go of many schemas at once, against the official protobuf library."""

from __future__ import annotations

import os
import struct
import subprocess
import tempfile
from pathlib import Path

from gen import schemas
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.message import DecodeError, Message
from google.protobuf.text_format import MessageToString
from google.protobuf.unknown_fields import UnknownFieldSet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from parigot.build.go import _compiler
from parigot.gen import go
from parigot.gen.read import read

ENVIRONMENT = {"GOFLAGS": "-mod=mod", "GOPROXY": "off", "GOTOOLCHAIN": "local", "GOWORK": "off"}
MAIN = """package main

import (
	"encoding/binary"
	"io"
	"os"

	"gen/parigot/wire"
IMPORTS)

var messages = []func() wire.Message{
MAKERS}

func main() {
	input, _ := io.ReadAll(os.Stdin)
	var output []byte
	for len(input) > 0 {
		which, size := binary.LittleEndian.Uint32(input), binary.LittleEndian.Uint32(input[4:])
		message := messages[which]()
		written, err := []byte(nil), wire.Unmarshal(input[8:8+size], message)
		if err == nil {
			written, err = wire.Marshal(message)
		}
		input = input[8+size:]
		if err != nil {
			output = append(output, 255, 255, 255, 255)
			continue
		}
		output = binary.LittleEndian.AppendUint32(output, uint32(len(written)))
		output = append(output, written...)
	}
	os.Stdout.Write(output)
}
"""


class Program:
    """A native program that reads and writes every message of some files."""

    def __init__(self, root: Path, files: list[FileDescriptorProto]) -> None:
        self.kinds = [kind for file in files for kind in schemas.official(file).values()]
        made = go.generate(read(schemas.request_for(*files)), {})
        for one in made:
            (root / one.path).parent.mkdir(parents=True, exist_ok=True)
            (root / one.path).write_text(one.text)
        imports, makers = "", ""
        for place, file in enumerate(files):
            imports += f'\tp{place} "gen/{file.package.replace(".", "/")}"\n'
            for name in schemas.official(file):
                makers += f"\tfunc() wire.Message {{ return new(p{place}.{name}) }},\n"
        (root / "main.go").write_text(MAIN.replace("IMPORTS", imports).replace("MAKERS", makers))
        self._binary = root / "program"
        run = subprocess.run(
            [_compiler(), "build", "-o", self._binary, "."],
            cwd=root,
            env={**os.environ, **ENVIRONMENT},
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stdout + run.stderr

    def through(self, cases: list[tuple[int, bytes]]) -> list[bytes | None]:
        """What becomes of messages; None for those that are refused."""
        sent = b"".join(struct.pack("<II", which, len(data)) + data for which, data in cases)
        run = subprocess.run([self._binary], input=sent, capture_output=True, check=False)
        assert run.returncode == 0, run.stderr.decode()
        answers: list[bytes | None] = []
        at = 0
        while at < len(run.stdout):
            (size,) = struct.unpack_from("<I", run.stdout, at)
            good = size != 0xFFFFFFFF
            answers.append(run.stdout[at + 4 : at + 4 + size] if good else None)
            at += 4 + (size if good else 0)
        assert len(answers) == len(cases)
        return answers


def judged(kind: type[Message], data: bytes) -> Message | None:
    try:
        return kind.FromString(data)
    except DecodeError:
        return None


def has_number_0(message: Message) -> bool:
    """Whether it lets a field number 0 pass, as it does in messages that have no fields, and only there."""
    if any(field.field_number == 0 for field in UnknownFieldSet(message)):
        assert not message.DESCRIPTOR.fields
        return True
    inner: list[Message] = []
    for field, value in message.ListFields():
        values = value.values() if hasattr(value, "values") else value if field.is_repeated else [value]
        inner += [one for one in values if isinstance(one, Message)]
    return any(map(has_number_0, inner))


def same(kind: type[Message], data: bytes, back: bytes | None) -> None:
    """Both libraries take it and find the same in it, or both refuse it."""
    expected = judged(kind, data)
    if back is None and expected is not None and has_number_0(expected):
        return
    assert (back is None) == (expected is None), data.hex()
    if expected is None or back is None:
        return
    size = expected.ByteSize()
    expected.DiscardUnknownFields()
    came = kind.FromString(back)
    if expected.ByteSize() < size and came != expected:
        # It keeps an entry of a map that has an unknown field as something unknown; others drop the field.
        schemas.without_maps(expected)
        schemas.without_maps(came)
    # As text, where all NaN are alike.
    assert MessageToString(came) == MessageToString(expected)


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_messages_of_any_schema_go_both_ways(data: st.DataObject) -> None:
    files = [schemas.rich()]
    files += [data.draw(schemas.random_files(f"random/v{place}/random")) for place in range(6)]
    with tempfile.TemporaryDirectory() as folder:
        program = Program(Path(folder), files)
        cases = []
        for which, kind in enumerate(program.kinds):
            for _ in range(6):
                whole = data.draw(schemas.filled(kind)).SerializeToString()
                cases += [(which, whole), (which, data.draw(schemas.spoiled(whole)))]
            cases.append((which, data.draw(st.binary(max_size=40))))
        for (which, sent), back in zip(cases, program.through(cases), strict=True):
            same(program.kinds[which], sent, back)
