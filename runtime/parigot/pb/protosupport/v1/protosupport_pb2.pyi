from google.protobuf import descriptor_pb2 as _descriptor_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor
PARIGOT_ERROR_FIELD_NUMBER: _ClassVar[int]
parigot_error: _descriptor.FieldDescriptor
HOST_FUNC_NAME_FIELD_NUMBER: _ClassVar[int]
host_func_name: _descriptor.FieldDescriptor
ERROR_ID_NAME_FIELD_NUMBER: _ClassVar[int]
error_id_name: _descriptor.FieldDescriptor
IS_REVERSE_API_FIELD_NUMBER: _ClassVar[int]
is_reverse_api: _descriptor.FieldDescriptor
IMPLEMENTS_REVERSE_API_FIELD_NUMBER: _ClassVar[int]
implements_reverse_api: _descriptor.FieldDescriptor

class IdRaw(_message.Message):
    __slots__ = ("high", "low")
    HIGH_FIELD_NUMBER: _ClassVar[int]
    LOW_FIELD_NUMBER: _ClassVar[int]
    high: int
    low: int
    def __init__(self, high: _Optional[int] = ..., low: _Optional[int] = ...) -> None: ...
