from google.protobuf import any_pb2 as _any_pb2
from parigot.pb.protosupport.v1 import protosupport_pb2 as _protosupport_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class KernelErr(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    NoError: _ClassVar[KernelErr]
    LocateError: _ClassVar[KernelErr]
    UnmarshalFailed: _ClassVar[KernelErr]
    IdDispatch: _ClassVar[KernelErr]
    NamespaceExhausted: _ClassVar[KernelErr]
    NotFound: _ClassVar[KernelErr]
    DataTooLarge: _ClassVar[KernelErr]
    MarshalFailed: _ClassVar[KernelErr]
    CallerUnavailable: _ClassVar[KernelErr]
    ServiceAlreadyClosedOrExported: _ClassVar[KernelErr]
    ServiceAlreadyRequired: _ClassVar[KernelErr]
    DependencyCycle: _ClassVar[KernelErr]
    NetworkFailed: _ClassVar[KernelErr]
    NetworkConnectionLost: _ClassVar[KernelErr]
    DataTooSmall: _ClassVar[KernelErr]
    KernelConnectionFailed: _ClassVar[KernelErr]
    NSRetryFailed: _ClassVar[KernelErr]
    DecodeError: _ClassVar[KernelErr]
    ExecError: _ClassVar[KernelErr]
    KernelDependencyFailure: _ClassVar[KernelErr]
    AbortRequest: _ClassVar[KernelErr]
    EncodeError: _ClassVar[KernelErr]
    ClosedErr: _ClassVar[KernelErr]
    GuestReadFailed: _ClassVar[KernelErr]
    GuestWriteFailed: _ClassVar[KernelErr]
    BadId: _ClassVar[KernelErr]
    NotReady: _ClassVar[KernelErr]
    NotRequired: _ClassVar[KernelErr]
    RunTimeout: _ClassVar[KernelErr]
    ReadOneTimeout: _ClassVar[KernelErr]
    WriteTimeout: _ClassVar[KernelErr]
    BadCallId: _ClassVar[KernelErr]
    ChannelClosed: _ClassVar[KernelErr]
    ExitFailed: _ClassVar[KernelErr]

class MethodDirection(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    METHOD_DIRECTION_UNSPECIFIED: _ClassVar[MethodDirection]
    METHOD_DIRECTION_IN: _ClassVar[MethodDirection]
    METHOD_DIRECTION_OUT: _ClassVar[MethodDirection]
    METHOD_DIRECTION_BOTH: _ClassVar[MethodDirection]
NoError: KernelErr
LocateError: KernelErr
UnmarshalFailed: KernelErr
IdDispatch: KernelErr
NamespaceExhausted: KernelErr
NotFound: KernelErr
DataTooLarge: KernelErr
MarshalFailed: KernelErr
CallerUnavailable: KernelErr
ServiceAlreadyClosedOrExported: KernelErr
ServiceAlreadyRequired: KernelErr
DependencyCycle: KernelErr
NetworkFailed: KernelErr
NetworkConnectionLost: KernelErr
DataTooSmall: KernelErr
KernelConnectionFailed: KernelErr
NSRetryFailed: KernelErr
DecodeError: KernelErr
ExecError: KernelErr
KernelDependencyFailure: KernelErr
AbortRequest: KernelErr
EncodeError: KernelErr
ClosedErr: KernelErr
GuestReadFailed: KernelErr
GuestWriteFailed: KernelErr
BadId: KernelErr
NotReady: KernelErr
NotRequired: KernelErr
RunTimeout: KernelErr
ReadOneTimeout: KernelErr
WriteTimeout: KernelErr
BadCallId: KernelErr
ChannelClosed: KernelErr
ExitFailed: KernelErr
METHOD_DIRECTION_UNSPECIFIED: MethodDirection
METHOD_DIRECTION_IN: MethodDirection
METHOD_DIRECTION_OUT: MethodDirection
METHOD_DIRECTION_BOTH: MethodDirection

class FullyQualifiedService(_message.Message):
    __slots__ = ("package_path", "service")
    PACKAGE_PATH_FIELD_NUMBER: _ClassVar[int]
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    package_path: str
    service: str
    def __init__(self, package_path: _Optional[str] = ..., service: _Optional[str] = ...) -> None: ...

class MethodBundle(_message.Message):
    __slots__ = ("host_id", "service_id", "method_id", "call_id")
    HOST_ID_FIELD_NUMBER: _ClassVar[int]
    SERVICE_ID_FIELD_NUMBER: _ClassVar[int]
    METHOD_ID_FIELD_NUMBER: _ClassVar[int]
    CALL_ID_FIELD_NUMBER: _ClassVar[int]
    host_id: _protosupport_pb2.IdRaw
    service_id: _protosupport_pb2.IdRaw
    method_id: _protosupport_pb2.IdRaw
    call_id: _protosupport_pb2.IdRaw
    def __init__(self, host_id: _Optional[_Union[_protosupport_pb2.IdRaw, _Mapping]] = ..., service_id: _Optional[_Union[_protosupport_pb2.IdRaw, _Mapping]] = ..., method_id: _Optional[_Union[_protosupport_pb2.IdRaw, _Mapping]] = ..., call_id: _Optional[_Union[_protosupport_pb2.IdRaw, _Mapping]] = ...) -> None: ...

class MethodBinding(_message.Message):
    __slots__ = ("method_name", "method_id")
    METHOD_NAME_FIELD_NUMBER: _ClassVar[int]
    METHOD_ID_FIELD_NUMBER: _ClassVar[int]
    method_name: str
    method_id: _protosupport_pb2.IdRaw
    def __init__(self, method_name: _Optional[str] = ..., method_id: _Optional[_Union[_protosupport_pb2.IdRaw, _Mapping]] = ...) -> None: ...

class HostBinding(_message.Message):
    __slots__ = ("service_id", "host_id")
    SERVICE_ID_FIELD_NUMBER: _ClassVar[int]
    HOST_ID_FIELD_NUMBER: _ClassVar[int]
    service_id: _protosupport_pb2.IdRaw
    host_id: _protosupport_pb2.IdRaw
    def __init__(self, service_id: _Optional[_Union[_protosupport_pb2.IdRaw, _Mapping]] = ..., host_id: _Optional[_Union[_protosupport_pb2.IdRaw, _Mapping]] = ...) -> None: ...

class RegisterRequest(_message.Message):
    __slots__ = ("host_id", "debug_name")
    HOST_ID_FIELD_NUMBER: _ClassVar[int]
    DEBUG_NAME_FIELD_NUMBER: _ClassVar[int]
    host_id: _protosupport_pb2.IdRaw
    debug_name: str
    def __init__(self, host_id: _Optional[_Union[_protosupport_pb2.IdRaw, _Mapping]] = ..., debug_name: _Optional[str] = ...) -> None: ...

class RegisterResponse(_message.Message):
    __slots__ = ("service_id", "existed_previously")
    SERVICE_ID_FIELD_NUMBER: _ClassVar[int]
    EXISTED_PREVIOUSLY_FIELD_NUMBER: _ClassVar[int]
    service_id: _protosupport_pb2.IdRaw
    existed_previously: bool
    def __init__(self, service_id: _Optional[_Union[_protosupport_pb2.IdRaw, _Mapping]] = ..., existed_previously: _Optional[bool] = ...) -> None: ...

class RequireRequest(_message.Message):
    __slots__ = ("dest", "source")
    DEST_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    dest: _containers.RepeatedCompositeFieldContainer[FullyQualifiedService]
    source: _protosupport_pb2.IdRaw
    def __init__(self, dest: _Optional[_Iterable[_Union[FullyQualifiedService, _Mapping]]] = ..., source: _Optional[_Union[_protosupport_pb2.IdRaw, _Mapping]] = ...) -> None: ...

class RequireResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ExportRequest(_message.Message):
    __slots__ = ("service_id", "service", "host_id")
    SERVICE_ID_FIELD_NUMBER: _ClassVar[int]
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    HOST_ID_FIELD_NUMBER: _ClassVar[int]
    service_id: _protosupport_pb2.IdRaw
    service: _containers.RepeatedCompositeFieldContainer[FullyQualifiedService]
    host_id: _protosupport_pb2.IdRaw
    def __init__(self, service_id: _Optional[_Union[_protosupport_pb2.IdRaw, _Mapping]] = ..., service: _Optional[_Iterable[_Union[FullyQualifiedService, _Mapping]]] = ..., host_id: _Optional[_Union[_protosupport_pb2.IdRaw, _Mapping]] = ...) -> None: ...

class ExportResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class BindMethodRequest(_message.Message):
    __slots__ = ("host_id", "service_id", "method_name", "direction")
    HOST_ID_FIELD_NUMBER: _ClassVar[int]
    SERVICE_ID_FIELD_NUMBER: _ClassVar[int]
    METHOD_NAME_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    host_id: _protosupport_pb2.IdRaw
    service_id: _protosupport_pb2.IdRaw
    method_name: str
    direction: MethodDirection
    def __init__(self, host_id: _Optional[_Union[_protosupport_pb2.IdRaw, _Mapping]] = ..., service_id: _Optional[_Union[_protosupport_pb2.IdRaw, _Mapping]] = ..., method_name: _Optional[str] = ..., direction: _Optional[_Union[MethodDirection, str]] = ...) -> None: ...

class BindMethodResponse(_message.Message):
    __slots__ = ("method_id",)
    METHOD_ID_FIELD_NUMBER: _ClassVar[int]
    method_id: _protosupport_pb2.IdRaw
    def __init__(self, method_id: _Optional[_Union[_protosupport_pb2.IdRaw, _Mapping]] = ...) -> None: ...

class LaunchRequest(_message.Message):
    __slots__ = ("service_id", "call_id", "host_id", "method_id")
    SERVICE_ID_FIELD_NUMBER: _ClassVar[int]
    CALL_ID_FIELD_NUMBER: _ClassVar[int]
    HOST_ID_FIELD_NUMBER: _ClassVar[int]
    METHOD_ID_FIELD_NUMBER: _ClassVar[int]
    service_id: _protosupport_pb2.IdRaw
    call_id: _protosupport_pb2.IdRaw
    host_id: _protosupport_pb2.IdRaw
    method_id: _protosupport_pb2.IdRaw
    def __init__(self, service_id: _Optional[_Union[_protosupport_pb2.IdRaw, _Mapping]] = ..., call_id: _Optional[_Union[_protosupport_pb2.IdRaw, _Mapping]] = ..., host_id: _Optional[_Union[_protosupport_pb2.IdRaw, _Mapping]] = ..., method_id: _Optional[_Union[_protosupport_pb2.IdRaw, _Mapping]] = ...) -> None: ...

class LaunchResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class LocateRequest(_message.Message):
    __slots__ = ("package_name", "service_name", "called_by")
    PACKAGE_NAME_FIELD_NUMBER: _ClassVar[int]
    SERVICE_NAME_FIELD_NUMBER: _ClassVar[int]
    CALLED_BY_FIELD_NUMBER: _ClassVar[int]
    package_name: str
    service_name: str
    called_by: _protosupport_pb2.IdRaw
    def __init__(self, package_name: _Optional[str] = ..., service_name: _Optional[str] = ..., called_by: _Optional[_Union[_protosupport_pb2.IdRaw, _Mapping]] = ...) -> None: ...

class LocateResponse(_message.Message):
    __slots__ = ("host_id", "service_id", "binding")
    HOST_ID_FIELD_NUMBER: _ClassVar[int]
    SERVICE_ID_FIELD_NUMBER: _ClassVar[int]
    BINDING_FIELD_NUMBER: _ClassVar[int]
    host_id: _protosupport_pb2.IdRaw
    service_id: _protosupport_pb2.IdRaw
    binding: _containers.RepeatedCompositeFieldContainer[MethodBinding]
    def __init__(self, host_id: _Optional[_Union[_protosupport_pb2.IdRaw, _Mapping]] = ..., service_id: _Optional[_Union[_protosupport_pb2.IdRaw, _Mapping]] = ..., binding: _Optional[_Iterable[_Union[MethodBinding, _Mapping]]] = ...) -> None: ...

class DispatchRequest(_message.Message):
    __slots__ = ("bundle", "param")
    BUNDLE_FIELD_NUMBER: _ClassVar[int]
    PARAM_FIELD_NUMBER: _ClassVar[int]
    bundle: MethodBundle
    param: _any_pb2.Any
    def __init__(self, bundle: _Optional[_Union[MethodBundle, _Mapping]] = ..., param: _Optional[_Union[_any_pb2.Any, _Mapping]] = ...) -> None: ...

class DispatchResponse(_message.Message):
    __slots__ = ("call_id", "target_host_id")
    CALL_ID_FIELD_NUMBER: _ClassVar[int]
    TARGET_HOST_ID_FIELD_NUMBER: _ClassVar[int]
    call_id: _protosupport_pb2.IdRaw
    target_host_id: _protosupport_pb2.IdRaw
    def __init__(self, call_id: _Optional[_Union[_protosupport_pb2.IdRaw, _Mapping]] = ..., target_host_id: _Optional[_Union[_protosupport_pb2.IdRaw, _Mapping]] = ...) -> None: ...

class ReturnValueRequest(_message.Message):
    __slots__ = ("bundle", "result", "result_error")
    BUNDLE_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    RESULT_ERROR_FIELD_NUMBER: _ClassVar[int]
    bundle: MethodBundle
    result: _any_pb2.Any
    result_error: int
    def __init__(self, bundle: _Optional[_Union[MethodBundle, _Mapping]] = ..., result: _Optional[_Union[_any_pb2.Any, _Mapping]] = ..., result_error: _Optional[int] = ...) -> None: ...

class ReturnValueResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ResolvedCall(_message.Message):
    __slots__ = ("host_id", "call_id", "method_id", "result", "result_error")
    HOST_ID_FIELD_NUMBER: _ClassVar[int]
    CALL_ID_FIELD_NUMBER: _ClassVar[int]
    METHOD_ID_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    RESULT_ERROR_FIELD_NUMBER: _ClassVar[int]
    host_id: _protosupport_pb2.IdRaw
    call_id: _protosupport_pb2.IdRaw
    method_id: _protosupport_pb2.IdRaw
    result: _any_pb2.Any
    result_error: int
    def __init__(self, host_id: _Optional[_Union[_protosupport_pb2.IdRaw, _Mapping]] = ..., call_id: _Optional[_Union[_protosupport_pb2.IdRaw, _Mapping]] = ..., method_id: _Optional[_Union[_protosupport_pb2.IdRaw, _Mapping]] = ..., result: _Optional[_Union[_any_pb2.Any, _Mapping]] = ..., result_error: _Optional[int] = ...) -> None: ...

class ExitPair(_message.Message):
    __slots__ = ("service_id", "code")
    SERVICE_ID_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    service_id: _protosupport_pb2.IdRaw
    code: int
    def __init__(self, service_id: _Optional[_Union[_protosupport_pb2.IdRaw, _Mapping]] = ..., code: _Optional[int] = ...) -> None: ...

class ReadOneRequest(_message.Message):
    __slots__ = ("timeout_in_millis", "host_id")
    TIMEOUT_IN_MILLIS_FIELD_NUMBER: _ClassVar[int]
    HOST_ID_FIELD_NUMBER: _ClassVar[int]
    timeout_in_millis: int
    host_id: _protosupport_pb2.IdRaw
    def __init__(self, timeout_in_millis: _Optional[int] = ..., host_id: _Optional[_Union[_protosupport_pb2.IdRaw, _Mapping]] = ...) -> None: ...

class ReadOneResponse(_message.Message):
    __slots__ = ("timeout", "bundle", "param_or_result", "result_err", "resolved", "exit")
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    BUNDLE_FIELD_NUMBER: _ClassVar[int]
    PARAM_OR_RESULT_FIELD_NUMBER: _ClassVar[int]
    RESULT_ERR_FIELD_NUMBER: _ClassVar[int]
    RESOLVED_FIELD_NUMBER: _ClassVar[int]
    EXIT_FIELD_NUMBER: _ClassVar[int]
    timeout: bool
    bundle: MethodBundle
    param_or_result: _any_pb2.Any
    result_err: int
    resolved: ResolvedCall
    exit: ExitPair
    def __init__(self, timeout: _Optional[bool] = ..., bundle: _Optional[_Union[MethodBundle, _Mapping]] = ..., param_or_result: _Optional[_Union[_any_pb2.Any, _Mapping]] = ..., result_err: _Optional[int] = ..., resolved: _Optional[_Union[ResolvedCall, _Mapping]] = ..., exit: _Optional[_Union[ExitPair, _Mapping]] = ...) -> None: ...

class ExitRequest(_message.Message):
    __slots__ = ("pair", "call_id", "host_id", "method_id", "shutdown_all")
    PAIR_FIELD_NUMBER: _ClassVar[int]
    CALL_ID_FIELD_NUMBER: _ClassVar[int]
    HOST_ID_FIELD_NUMBER: _ClassVar[int]
    METHOD_ID_FIELD_NUMBER: _ClassVar[int]
    SHUTDOWN_ALL_FIELD_NUMBER: _ClassVar[int]
    pair: ExitPair
    call_id: _protosupport_pb2.IdRaw
    host_id: _protosupport_pb2.IdRaw
    method_id: _protosupport_pb2.IdRaw
    shutdown_all: bool
    def __init__(self, pair: _Optional[_Union[ExitPair, _Mapping]] = ..., call_id: _Optional[_Union[_protosupport_pb2.IdRaw, _Mapping]] = ..., host_id: _Optional[_Union[_protosupport_pb2.IdRaw, _Mapping]] = ..., method_id: _Optional[_Union[_protosupport_pb2.IdRaw, _Mapping]] = ..., shutdown_all: _Optional[bool] = ...) -> None: ...

class ExitResponse(_message.Message):
    __slots__ = ("pair",)
    PAIR_FIELD_NUMBER: _ClassVar[int]
    pair: ExitPair
    def __init__(self, pair: _Optional[_Union[ExitPair, _Mapping]] = ...) -> None: ...
