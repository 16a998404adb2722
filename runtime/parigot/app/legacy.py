"""Reads descriptors of parigot 0.3, so that its apps run as they are.

    [config.dev]                        or the one that PARIGOT_DEPLOYMENT names
    Timezone = "US/Eastern"
    SearchDir = "build"                 where relative wasm files are looked for first
    [config.dev.Timeout]
    Startup = 100                       ms, or a Go duration such as "1.5s"
    Complete = 20                       a call that is not answered by then has failed
    [config.dev.microservice.NAME]
    WasmPath, Arg, Env ("NAME=value"), and one of Server (the default), Main, Test

As in 0.3, upper and lower case in keys are the same, and unknown keys are no error. Its times did not
include the loading of modules, and ours do: they make ours longer, never shorter. Native plugins cannot be
loaded here; a service that wants one is named in a warning.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from parigot.app.descriptor import check_names, read_timezone
from parigot.app.document import Table, meant
from parigot.app.files import is_file, join
from parigot.app.model import App, GuestSpec, Limits

_CONFIG_KEYS = ("Timezone", "SearchDir", "Timeout", "Microservice")
_GUEST_KEYS = ("WasmPath", "Arg", "Env", "Main", "Test", "Server")
# Said in 0.3, and of no consequence here: there is no native code to load, and one kind of process.
_NO_EFFECT = ("Arrangement", "ArrangementName", "Size", "SizeName", "Flag")
_SILENT = ("ParigotLibPath", "ParigotLibSymbol", "TimezoneDir")  # in every descriptor of 0.3
_PLUGIN_KEYS = ("PluginPath", "PluginSymbol")
_DURATION = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)")
_UNIT_MS = {"ns": 1e-6, "us": 1e-3, "µs": 1e-3, "ms": 1, "s": 1e3, "m": 60e3, "h": 3600e3}


def is_legacy(value: Mapping[str, Any]) -> bool:
    """Whether a document is a descriptor of 0.3: a [config.NAME] table with microservices."""
    configs = value.get("config")
    return isinstance(configs, dict) and any(
        isinstance(config, dict) and any(key.lower() == "microservice" for key in config)
        for config in configs.values()
    )


def parse(document: Table, root: Path, deployment: str, *, built: bool) -> App:
    """Makes an App of a 0.3 descriptor.

    Args:
        root: the folder that relative paths start from, absolute.
        deployment: which [config.NAME] to take.
        built: whether the wasm files must be there.

    Raises:
        DescriptorError
    """
    configs = document.table("config")
    if deployment not in configs:
        configs.fail(f"there is no deployment {deployment!r}", hint=meant(deployment, configs))
    config = configs.table(deployment)
    warnings: list[str] = []
    keys = _spelling(config, (*_CONFIG_KEYS, *_NO_EFFECT, *_SILENT), warnings)
    limits = _limits(config.table(keys["Timeout"]), warnings)
    search = join(root, config.string(keys["SearchDir"]).strip() or "build")
    guests = config.table(keys["Microservice"])
    if not guests:
        config.fail(f"deployment {deployment} has no microservices")
    check_names([(guests, name) for name in guests])
    services: list[GuestSpec] = []
    programs: list[GuestSpec] = []
    for name, table in guests.tables():
        spec = _guest(table, name, root, search, limits, warnings, built)
        (services if spec.kind == "service" else programs).append(spec)
    return App(
        name=root.name or "app",
        root=root,
        path=document.file,
        services=tuple(services),
        programs=tuple(programs),
        default_programs=tuple(spec.name for spec in programs if not spec.test),
        timezone=read_timezone(config, keys["Timezone"], warnings),
        limits=limits,
        warnings=tuple(warnings),
    )


def _spelling(table: Table, known: Sequence[str], warnings: list[str]) -> dict[str, str]:
    """How the table spells each known key; as the first of them is written where it has none."""
    by_lower = {name.lower(): name for name in known}
    found = {name: name for name in known}
    for key in table:
        name = by_lower.get(key.lower())
        if name is None:
            _warn(warnings, table, key, f"unknown key {table.name(key)} is ignored. {meant(key, known)}")
        elif name in _NO_EFFECT:
            _warn(warnings, table, key, f"{table.name(key)} has no effect here")
        else:
            found[name] = key
    return found


def _warn(warnings: list[str], table: Table, key: str, what: str) -> None:
    warnings.append(f"{table.file}:{table.line(key)}: {what}")


def _limits(timeout: Table, warnings: list[str]) -> Limits:
    keys = _spelling(timeout, ("Startup", "Complete"), warnings)
    base = Limits()
    return dataclasses.replace(
        base,
        startup_ms=max(base.startup_ms, _milliseconds(timeout, keys["Startup"])),
        call_timeout_ms=max(base.call_timeout_ms, _milliseconds(timeout, keys["Complete"])),
    )


def _milliseconds(table: Table, key: str) -> int:
    if not isinstance(table.get(key), str):
        return table.integer(key, 0)
    text = table.string(key).strip()
    parts = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        table.fail(
            f"{table.name(key)} is no duration: {text!r}", key, hint='Say 100 (ms), "100ms" or "1.5s".'
        )
    total = sum(float(number) * _UNIT_MS[unit] for number, unit in parts)
    if total > 2**31 - 1:
        table.fail(f"{table.name(key)} is too long: {text}", key)
    return round(total)


def _guest(
    table: Table, name: str, root: Path, search: Path, limits: Limits, warnings: list[str], built: bool
) -> GuestSpec:
    keys = _spelling(table, (*_GUEST_KEYS, *_PLUGIN_KEYS), warnings)
    roles = [role for role in ("Server", "Main", "Test") if table.boolean(keys[role])]
    if len(roles) > 1:
        table.fail(f"{name} is marked {' and '.join(roles)}; only one of them can be", keys[roles[1]])
    server = roles in ([], ["Server"])
    plugin = table.string(keys["PluginPath"]).strip()
    if plugin:
        what = f"{name} needs the native plugin {plugin}, which we have no service for"
        _warn(warnings, table, keys["PluginPath"], what)
    return GuestSpec(
        name=name,
        kind="service" if server else "program",
        wasm=_wasm(table, keys["WasmPath"], name, root, search, warnings, built),
        args=tuple(arg.strip() for arg in table.strings(keys["Arg"])),
        env=_env(table, keys["Env"]),
        limits=limits,
        test=roles == ["Test"],
        path=table.file,
        line=table.line(),
    )


def _wasm(
    table: Table, key: str, name: str, root: Path, search: Path, warnings: list[str], built: bool
) -> Path:
    text = table.string(key).strip()
    if not text:
        table.fail(f"microservice {name} names no wasm file", *((key,) if key in table else ()))
    wanted = Path(text)
    places = [wanted] if wanted.is_absolute() else [join(search, text), join(root, text)]
    # Descriptors of 0.3 often hold the paths of a container that nobody has.
    fallback = [join(search, wanted.name), join(root, wanted.name)]
    for place in places + fallback:
        if is_file(place):
            if place not in places:
                warnings.append(
                    f"{table.file}:{table.line(key)}: there is no {text}; {place} is taken instead"
                )
            return place
    if built:
        looked = ", ".join(dict.fromkeys(str(place) for place in places + fallback))
        table.fail(f"there is no wasm file {text}", key, hint=f"It was looked for at {looked}.")
    return places[0]


def _env(table: Table, key: str) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for i, entry in enumerate(table.strings(key)):
        name, equals, value = entry.strip().partition("=")
        if not equals or not name:
            table.fail(f"{entry!r} is not an environment variable", key, i, hint='Write it as "NAME=value".')
        found[name] = value
    return tuple(found.items())
