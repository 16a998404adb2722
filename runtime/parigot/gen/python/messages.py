"""Enums and messages."""

from __future__ import annotations

from parigot.gen.model import Enum, Field, File, Message
from parigot.gen.python import fields, names
from parigot.gen.writer import Writer

HELPERS = ("member", "too_long")  # of parigot.sdk.messages


def docstring(comment: str) -> str:
    """A comment of the .proto file as a docstring."""
    text = comment.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    text = text.encode("ascii", "backslashreplace").decode()
    if text.endswith('"'):
        text += " "
    return f'"""{text}\n"""' if "\n" in text else f'"""{text}"""'


def comment_lines(out: Writer, comment: str) -> None:
    """A comment in front of what it is about."""
    for line in comment.split("\n") if comment else ():
        ascii_only = line.encode("ascii", "backslashreplace").decode()
        out.line(f"# {ascii_only}".rstrip())


def write_enum(out: Writer, enum: Enum) -> None:
    """A class for an enum."""
    out.gap(2)
    base = "sdk.ErrorCode" if enum.is_error else "sdk.Enum"
    with out.block(f"class {names.type_name(enum)}({base}):"):
        out.line(docstring(enum.comment or f"{enum.full_name}."))
        out.gap()
        for value in enum.values:
            comment_lines(out, value.comment)
            out.line(f"{names.value_name(value.name)} = {value.number}")
    out.gap(2)


def write_message(out: Writer, message: Message, file: File) -> None:
    """A class for a message."""
    out.gap(2)
    with out.block(f"class {names.type_name(message)}(sdk.Message):"):
        out.line(docstring(_description(message)))
        out.gap()
        _slots(out, message)
        out.line(f'FULL_NAME: ClassVar[str] = "{message.full_name}"')
        if message.fields:
            shown = ", ".join(f'"{names.field_name(field.name)}"' for field in message.fields)
            out.line(f"FIELDS: ClassVar[tuple[str, ...]] = ({shown},)")
        _init(out, message, file)
        for oneof in message.oneofs:
            _oneof(out, oneof.name, oneof.fields, oneof.comment, file)
        _encode(out, message)
        _merge(out, message, file)
    out.gap(2)


def _description(message: Message) -> str:
    text = message.comment or f"{message.full_name}."
    told = [
        f"    {names.field_name(field.name)}: {' '.join(field.comment.split())}"
        for field in message.fields
        if field.comment
    ]
    return "\n".join([text, "", "Attributes:", *told]) if told else text


def _slot(name: str) -> str:
    return f"_{names.oneof_name(name)}"


def _slots(out: Writer, message: Message) -> None:
    plain = [names.field_name(field.name) for field in message.fields if not field.oneof]
    slots = [*plain, *(_slot(oneof.name) for oneof in message.oneofs)]
    out.line(
        f"__slots__ = ({', '.join(f'{name!r}' for name in slots)}{',' if slots else ''})".replace("'", '"')
    )


def _init(out: Writer, message: Message, file: File) -> None:
    if not message.fields:
        return
    out.gap()
    out.line("def __init__(")
    with out.block():
        out.line("self,", "*,")
        for field in message.fields:
            out.line(f"{fields.argument(field, file)},")
    with out.block(") -> None:"):
        for oneof in message.oneofs:
            out.line(f'self.{_slot(oneof.name)}: tuple[str, Any] = ("", None)')
        for field in message.fields:
            name = names.field_name(field.name)
            kind = fields.attribute_type(field, file)
            if field.oneof:
                with out.block(f"if {name} is not None:"):
                    out.line(f"self.{name} = {name}")
            elif field.key is not None:
                out.line(f"self.{name}: {kind} = dict({name})")
            elif field.cardinality == "repeated":
                out.line(f"self.{name}: {kind} = list({name})")
            else:
                out.line(f"self.{name}: {kind} = {name}")


def _oneof(out: Writer, name: str, members: list[Field], comment: str, file: File) -> None:
    slot = _slot(name)
    out.gap()
    out.line("@property")
    with out.block(f"def {names.oneof_name(name)}(self) -> str:"):
        text = comment or f"Which field of the oneof {name} is set"
        out.line(docstring(f'{text.rstrip(".")}: its name; "" for none. '))
        out.line(f"return self.{slot}[0]")
    for field in members:
        attribute = names.field_name(field.name)
        kind = fields.attribute_type(field, file)
        out.gap()
        out.line("@property")
        with out.block(f"def {attribute}(self) -> {kind}:"):
            told = " ".join(field.comment.split()) or f"Of the oneof {name}"
            out.line(docstring(f"{told.rstrip('.')}; None unless this one is set."))
            out.line(f'return self.{slot}[1] if self.{slot}[0] == "{attribute}" else None')
        out.gap()
        out.line(f"@{attribute}.setter")
        with out.block(f"def {attribute}(self, value: {kind}) -> None:"):
            with out.block("if value is not None:"):
                out.line(f'self.{slot} = ("{attribute}", value)')
            with out.block(f'elif self.{slot}[0] == "{attribute}":'):
                out.line(f'self.{slot} = ("", None)')


def _encode(out: Writer, message: Message) -> None:
    out.gap()
    with out.block("def _encode(self) -> bytes:"):
        if not message.fields:
            out.line('return b""')
            return
        out.line("out = bytearray()")
        for field in sorted(message.fields, key=lambda one: one.number):
            fields.write_encoding(out, field)
        out.line("return bytes(out)")


def _merge(out: Writer, message: Message, file: File) -> None:
    out.gap()
    with out.block("def _merge(self, data: bytes, at: int, end: int, depth: int) -> None:"):
        with out.block("while at < end:"):
            out.line("tag = data[at]", "at += 1")
            with out.block("if tag > 127:"):
                out.line("tag, at = wire.read_tag(data, at - 1)")
            word = "if"
            for field in message.fields:
                word = _read(out, field, file, word)
            if message.fields:
                with out.block("else:"):
                    out.line("at = wire.skip(data, at, end, tag, depth)")
            else:
                out.line("at = wire.skip(data, at, end, tag, depth)")
        with out.block("if at != end:"):
            out.line("raise too_long()")


def _read(out: Writer, field: Field, file: File, word: str) -> str:
    """A branch, or two, of the loop over fields; the word that the next one starts with."""
    name = f"self.{names.field_name(field.name)}"
    if field.key is not None and field.value is not None:
        with out.block(f"{word} tag == {fields.tag(field)}:"):
            _read_entry(out, field, field.key, field.value, name, file)
        return "elif"
    one = f"v{field.number}"  # a name of its own: values differ in type
    repeated = field.cardinality == "repeated"
    if repeated and fields.wire_type(field) != 2:
        with out.block(f"{word} tag == {fields.tag(field, 2)}:"):
            out.line("at, stop = wire.read_span(data, at, end)")
            with out.block("while at < stop:"):
                out.line(f"{one}, at = {fields.read_call(field)}")
                out.line(f"{name}.append({fields.known(field, one, file)})")
            with out.block("if at != stop:"):
                out.line("raise too_long()")
        word = "elif"
    with out.block(f"{word} tag == {fields.tag(field)}:"):
        if field.message is not None:
            out.line("start, at = wire.read_span(data, at, end)")
            kind = fields.reference(field.message, file)
            if repeated:
                out.line(f"{name}.append({one} := {kind}())")
                out.line(f"{one}._merge(data, start, at, wire.deeper(depth))")
            else:
                out.line(f"{one} = {name}")
                with out.block(f"if {one} is None:"):
                    out.line(f"{name} = {one} = {kind}()")
                out.line(f"{one}._merge(data, start, at, wire.deeper(depth))")
        elif repeated or field.enum is not None:
            out.line(f"{one}, at = {fields.read_call(field)}")
            held = fields.known(field, one, file)
            out.line(f"{name}.append({held})" if repeated else f"{name} = {held}")
        else:
            out.line(f"{name}, at = {fields.read_call(field)}")
    return "elif"


def _read_entry(out: Writer, field: Field, key: Field, value: Field, name: str, file: File) -> None:
    k, v = f"k{field.number}", f"v{field.number}"
    out.line("at, stop = wire.read_span(data, at, end)")
    out.line("deep = wire.deeper(depth)")
    out.line(f"{k}: {fields.element_type(key, file)} = {fields.default(key, file)}")
    out.line(f"{v}: {fields.element_type(value, file)} = {fields.default(value, file)}")
    with out.block("while at < stop:"):
        out.line("tag, at = wire.read_tag(data, at)")
        with out.block(f"if tag == {fields.tag(key)}:"):
            out.line(f"{k}, at = {fields.read_call(key).replace(', end)', ', stop)')}")
        with out.block(f"elif tag == {fields.tag(value)}:"):
            if value.message is not None:
                out.line("start, at = wire.read_span(data, at, stop)")
                out.line(f"{v}._merge(data, start, at, wire.deeper(deep))")
            else:
                out.line(
                    f"number, at = {fields.read_call(value).replace(', end)', ', stop)')}"
                    if value.enum is not None
                    else f"{v}, at = {fields.read_call(value).replace(', end)', ', stop)')}"
                )
                if value.enum is not None:
                    out.line(f"{v} = {fields.known(value, 'number', file)}")
        with out.block("else:"):
            out.line("at = wire.skip(data, at, stop, tag, deep)")
    with out.block("if at != stop:"):
        out.line("raise too_long()")
    out.line(f"{name}[{k}] = {v}")
