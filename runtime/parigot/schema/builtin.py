"""The message types that need no .proto of the app: Google's well-known ones and parigot's own."""

from __future__ import annotations

import importlib

_GOOGLE = (  # each behind those that it imports
    *("any", "descriptor", "duration", "empty", "field_mask", "source_context"),
    *("struct", "timestamp", "type", "wrappers", "api"),
)
_MODULES = {
    **{f"google/protobuf/{name}.proto": f"google.protobuf.{name}_pb2" for name in _GOOGLE},
    "protosupport/v1/protosupport.proto": "parigot.pb.protosupport.v1.protosupport_pb2",
    "syscall/v1/syscall.proto": "parigot.pb.syscall.v1.syscall_pb2",
}

NAMES = tuple(_MODULES)


def descriptor_bytes(name: str) -> bytes:
    """The serialized FileDescriptorProto of a built-in file."""
    module = importlib.import_module(_MODULES[name])
    return bytes(module.DESCRIPTOR.serialized_pb)
