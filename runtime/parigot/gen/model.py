"""What a generator needs to know of a schema: protoc's descriptors, names looked up, comments attached.

Languages read this and nothing else, so they agree on what a service, its errors and its messages are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum as PythonEnum
from typing import Literal


class Kind(PythonEnum):
    """A field's type, by protobuf's own names."""

    DOUBLE = "double"
    FLOAT = "float"
    INT64 = "int64"
    UINT64 = "uint64"
    INT32 = "int32"
    FIXED64 = "fixed64"
    FIXED32 = "fixed32"
    BOOL = "bool"
    STRING = "string"
    BYTES = "bytes"
    UINT32 = "uint32"
    SFIXED32 = "sfixed32"
    SFIXED64 = "sfixed64"
    SINT32 = "sint32"
    SINT64 = "sint64"
    ENUM = "enum"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a .proto source, counted from 1; line 0 where protoc did not say."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(slots=True, eq=False)
class EnumValue:
    """One value; `name` as in the source."""

    name: str
    number: int
    comment: str
    location: Location


@dataclass(slots=True, eq=False)
class Enum:
    """An enum.

    Attributes:
        path: names from the outermost message inwards, its own last.
        is_error: marked `parigot_error`.
        values: in source order; aliases share a number.
    """

    name: str
    full_name: str
    path: tuple[str, ...]
    file: str
    comment: str
    location: Location
    is_error: bool = False
    values: list[EnumValue] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Field:
    """A field of a message, or the key or value of a map.

    Attributes:
        cardinality: a map has `key` and `value` in place of a type of its own (`kind` is MESSAGE).
        explicit: presence is tracked (`optional`, members of a oneof, messages).
        packed: how a repeated scalar is written; either form is read.
        oneof: the name of the oneof that it belongs to; "" for none (also for `optional`).
    """

    name: str
    number: int
    kind: Kind
    cardinality: Literal["singular", "repeated", "map"]
    comment: str
    location: Location
    explicit: bool = False
    packed: bool = False
    oneof: str = ""
    json_name: str = ""
    message: Message | None = None
    enum: Enum | None = None
    key: Field | None = None
    value: Field | None = None


@dataclass(slots=True, eq=False)
class Oneof:
    """A oneof; its fields stand among the message's, too."""

    name: str
    comment: str
    fields: list[Field] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Message:
    """A message.

    Attributes:
        path: names from the outermost message inwards, its own last.
        fields: in source order.
        messages, enums: nested in it; the entries of maps are left out.
    """

    name: str
    full_name: str
    path: tuple[str, ...]
    file: str
    comment: str
    location: Location
    fields: list[Field] = field(default_factory=list)
    oneofs: list[Oneof] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    enums: list[Enum] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """It has no fields: signatures leave it out."""
        return not self.fields


@dataclass(slots=True, eq=False)
class Method:
    """An rpc."""

    name: str
    request: Message
    reply: Message
    comment: str
    location: Location
    host_func_name: str = ""


@dataclass(slots=True, eq=False)
class Service:
    """A service.

    Attributes:
        error: its error enum, named by `error_id_name`; there is always one (see `check`).
        is_reverse_api: implemented by its users, called by another service.
        implements_reverse_api: the reverse API that it implements; "" for none.
    """

    name: str
    full_name: str
    package: str
    file: str
    comment: str
    location: Location
    error: Enum
    methods: list[Method] = field(default_factory=list)
    is_reverse_api: bool = False
    implements_reverse_api: str = ""


@dataclass(slots=True, eq=False)
class File:
    """One .proto file.

    Attributes:
        name: as protoc names it: "greeting/v1/greeting.proto".
        imports: names of the files that it imports and uses; those that hold only options are left out.
        go_package: its option of that name; "" where it has none.
    """

    name: str
    package: str
    comment: str
    imports: tuple[str, ...] = ()
    go_package: str = ""
    messages: list[Message] = field(default_factory=list)
    enums: list[Enum] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)

    @property
    def stem(self) -> str:
        """Its name without ".proto"."""
        return self.name.removesuffix(".proto")

    def all_messages(self) -> list[Message]:
        """Every message in it, nested ones behind those that hold them."""
        found: list[Message] = []
        queue = list(reversed(self.messages))
        while queue:
            message = queue.pop()
            found.append(message)
            queue += reversed(message.messages)
        return found

    def all_enums(self) -> list[Enum]:
        """Every enum in it, nested ones last."""
        return [*self.enums, *(enum for message in self.all_messages() for enum in message.enums)]


@dataclass(slots=True, eq=False)
class Schema:
    """What protoc handed over.

    Attributes:
        files: every file by name, those only imported among them.
        wanted: names of the files to generate code for, in protoc's order.
    """

    files: dict[str, File]
    wanted: tuple[str, ...]

    @property
    def to_generate(self) -> list[File]:
        """The files to generate code for."""
        return [self.files[name] for name in self.wanted]


@dataclass(frozen=True, slots=True)
class GeneratedFile:
    """A file to write; `path` is relative to the output folder, with forward slashes."""

    path: str
    text: str
