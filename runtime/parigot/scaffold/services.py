"""What a new service or program adds to an app: files, and changes of files that are there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from parigot.app import App
from parigot.gen.python.names import module_name
from parigot.scaffold.apps import program_values
from parigot.scaffold.descriptor import add_guest, add_protos
from parigot.scaffold.names import pascal, snake
from parigot.scaffold.templates import fill

LANGUAGES = ("c", "go", "python")

_GO_MODULE = "go.mod"
_GO_VERSION = "1.24"
_GO_GENERATED = "\nrequire gen v0.0.0\n\nreplace gen => ./gen/go\n"
_MARKERS = {"imports": "Imports of services", "clients": "Clients", "calls": "Calls"}
_MARKER = r"(?m)^([ \t]*)# {}: `parigot new service` adds them here\.$"


@dataclass(slots=True)
class Addition:
    """What to write, by path in the app's folder.

    Attributes:
        files: new ones.
        changes: ones that are there, with their new text.
        notes: what a person should know.
    """

    files: dict[str, str] = field(default_factory=dict)
    changes: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A guest to add.

    Attributes:
        name: as the descriptor will have it.
        language: one of `LANGUAGES`.
        wasm: a Python guest as wasm, not in process; guests in other languages are always wasm.
    """

    name: str
    language: str
    wasm: bool = False

    @property
    def entries(self) -> list[str]:
        """Lines of its table in the descriptor."""
        folder, wasm = snake(self.name), f'wasm = "build/{self.name}.wasm"'
        source = f"{folder}/{folder}.py:{pascal(self.name)}"
        if self.language == "python" and not self.wasm:
            return [f'python = "{source}"']
        sources = {"c": f"{folder}/{folder}.c", "go": folder, "python": source}[self.language]
        return [wasm, f'build = {{ language = "{self.language}", sources = ["{sources}"] }}']

    @property
    def source(self) -> str:
        """Where its source goes."""
        folder = snake(self.name)
        name = {"c": f"{folder}.c", "go": "main.go", "python": f"{folder}.py"}[self.language]
        return f"{folder}/{name}"


def add_program(app: App, wanted: Wanted, read: Callable[[str], str | None]) -> Addition:
    """A program that says that it runs; one in Python calls the services that are added later.

    Args:
        read: the text of a file in the app's folder; None if there is none.

    Raises:
        ValueError: the descriptor has no place for it.
    """
    added = Addition()
    values = {"app": app.name, **program_values(wanted.name, f"{wanted.name} is running")}
    added.files[wanted.source] = fill(f"program/{wanted.language}", values)
    _add_go_module(app, wanted, added, read, generated=bool(app.protos))
    added.changes[app.path.name] = add_guest(
        _text(read, app.path.name), "program", wanted.name, wanted.entries
    )
    _add_test(added, f"tests/test_{values['snake']}.py", fill("app/test_program.py", values), read)
    return added


def add_service(
    app: App, wanted: Wanted, read: Callable[[str], str | None], *, own_program: bool = False
) -> Addition:
    """A service with its .proto, and a program that calls it: one that is there, if it can be, or a new one.

    Args:
        read: the text of a file in the app's folder; None if there is none.
        own_program: a new program in any case.

    Raises:
        ValueError: the descriptor has no place for it.
    """
    added = Addition()
    folder = snake(wanted.name)
    values = {
        "app": app.name,
        "name": wanted.name,
        "snake": folder,
        "service": pascal(wanted.name),
        "package": f"{folder}.v1",
        "prefix": f"{folder}_v1",
        # Not always the package: a folder may have the name of a module of Python's own.
        "module": module_name(f"{folder}/v1/{folder}"),
    }
    descriptor = _text(read, app.path.name)
    protos = _proto_folder(app)
    if protos is None:
        protos = "proto"
        descriptor = add_protos(descriptor, protos)
    added.files[f"{protos}/{folder}/v1/{folder}.proto"] = fill("service/proto", values)
    added.files[wanted.source] = fill(f"service/{wanted.language}", values)
    _add_go_module(app, wanted, added, read, generated=True)
    descriptor = add_guest(descriptor, "service", wanted.name, wanted.entries)
    program = None if own_program else _program_that_takes_calls(app, read)
    if program is not None:
        name, path = program
        text = _text(read, path)
        added.changes[path] = _with_calls(text, name, values)
    else:
        caller = Wanted(f"call-{wanted.name}", "python")
        name = caller.name
        text = fill("program/python", program_values(name, f"{name} is running"))
        added.files[caller.source] = _with_calls(text, name, values)
        descriptor = add_guest(descriptor, "program", name, caller.entries)
    added.changes[app.path.name] = descriptor
    test = fill("app/test_service.py", {**values, "program": name})
    _add_test(added, f"tests/test_{folder}.py", test, read)
    return added


def _proto_folder(app: App) -> str | None:
    """The first folder of .proto files within the app's."""
    for path in app.protos:
        if path.is_dir() and path.is_relative_to(app.root):
            return path.relative_to(app.root).as_posix()
    return None


def _program_that_takes_calls(app: App, read: Callable[[str], str | None]) -> tuple[str, str] | None:
    """(name, source) of a Python program that still has the places where services are added."""
    for spec in sorted(app.programs, key=lambda spec: spec.name not in app.default_programs):
        if spec.python is None or not spec.python.path.is_relative_to(app.root):
            continue
        path = spec.python.path.relative_to(app.root).as_posix()
        text = read(path)
        if text and all(re.search(_MARKER.format(words), text) for words in _MARKERS.values()):
            return spec.name, path
    return None


def _with_calls(text: str, program: str, values: Mapping[str, str]) -> str:
    """A Python program that also calls the service."""
    package, _, module = values["module"].rpartition(".")
    client = values["snake"]
    lines = {
        "imports": [f"from {package} import {module}"],
        "clients": [f"{client}: {module}.{values['service']}Client"],
        "calls": [
            f'reply = await self.{client}.hello({module}.HelloRequest(name="{program}"))',
            f'print(f"{values["name"]} says: {{reply.text}}")',
        ],
    }
    for place, words in _MARKERS.items():
        text = re.sub(
            _MARKER.format(words),
            lambda found, place=place: (
                "".join(  # type: ignore[misc]
                    f"{found[1]}{line}\n" for line in lines[place]
                )
                + found[0]
            ),
            text,
            count=1,
        )
    return text


def _add_go_module(
    app: App, wanted: Wanted, added: Addition, read: Callable[[str], str | None], *, generated: bool
) -> None:
    """The app's go.mod: Go finds generated code by it, from the first service on."""
    uses = any(spec.build is not None and spec.build.language == "go" for spec in app.guests)
    there = read(_GO_MODULE)
    if there is None and wanted.language == "go":
        name = re.sub(r"[^a-z0-9]", "", app.root.name.lower()).lstrip("0123456789") or "app"
        text = f"module {'app' if name == 'gen' else name}\n\ngo {_GO_VERSION}\n"
        added.files[_GO_MODULE] = text + (_GO_GENERATED if generated else "")
    elif there is not None and generated and "gen =>" not in there and (uses or wanted.language == "go"):
        added.changes[_GO_MODULE] = there.rstrip("\n") + "\n" + _GO_GENERATED


def _add_test(added: Addition, path: str, text: str, read: Callable[[str], str | None]) -> None:
    conftest = "tests/conftest.py"
    there = read(conftest)
    if there is None:
        added.files[conftest] = fill("app/conftest.py", {})
    elif "def run(" not in there:
        added.notes.append(f"no test was added: {conftest} has no fixture `run`, as that of a new app has")
        return
    added.files[path] = text


def _text(read: Callable[[str], str | None], path: str) -> str:
    return read(path) or ""
