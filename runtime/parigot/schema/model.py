"""A payload as people read it: plain frozen values, every text safe to show in a terminal."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a message.

    Attributes:
        name: as the .proto names it; its number where that is unknown; `[key]` inside lists and maps.
        type: "string", "greeting.v1.Tongue", "repeated int32", "map"; on the raw wire "varint" ….
        text: the value on one line, clipped; "" for a message that its children tell.
        children: the fields of a message, the entries of a list of messages or of a map.
    """

    name: str
    type: str
    text: str
    children: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded payload.

    Attributes:
        type_name: of the message; "" for an empty payload.
        fields: in the order of their numbers.
        note: "" or why the schema could not be used; the fields then come from the raw wire.
    """

    type_name: str
    fields: tuple[Field, ...] = ()
    note: str = ""
