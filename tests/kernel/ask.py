"""Requests as a guest writes them, and answers as it reads them: plain protobuf messages.

Nothing of `parigot.kernel.wire` is used here, so that the kernel's own byte joining is checked by the
protobuf runtime on both sides.
"""

from __future__ import annotations

from google.protobuf.any_pb2 import Any
from parigot.ids import EXIT_METHOD, LAUNCH_METHOD, Id
from parigot.pb.protosupport.v1.protosupport_pb2 import IdRaw
from parigot.pb.syscall.v1 import syscall_pb2 as pb

NOBODY = Id(0, 0)  # an id that was left out
TYPE_URL = "type.googleapis.com/test.v1.Payload"


def raw(given: Id) -> IdRaw:
    """The id as a message."""
    return IdRaw(high=given.high, low=given.low)


def known(message: IdRaw) -> Id:
    """The id in a message."""
    return Id(message.high, message.low)


def packed(payload: bytes) -> Any:
    """A google.protobuf.Any around some bytes."""
    return Any(type_url=TYPE_URL, value=payload)


def register(host: Id, debug_name: str) -> bytes:
    return pb.RegisterRequest(host_id=raw(host), debug_name=debug_name).SerializeToString()


def _fully_qualified(name: str) -> pb.FullyQualifiedService:
    package, _, service = name.rpartition(".")
    return pb.FullyQualifiedService(package_path=package, service=service)


def require(service: Id, *names: str) -> bytes:
    return pb.RequireRequest(dest=map(_fully_qualified, names), source=raw(service)).SerializeToString()


def export(host: Id, service: Id, *names: str) -> bytes:
    return pb.ExportRequest(
        service_id=raw(service), service=map(_fully_qualified, names), host_id=raw(host)
    ).SerializeToString()


def bind(host: Id, service: Id, method: str) -> bytes:
    return pb.BindMethodRequest(
        host_id=raw(host), service_id=raw(service), method_name=method, direction=pb.METHOD_DIRECTION_BOTH
    ).SerializeToString()


def launch(host: Id, service: Id, call: Id, method: Id = LAUNCH_METHOD) -> bytes:
    return pb.LaunchRequest(
        service_id=raw(service), call_id=raw(call), host_id=raw(host), method_id=raw(method)
    ).SerializeToString()


def locate(name: str, called_by: Id | None = None) -> bytes:
    package, _, service = name.rpartition(".")
    request = pb.LocateRequest(package_name=package, service_name=service)
    if called_by is not None:
        request.called_by.CopyFrom(raw(called_by))
    return request.SerializeToString()


def bundle(host: Id, service: Id, method: Id, call: Id) -> pb.MethodBundle:
    made = pb.MethodBundle(host_id=raw(host), service_id=raw(service), method_id=raw(method))
    if call is not NOBODY:
        made.call_id.CopyFrom(raw(call))
    return made


def dispatch(host: Id, service: Id, method: Id, call: Id, payload: bytes | None = None) -> bytes:
    request = pb.DispatchRequest(bundle=bundle(host, service, method, call))
    if payload is not None:
        request.param.CopyFrom(packed(payload))
    return request.SerializeToString()


def return_value(given: pb.MethodBundle, payload: bytes | None = None, error: int = 0) -> bytes:
    request = pb.ReturnValueRequest(bundle=given, result_error=error)
    if payload is not None:
        request.result.CopyFrom(packed(payload))
    return request.SerializeToString()


def leave(
    host: Id, service: Id, call: Id, code: int, *, shutdown_all: bool = False, method: Id = EXIT_METHOD
) -> bytes:
    return pb.ExitRequest(
        pair=pb.ExitPair(service_id=raw(service), code=code),
        call_id=raw(call),
        host_id=raw(host),
        method_id=raw(method),
        shutdown_all=shutdown_all,
    ).SerializeToString()


def read_one(host: Id, timeout_ms: int = -1) -> bytes:
    return pb.ReadOneRequest(timeout_in_millis=timeout_ms, host_id=raw(host)).SerializeToString()
