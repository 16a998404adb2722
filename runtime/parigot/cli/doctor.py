"""`parigot doctor [APP]`: which toolchains are there, how to get the others, and what an app lacks.

With `--format json` it prints one object:

    {"parigot": version, "python": version, "platform": name,
     "checks": [{"name": word, "state": "ok" | "missing" | "warning", "found": text, "use": what it is for,
                 "hint": what to do, "needed": whether the app cannot do without} …],
     "app": name or null, "problems": [sentence …]}
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import platform
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal, TextIO

from parigot import __version__
from parigot.app import App
from parigot.app.load import load
from parigot.build.generated import FOLDER, languages
from parigot.build.languages import LANGUAGES, can_build, language
from parigot.errors import BuildError
from parigot.gen import protoc

_EXTRAS = {
    "c": ("c", "guests in C"),
    "go": ("go", "guests in Go"),
    "python": ("wasm", "Python guests as wasm"),
}
_LEAST_COLUMNS, _LEAST_ROWS = 80, 24
_WORDS = {"ok": "ok", "missing": "missing", "warning": "look at"}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; fields as in the JSON that the module's docstring describes."""

    name: str
    state: Literal["ok", "missing", "warning"]
    found: str
    use: str
    hint: str = ""
    needed: bool = False


def add_parser(subparsers: Any) -> None:
    """Adds the command's arguments."""
    parser = subparsers.add_parser(
        "doctor",
        help="which toolchains are there, and how to get those that are not",
        description="Looks at what parigot can use on this machine. With an app, exit code 1 if something "
        "is missing that the app needs.",
    )
    parser.add_argument("app", metavar="APP", nargs="?", help="a folder or a descriptor")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(arguments: argparse.Namespace) -> int:
    """Runs the command."""
    app = load(arguments.app, built=False) if arguments.app is not None else None
    needed, problems = needs(app) if app is not None else (set(), [])
    checks = [
        dataclasses.replace(check, needed=check.name in needed)
        for check in (*toolchains(), cache(os.environ), terminal(sys.stdout, os.environ))
    ]
    lacking = [check for check in checks if check.needed and check.state == "missing"]
    print(to_json(checks, app, problems) if arguments.format == "json" else to_text(checks, app, problems))
    return 1 if lacking or problems else 0


def toolchains() -> list[Check]:
    """What is installed."""
    found = [
        Check("runtime", "ok", f"Python {platform.python_version()}", "running apps"),
        _package("wasmtime", "wasmtime", "running guests", "pip install --upgrade parigot-studio"),
    ]
    for name in filter(can_build, LANGUAGES):
        extra, use = _EXTRAS[name]
        try:
            made = language(name).version()
        except BuildError:
            made = ""
        found.append(_check(name, made, use, f"pip install 'parigot-studio[{extra}]'"))
    made = protoc.version() and f"grpcio-tools {protoc.version()}"
    found.append(_check("gen", made, "code from .proto files", "pip install 'parigot-studio[gen]'"))
    found.append(
        _package("debug", "debugpy", "Python guests in VS Code", "pip install 'parigot-studio[debug]'")
    )
    return found


def _check(name: str, found: str, use: str, hint: str) -> Check:
    return Check(name, "ok", found, use) if found else Check(name, "missing", "", use, hint)


def _package(name: str, package: str, use: str, hint: str) -> Check:
    try:
        return _check(name, f"{package} {version(package)}", use, hint)
    except PackageNotFoundError:
        return _check(name, "", use, hint)


def cache(environment: Mapping[str, str]) -> Check:
    """Whether compiled guests can be kept between runs."""
    home = environment.get("HOME") or os.path.expanduser("~")
    if sys.platform == "darwin":
        folder = Path(home, "Library", "Caches", "BytecodeAlliance.wasmtime")
    else:
        folder = Path(environment.get("XDG_CACHE_HOME") or Path(home, ".cache"), "wasmtime")
    use = "large guests start fast"
    there = next((path for path in (folder, *folder.parents) if path.exists()), Path("/"))
    if there.is_dir() and os.access(there, os.W_OK):
        return Check("cache", "ok", str(folder), use)
    return Check(
        "cache", "warning", f"{there} cannot be written", use, "Set XDG_CACHE_HOME to a folder that can."
    )


def terminal(stream: TextIO, environment: Mapping[str, str]) -> Check:
    """Whether the studio looks as it should here."""
    use = "the studio"
    if not stream.isatty():
        return Check("terminal", "warning", "none", use, "Run `parigot doctor` in the terminal to be used.")
    columns, rows = shutil.get_terminal_size()
    term = environment.get("TERM", "")
    found = f"{term or 'of no known kind'}, {columns} x {rows}"
    if term in ("", "dumb"):
        return Check("terminal", "warning", found, use, "Set TERM, for example to xterm-256color.")
    if "utf" not in (stream.encoding or "").lower():
        return Check("terminal", "warning", f"{found}, no UTF-8", use, "Set LANG, for example to C.UTF-8.")
    if columns < _LEAST_COLUMNS or rows < _LEAST_ROWS:
        return Check("terminal", "warning", found, use, f"Best from {_LEAST_COLUMNS} x {_LEAST_ROWS}.")
    colours = (
        "24-bit colours" if environment.get("COLORTERM") in ("truecolor", "24bit") else "256 colours or less"
    )
    if environment.get("NO_COLOR"):
        colours = "no colours (NO_COLOR is set)"
    return Check("terminal", "ok", f"{found}, {colours}", use)


def needs(app: App) -> tuple[set[str], list[str]]:
    """Names of the checks that an app cannot do without, and what else is in its way."""
    needed = {"runtime", "wasmtime"}
    problems = []
    for spec in app.guests:
        if spec.python is not None or spec.wasm.is_file():
            continue
        if spec.build is None:
            problems.append(
                f"{spec.name}: there is no {spec.wasm}, and no `build` entry that says how it is made"
            )
        elif spec.build.language and not can_build(spec.build.language):
            problems.append(f"{spec.name}: this version cannot build guests in {spec.build.language}")
        elif spec.build.language:
            needed.add(spec.build.language)
    if app.protos:
        sources = protoc.find_sources(app.protos)
        without = [name for name in languages(app) if not (app.root / FOLDER / name).is_dir()]
        if sources.names and without:
            needed.add("gen")
    return needed, problems


def to_json(checks: list[Check], app: App | None, problems: list[str]) -> str:
    """The object that the module's docstring describes."""
    value = {
        "parigot": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "checks": [dataclasses.asdict(check) for check in checks],
        "app": app.name if app else None,
        "problems": problems,
    }
    return json.dumps(value, indent=2, ensure_ascii=False)


def to_text(checks: list[Check], app: App | None, problems: list[str]) -> str:
    """For people."""
    rows = [f"parigot {__version__} on {platform.system()} {platform.machine()}", ""]
    widths = [
        max(len(part) for part in column) for column in zip(*((c.name, c.found) for c in checks), strict=True)
    ]
    for check in checks:
        row = (
            f"  {_WORDS[check.state]:<7}  {check.name:<{widths[0]}}  {check.found:<{widths[1]}}  {check.use}"
        )
        rows.append(row.rstrip())
        if check.hint:
            rows.append(f"  {'':<7}  {'':<{widths[0]}}  {check.hint}")
    if app is not None:
        lacking = [check for check in checks if check.needed and check.state == "missing"]
        rows.append("")
        rows += [f"{app.name} needs {check.name} ({check.use}). {check.hint}" for check in lacking]
        rows += problems
        if not lacking and not problems:
            rows.append(f"{app.name} has all that it needs")
    return "\n".join(rows)
