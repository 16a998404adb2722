"""What things are called in Python."""

from __future__ import annotations

import builtins
import keyword
import re
import sys

from parigot.gen.model import Enum, Message

# Types that annotations name: an attribute of that name would hide them from type checkers.
_ANNOTATED = ("bool", "bytearray", "bytes", "dict", "float", "int", "list", "property", "str", "tuple")
_IN_MESSAGES = frozenset(
    ("encode", "decode", "_encode", "_merge", "FULL_NAME", "FIELDS", "self", *_ANNOTATED)
)
_IN_SERVICES = frozenset(("init", "ready", "exit", "log", "environ", "random", "now", "run"))
_IN_CLIENTS = frozenset(("located",))
_IN_ENUMS = frozenset(("mro", "name", "value", "error"))
# Names that the generated modules use themselves.
_IN_MODULES = frozenset(
    (
        "sdk",
        "wire",
        "annotations",
        "Any",
        "ClassVar",
        "Iterable",
        "Mapping",
        "member",
        "too_long",
        *dir(builtins),
    )
)


def module_path(stem: str) -> str:
    """Where the module of a .proto file lies: `greeting/v1/greeting` -> `greeting/v1/greeting_pb.py`.

    The well-known types lie in `google_protobuf`, beside protobuf's own `google.protobuf`; a folder that has
    the name of a module of the standard library gets an underscore, or it would hide that.
    """
    if stem.startswith("google/protobuf/"):
        stem = "google_protobuf/" + stem.removeprefix("google/protobuf/")
    parts = [_identifier(part) for part in stem.split("/")]
    parts[-1] += "_pb"
    if parts[0] in sys.stdlib_module_names:
        parts[0] += "_"
    return "/".join(parts) + ".py"


def module_name(stem: str) -> str:
    """The same for `import`."""
    return module_path(stem).removesuffix(".py").replace("/", ".")


def alias(stem: str) -> str:
    """What a module is called where another imports it."""
    return "_" + module_name(stem).replace(".", "_")


def type_name(kind: Message | Enum) -> str:
    """A class's name; nested types carry the names of those around them."""
    return _free("_".join(_identifier(part) for part in kind.path), _IN_MODULES)


def field_name(name: str) -> str:
    """A field's attribute."""
    if name.startswith("which_"):
        return _identifier(name) + "_"  # `which_x` tells of the oneof x
    return _free(_identifier(name), _IN_MESSAGES)


def oneof_name(name: str) -> str:
    """The attribute that says which field of a oneof is set."""
    return f"which_{_identifier(name)}"


def value_name(name: str) -> str:
    """A member of an enum."""
    return _free(_identifier(name), _IN_ENUMS)


def method_name(name: str, *, client: bool) -> str:
    """An rpc's method: FetchGreeting -> fetch_greeting."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
    return _free(_identifier(words), _IN_CLIENTS if client else _IN_SERVICES)


def _identifier(name: str) -> str:
    clean = re.sub(r"\W", "_", name, flags=re.ASCII)
    if clean[:1].isdigit():
        clean = "_" + clean
    return clean + "_" if keyword.iskeyword(clean) else clean


def _free(name: str, taken: frozenset[str]) -> str:
    return name + "_" if name in taken or name.startswith("__") else name
