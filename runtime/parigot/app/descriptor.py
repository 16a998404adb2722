"""Reads `parigot.toml`.

[app]               name, protos, timezone, default, generate
[service.NAME]      wasm or python, args, env, replicas, limits, build
[program.NAME]      the same without replicas
[limits]            for all guests; a guest's own `limits` come on top
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from parigot.app.document import Table, meant
from parigot.app.files import exists, is_file, join
from parigot.app.model import App, BuildSpec, GuestSpec, Limits, PythonSpec

Kind = Literal["service", "program"]

_KINDS: tuple[Kind, Kind] = ("service", "program")
_APP_KEYS = ("name", "protos", "timezone", "default", "generate")
_GUEST_KEYS = ("wasm", "python", "args", "env", "replicas", "limits", "build")
_BUILD_KEYS = ("language", "sources", "flags")
_SOURCES = {"c": '["main.c"]', "go": '["FOLDER"]', "python": '["FILE.py:CLASS"]'}  # by language, an example
_LANGUAGES = tuple(_SOURCES)
_PYTHON_CLASS = r".+\.py:[^\W\d]\w*"
_OURS = ("HOSTID_HIGH", "HOSTID_LOW")  # environment that the runtime gives each guest
_MAX_REPLICAS = 1_000
_MAX_MEMORY_MB = 4_096  # all that a 32-bit guest can address


def parse(document: Table, root: Path, *, built: bool) -> App:
    """Makes an App of a parigot.toml.

    Args:
        root: the folder that relative paths start from, absolute.
        built: whether the wasm files must be there.

    Raises:
        DescriptorError
    """
    document.only(("app", "service", "program", "limits"))
    head = document.table("app")
    head.only(_APP_KEYS)
    limits = read_limits(document.table("limits"), Limits())
    tables = (document.table("service"), document.table("program"))
    if not any(tables):
        document.fail("describes no services and no programs", hint="Add a [program.NAME] with a wasm file.")
    check_names([(table, name) for table in tables for name in table])
    services = tuple(
        _guest(table, name, "service", root, limits, built) for name, table in tables[0].tables()
    )
    programs = tuple(
        _guest(table, name, "program", root, limits, built) for name, table in tables[1].tables()
    )
    warnings: list[str] = []
    return App(
        name=head.string("name") or root.name or "app",
        root=root,
        path=document.file,
        services=services,
        programs=programs,
        default_programs=_default(head, [spec.name for spec in programs]),
        protos=_protos(head, root),
        generate=_generate(head),
        timezone=read_timezone(head, "timezone", warnings),
        limits=limits,
        warnings=tuple(warnings),
    )


def check_names(entries: Sequence[tuple[Table, str]]) -> None:
    """Checks the names of all guests, each given with the table whose key it is.

    Raises:
        DescriptorError: a name would not do in logs and traces, or is there twice.
    """
    seen: dict[str, tuple[str, int]] = {}
    for table, name in sorted(entries, key=lambda entry: entry[0].line(entry[1])):
        if not re.fullmatch(r"[A-Za-z0-9_-]+", name):
            hint = "Names are made of letters, digits, _ and -."
            table.fail(f"{name!r} is not a name for a service or program", name, hint=hint)
        if name.lower() == "parigot":
            table.fail(f"the name {name} is taken: it marks the runtime's own log lines", name)
        if name.lower() in seen:
            other, line = seen[name.lower()]
            same = other == name
            hint = "" if same else "Names that differ only in upper and lower case are too easily confused."
            table.fail(f"the name {other} is already used in line {line}", name, hint=hint)
        seen[name.lower()] = (name, table.line(name))


def _guest(table: Table, name: str, kind: Kind, root: Path, limits: Limits, built: bool) -> GuestSpec:
    if kind == "program" and "replicas" in table:
        table.fail(f"{table.name('replicas')}: only services have replicas", "replicas")
    table.only(key for key in _GUEST_KEYS if kind == "service" or key != "replicas")
    python = _python(table, name, root)
    build = _build(table, root)
    wasm = python.path if python is not None else _wasm(table, name, kind, root, build, built)
    return GuestSpec(
        name=name,
        kind=kind,
        wasm=wasm,
        args=table.strings("args"),
        env=_env(table),
        replicas=table.integer("replicas", 1, 1, _MAX_REPLICAS),
        limits=read_limits(table.table("limits"), limits),
        build=build,
        python=python,
        path=table.file,
        line=table.line(),
    )


def _wasm(table: Table, name: str, kind: Kind, root: Path, build: BuildSpec | None, built: bool) -> Path:
    relative = table.string("wasm")
    if not relative:
        where = ("wasm",) if "wasm" in table else ()
        hint = f'Add wasm = "{name}.wasm", or python = "FILE.py:CLASS".'
        table.fail(f"{kind} {name} names no wasm file", *where, hint=hint)
    wasm = join(root, relative)
    if built and not is_file(wasm):
        if exists(wasm):
            table.fail(f"{relative} is a folder, not a wasm file", "wasm")
        hint = (
            f"Make it with: parigot build {document_name(table.file)}"
            if build
            else f"It was looked for at {wasm}. A `build` entry would say how it is made."
        )
        table.fail(f"there is no wasm file {relative}", "wasm", hint=hint)
    return wasm


def _python(table: Table, name: str, root: Path) -> PythonSpec | None:
    """The class that runs in process, if the table names one."""
    if "python" not in table:
        return None
    for other in ("wasm", "build"):
        if other in table:
            hint = "With `python` it runs in process as it is; with `wasm` it is a module of its own."
            table.fail(f"{table.name()} has both `python` and `{other}`", other, hint=hint)
    text = table.string("python")
    if not re.fullmatch(_PYTHON_CLASS, text):
        hint = f'Say python = "{name}.py:CLASS".'
        table.fail(f"{text!r} does not name a class in a Python file", "python", hint=hint)
    relative, _, kind = text.rpartition(":")
    path = join(root, relative)
    if not is_file(path):
        what = f"{relative} is a folder" if exists(path) else f"there is no Python file {relative}"
        table.fail(what, "python", hint=f"It was looked for at {path}.")
    return PythonSpec(path, kind)


def document_name(file: Path) -> str:
    """What to type for the app of a descriptor: its folder where that is enough."""
    return str(file.parent) if file.name == "parigot.toml" else str(file)


def _build(table: Table, root: Path) -> BuildSpec | None:
    if "build" not in table:
        return None
    if isinstance(table["build"], str):
        command = table.string("build").strip()
        if not command:
            table.fail(f"{table.name('build')} is an empty command", "build")
        return BuildSpec(command=command)
    if not isinstance(table["build"], dict):
        hint = 'Say build = "make" or build = { language = "c", sources = ["main.c"] }.'
        table.fail(f"{table.name('build')} must be a command or a table", "build", hint=hint)
    build = table.table("build")
    build.only(_BUILD_KEYS)
    language = build.string("language")
    if not language:
        build.fail(f"{build.name()} names no language", hint=f"Known: {', '.join(_LANGUAGES)}.")
    if language not in _LANGUAGES:
        build.fail(f"unknown language {language!r}", "language", hint=meant(language, _LANGUAGES))
    sources = build.strings("sources")
    if not sources:
        build.fail(f"{build.name()} names no sources", hint=f"Add sources = {_SOURCES[language]}.")
    if language != "c" and len(sources) > 1:
        hint = f"Say sources = {_SOURCES[language]}; what it imports comes along."
        build.fail(f"a guest in {language} has one source", "sources", 1, hint=hint)
    if language == "python" and not re.fullmatch(_PYTHON_CLASS, sources[0]):
        hint = f"Say sources = {_SOURCES[language]}."
        build.fail(f"{sources[0]!r} does not name a class in a Python file", "sources", 0, hint=hint)
    return BuildSpec(
        language=language,
        sources=tuple(join(root, source) for source in sources),
        flags=build.strings("flags"),
    )


def _env(table: Table) -> tuple[tuple[str, str], ...]:
    env = table.table("env")
    for name in env:
        if not name or "=" in name or "\0" in name:
            env.fail(f"{name!r} cannot be the name of an environment variable", name)
        if name in _OURS:
            env.fail(f"{name} is set by the runtime for each guest", name)
    return tuple((name, env.string(name)) for name in env)


def read_limits(table: Table, base: Limits) -> Limits:
    """The limits of a table on top of others."""
    names = [field.name for field in dataclasses.fields(Limits)]
    table.only(names)
    found = {}
    for name in names:
        if name in table:
            size = name in ("memory_mb", "message_kb")
            most = _MAX_MEMORY_MB if name == "memory_mb" else 2**31 - 1
            found[name] = table.integer(name, 0, 1 if size else 0, most)
    return dataclasses.replace(base, **found)


def _default(head: Table, programs: list[str]) -> tuple[str, ...]:
    if "default" not in head:
        return tuple(programs[:1])
    single = isinstance(head["default"], str)
    names = (head.string("default"),) if single else head.strings("default")
    for i, name in enumerate(names):
        if name not in programs:
            where = ("default",) if single else ("default", i)
            head.fail(f"there is no program {name!r} to run by default", *where, hint=meant(name, programs))
    return tuple(dict.fromkeys(names))


def _protos(head: Table, root: Path) -> tuple[Path, ...]:
    found = []
    for i, relative in enumerate(head.strings("protos")):
        path = join(root, relative)
        if not exists(path):
            head.fail(
                f"there is no file or folder {relative}", "protos", i, hint=f"It was looked for at {path}."
            )
        found.append(path)
    return tuple(found)


def _generate(head: Table) -> tuple[str, ...] | None:
    if "generate" not in head:
        return None
    names = head.strings("generate")
    for i, name in enumerate(names):
        if name not in _LANGUAGES:
            hint = meant(name, _LANGUAGES)
            head.fail(f"there is no generator for the language {name!r}", "generate", i, hint=hint)
    return tuple(dict.fromkeys(names))


def read_timezone(table: Table, key: str, warnings: list[str]) -> str:
    """The time zone that guests are told; one that we do not know is passed on with a warning."""
    zone = table.string(key, "UTC").strip()
    if not zone or not zone.isprintable():
        table.fail(f"{table.name(key)} must name a time zone, such as Europe/Paris", key)
    if zone != "UTC":
        import zoneinfo  # slow to load, and most apps do not ask

        try:
            zoneinfo.ZoneInfo(zone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            # Guests may carry a database of their own, so this is no error.
            warnings.append(f"{table.file}:{table.line(key)}: the time zone {zone} is not known here")
    return zone
