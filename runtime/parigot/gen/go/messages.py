"""Structs and enums in Go, and their wire code."""

from __future__ import annotations

from parigot.gen.go.names import Names, camel, comment
from parigot.gen.model import Enum, Field, Kind, Message
from parigot.gen.writer import Writer

_FIXED64 = (Kind.DOUBLE, Kind.FIXED64, Kind.SFIXED64)
_FIXED32 = (Kind.FLOAT, Kind.FIXED32, Kind.SFIXED32)
_LENGTH = (Kind.STRING, Kind.BYTES, Kind.MESSAGE)


def write_enum(w: Writer, enum: Enum, names: Names) -> None:
    """The type, its values, String; Error where it is one of errors."""
    name = names.type(enum)
    w.gap()
    comment(w, enum.comment, f"{name} is the enum {enum.full_name}; other numbers than these may come.")
    w.line(f"type {name} int32", "")
    prefix = "_".join(camel(part) for part in enum.path[:-1]) or name
    for value in enum.values:  # one by one: gofmt aligns what stands in a block
        comment(w, value.comment)
        w.line(f"const {prefix}_{value.name} {name} = {value.number}")
    w.line("", "// String is the value's name.")
    with w.block(f"func (v {name}) String() string {{", "}"):
        w.line("switch v {")
        seen: set[int] = set()
        for value in enum.values:
            if value.number not in seen:
                seen.add(value.number)
                w.line(f"case {value.number}:", f'\treturn "{value.name}"')
        w.line("}")
        if enum.is_error:
            w.line(f"return {names.sdk()}.KernelErr(v).String()")
        else:
            w.line(f"return {names.standard('strconv')}.Itoa(int(v))")
    if enum.is_error:
        w.line("", "// Error makes it an error.", f"func (v {name}) Error() string {{ return v.String() }}")


def write_message(w: Writer, message: Message, names: Names) -> None:
    """The struct, its oneofs, and its wire code."""
    name = names.type(message)
    w.gap()
    comment(w, message.comment, f"{name} is the message {message.full_name}.")
    plain = [field for field in message.fields if not field.oneof]
    if not message.fields:
        w.line(f"type {name} struct{{}}")
    else:
        with w.block(f"type {name} struct {{", "}"):
            for place, field in enumerate(plain):
                if place:  # gofmt aligns neighbours
                    w.line("")
                comment(w, field.comment)
                w.line(f"{names.fields[id(field)]} {_type(field, names)}")
            for place, oneof in enumerate(message.oneofs):
                if plain or place:
                    w.line("")
                comment(w, oneof.comment)
                members = ", ".join(f"*{names.members[id(field)]}" for field in oneof.fields)
                w.line(f"// One of {members}; nil for none.")
                w.line(f"{names.oneofs[message.full_name, oneof.name]} is{name}_{camel(oneof.name)}")
    for oneof in message.oneofs:
        face = f"is{name}_{camel(oneof.name)}"
        w.line("", f"type {face} interface{{ {face}() }}")
        for field in oneof.fields:
            member = names.members[id(field)]
            star = "*" if field.message else ""
            w.line("", f"// {member} is {field.name} of the oneof {oneof.name}.")
            with w.block(f"type {member} struct {{", "}"):
                comment(w, field.comment)
                w.line(f"{names.fields[id(field)]} {star}{names.of(field)}")
            w.line("", f"func (*{member}) {face}() {{}}")
    wire = names.wire()
    w.line("", "// FullName is the name in the schema.")
    w.line(f'func (*{name}) FullName() string {{ return "{message.full_name}" }}')
    w.line("", "// Marshal is the message as bytes; an error where a string is not UTF-8.")
    w.line(f"func (m *{name}) Marshal() ([]byte, error) {{ return {wire}.Marshal(m) }}")
    w.line("", "// Unmarshal replaces the message by the one in data.")
    with w.block(f"func (m *{name}) Unmarshal(data []byte) error {{", "}"):
        w.line(f"*m = {name}{{}}", f"return {wire}.Unmarshal(data, m)")
    w.line("", "// WriteTo appends the message to what w holds.")
    with w.block(f"func (m *{name}) WriteTo(w *{wire}.Writer) {{", "}"):
        if message.fields:
            w.line("if m == nil {", "\treturn", "}")
        written: set[str] = set()
        for field in sorted(message.fields, key=lambda field: field.number):
            if not field.oneof:
                _write_field(w, field, names)
            elif field.oneof not in written:
                written.add(field.oneof)
                _write_oneof(w, message, field.oneof, names)
    w.line("", "// MergeFrom reads fields until r has no more.")
    with w.block(f"func (m *{name}) MergeFrom(r *{wire}.Reader) {{", "}"), w.block("for r.Next() {", "}"):
        if not message.fields:
            w.line("r.Skip()")
        else:
            w.line("switch r.Tag {")
            for field in message.fields:
                _read_field(w, message, field, names)
            w.line("default:", "\tr.Skip()", "}")


def _type(field: Field, names: Names) -> str:
    if field.key is not None and field.value is not None:
        star = "*" if field.value.message else ""
        return f"map[{names.of(field.key)}]{star}{names.of(field.value)}"
    star = "*" if field.message else ""
    if field.cardinality == "repeated":
        return f"[]{star}{names.of(field)}"
    optional = field.explicit and not field.message and field.kind is not Kind.BYTES
    return f"{'*' if optional else star}{names.of(field)}"


def _tag(field: Field, *, packed: bool = False) -> int:
    wire = 0
    if packed or field.kind in _LENGTH:
        wire = 2
    elif field.kind in _FIXED64:
        wire = 1
    elif field.kind in _FIXED32:
        wire = 5
    return field.number << 3 | wire


def _put(field: Field, value: str) -> str:
    if field.kind is Kind.ENUM:
        return f"w.Int32(int32({value}))"
    return f"w.{field.kind.value.capitalize()}({value})"


def _get(field: Field, names: Names) -> str:
    if field.enum is not None:
        return f"{names.type(field.enum)}(r.Int32())"
    return f"r.{field.kind.value.capitalize()}()"


def _not_zero(field: Field, value: str, names: Names) -> str:
    if field.kind in (Kind.STRING, Kind.BYTES):
        return f"len({value}) > 0"
    if field.kind is Kind.BOOL:
        return value
    if field.kind is Kind.DOUBLE:  # minus zero is not zero
        return f"{names.standard('math')}.Float64bits({value}) != 0"
    if field.kind is Kind.FLOAT:
        return f"{names.standard('math')}.Float32bits({value}) != 0"
    return f"{value} != 0"


def _write_field(w: Writer, field: Field, names: Names) -> None:
    value = f"m.{names.fields[id(field)]}"
    if field.key is not None and field.value is not None:
        keys = "BoolKeys" if field.key.kind is Kind.BOOL else "Keys"
        with w.block(f"for _, key := range {names.wire()}.{keys}({value}) {{", "}"):
            w.line(f"w.Tag({field.number << 3 | 2})", "start := w.Begin()")
            w.line(f"w.Tag({_tag(field.key)})", _put(field.key, "key"))
            w.line(f"w.Tag({_tag(field.value)})", _put(field.value, f"{value}[key]"), "w.End(start)")
    elif field.cardinality == "repeated" and field.packed:
        with w.block(f"if len({value}) > 0 {{", "}"):
            w.line(f"w.Tag({_tag(field, packed=True)})", "start := w.Begin()")
            with w.block(f"for _, value := range {value} {{", "}"):
                w.line(_put(field, "value"))
            w.line("w.End(start)")
    elif field.cardinality == "repeated":
        with w.block(f"for _, value := range {value} {{", "}"):
            w.line(f"w.Tag({_tag(field)})", _put(field, "value"))
    else:
        there = f"{value} != nil" if field.explicit or field.message else _not_zero(field, value, names)
        star = "*" if field.explicit and not field.message and field.kind is not Kind.BYTES else ""
        with w.block(f"if {there} {{", "}"):
            w.line(f"w.Tag({_tag(field)})", _put(field, f"{star}{value}"))


def _write_oneof(w: Writer, message: Message, oneof: str, names: Names) -> None:
    value = f"m.{names.oneofs[message.full_name, oneof]}"
    w.line(f"switch one := {value}.(type) {{")
    for field in message.fields:
        if field.oneof == oneof:
            w.line(f"case *{names.members[id(field)]}:")
            inner = f"one.{names.fields[id(field)]}"
            w.line(f"\tw.Tag({_tag(field)})", f"\t{_put(field, inner)}")
    w.line("}")


def _read_field(w: Writer, message: Message, field: Field, names: Names) -> None:
    if field.oneof:
        _read_member(w, message, field, names)
        return
    value = f"m.{names.fields[id(field)]}"
    if field.key is not None and field.value is not None:
        _read_map(w, field, field.key, field.value, value, names)
        return
    w.line(f"case {_tag(field)}:")
    with w.block():
        if field.cardinality == "repeated":
            if field.message:
                w.line(f"value := new({names.of(field)})", f"{value} = append({value}, value)")
                w.line("r.Message(value)")
            else:
                w.line(f"{value} = append({value}, {_get(field, names)})")
        elif field.message:
            w.line(f"if {value} == nil {{", f"\t{value} = new({names.of(field)})", "}", f"r.Message({value})")
        elif field.explicit and field.kind is not Kind.BYTES:
            w.line(f"value := {_get(field, names)}", f"{value} = &value")
        else:
            w.line(f"{value} = {_get(field, names)}")
    if field.cardinality == "repeated" and field.kind not in _LENGTH:
        w.line(f"case {_tag(field, packed=True)}:")
        with w.block(), w.block("for outer := r.Enter(); r.More(&outer); {", "}"):
            w.line(f"{value} = append({value}, {_get(field, names)})")


def _read_member(w: Writer, message: Message, field: Field, names: Names) -> None:
    place = f"m.{names.oneofs[message.full_name, field.oneof]}"
    member, inner = names.members[id(field)], names.fields[id(field)]
    w.line(f"case {_tag(field)}:")
    with w.block():
        if not field.message:
            w.line(f"{place} = &{member}{{{inner}: {_get(field, names)}}}")
            return
        w.line(f"one, same := {place}.(*{member})")
        w.line(f"if !same || one.{inner} == nil {{")
        w.line(f"\tone = &{member}{{{inner}: new({names.of(field)})}}", f"\t{place} = one", "}")
        w.line(f"r.Message(one.{inner})")


def _read_map(w: Writer, field: Field, key: Field, value: Field, place: str, names: Names) -> None:
    star = "*" if value.message else ""
    w.line(f"case {field.number << 3 | 2}:")
    with w.block():
        w.line(f"var key {names.of(key)}")
        if value.message:
            w.line(f"value := new({names.of(value)})")
        elif value.kind is Kind.BYTES:
            w.line("value := []byte{}")
        else:
            w.line(f"var value {names.of(value)}")
        with w.block("for outer := r.Enter(); r.More(&outer) && r.Next(); {", "}"):
            w.line("switch r.Tag {", f"case {_tag(key)}:", f"\tkey = {_get(key, names)}")
            w.line(f"case {_tag(value)}:")
            w.line("\tr.Message(value)" if value.message else f"\tvalue = {_get(value, names)}")
            w.line("default:", "\tr.Skip()", "}")
        w.line(f"if {place} == nil {{")
        w.line(f"\t{place} = make(map[{names.of(key)}]{star}{names.of(value)})", "}")
        w.line(f"{place}[key] = value")
