"""Errors in .proto files: where, and what; nothing on the terminal behind our back."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from parigot.errors import SchemaError
from parigot.schema import Schema

HEAD = 'syntax = "proto3";\npackage a.b;\n'

ERRORS = [
    # (what stands behind HEAD, line of the error, words of the error)
    ("message M {\n  int32 x = ;\n}\n", 4, "unexpected ';', expected a number"),
    ("message M {\n  int32 x = 1\n}\n", 5, "unexpected '}'"),
    ("message M {\n", 4, "unexpected the end of the file"),
    ("mesage M {}\n", 3, "unexpected 'mesage'"),
    ("message M { string s = 1; } $\n", 3, "'$'"),
    ("message M {\n  Foo x = 1;\n}\nmessage Fooo {}\n", 4, "unknown type Foo | Did you mean a.b.Fooo?"),
    ("message M {\n  .Foo x = 1;\n}\n", 4, "unknown type .Foo"),
    ("message M {\n  S x = 1;\n}\nservice S {}\n", 4, "S is a service, not a message or enum"),
    ("service S {\n\n rpc A(E) returns (E);\n}\nenum E { Z = 0; }\n", 5, "E is a enum, not a message"),
    ("message M {\n int32 a = 1;\n int32 b = 1;\n}\n", 5, "field number 1 is already used by a"),
    ("message M {\n int32 a = 1;\n int32 a = 2;\n}\n", 5, "a.b.M.a is already declared in line 4"),
    ("message M {}\nenum M { Z = 0; }\n", 4, "a.b.M is already declared in line 3"),
    ("enum A { Z = 0; }\nenum B {\n Z = 0;\n}\n", 5, "a.b.Z is already declared in line 3"),
    ("message M {\n int32 a = 0;\n}\n", 4, "0 cannot be a field number"),
    ("message M {\n int32 a = 536870912;\n}\n", 4, "536870912 cannot be a field number"),
    ("message M {\n int32 a = 1 [depricated = true];\n}\n", 4, "unknown option depricated"),
    ("message M {\n int32 a = 1 [deprecated = 3];\n}\n", 4, "3 is no value for the option deprecated"),
    ("option optimize_for =\n FAST;\n", 3, "FAST is no value for the option optimize_for"),
    ('import "gone.proto";\n', 3, 'cannot find the import "gone.proto" | It was looked for in '),
    (
        "message M { google.protobuf.Any a = 1; }\n",
        3,
        "declared in google/protobuf/any.proto, which is not imported",
    ),
    ("enum E {}\n", 3, "a.b.E"),
    ("enum E {\n A = 1;\n}\n", None, "must be zero"),
]


@pytest.mark.parametrize(("text", "line", "words"), ERRORS, ids=[words for _, _, words in ERRORS])
def test_errors_name_the_line(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], text: str, line: int | None, words: str
) -> None:
    (tmp_path / "a.proto").write_text(HEAD + text)
    with pytest.raises(SchemaError) as caught:
        Schema.load([tmp_path])
    what, _, hint = words.partition(" | ")
    assert what in caught.value.what
    assert hint in caught.value.hint
    assert caught.value.path == tmp_path / "a.proto"
    if line is not None:
        assert caught.value.line == line
    assert capfd.readouterr() == ("", "")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="there is no such file or folder"):
        Schema.load([tmp_path / "gone"])
    (tmp_path / "a.proto").write_bytes(b"\xff\xfe")
    with pytest.raises(SchemaError, match=r"a.proto: is not UTF-8 text"):
        Schema.load([tmp_path])
    (tmp_path / "a.proto").write_text('syntax = "proto4";')
    with pytest.raises(SchemaError, match=r"a.proto:1: unknown syntax 'proto4'"):
        Schema.load([tmp_path])
    (tmp_path / "a.proto").write_text(HEAD + "message M {" * 2000)
    with pytest.raises(SchemaError):
        Schema.load([tmp_path])


def test_imports_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "a.proto").write_text(HEAD + '\nimport "b.proto";')
    (tmp_path / "b.proto").write_text(HEAD + 'import "a.proto";')
    with pytest.raises(SchemaError, match=r"b.proto:3: imports in a circle: a.proto -> b.proto -> a.proto"):
        Schema.load([tmp_path])


def test_two_files_that_declare_the_same(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.proto").write_text(HEAD + "\nmessage M {}")
    with pytest.raises(SchemaError, match=rf"b.proto:4: a.b.M is already declared in {tmp_path}/a.proto:4"):
        Schema.load([tmp_path])


SAMPLE = HEAD + (
    'import "google/protobuf/any.proto";\n// c\nmessage M {\n  map<string, google.protobuf.Any> m = 1;\n'
    "  oneof o { int32 x = 2; E e = 3; }\n  enum E { Z = 0; }\n}\n"
    "service S { rpc A(M) returns (stream M) { option deprecated = true; } }\n"
)
PIECES = st.sampled_from(
    ["{", "}", ";", "=", '"', "'", "/*", "//", "0x", "message ", "M", " 1 ", "\n", "[", "é", "\0"]
)


def loads(folder: Path) -> bool:
    try:
        Schema.load([folder])
    except SchemaError as error:
        assert error.what  # noqa: PT017 (there may well be no error)
        return False
    return True


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_mangled_file_loads_or_gives_a_schema_error(tmp_path: Path, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(SAMPLE)))
    end = data.draw(st.integers(start, min(len(SAMPLE), start + 12)))
    text = SAMPLE[:start] + data.draw(st.one_of(PIECES, st.text(max_size=3))) + SAMPLE[end:]
    (tmp_path / "a.proto").write_bytes(text.encode("utf-8", "replace"))
    assert loads(tmp_path) in (True, False)


def test_the_sample_itself_loads(tmp_path: Path) -> None:
    (tmp_path / "a.proto").write_text(SAMPLE)
    assert loads(tmp_path)
