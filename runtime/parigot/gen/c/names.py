"""What things are called in C: one flat space of names, so every name carries its package."""

from __future__ import annotations

import re
from dataclasses import dataclass

from parigot.gen.model import Enum, File, Message, Method, Schema, Service

_WORDS = """
auto break case char const continue default do double else enum extern float for goto if inline int long
register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while
bool true false NULL offsetof asm typeof alignas alignof constexpr nullptr static_assert thread_local
unix linux
"""
_KEYWORDS = frozenset(_WORDS.split())
_OF_MESSAGES = ("", "_init", "_encode", "_decode", "_table", "_fields")
_OF_SERVICES = ("_client", "_server", "_use", "_serve", "_locate", "_methods", "_handlers")
_OF_METHODS = (
    *("", "_call", "_reply", "_fail", "_future", "_success", "_on_success", "_on_failure"),
    *("_deliver", "_handle"),
)


class Scope:
    """Names of one place: what would stand there twice gets underscores."""

    def __init__(self, taken: frozenset[str] = frozenset()) -> None:
        self._taken = set(taken)

    def name(self, wanted: str, endings: tuple[str, ...] = ("",)) -> str:
        """A name that is free with all of those endings; they are taken then."""
        while any(wanted + ending in self._taken for ending in endings):
            wanted += "_"
        self._taken.update(wanted + ending for ending in endings)
        return wanted


@dataclass(slots=True)
class Oneof:
    """A oneof's members of the struct, and the constants of its fields by their names."""

    union: str
    case: str
    constants: dict[str, str]


@dataclass(slots=True)
class MessageNames:
    """What the parts of a message's struct are called.

    Attributes:
        fields: by name in the .proto; within the union for members of a oneof.
        presence: of `optional` fields, the bool beside them.
        entries: of maps, the struct of an entry.
    """

    fields: dict[str, str]
    presence: dict[str, str]
    entries: dict[str, str]
    oneofs: dict[str, Oneof]


class Names:
    """The names of everything in a schema; the same for whichever of its files are generated."""

    def __init__(self, schema: Schema) -> None:
        self._all = Scope()
        self._types: dict[str, str] = {}
        self._services: dict[str, str] = {}
        self._constants: dict[str, list[str]] = {}
        self._methods: dict[tuple[str, str], str] = {}
        self._members: dict[str, MessageNames] = {}
        files = [schema.files[name] for name in sorted(schema.files)]
        for file in files:
            self._take_types(file)
        for file in files:
            for service in file.services:
                self._take_service(service)

    def type(self, kind: Message | Enum) -> str:
        """`greeting.v1.Tongue` -> `greeting_v1_Tongue`."""
        return self._types[kind.full_name]

    def constants(self, enum: Enum) -> list[str]:
        """Of an enum's values, in their order: `greeting_v1_Tongue_French`."""
        return self._constants[enum.full_name]

    def members(self, message: Message) -> MessageNames:
        """The parts of its struct."""
        return self._members[message.full_name]

    def service(self, service: Service) -> str:
        """What the names of a client and a server begin with."""
        return self._services[service.full_name]

    def method(self, service: Service, method: Method) -> str:
        """`greeting_v1_Greeting_fetch_greeting`."""
        return self._methods[service.full_name, method.name]

    def _take_types(self, file: File) -> None:
        for message in file.all_messages():
            self._types[message.full_name] = self._all.name(_flat(message.full_name), _OF_MESSAGES)
        for enum in file.all_enums():
            name = self._all.name(_flat(enum.full_name), ("", "_name"))
            self._types[enum.full_name] = name
            self._constants[enum.full_name] = [self._all.name(f"{name}_{one.name}") for one in enum.values]
        for message in file.all_messages():
            self._members[message.full_name] = self._take_members(message)

    def _take_members(self, message: Message) -> MessageNames:
        own = self.type(message)
        scope = Scope(_KEYWORDS)
        names = MessageNames({}, {}, {}, {})
        for field in message.fields:
            if not field.oneof:
                names.fields[field.name] = scope.name(field.name)
            if field.cardinality == "map":
                entry = f"{own}_{_camel(field.name)}Entry"
                names.entries[field.name] = self._all.name(entry, _OF_MESSAGES)
        for field in message.fields:
            if field.explicit and not field.oneof and field.message is None:
                names.presence[field.name] = scope.name(f"has_{field.name}")
        for oneof in message.oneofs:
            union, case = scope.name(oneof.name), scope.name(f"which_{oneof.name}")
            inside = Scope(_KEYWORDS)
            constants = {}
            for field in oneof.fields:
                names.fields[field.name] = inside.name(field.name)
                constants[field.name] = self._all.name(f"{own}_{oneof.name}_{field.name}")
            names.oneofs[oneof.name] = Oneof(union, case, constants)
        return names

    def _take_service(self, service: Service) -> None:
        name = self._all.name(_flat(service.full_name), _OF_SERVICES)
        self._services[service.full_name] = name
        for method in service.methods:
            wanted = f"{name}_{snake(method.name)}"
            self._methods[service.full_name, method.name] = self._all.name(wanted, _OF_METHODS)


def members_of_server(service: Service) -> dict[str, str]:
    """What the function pointers of a server are called, by the names of the rpcs."""
    scope = Scope(_KEYWORDS | {"ready", "user"})
    return {method.name: scope.name(snake(method.name)) for method in service.methods}


def snake(name: str) -> str:
    """FetchGreeting -> fetch_greeting."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def guard(stem: str) -> str:
    """greeting/v1/greeting -> GREETING_V1_GREETING_PB_H."""
    return re.sub(r"\W", "_", stem, flags=re.ASCII).upper() + "_PB_H"


def _flat(full_name: str) -> str:
    flat = full_name.replace(".", "_")
    return flat + "_" if flat in _KEYWORDS else flat


def _camel(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))
