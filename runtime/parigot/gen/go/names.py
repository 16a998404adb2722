"""What things are called in Go, and where they are."""

from __future__ import annotations

import re

from parigot.gen.model import Enum, Field, File, Kind, Message, Schema
from parigot.gen.writer import Writer

_WORDS = (
    "break case chan const continue default defer else fallthrough for func go goto if import interface map "
    "package range return select struct switch type var main internal vendor parigot wire strconv"
)
_KEYWORDS = frozenset(_WORDS.split())
_METHODS = {"FullName", "WriteTo", "MergeFrom", "Marshal", "Unmarshal"}


def camel(name: str) -> str:
    """A name as Go exports it: fetch_greeting and fetchGreeting are FetchGreeting."""
    made = re.sub(r"_+([a-z0-9])", lambda found: found[1].upper(), name)
    made = made if made[:1].isalpha() else f"X{made}"
    return made[0].upper() + made[1:]


def comment(writer: Writer, text: str, otherwise: str = "") -> None:
    """Writes a comment, escaped to ASCII."""
    for line in (text.strip("\n") or otherwise).split("\n") if text.strip() or otherwise else ():
        clean = line.rstrip().encode("ascii", "backslashreplace").decode()
        writer.line(f"// {clean.lstrip()}".rstrip())


class Names:
    """Names of one run of the generator, and the imports of the file that is being written.

    Raises:
        ValueError: two things would have the same name in Go, or packages import each other.
    """

    def __init__(self, schema: Schema, module: str) -> None:
        self._schema = schema
        self._module = module
        self._used: dict[str, None] = {}
        self._here = ""
        self._taken: dict[tuple[str, str], str] = {}
        self._paths: dict[str, str] = {}
        self.fields: dict[int, str] = {}  # by id of a Field: its name in the struct
        self.oneofs: dict[tuple[str, str], str] = {}  # by message and oneof
        self.members: dict[int, str] = {}  # by id of a Field: the type that holds it in its oneof
        self._claim_all()
        self._check_cycles()

    def package(self, package: str) -> str:
        """greeting.v1 is greetingv1."""
        parts = package.split(".") if package else ["pb"]
        versioned = len(parts) > 1 and re.fullmatch(r"v\d+\w*", parts[-1])
        name = "".join(parts[-2:]) if versioned else parts[-1]
        name = name.replace("_", "").lower()
        return f"{name}pb" if name in _KEYWORDS or name == "sdk" else name

    def folder(self, package: str) -> str:
        """greeting.v1 is in greeting/v1."""
        parts = package.split(".") if package else ["pb"]
        return "/".join(f"{part}_" if part in _KEYWORDS else part for part in parts)

    def path(self, file: File) -> str:
        """Where the code of a file goes."""
        path = f"{self.folder(file.package)}/{file.stem.rpartition('/')[2]}.pb.go"
        if self._paths.setdefault(path, file.name) != file.name:
            path = f"{self.folder(file.package)}/{file.stem.replace('/', '_')}.pb.go"
        return path

    def begin(self, file: File) -> None:
        """The next names are written in the code of this file."""
        self._here = file.package
        self._used = {}

    def imports(self) -> list[str]:
        """What the file must import, as lines; the standard library first."""
        lines = sorted(self._used, key=lambda line: line.partition('"')[2])  # by path, as gofmt has it
        ours = [line for line in lines if "/" in line]
        plain = [line for line in lines if "/" not in line]
        return [*plain, *([""] if plain and ours else []), *ours]

    def sdk(self) -> str:
        """The SDK's package, imported."""
        self._used[f'"{self._module}/parigot"'] = None
        return "parigot"

    def wire(self) -> str:
        """The package of the wire format, imported."""
        self._used[f'"{self._module}/parigot/wire"'] = None
        return "wire"

    def standard(self, package: str) -> str:
        """A package of the standard library, imported."""
        self._used[f'"{package}"'] = None
        return package

    def type(self, thing: Message | Enum) -> str:
        """A message's or an enum's type, with its package where it is not this one."""
        name = "_".join(camel(part) for part in thing.path)
        package = self._schema.files[thing.file].package
        if package == self._here:
            return name
        short = self._alias(package)
        self._used[f'{short} "{self._module}/{self.folder(package)}"'] = None
        return f"{short}.{name}"

    def _alias(self, package: str) -> str:
        return package.replace("_", "__").replace(".", "_") + "_"

    def of(self, field: Field) -> str:
        """The Go type of one value of a field; messages without the star."""
        if field.message is not None:
            return self.type(field.message)
        if field.enum is not None:
            return self.type(field.enum)
        return SCALARS[field.kind]

    def claim(self, package: str, name: str, what: str) -> None:
        """Notes that a package has this name.

        Raises:
            ValueError: it has it already.
        """
        other = self._taken.setdefault((self.folder(package), name), what)
        if other != what:
            raise ValueError(f"{what} and {other} both become {name} in Go: give one another name")

    def _claim_all(self) -> None:
        # Only what is to be written: what others look like does not matter.
        for file in self._schema.to_generate:
            package = file.package
            for enum in file.all_enums():
                name = "_".join(camel(part) for part in enum.path)
                self.claim(package, name, f"{enum.location}: enum {enum.name}")
                prefix = "_".join(camel(part) for part in enum.path[:-1]) or name
                for value in enum.values:
                    self.claim(package, f"{prefix}_{value.name}", f"{value.location}: value {value.name}")
            for message in file.all_messages():
                name = "_".join(camel(part) for part in message.path)
                self.claim(package, name, f"{message.location}: message {message.name}")
            for service in file.services:
                name = camel(service.name)
                made = (f"{name}Name", f"{name}Client", f"{name}Server", f"Unimplemented{name}")
                for one in (*made, f"MustLocate{name}", f"MustServe{name}", f"MustRun{name}"):
                    self.claim(package, one, f"{service.location}: service {service.name}")
                for method in service.methods:
                    one = f"{name}{camel(method.name)}Future"
                    self.claim(package, one, f"{method.location}: rpc {method.name}")
        for file in self._schema.to_generate:
            for message in file.all_messages():
                self._claim_fields(file.package, message)

    def _claim_fields(self, package: str, message: Message) -> None:
        used = set(_METHODS)
        owner = "_".join(camel(part) for part in message.path)

        def fresh(name: str) -> str:
            while name in used:
                name += "_"
            used.add(name)
            return name

        for field in message.fields:
            if not field.oneof:
                self.fields[id(field)] = fresh(camel(field.name))
        for oneof in message.oneofs:
            self.oneofs[message.full_name, oneof.name] = fresh(camel(oneof.name))
            for field in oneof.fields:
                name = f"{owner}_{camel(field.name)}"
                while (self.folder(package), name) in self._taken:
                    name += "_"
                self.claim(package, name, f"{field.location}: field {field.name}")
                self.members[id(field)] = name
                self.fields[id(field)] = camel(field.name)

    def _check_cycles(self) -> None:
        edges: dict[str, dict[str, None]] = {}
        for file in self._schema.to_generate:
            here = edges.setdefault(file.package, {})
            for name in file.imports:
                other = self._schema.files[name].package
                if other != file.package:
                    here[other] = None
        done: set[str] = set()
        for start in edges:
            path: list[str] = []
            rest = [(start, iter(edges.get(start, ())))]
            while rest:
                package, more = rest[-1]
                if len(path) < len(rest):
                    path.append(package)
                following = next(more, None)
                if following is None:
                    done.add(package)
                    rest.pop()
                    path.pop()
                elif following in path:
                    ring = " -> ".join([*path[path.index(following) :], following])
                    raise ValueError(f"packages import each other, which Go does not allow: {ring}")
                elif following not in done:
                    rest.append((following, iter(edges.get(following, ()))))


SCALARS = {
    Kind.DOUBLE: "float64",
    Kind.FLOAT: "float32",
    Kind.INT64: "int64",
    Kind.UINT64: "uint64",
    Kind.INT32: "int32",
    Kind.FIXED64: "uint64",
    Kind.FIXED32: "uint32",
    Kind.BOOL: "bool",
    Kind.STRING: "string",
    Kind.BYTES: "[]byte",
    Kind.UINT32: "uint32",
    Kind.SFIXED32: "int32",
    Kind.SFIXED64: "int64",
    Kind.SINT32: "int32",
    Kind.SINT64: "int64",
}
