"""The generated text: as agreed, typed, and plain enough for every checker."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import parigot
import pytest
from gen import schemas
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from parigot.gen import python
from parigot.gen.python import names
from parigot.gen.read import read

GOLDEN = Path(__file__).parent / "golden"
HELLO = Path(parigot.__file__).resolve().parents[2] / "examples" / "helloworld"


def texts(*files: FileDescriptorProto) -> dict[str, str]:
    """Path to text of everything generated."""
    made = python.generate(read(schemas.request_for(*files)), {})
    return {one.path: one.text for one in made}


def test_the_code_is_as_agreed() -> None:
    (text,) = texts(schemas.rich()).values()
    golden = GOLDEN / "rich_pb.py.txt"
    assert text == golden.read_text(), f"if the change is wanted, write it to {golden}"


def test_a_type_checker_has_nothing_to_say(tmp_path: Path) -> None:
    generated = HELLO / "gen/python/greeting/v1/greeting_pb.py"
    for path, text in texts(schemas.rich(), two_files()).items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    (tmp_path / "hello.py").write_text(generated.read_text())
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--explicit-package-bases", "."],
        cwd=tmp_path,
        env={"MYPYPATH": ".", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.returncode) == ("", 0)


def two_files() -> FileDescriptorProto:
    """A file that uses the types of another, and names that Python has taken."""
    build = schemas.Builder("email/v1/class")
    build.file.dependency.append("rich/v1/rich.proto")
    message = build.message("def")
    build.field(message, "import", schemas.F.TYPE_INT32)
    build.field(message, "decode", schemas.F.TYPE_STRING)
    message.oneof_decl.add(name="choice")
    build.field(message, "which_choice", schemas.F.TYPE_INT32, oneof=0)
    for name in ("bytes", "list", "dict", "tuple", "str", "_merge", "property"):
        build.field(message, name, schemas.F.TYPE_BYTES, repeated=True)
    taken = build.message("set")
    build.field(taken, "bytes", schemas.F.TYPE_BYTES)
    build.field(message, "held", schemas.F.TYPE_MESSAGE, build.type_of(taken))
    build.field(message, "rich", schemas.F.TYPE_MESSAGE, ".rich.v1.rich.Rich")
    build.field(message, "color", schemas.F.TYPE_ENUM, ".rich.v1.rich.Color")
    build.map(message, "lambda", schemas.F.TYPE_INT32, schemas.F.TYPE_MESSAGE, ".rich.v1.rich.Inner")
    return build.file


def test_names_that_python_has_taken_get_an_underscore() -> None:
    found = texts(schemas.rich(), two_files())
    text = found["email_/v1/class__pb.py"]
    for line in (
        "class def_(sdk.Message):",
        "import_: int = 0,",
        'decode_: str = "",',
        "from rich.v1 import rich_pb as _rich_v1_rich_pb",
        "rich: _rich_v1_rich_pb.Rich | None = None,",
    ):
        assert line in text


def test_two_types_that_would_be_one_class_are_named() -> None:
    build = schemas.Builder("twice/v1/twice")
    build.message("A").nested_type.add(name="B")
    build.message("A_B")
    with pytest.raises(ValueError, match="would both be the class A_B in Python"):
        texts(build.file)


def test_modules_and_methods_are_named_as_python_does() -> None:
    assert names.module_path("greeting/v1/greeting") == "greeting/v1/greeting_pb.py"
    assert names.module_path("google/protobuf/timestamp") == "google_protobuf/timestamp_pb.py"
    assert names.method_name("FetchGreeting", client=True) == "fetch_greeting"
    assert names.method_name("GetHTTPStatus", client=True) == "get_http_status"
    assert names.method_name("Ready", client=False) == "ready_"
