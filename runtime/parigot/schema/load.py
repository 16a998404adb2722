"""Gathers the .proto files of an app with what they import, and builds a descriptor pool of them.

The pool is our own, never protobuf's default one: two apps, or an app and the runtime, may well have
different files of the same name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from google.protobuf import descriptor_pb2
from google.protobuf.descriptor_pool import DescriptorPool

from parigot.errors import SchemaError
from parigot.schema import builtin
from parigot.schema.compile import Unit, declare, resolve
from parigot.schema.source import parse

_MAX_FILES = 5_000
_ANCESTORS = 8  # folders above a file in which its imports are looked for


@dataclass(slots=True)
class Loaded:
    """The pool, and what parigot's options say in its files."""

    pool: DescriptorPool
    error_enums: list[str] = field(default_factory=list)
    error_id_names: dict[str, str] = field(default_factory=dict)


def load_files(protos: Sequence[Path]) -> Loaded:
    """Reads files, and all files in folders.

    Raises:
        SchemaError: with file and, where there is one, line.
    """
    gathered = _Gathered([path for path in protos if path.is_dir()])
    for path in protos:
        if path.is_dir():
            files = sorted(
                file
                for file in path.rglob("*.proto")
                if not any(part.startswith(".") for part in file.relative_to(path).parts)
            )
            if len(files) > _MAX_FILES:
                raise SchemaError(f"holds more than {_MAX_FILES:,} .proto files", path=path)
            for file in files:
                gathered.add(file)
        elif path.exists():
            gathered.add(path)
        else:
            raise SchemaError("there is no such file or folder", path=path)
    return gathered.build()


class _Gathered:
    def __init__(self, roots: list[Path]) -> None:
        self.roots = roots
        self.units: dict[Path, Unit] = {}  # by resolved path
        self.dependencies: dict[str, list[str]] = {}  # by file name
        self.built_in: dict[str, descriptor_pb2.FileDescriptorProto] = {}

    def add(self, path: Path) -> Unit:
        """Reads a file and, in turn, all that it imports."""
        queue = [path]
        for file in queue:
            key = file.resolve()
            if key in self.units:
                continue
            unit = self.units[key] = declare(parse(file))
            unit.proto.name = self._name(file, unit.proto.package)
            queue += [found for name, line in unit.imports if (found := self._look(unit, name, line))]
        return self.units[path.resolve()]

    def _name(self, file: Path, package: str) -> str:
        """The name under which others import the file."""
        for root in self.roots:
            if file.is_relative_to(root):
                return file.relative_to(root).as_posix()
        folders = Path(*package.split(".")) if package else Path()
        tail = folders / file.name
        return tail.as_posix() if file.resolve().parts[-len(tail.parts) :] == tail.parts else file.name

    def _look(self, unit: Unit, name: str, line: int) -> Path | None:
        """The file that an import means; None for a built-in one."""
        own = unit.source.path
        places = [*self.roots, *list(own.resolve().parents)[:_ANCESTORS]]
        if not name.startswith("google/protobuf/"):
            for place in places:
                if (place / name).is_file():
                    return place / name
        if name not in builtin.NAMES:
            looked = ", ".join(str(place) for place in (self.roots or places[:1]))
            unit.fail(f'cannot find the import "{name}"', line, hint=f"It was looked for in {looked}.")
        return None

    def build(self) -> Loaded:
        by_name: dict[str, Unit] = {}
        for unit in self.units.values():
            other = by_name.setdefault(unit.proto.name, unit)
            if other is not unit:
                what = f"has the same import name {unit.proto.name} as {other.source.path}"
                raise SchemaError(what, path=unit.source.path)
        for unit in self.units.values():
            for name, line in unit.imports:
                found = self._look(unit, name, line)
                unit.proto.dependency.append(self.units[found.resolve()].proto.name if found else name)
            self.dependencies[unit.proto.name] = list(unit.proto.dependency)
        for name in builtin.NAMES:
            if name not in by_name:
                proto = descriptor_pb2.FileDescriptorProto.FromString(builtin.descriptor_bytes(name))
                self.built_in[name] = proto
                self.dependencies[name] = list(proto.dependency)
        symbols = self._symbols()
        for unit in self.units.values():
            resolve(unit, symbols, self._visible(unit))
        return self._pool(by_name)

    def _symbols(self) -> dict[str, tuple[str, str]]:
        symbols: dict[str, tuple[str, str]] = {}
        for name, proto in self.built_in.items():
            for full, kind in _declared(proto):
                symbols[full] = (kind, name)
        owners: dict[str, Unit] = {}
        for unit in self.units.values():
            for full, kind in unit.symbols.items():
                other = owners.setdefault(full, unit)
                if other is not unit:
                    place = f"{other.source.path}:{other.lines[full]}"
                    unit.fail(f"{full} is already declared in {place}", unit.lines[full])
                symbols[full] = (kind, unit.proto.name)
        return symbols

    def _visible(self, unit: Unit) -> set[str]:
        """The file itself, its imports, and what those import publicly."""
        public: dict[str, list[str]] = {}
        for proto in (*self.built_in.values(), *(other.proto for other in self.units.values())):
            public[proto.name] = [proto.dependency[i] for i in proto.public_dependency]
        found = {unit.proto.name, *unit.proto.dependency}
        queue = list(unit.proto.dependency)
        for name in queue:
            for further in public.get(name, []):
                if further not in found:
                    found.add(further)
                    queue.append(further)
        return found

    def _pool(self, by_name: dict[str, Unit]) -> Loaded:
        loaded = Loaded(DescriptorPool())
        for name in self._in_order(by_name):
            unit = by_name.get(name)
            proto = unit.proto if unit else self.built_in[name]
            try:
                loaded.pool.AddSerializedFile(proto.SerializeToString())
                loaded.pool.FindFileByName(name)
            except (TypeError, ValueError, KeyError) as error:
                if unit is None:
                    continue  # the app has declared a built-in type on its own; its word counts
                self._refused(unit, str(error))
            if unit:
                loaded.error_enums += unit.error_enums
                loaded.error_id_names.update(unit.error_id_names)
        return loaded

    def _in_order(self, by_name: dict[str, Unit]) -> list[str]:
        """Every file behind those it imports; the app's files first, so that theirs win."""
        order: dict[str, None] = {}
        for start in (*by_name, *self.built_in):
            open_: dict[str, None] = {}
            stack = [(start, iter(self.dependencies[start]))] if start not in order else []
            open_[start] = None
            while stack:
                name, rest = stack[-1]
                for needed in rest:
                    if needed in open_:
                        path = " -> ".join([*open_, needed])
                        unit = by_name[name]
                        line = dict(unit.imports).get(needed, 1)
                        unit.fail(f"imports in a circle: {path}", line)
                    if needed not in order:
                        open_[needed] = None
                        stack.append((needed, iter(self.dependencies[needed])))
                        break
                else:
                    order[name] = None
                    open_.pop(name)
                    stack.pop()
        return list(order)

    def _refused(self, unit: Unit, message: str) -> None:
        """What protobuf says of a file that we found nothing wrong with."""
        what = re.sub(r"^Couldn't (build|parse) .*?: ", "", message.strip("'\""))
        named = [word for word in re.findall(r"[\w.]+", what) if word in unit.lines]
        line = unit.lines[max(named, key=len)] if named else None
        raise SchemaError(what, path=unit.source.path, line=line)


def _declared(proto: descriptor_pb2.FileDescriptorProto) -> list[tuple[str, str]]:
    """Full names and kinds of the types of a file."""
    found: list[tuple[str, str]] = []
    stack = [(proto.package, list(proto.message_type), list(proto.enum_type))]
    while stack:
        scope, messages, enums = stack.pop()
        found += [(f"{scope}.{enum.name}", "enum") for enum in enums]
        for message in messages:
            found.append((f"{scope}.{message.name}", "message"))
            stack.append((f"{scope}.{message.name}", list(message.nested_type), list(message.enum_type)))
    return found
