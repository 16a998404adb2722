"""What real protoc makes of .proto sources that a test writes."""

from __future__ import annotations

from pathlib import Path

from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest
from parigot.gen.model import Schema
from parigot.gen.protoc import compile_protos, find_sources
from parigot.gen.read import read

HEAD = 'syntax = "proto3";\npackage shop.v1;\nimport "protosupport/v1/protosupport.proto";\n'
ERRORS = """\
enum ShopErr {
  option (protosupport.v1.parigot_error) = true;
  NoError = 0;
  DispatchError = 1;
  UnmarshalFailed = 2;
  MarshalFailed = 3;
}
"""


def write_protos(folder: Path, **files: str) -> Path:
    """Writes files named `shop__v1__shop="..."`; returns the folder."""
    for name, text in files.items():
        path = folder / (name.replace("__", "/") + ".proto")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def request_of(folder: Path, **files: str) -> CodeGeneratorRequest:
    """What protoc hands to a plugin for these files."""
    return compile_protos(find_sources([write_protos(folder, **files)]))


def schema_of(folder: Path, **files: str) -> Schema:
    """The model of these files."""
    return read(request_of(folder, **files))
