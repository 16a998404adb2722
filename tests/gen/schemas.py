"""Schemas and messages to try generated code on: one with everything in it, and random ones.

The official protobuf library makes the messages; what it writes, generated code has to read, and the other
way round.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from google.protobuf import descriptor_pool, message_factory
from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto
from google.protobuf.message import Message
from hypothesis import strategies as st

F = FieldDescriptorProto
SCALARS = (
    F.TYPE_DOUBLE, F.TYPE_FLOAT, F.TYPE_INT64, F.TYPE_UINT64, F.TYPE_INT32, F.TYPE_FIXED64, F.TYPE_FIXED32,
    F.TYPE_BOOL, F.TYPE_STRING, F.TYPE_BYTES, F.TYPE_UINT32, F.TYPE_SFIXED32, F.TYPE_SFIXED64,
    F.TYPE_SINT32, F.TYPE_SINT64,
)  # fmt: skip
KEYS = tuple(kind for kind in SCALARS if kind not in (F.TYPE_DOUBLE, F.TYPE_FLOAT, F.TYPE_BYTES))
_MOST_NUMBER = (1 << 29) - 1
_RESERVED = range(19_000, 20_000)


def kind_name(kind: int) -> str:
    """`TYPE_SINT32` -> `sint32`."""
    return F.Type.Name(kind).removeprefix("TYPE_").lower()


class Builder:
    """Puts a file together, field by field.

    Args:
        name: of the file, without .proto; its package is the same with dots.
    """

    def __init__(self, name: str) -> None:
        self.package = name.replace("/", ".")
        self.file = FileDescriptorProto(name=f"{name}.proto", package=self.package, syntax="proto3")

    def enum(self, name: str, values: dict[str, int]) -> str:
        """An enum; gives its type name."""
        enum = self.file.enum_type.add(name=name)
        enum.options.allow_alias = len(set(values.values())) < len(values)
        if not enum.options.allow_alias:
            enum.ClearField("options")
        for value, number in values.items():
            enum.value.add(name=value, number=number)
        return f".{self.package}.{name}"

    def message(self, name: str) -> DescriptorProto:
        """A message without fields."""
        return self.file.message_type.add(name=name)

    def type_of(self, message: DescriptorProto) -> str:
        """What fields of that message's type say."""
        return f".{self.package}.{message.name}"

    def field(
        self,
        message: DescriptorProto,
        name: str,
        kind: int,
        type_name: str = "",
        *,
        number: int = 0,
        repeated: bool = False,
        packed: bool | None = None,
        oneof: int | None = None,
        optional: bool = False,
    ) -> FieldDescriptorProto:
        """Adds a field behind those that are there."""
        label = F.LABEL_REPEATED if repeated else F.LABEL_OPTIONAL
        field = message.field.add(name=name, number=number or len(message.field) + 1, type=kind, label=label)
        if type_name:
            field.type_name = type_name
        if packed is not None:
            field.options.packed = packed
        if oneof is not None:
            field.oneof_index = oneof
        if optional:
            field.proto3_optional = True
            field.oneof_index = len(message.oneof_decl)
            message.oneof_decl.add(name=f"_{name}")
        return field

    def map(
        self, message: DescriptorProto, name: str, key: int, value: int, type_name: str = "", number: int = 0
    ) -> None:
        """Adds a map."""
        entry = message.nested_type.add(name=f"{name.title().replace('_', '')}Entry")
        entry.options.map_entry = True
        entry.field.add(name="key", number=1, type=key, label=F.LABEL_OPTIONAL)
        held = entry.field.add(name="value", number=2, type=value, label=F.LABEL_OPTIONAL)
        if type_name:
            held.type_name = type_name
        inside = f".{self.package}.{message.name}.{entry.name}"
        self.field(message, name, F.TYPE_MESSAGE, inside, number=number, repeated=True)


def rich() -> FileDescriptorProto:
    """Every kind in every place where it may stand: message `Rich`, which also holds itself."""
    build = Builder("rich/v1/rich")
    color = build.enum("Color", {"NONE": 0, "RED": 1, "BLUE": 7, "BELOW": -3})
    inner = build.message("Inner")
    build.field(inner, "number", F.TYPE_INT32)
    build.field(inner, "text", F.TYPE_STRING)
    build.field(inner, "numbers", F.TYPE_SINT64, repeated=True)
    build.message("Nothing")
    one = build.message("Rich")
    one.oneof_decl.add(name="choice")
    for kind in SCALARS:
        build.field(one, f"one_{kind_name(kind)}", kind)
    for kind in SCALARS:
        build.field(one, f"maybe_{kind_name(kind)}", kind, optional=True)
    for kind in SCALARS:
        build.field(one, f"many_{kind_name(kind)}", kind, repeated=True)
    for kind in SCALARS:
        if kind not in (F.TYPE_STRING, F.TYPE_BYTES):
            build.field(one, f"loose_{kind_name(kind)}", kind, repeated=True, packed=False)
    for kind in SCALARS:
        build.field(one, f"choice_{kind_name(kind)}", kind, oneof=0)
    build.field(one, "choice_color", F.TYPE_ENUM, color, oneof=0)
    build.field(one, "choice_inner", F.TYPE_MESSAGE, build.type_of(inner), oneof=0)
    for kind in KEYS:
        build.map(one, f"by_{kind_name(kind)}", kind, F.TYPE_STRING)
    for kind in SCALARS:
        build.map(one, f"to_{kind_name(kind)}", F.TYPE_STRING, kind)
    build.map(one, "to_color", F.TYPE_INT32, F.TYPE_ENUM, color)
    build.map(one, "to_inner", F.TYPE_INT32, F.TYPE_MESSAGE, build.type_of(inner))
    build.field(one, "color", F.TYPE_ENUM, color)
    build.field(one, "maybe_color", F.TYPE_ENUM, color, optional=True)
    build.field(one, "colors", F.TYPE_ENUM, color, repeated=True)
    build.field(one, "inner", F.TYPE_MESSAGE, build.type_of(inner))
    build.field(one, "inners", F.TYPE_MESSAGE, build.type_of(inner), repeated=True)
    build.field(one, "itself", F.TYPE_MESSAGE, build.type_of(one))
    build.field(one, "far", F.TYPE_UINT32, number=_MOST_NUMBER)
    return build.file


@st.composite
def random_files(draw: Callable[..., Any], name: str = "random/v1/random") -> FileDescriptorProto:
    """A file with a few messages that hold each other."""
    build = Builder(name)
    numbers = draw(st.lists(st.integers(-(1 << 31), (1 << 31) - 1), max_size=4, unique=True))
    values = {"ZERO": 0} | {f"V{place}": number for place, number in enumerate(numbers) if number}
    color = build.enum("Color", values)
    messages = [build.message(f"M{place}") for place in range(draw(st.integers(1, 3)))]
    number = st.integers(1, 30) | st.integers(1, _MOST_NUMBER).filter(lambda one: one not in _RESERVED)
    for message in messages:
        has_oneof = draw(st.booleans())
        chosen = draw(st.lists(number, max_size=8, unique=True))
        shapes = [draw(st.sampled_from(("one", "many", "maybe", "map", "choice"))) for _ in chosen]
        if has_oneof and "choice" in shapes:
            message.oneof_decl.add(name="choice")
        for place, (one, shape) in enumerate(zip(chosen, shapes, strict=True)):
            kind = draw(st.sampled_from((*SCALARS, F.TYPE_ENUM, F.TYPE_MESSAGE)))
            target = draw(st.sampled_from(messages))
            inside = {F.TYPE_ENUM: color, F.TYPE_MESSAGE: build.type_of(target)}.get(kind, "")
            if shape == "map":
                key = draw(st.sampled_from(KEYS))
                build.map(message, f"f{place}", key, kind, inside, number=one)
            elif shape == "choice" and has_oneof:
                build.field(message, f"f{place}", kind, inside, number=one, oneof=0)
            elif shape == "maybe":
                build.field(message, f"f{place}", kind, inside, number=one, optional=True)
            else:
                packable = kind not in (F.TYPE_STRING, F.TYPE_BYTES, F.TYPE_MESSAGE)
                many = shape == "many"
                packed = draw(st.none() | st.booleans()) if many and packable else None
                build.field(message, f"f{place}", kind, inside, number=one, repeated=many, packed=packed)
    for message in messages:
        _oneofs_in_order(message)
    return build.file


def _oneofs_in_order(message: DescriptorProto) -> None:
    """Real oneofs come before those of optional fields, and the fields of one stand together."""
    fields = sorted(message.field, key=lambda one: (one.HasField("oneof_index"), one.proto3_optional))
    copies = [FieldDescriptorProto.FromString(one.SerializeToString()) for one in fields]
    del message.field[:]
    message.field.extend(copies)


def request_for(*files: FileDescriptorProto, parameter: str = "") -> CodeGeneratorRequest:
    """What protoc would hand to the plugin."""
    request = CodeGeneratorRequest(parameter=parameter)
    for file in files:
        request.file_to_generate.append(file.name)
        request.proto_file.append(file)
    return request


def official(file: FileDescriptorProto) -> dict[str, type[Message]]:
    """The official library's class for each message of a file, by name."""
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    found = pool.FindFileByName(file.name)
    return {
        name: message_factory.GetMessageClass(descriptor)
        for name, descriptor in found.message_types_by_name.items()
    }


_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
_VALUES: dict[int, st.SearchStrategy[Any]] = {
    F.TYPE_DOUBLE: st.floats(),
    F.TYPE_FLOAT: st.floats(width=32),
    F.TYPE_BOOL: st.booleans(),
    F.TYPE_STRING: _TEXT,
    F.TYPE_BYTES: st.binary(max_size=12),
}
for _bits, _kinds in (
    (32, (F.TYPE_INT32, F.TYPE_SINT32, F.TYPE_SFIXED32)),
    (64, (F.TYPE_INT64, F.TYPE_SINT64, F.TYPE_SFIXED64)),
):
    _small = st.integers(-200, 200)
    for _kind in _kinds:
        _VALUES[_kind] = _small | st.integers(-(1 << _bits - 1), (1 << _bits - 1) - 1)
for _bits, _kinds in ((32, (F.TYPE_UINT32, F.TYPE_FIXED32)), (64, (F.TYPE_UINT64, F.TYPE_FIXED64))):
    for _kind in _kinds:
        _VALUES[_kind] = st.integers(0, 200) | st.integers(0, (1 << _bits) - 1)


@st.composite
def filled(draw: Callable[..., Any], kind: type[Message], depth: int = 2) -> Message:
    """A message with some of its fields set."""
    message = kind()
    descriptor = kind.DESCRIPTOR
    fields = list(descriptor.fields)
    chosen = draw(st.lists(st.sampled_from(fields), max_size=6, unique=True)) if fields else []
    for field in chosen:
        _fill(draw, message, field, depth)
    return message


def _fill(draw: Callable[..., Any], message: Message, field: FieldDescriptor, depth: int) -> None:
    held: Any = getattr(message, field.name)
    inner = field.message_type
    if inner is not None and inner.GetOptions().map_entry:
        value = inner.fields_by_name["value"]
        keys = draw(st.lists(_value(inner.fields_by_name["key"]), max_size=3))
        for key in keys:
            if value.message_type is None:
                held[key] = draw(_value(value))
            elif depth:
                held[key].CopyFrom(draw(filled(_class_of(value.message_type), depth - 1)))
    elif inner is not None:
        if depth and field.is_repeated:
            held.extend(draw(st.lists(filled(_class_of(inner), depth - 1), max_size=3)))
        elif depth:
            held.CopyFrom(draw(filled(_class_of(inner), depth - 1)))
            held.SetInParent()
    elif field.is_repeated:
        held.extend(draw(st.lists(_value(field), max_size=4)))
    else:
        setattr(message, field.name, draw(_value(field)))


def _class_of(descriptor: Descriptor) -> type[Message]:
    found: type[Message] = message_factory.GetMessageClass(descriptor)
    return found


def _value(field: FieldDescriptor) -> st.SearchStrategy[Any]:
    if field.enum_type is not None:
        return st.sampled_from([one.number for one in field.enum_type.values]) | st.integers(
            -(1 << 31), 2**31 - 1
        )
    return _VALUES[field.type]


@st.composite
def spoiled(draw: Callable[..., Any], data: bytes) -> bytes:
    """Bytes like `data` with something wrong: changed, cut, repeated, or with more in them."""
    out = bytearray(data)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(out)))
        match draw(st.sampled_from(("change", "cut", "insert", "repeat"))):
            case "change" if at < len(out):
                out[at] = draw(st.integers(0, 255))
            case "cut":
                del out[at : at + draw(st.integers(1, 5))]
            case "insert":
                out[at:at] = draw(st.binary(min_size=1, max_size=6))
            case "repeat":
                out[at:at] = out[at : at + draw(st.integers(1, 12))]
    return bytes(out)


def without_maps(message: Message) -> None:
    """Empties every map in it."""
    for field, held in message.ListFields():
        inner = field.message_type
        if inner is not None and inner.GetOptions().map_entry:
            message.ClearField(field.name)
        elif inner is not None:
            for one in held if field.is_repeated else [held]:
                without_maps(one)
