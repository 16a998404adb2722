"""From protoc's CodeGeneratorRequest to the model; what no language can make code for is refused here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest
from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    ServiceDescriptorProto,
)

from parigot.gen.model import (
    Enum,
    EnumValue,
    Field,
    File,
    Kind,
    Location,
    Message,
    Method,
    Oneof,
    Schema,
    Service,
)
from parigot.pb.protosupport.v1 import protosupport_pb2 as options

Path = tuple[int, ...]

# Field numbers in descriptor.proto: the steps of a path in SourceCodeInfo.
_FILE_PACKAGE, _FILE_MESSAGE, _FILE_ENUM, _FILE_SERVICE, _FILE_SYNTAX = 2, 4, 5, 6, 12
_MESSAGE_FIELD, _MESSAGE_NESTED, _MESSAGE_ENUM, _MESSAGE_ONEOF = 2, 3, 4, 8
_ENUM_VALUE = _SERVICE_METHOD = 2
_OPTIONS_ONLY = ("google/protobuf/descriptor.proto",)
_FIRST_ERRORS = (
    ("NoError",),
    ("DispatchError",),
    ("UnmarshalFailed", "UnmarshalError"),
    ("MarshalFailed", "MarshalError"),
)
_PACKABLE = frozenset(Kind) - {Kind.STRING, Kind.BYTES, Kind.MESSAGE}


class SchemaProblems(Exception):
    """The schema cannot be generated from; `problems` are (where, what is wrong and what to do)."""

    def __init__(self, problems: Sequence[tuple[Location, str]]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{where}: {what}" for where, what in self.problems))


def read(request: CodeGeneratorRequest) -> Schema:
    """The model of what protoc hands to its plugins.

    Raises:
        SchemaProblems: all that is wrong with the files to generate code for, in order.
    """
    return _Reader(request).schema()


class _Source:
    """Comments and places of one file, by path."""

    def __init__(self, proto: FileDescriptorProto) -> None:
        self._file = proto.name
        self._found = {tuple(place.path): place for place in proto.source_code_info.location}

    def at(self, path: Path) -> Location:
        place = self._found.get(path)
        if place is None or len(place.span) < 2:
            return Location(self._file)
        return Location(self._file, place.span[0] + 1, place.span[1] + 1)

    def comment(self, path: Path) -> str:
        """The comment in front of it, else the one behind it, without the blank that follows `//`."""
        place = self._found.get(path)
        if place is None:
            return ""
        text = place.leading_comments or place.trailing_comments
        return "\n".join(line.removeprefix(" ").rstrip() for line in text.strip("\n").split("\n")).strip()

    def head(self) -> str:
        """What stands at the top of the file: before its syntax, else before its package."""
        for path in ((_FILE_SYNTAX,), (_FILE_PACKAGE,)):
            place = self._found.get(path)
            if place is None:
                continue
            parts = [*place.leading_detached_comments, place.leading_comments]
            text = next((part for part in parts if part.strip()), "")
            if text:
                return "\n".join(line.removeprefix(" ").rstrip() for line in text.split("\n")).strip()
        return ""


class _Reader:
    def __init__(self, request: CodeGeneratorRequest) -> None:
        self._protos = list(request.proto_file)
        self._wanted = tuple(request.file_to_generate)
        self._messages: dict[str, Message] = {}
        self._enums: dict[str, Enum] = {}
        self._entries: dict[str, DescriptorProto] = {}  # of maps
        self._pending: list[Callable[[], None]] = []  # what needs every name to be known
        self._problems: list[tuple[Location, str]] = []

    def schema(self) -> Schema:
        files = {proto.name: self._file(proto) for proto in self._protos}
        for finish in self._pending:
            finish()
        for proto in self._protos:
            if proto.name in self._wanted:
                self._services(files[proto.name], proto)
        for file in files.values():
            file.imports = tuple(sorted(_used(file) - {file.name}))
        if self._problems:
            raise SchemaProblems(sorted(self._problems, key=lambda found: _order(self._wanted, found[0])))
        return Schema(files, self._wanted)

    def _wrong(self, where: Location, what: str) -> None:
        if where.file in self._wanted:
            self._problems.append((where, what))

    def _file(self, proto: FileDescriptorProto) -> File:
        source = _Source(proto)
        file = File(proto.name, proto.package, source.head(), go_package=proto.options.go_package)
        if proto.name not in _OPTIONS_ONLY and proto.syntax != "proto3":
            what = f"is written in {proto.syntax or 'proto2'}; services here are described in proto3"
            self._wrong(Location(proto.name, 1, 1), f'{what}: start it with syntax = "proto3";')
        prefix = f"{proto.package}." if proto.package else ""
        for place, message in enumerate(proto.message_type):
            file.messages.append(
                self._message(message, prefix, (), source, (_FILE_MESSAGE, place), proto.name)
            )
        for place, enum in enumerate(proto.enum_type):
            file.enums.append(self._enum(enum, prefix, (), source, (_FILE_ENUM, place), proto.name))
        return file

    def _enum(
        self,
        proto: EnumDescriptorProto,
        prefix: str,
        outer: tuple[str, ...],
        source: _Source,
        at: Path,
        file: str,
    ) -> Enum:
        path = (*outer, proto.name)
        enum = Enum(
            proto.name,
            prefix + ".".join(path),
            path,
            file,
            source.comment(at),
            source.at(at),
            is_error=_option(proto.options, options.parigot_error),
        )
        for place, value in enumerate(proto.value):
            where = (*at, _ENUM_VALUE, place)
            enum.values.append(EnumValue(value.name, value.number, source.comment(where), source.at(where)))
        self._enums[enum.full_name] = enum
        return enum

    def _message(
        self,
        proto: DescriptorProto,
        prefix: str,
        outer: tuple[str, ...],
        source: _Source,
        at: Path,
        file: str,
    ) -> Message:
        path = (*outer, proto.name)
        message = Message(proto.name, prefix + ".".join(path), path, file, source.comment(at), source.at(at))
        self._messages[message.full_name] = message
        for place, nested in enumerate(proto.nested_type):
            if nested.options.map_entry:
                self._entries[f"{message.full_name}.{nested.name}"] = nested
            else:
                where = (*at, _MESSAGE_NESTED, place)
                message.messages.append(self._message(nested, prefix, path, source, where, file))
        for place, enum in enumerate(proto.enum_type):
            message.enums.append(self._enum(enum, prefix, path, source, (*at, _MESSAGE_ENUM, place), file))
        real = [
            Oneof(oneof.name, source.comment((*at, _MESSAGE_ONEOF, place)))
            for place, oneof in enumerate(proto.oneof_decl)
        ]
        for place, field in enumerate(proto.field):
            where = (*at, _MESSAGE_FIELD, place)
            made = self._field(field, source.comment(where), source.at(where))
            if field.HasField("oneof_index") and not field.proto3_optional:
                oneof = real[field.oneof_index]
                made.oneof = oneof.name
                oneof.fields.append(made)
            message.fields.append(made)
        message.oneofs = [oneof for oneof in real if oneof.fields]
        return message

    def _field(self, proto: FieldDescriptorProto, comment: str, location: Location) -> Field:
        repeated = proto.label == FieldDescriptorProto.LABEL_REPEATED
        if proto.type == FieldDescriptorProto.TYPE_GROUP:
            self._wrong(location, f"field {proto.name} is a group; make it a message")
            kind = Kind.MESSAGE
        else:
            kind = Kind(FieldDescriptorProto.Type.Name(proto.type).removeprefix("TYPE_").lower())
        field = Field(
            proto.name,
            proto.number,
            kind,
            "repeated" if repeated else "singular",
            comment,
            location,
            explicit=not repeated and (kind is Kind.MESSAGE or proto.HasField("oneof_index")),
            json_name=proto.json_name,
        )
        if repeated and kind in _PACKABLE:
            field.packed = proto.options.packed if proto.options.HasField("packed") else True
        name = proto.type_name.removeprefix(".")
        if kind in (Kind.MESSAGE, Kind.ENUM):
            self._pending.append(lambda: self._refer(field, name))
        return field

    def _refer(self, field: Field, name: str) -> None:
        if field.kind is Kind.ENUM:
            field.enum = self._enums[name]
        elif name in self._entries:
            entry = self._entries[name]
            field.cardinality = "map"
            field.key, field.value = (self._field(part, "", field.location) for part in entry.field)
            for part, proto in ((field.key, entry.field[0]), (field.value, entry.field[1])):
                if part.kind in (Kind.MESSAGE, Kind.ENUM):
                    self._refer(part, proto.type_name.removeprefix("."))
        elif name in self._messages:
            field.message = self._messages[name]

    # --- services, and what parigot asks of them ------------------------------------------------------

    def _services(self, file: File, proto: FileDescriptorProto) -> None:
        source = _Source(proto)
        for place, service in enumerate(proto.service):
            at = (_FILE_SERVICE, place)
            error = self._error_enum(service, file, source.at(at))
            if error is None:
                continue
            made = Service(
                service.name,
                f"{file.package}.{service.name}" if file.package else service.name,
                file.package,
                file.name,
                source.comment(at),
                source.at(at),
                error,
                is_reverse_api=_option(service.options, options.is_reverse_api),
                implements_reverse_api=_option(service.options, options.implements_reverse_api),
            )
            for number, method in enumerate(service.method):
                where = (*at, _SERVICE_METHOD, number)
                if method.client_streaming or method.server_streaming:
                    what = f"rpc {method.name} streams; a call here is one request and one reply"
                    self._wrong(
                        source.at(where), f"{what}. Take the word `stream` out and send a repeated field"
                    )
                made.methods.append(
                    Method(
                        method.name,
                        self._messages[method.input_type.removeprefix(".")],
                        self._messages[method.output_type.removeprefix(".")],
                        source.comment(where),
                        source.at(where),
                        host_func_name=_option(method.options, options.host_func_name),
                    )
                )
            file.services.append(made)

    def _error_enum(self, service: ServiceDescriptorProto, file: File, where: Location) -> Enum | None:
        name: str = _option(service.options, options.error_id_name)
        if not name:
            what = f"service {service.name} names no error enum"
            how = f'add option (protosupport.v1.error_id_name) = "{service.name}Err"; to it'
            self._wrong(where, f"{what}: {how}")
            return None
        same = [
            enum for enum in self._enums.values() if enum.is_error and _answers_to(enum, name, file.package)
        ]
        here = [enum for enum in same if enum.file == file.name] or same
        if not here:
            unmarked = [enum for enum in self._enums.values() if _answers_to(enum, name, file.package)]
            if unmarked:
                how = "add option (protosupport.v1.parigot_error) = true; to it"
                what = (
                    f"enum {unmarked[0].name} is the error enum of service {service.name}, but is not marked"
                )
                self._wrong(unmarked[0].location, f"{what}: {how}")
            else:
                what = f"service {service.name} names the error enum {name}, but there is no such enum"
                self._wrong(
                    where, f"{what} in package {file.package or '(none)'}: write it, or mend the name"
                )
            return None
        self._check_errors(here[0])
        return here[0]

    def _check_errors(self, enum: Enum) -> None:
        for number, names in enumerate(_FIRST_ERRORS):
            value = next((value for value in enum.values if value.number == number), None)
            wanted = " or ".join(names)
            if value is None:
                self._wrong(
                    enum.location, f"error enum {enum.name} has no value {number}: add {wanted} = {number};"
                )
            elif _bare(value.name, enum.name) not in {name.lower() for name in names}:
                what = f"value {number} of error enum {enum.name} is {value.name}; it has to be {wanted}"
                self._wrong(value.location, f"{what} (generated code and the kernel give it that meaning)")


def _option(of: Any, extension: Any) -> Any:
    """An option of ours; the stubs of protobuf do not know extensions of generated code."""
    return of.Extensions[extension]


def _bare(value: str, enum: str) -> str:
    """A value's name in lower case without underscores, and without the enum's name in front of it."""
    folded = value.replace("_", "").lower()
    return folded.removeprefix(enum.replace("_", "").lower()) or folded


def _answers_to(enum: Enum, name: str, package: str) -> bool:
    full = f"{package}.{name}" if package else name
    return enum.full_name in (full, name)


def _used(file: File) -> set[str]:
    """Names of the files whose types this one's code refers to."""
    found = {enum.file for field in _fields(file.all_messages()) if (enum := field.enum) is not None}
    found |= {
        message.file for field in _fields(file.all_messages()) if (message := field.message) is not None
    }
    for service in file.services:
        found.add(service.error.file)
        for method in service.methods:
            found |= {method.request.file, method.reply.file}
    return found


def _fields(messages: Iterable[Message]) -> list[Field]:
    """All fields, with the values of maps in place of the maps."""
    return [field.value or field for message in messages for field in message.fields]


def _order(wanted: tuple[str, ...], where: Location) -> tuple[int, int, int]:
    return wanted.index(where.file), where.line, where.column
