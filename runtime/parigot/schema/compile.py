"""From syntax trees to the descriptors that protobuf's own runtime builds its messages from.

Two steps, as names may be used before they are declared: `declare` turns one file into a
FileDescriptorProto with open references, `resolve` closes them once all files are known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from google.protobuf import descriptor_pb2 as pb
from proto_schema_parser import ast

from parigot.errors import SchemaError
from parigot.schema.options import apply_option, custom_name, default_text, similar
from parigot.schema.source import Source, unescape

_F = pb.FieldDescriptorProto
_SCALARS = {
    name.removeprefix("TYPE_").lower(): number
    for name, number in _F.Type.items()
    if name not in ("TYPE_MESSAGE", "TYPE_ENUM", "TYPE_GROUP")
}
_LABELS = {
    ast.FieldCardinality.OPTIONAL: _F.LABEL_OPTIONAL,
    ast.FieldCardinality.REQUIRED: _F.LABEL_REQUIRED,
    ast.FieldCardinality.REPEATED: _F.LABEL_REPEATED,
}
_MAX_NUMBER = (1 << 29) - 1


@dataclass(frozen=True, slots=True)
class Reference:
    """A type that is named somewhere: `slot` of `target` will hold its full name."""

    target: Any
    slot: str
    name: str
    scope: str
    line: int


@dataclass(slots=True)
class Unit:
    """One file on its way into the pool.

    Attributes:
        imports: (name as written, line).
        symbols: full names of what it declares -> "message", "enum", "service" or "field".
        lines: full names -> line.
        error_enums: full names of the enums marked parigot_error.
        error_id_names: full names of services -> their error_id_name.
    """

    source: Source
    proto: pb.FileDescriptorProto
    imports: list[tuple[str, int]] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    symbols: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    error_enums: list[str] = field(default_factory=list)
    error_id_names: dict[str, str] = field(default_factory=dict)

    def fail(self, what: str, line: int, hint: str = "") -> NoReturn:
        raise SchemaError(what, path=self.source.path, line=line, hint=hint)

    def add(self, full_name: str, kind: str, line: int) -> None:
        """Notes a declaration."""
        if full_name in self.symbols:
            self.fail(f"{full_name} is already declared in line {self.lines[full_name]}", line)
        self.symbols[full_name] = kind
        self.lines[full_name] = line


def declare(source: Source) -> Unit:
    """Makes the descriptor of one file. Its `name` and its references are still open.

    Raises:
        SchemaError
    """
    unit = Unit(source, pb.FileDescriptorProto())
    tree = source.tree
    syntax = tree.syntax or ("editions" if tree.edition else "proto2")
    if syntax not in ("proto2", "proto3", "editions"):
        unit.fail(f"unknown syntax {syntax!r}", 1, hint='Known: "proto2" and "proto3".')
    if syntax != "proto2":
        unit.proto.syntax = syntax
    if tree.edition:
        try:
            unit.proto.edition = pb.Edition.Value(f"EDITION_{tree.edition}")
        except ValueError:
            unit.fail(f"unknown edition {tree.edition!r}", 1)
    for element in tree.file_elements:
        if isinstance(element, ast.Package):
            unit.proto.package = element.name.replace(" ", "")
    maker = _Maker(unit, syntax)
    for element in tree.file_elements:
        maker.top_level(element, unit.proto.package)
    return unit


class _Maker:
    def __init__(self, unit: Unit, syntax: str) -> None:
        self.unit = unit
        self.syntax = syntax

    def line(self, node: object) -> int:
        return self.unit.source.line(node)

    def top_level(self, element: Any, scope: str) -> None:
        proto = self.unit.proto
        if isinstance(element, ast.Import):
            self.unit.imports.append((unescape(element.name).decode("utf-8", "replace"), self.line(element)))
            if element.public:
                proto.public_dependency.append(len(self.unit.imports) - 1)
            if element.weak:
                proto.weak_dependency.append(len(self.unit.imports) - 1)
        elif isinstance(element, ast.Message):
            self.message(element, proto.message_type.add(), scope)
        elif isinstance(element, ast.Enum):
            self.enum(element, proto.enum_type.add(), scope)
        elif isinstance(element, ast.Service):
            self.service(element, proto.service.add(), scope)
        elif isinstance(element, ast.Extension):
            self.extension(element, proto.extension, proto.message_type, scope)
        elif isinstance(element, ast.Option):
            self.options([element], proto.options)

    def options(self, options: Sequence[ast.Option], target: Any) -> None:
        for option in options:
            what = apply_option(target, option)
            if what:
                self.unit.fail(what, self.line(option))

    def message(self, node: ast.Message | ast.Group, out: pb.DescriptorProto, scope: str) -> None:
        out.name = node.name
        full = _join(scope, node.name)
        self.unit.add(full, "message", self.line(node))
        numbers: dict[int, str] = {}
        for element in node.elements:
            if isinstance(element, ast.OneOf):
                out.oneof_decl.add(name=element.name)
                for inner in element.elements:
                    if isinstance(inner, ast.Option):
                        self.options([inner], out.oneof_decl[-1].options)
                    else:
                        self.member(inner, out, full, numbers, len(out.oneof_decl) - 1)
            else:
                self.member(element, out, full, numbers, None)
        # Behind the real ones and named as protoc does it, which avoids a second underscore in front.
        taken = {oneof.name for oneof in out.oneof_decl} | {made.name for made in out.field}
        for made in out.field:
            if made.proto3_optional:
                name = made.name if made.name.startswith("_") else f"_{made.name}"
                while name in taken:
                    name = f"X{name}"
                taken.add(name)
                made.oneof_index = len(out.oneof_decl)
                out.oneof_decl.add(name=name)

    def member(
        self, node: Any, out: pb.DescriptorProto, scope: str, numbers: dict[int, str], oneof: int | None
    ) -> None:
        if isinstance(node, (ast.Field, ast.MapField, ast.Group)):
            made = self.field(node, out.field.add(), out.nested_type, scope)
            if oneof is not None:
                made.oneof_index = oneof
            if made.number in numbers:
                what = f"field number {made.number} is already used by {numbers[made.number]}"
                self.unit.fail(what, self.line(node))
            numbers[made.number] = made.name
        elif isinstance(node, ast.Message):
            self.message(node, out.nested_type.add(), scope)
        elif isinstance(node, ast.Enum):
            self.enum(node, out.enum_type.add(), scope)
        elif isinstance(node, ast.Extension):
            self.extension(node, out.extension, out.nested_type, scope)
        elif isinstance(node, ast.Option):
            self.options([node], out.options)
        elif isinstance(node, ast.Reserved):
            out.reserved_name.extend(_names(node.names))
            for text in node.ranges:
                start, end = _range(text, _MAX_NUMBER)
                out.reserved_range.add(start=start, end=end + 1)
        elif isinstance(node, ast.ExtensionRange):
            for text in node.ranges:
                start, end = _range(text, _MAX_NUMBER)
                out.extension_range.add(start=start, end=end + 1)

    def field(self, node: Any, out: _F, nested: Any, scope: str) -> _F:
        line = self.line(node)
        out.number = node.number
        if not 1 <= node.number <= _MAX_NUMBER:
            self.unit.fail(f"{node.number} cannot be a field number", line)
        if isinstance(node, ast.Group):
            out.name = node.name.lower()
            out.type = _F.TYPE_GROUP
            self.message(node, nested.add(), scope)
            out.type_name = f".{_join(scope, node.name)}"
        else:
            out.name = node.name
        out.label = _F.LABEL_OPTIONAL
        if isinstance(node, ast.MapField):
            out.label = _F.LABEL_REPEATED
            self.map_entry(node, out, nested.add(), scope)
        elif node.cardinality is not None:
            out.label = _LABELS[node.cardinality]
            if self.syntax == "proto3" and node.cardinality is ast.FieldCardinality.OPTIONAL:
                out.proto3_optional = True
        if isinstance(node, ast.Field):
            self.type(out, node.type, scope, line)
        self.unit.add(_join(scope, out.name), "field", line)
        if not isinstance(node, ast.Group):
            for option in node.options:
                if option.name == "default":
                    out.default_value = default_text(option.value, out.type)
                elif option.name == "json_name":
                    out.json_name = unescape(str(option.value)).decode("utf-8", "replace")
                else:
                    self.options([option], out.options)
        return out

    def map_entry(self, node: ast.MapField, out: _F, entry: pb.DescriptorProto, scope: str) -> None:
        parts = re.split("_+", node.name)
        entry.name = "".join(part[:1].upper() + part[1:] for part in parts) + "Entry"
        entry.options.map_entry = True
        full = _join(scope, entry.name)
        self.unit.add(full, "message", self.line(node))
        for number, name, kind in ((1, "key", node.key_type), (2, "value", node.value_type)):
            made = entry.field.add(name=name, number=number, label=_F.LABEL_OPTIONAL)
            self.type(made, kind, full, self.line(node))
        out.type = _F.TYPE_MESSAGE
        out.type_name = f".{full}"

    def type(self, out: _F, name: str, scope: str, line: int) -> None:
        name = name.replace(" ", "")
        if name in _SCALARS:
            out.type = _SCALARS[name]
        else:
            self.unit.references.append(Reference(out, "type_name", name, scope, line))

    def extension(self, node: ast.Extension, out: Any, nested: Any, scope: str) -> None:
        for element in node.elements:
            if isinstance(element, (ast.Field, ast.Group)):
                made = self.field(element, out.add(), nested, scope)
                line = self.line(node)
                self.unit.references.append(Reference(made, "extendee", node.typeName, scope, line))

    def enum(self, node: ast.Enum, out: pb.EnumDescriptorProto, scope: str) -> None:
        out.name = node.name
        full = _join(scope, node.name)
        self.unit.add(full, "enum", self.line(node))
        for element in node.elements:
            if isinstance(element, ast.EnumValue):
                value = out.value.add(name=element.name, number=element.number)
                # C++ rules, which protobuf follows: values live beside their enum, not in it.
                self.unit.add(_join(scope, element.name), "value", self.line(element))
                self.options(element.options, value.options)
            elif isinstance(element, ast.Option):
                self.options([element], out.options)
                if custom_name(element) == "parigot_error" and element.value is True:
                    self.unit.error_enums.append(full)
            elif isinstance(element, ast.EnumReserved):
                out.reserved_name.extend(_names(element.names))
                for text in element.ranges:
                    start, end = _range(text, 2**31 - 1)
                    out.reserved_range.add(start=start, end=end)

    def service(self, node: ast.Service, out: pb.ServiceDescriptorProto, scope: str) -> None:
        out.name = node.name
        full = _join(scope, node.name)
        self.unit.add(full, "service", self.line(node))
        for element in node.elements:
            if isinstance(element, ast.Option):
                self.options([element], out.options)
                if custom_name(element) == "error_id_name":
                    self.unit.error_id_names[full] = unescape(str(element.value)).decode("utf-8", "replace")
            elif isinstance(element, ast.Method):
                self.method(element, out.method.add(), full)

    def method(self, node: ast.Method, out: pb.MethodDescriptorProto, scope: str) -> None:
        out.name = node.name
        self.unit.add(_join(scope, node.name), "method", self.line(node))
        for slot, kind in (("input_type", node.input_type), ("output_type", node.output_type)):
            self.unit.references.append(Reference(out, slot, kind.type, scope, self.line(node)))
        if node.input_type.stream:
            out.client_streaming = True
        if node.output_type.stream:
            out.server_streaming = True
        self.options([element for element in node.elements if isinstance(element, ast.Option)], out.options)


def resolve(unit: Unit, symbols: Mapping[str, tuple[str, str]], visible: set[str]) -> None:
    """Closes the references of a file.

    Args:
        symbols: full name -> (kind, file that declares it), of all files.
        visible: the files that this one may use.

    Raises:
        SchemaError: a name means nothing, or means something that is not imported.
    """
    for reference in unit.references:
        name = reference.name.replace(" ", "")
        full, kind = _find(unit, name, reference, symbols, visible)
        wanted = ("message",) if reference.slot != "type_name" else ("message", "enum")
        if kind not in wanted:
            unit.fail(f"{name} is a {kind}, not a {' or '.join(wanted)}", reference.line)
        setattr(reference.target, reference.slot, f".{full}")
        if reference.slot == "type_name":
            reference.target.type = _F.TYPE_ENUM if kind == "enum" else _F.TYPE_MESSAGE


def _find(
    unit: Unit, name: str, reference: Reference, symbols: Mapping[str, tuple[str, str]], visible: set[str]
) -> tuple[str, str]:
    """The full name and kind of what a name means in its scope: the innermost declaration wins."""
    elsewhere = ""
    scope = "" if name.startswith(".") else reference.scope
    while True:
        full = name[1:] if name.startswith(".") else _join(scope, name)
        if full in symbols and symbols[full][0] in ("message", "enum", "service"):
            kind, file = symbols[full]
            if file in visible:
                return full, kind
            elsewhere = file
        if not scope:
            break
        scope = scope.rpartition(".")[0]
    if elsewhere:
        hint = f'Add import "{elsewhere}";'
        unit.fail(f"{name} is declared in {elsewhere}, which is not imported", reference.line, hint)
    hint = similar(name, symbols)
    raise SchemaError(f"unknown type {name}", path=unit.source.path, line=reference.line, hint=hint)


def _join(scope: str, name: str) -> str:
    return f"{scope}.{name}" if scope else name


def _names(names: Sequence[str]) -> list[str]:
    return [unescape(name).decode("utf-8", "replace") for name in names]


def _range(text: str, most: int) -> tuple[int, int]:
    """`4`, `4 to 6`, `4 to max`, both ends included."""
    first, _, last = (part.strip() for part in text.partition(" to "))
    return int(first), most if last == "max" else int(last or first)
