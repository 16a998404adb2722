"""Our descriptors against those of protoc, on our own files and on files made up for every construct."""

from __future__ import annotations

import io
import os
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from google.protobuf import descriptor_pb2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from parigot.errors import SchemaError
from parigot.pb.protosupport.v1.protosupport_pb2 import parigot_error
from parigot.schema.load import load_files

grpc_tools = pytest.importorskip("grpc_tools", reason="needs the extra `gen`: protoc is what we compare with")
ROOT = Path(__file__).parents[2]
WELL_KNOWN = Path(grpc_tools.__file__).parent / "_proto"


def by_protoc(folder: Path, names: list[str], out: Path) -> dict[str, descriptor_pb2.FileDescriptorProto]:
    from grpc_tools import protoc

    words = ["protoc", f"-I{folder}", f"-I{ROOT / 'proto'}", f"-I{WELL_KNOWN}", f"--descriptor_set_out={out}"]
    assert protoc.main([*words, *names]) == 0  # type: ignore[no-untyped-call]
    # parigot.pb is loaded by now, and so both sides know parigot's options.
    found = descriptor_pb2.FileDescriptorSet.FromString(out.read_bytes())
    return {file.name: file for file in found.file}


def by_us(folder: Path, names: list[str]) -> dict[str, descriptor_pb2.FileDescriptorProto]:
    assert parigot_error.number == 543211
    pool = load_files([folder]).pool
    found = {}
    for name in names:
        found[name] = descriptor_pb2.FileDescriptorProto()
        pool.FindFileByName(name).CopyToProto(found[name])
    return found


def without_json_names(file: descriptor_pb2.FileDescriptorProto) -> descriptor_pb2.FileDescriptorProto:
    """protoc writes names for JSON that follow from the others; we keep only those in the source."""
    queue = list(file.message_type)
    for field in file.extension:
        field.ClearField("json_name")
    for message in queue:
        queue.extend(message.nested_type)
        for field in (*message.field, *message.extension):
            field.ClearField("json_name")
    return file


def compare(folder: Path, out: Path) -> None:
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.proto"))
    theirs, ours = by_protoc(folder, names, out), by_us(folder, names)
    for name in names:
        assert without_json_names(ours[name]) == without_json_names(theirs[name]), name


@pytest.mark.parametrize("folder", ["proto", "examples/helloworld/proto"])
def test_our_own_files(folder: str, tmp_path: Path) -> None:
    compare(ROOT / folder, tmp_path / "out")


EVERYTHING = """\
// A comment, /* with
syntax = /* a comment within */ "proto3"; // things
package a.b.c;
import public "x/other.proto";
import 'protosupport/v1/protosupport' // joined
       ".proto";
option go_package = "a\\x41\\101;\\n'\\"" 'b"c';
option optimize_for = SPEED;
option deprecated = false;
message Outer {
  option deprecated = true;
  message Inner { Inner again = 1; .x.Other other = 2; Kind kind = 3; b.c.Outer.Inner far = 4; }
  enum Kind { option allow_alias = true; ZERO = 0; NULL = 0; MINUS = -1 [deprecated = true]; HEX = 0x7F;
    OCT = 017;
    reserved 5, 7 to 9, 200 to max; reserved "FOO"; }
  reserved 2, 4 to 6, 1000 to max;
  reserved "foo", /* and */ 'bar';
  double d = 10; float f = 11; int32 i32 = 12; int64 i64 = 13; uint32 u32 = 14; uint64 u64 = 15;
  sint32 s32 = 16; sint64 s64 = 17; fixed32 f32 = 18; fixed64 f64 = 19; sfixed32 sf32 = 20;
  sfixed64 sf64 = 21;
  bool yes = 22; string text = 23; bytes raw = 0x18;
  repeated int32 packed = 25; repeated int32 unpacked = 26 [packed = false];
  optional string maybe = 27 [json_name = "perhaps"];
  optional Inner maybe_inner = 28;
  oneof choice { string left = 29; Inner right = 30 [deprecated = true]; }
  map<string, Inner> by_name = 31;
  map < int32 , .a.b.c.Outer.Kind > by__number_x = 32;
  oneof _maybe2 { int32 only = 33; }
  optional int32 maybe2 = 34;
  string message = 35; string enum = 36; string rpc = 37; string syntax = 38; string reserved = 39;
  repeated x.Other others = 40;;
}
message Empty {}
enum GreetErr { option (protosupport.v1.parigot_error) = true; NoError = 0; }
service Talk {
  option (protosupport.v1.error_id_name) = "GreetErr";
  rpc One(Outer) returns (Empty);
  rpc Two(stream Outer) returns (stream a.b.c.Empty) {
    option deprecated = true; option idempotency_level = IDEMPOTENT;
  }
  rpc Three(.a.b.c.Outer.Inner) returns (x.Other) {
    option (protosupport.v1.host_func_name) = "three_";
  }
}
"""
OTHER = """\
syntax = "proto2";
package x;
message Other {
  required string name = 1 [default = "a\\"b\\n"];
  optional int32 n = 2 [default = -3];
  optional double d = 3 [default = 1.5];
  optional Mode mode = 4 [default = FAST];
  optional bool yes = 5 [default = true];
  optional bytes raw = 6 [default = "\\x00\\377a"];
  repeated group Item = 7 { optional int32 a = 1; }
  extensions 100 to 199, 500 to max;
  enum Mode { SLOW = 1; FAST = 2; }
  extend Other { optional int32 nested_extra = 101; }
  optional double far = 8 [default = inf];
  optional uint64 big = 9 [default = 18446744073709551615];
}
extend Other { optional string extra = 100; repeated Other more = 102; }
"""


def test_every_construct(tmp_path: Path) -> None:
    (tmp_path / "in" / "x").mkdir(parents=True)
    (tmp_path / "in" / "everything.proto").write_text(EVERYTHING)
    (tmp_path / "in" / "x" / "other.proto").write_text(OTHER)
    compare(tmp_path / "in", tmp_path / "out")


WORDS = st.sampled_from(["a", "B", "_x", "foo_bar", "fooBar", "x1", "message", "string", "to", "inf"])
SCALARS = st.sampled_from(["int32", "string", "bytes", "bool", "double", "sint64", "fixed32", "uint64"])


@st.composite
def messages(draw: st.DrawFn, depth: int = 0) -> str:
    rows = []
    types = ["M0", "E0"]
    names = draw(st.lists(WORDS, unique=True, max_size=5))
    if depth < 2:
        rows += [draw(messages(depth=depth + 1)) for _ in range(draw(st.integers(0, 2)))]
    for i, name in enumerate(names):
        kind = draw(st.one_of(SCALARS, st.sampled_from(types)))
        shape = draw(st.sampled_from(["", "", "optional ", "repeated ", "map", "oneof"]))
        if shape == "map":
            rows.append(f"map<string, {kind}> {name} = {i + 1};")
        elif shape == "oneof":
            rows.append(f"oneof one_{i} {{ {kind} {name} = {i + 1}; }}")
        else:
            rows.append(f"{shape}{kind} {name} = {i + 1};")
    name = draw(st.sampled_from([f"M{depth}", f"N{depth}"]))
    return f"message {name} {{ {' '.join(rows)} }}\n"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(messages(), max_size=2))
def test_made_up_files_mean_the_same_or_are_refused_by_both(tmp_path: Path, parts: list[str]) -> None:
    folder = tmp_path / "made"
    folder.mkdir(exist_ok=True)
    text = 'syntax = "proto3";\npackage p;\nmessage M0 {}\nenum E0 { Z = 0; }\n' + "".join(parts)
    (folder / "made.proto").write_text(text)
    silent = os.open(os.devnull, os.O_WRONLY)
    saved = os.dup(2)
    os.dup2(silent, 2)  # protoc prints from C++
    try:
        with redirect_stderr(io.StringIO()), redirect_stdout(io.StringIO()):
            try:
                theirs = by_protoc(folder, ["made.proto"], tmp_path / "out")
            except AssertionError:
                theirs = {}
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(silent)
    try:
        ours = by_us(folder, ["made.proto"])
    except SchemaError:
        ours = {}
    # Where protoc refuses we may be more lenient: what we load is for reading, not for generating code.
    if theirs:
        assert without_json_names(ours["made.proto"]) == without_json_names(theirs["made.proto"])
