"""`parigot new APP`, `parigot new service NAME`, `parigot new program NAME`: what builds and runs at once."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from parigot.app import App
from parigot.app.load import load
from parigot.build.generated import FOLDER, bring_up_to_date
from parigot.build.languages import can_build, language
from parigot.errors import AppError, BuildError, DescriptorError, UsageError
from parigot.gen import protoc
from parigot.scaffold.apps import new_app
from parigot.scaffold.names import is_kept, snake, words
from parigot.scaffold.services import LANGUAGES, Addition, Wanted, add_program, add_service

_KINDS = ("service", "program")
_EXTRAS = {"c": "c", "go": "go", "python": "wasm"}
_MOST_LETTERS = 40


def add_parser(subparsers: Any) -> None:
    """Adds the command's arguments."""
    parser = subparsers.add_parser(
        "new",
        help="start an app, or add a service or a program to one",
        usage="parigot new APP\n"
        "       parigot new service NAME --lang c|go|python [--wasm] [--program] [--app DIR]\n"
        "       parigot new program NAME [--lang c|go|python] [--wasm] [--app DIR]",
        description="Writes an app with a program and a test, or adds to the app in this folder: a service "
        "comes with its .proto, a test and a program that calls it. Nothing that is there is written over.",
        epilog="parigot new shop && cd shop && parigot new service tax --lang go && parigot build . "
        "&& parigot run .",
    )
    parser.add_argument("words", nargs="+", metavar="NAME", help=argparse.SUPPRESS)
    parser.add_argument("--lang", metavar="LANG", choices=LANGUAGES, help="c, go or python")
    parser.add_argument("--wasm", action="store_true", help="a Python guest as wasm, not in process")
    parser.add_argument(
        "--program", action="store_true", help="give the service a program of its own that calls it"
    )
    parser.add_argument("--app", metavar="DIR", help="the app to add to, if it is not in this folder")


def run(arguments: argparse.Namespace) -> int:
    """Runs the command."""
    kind, *names = arguments.words
    if kind not in _KINDS:
        return _app(arguments)
    if len(names) != 1:
        raise UsageError(f"say which {kind}: parigot new {kind} NAME")
    return _guest(kind, names[0], arguments)


def _app(arguments: argparse.Namespace) -> int:
    if len(arguments.words) > 1:
        hint = "An app: parigot new APP. More for one: parigot new service NAME, parigot new program NAME."
        raise UsageError(f"do not know what to make of {' '.join(arguments.words)}", hint=hint)
    for option in ("lang", "wasm", "program", "app"):
        if getattr(arguments, option):
            raise UsageError(f"--{option} is for services and programs, not for a new app")
    root = Path(arguments.words[0])
    name = root.absolute().name
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name):
        hint = "Names are made of letters, digits, _ and -, and begin with a letter."
        raise UsageError(f"{name!r} is not a name for an app", hint=hint)
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        hint = "Give another name." if root.is_dir() else ""
        raise AppError("is there already, and is not an empty folder", path=root, hint=hint)
    files = new_app(name)
    _write(root, files, {})
    for path in files:
        print(f"wrote    {root / path}")
    print(f"next: cd {root} && parigot run .")
    return 0


def _guest(kind: str, name: str, arguments: argparse.Namespace) -> int:
    chosen = arguments.lang or ("python" if kind == "program" else None)
    if chosen is None:
        raise UsageError("say in which language: --lang c, --lang go or --lang python")
    if arguments.wasm and chosen != "python":
        raise UsageError(f"--wasm is for Python; guests in {chosen} are always wasm")
    if arguments.wasm and not can_build("python"):
        raise UsageError("--wasm: this version runs Python in process only; leave it out")
    if arguments.program and kind == "program":
        raise UsageError("--program is for services: it adds a program that calls the service")
    app = _load(arguments.app)
    _check_name(kind, name, app)

    wanted = Wanted(name, chosen, arguments.wasm)
    files = _Files(app.root)
    try:
        if kind == "service":
            added = add_service(app, wanted, files.read, own_program=arguments.program)
        else:
            added = add_program(app, wanted, files.read)
    except ValueError as error:
        hint = "Add by hand: " + " | ".join([f"[{kind}.{name}]", *wanted.entries])
        raise DescriptorError(str(error), path=app.path, hint=hint) from error
    for path in added.files:
        if (app.root / path).exists():
            raise AppError("is there already", path=app.root / path, hint=f"Give the {kind} another name.")
    _write(app.root, added.files, files.as_they_were(added.changes))
    _tell(app.root, added)
    _generate(app)
    _mention_toolchain(wanted)
    print(f"next: parigot build {arguments.app or '.'} && parigot run {arguments.app or '.'}")
    return 0


class _Files:
    """The files of an app's folder, with lines that end in \\n whatever they end in on disk."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._windows: set[str] = set()

    def read(self, path: str) -> str | None:
        try:
            text = (self._root / path).read_bytes().decode("utf-8-sig")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise AppError(f"cannot be read: {error.strerror}", path=self._root / path) from error
        except UnicodeDecodeError as error:
            raise AppError("is not UTF-8 text", path=self._root / path) from error
        if "\r\n" in text:
            self._windows.add(path)
        return text.replace("\r\n", "\n")

    def as_they_were(self, changes: Mapping[str, str]) -> dict[str, str]:
        """New texts with the line ends of the old ones."""
        return {
            path: text.replace("\n", "\r\n") if path in self._windows else text
            for path, text in changes.items()
        }


def _load(folder: str | None) -> App:
    path = Path(folder or ".")
    try:
        app = load(path, built=False)
    except DescriptorError as error:
        if error.what == "has no parigot.toml":
            what = "is not an app: it has no parigot.toml"
            hint = "Start one with: parigot new APP. Or name one: --app DIR."
            raise DescriptorError(what, path=path, hint=hint) from error
        raise
    if app.path.name != "parigot.toml":
        raise DescriptorError("only a parigot.toml can be added to", path=app.path)
    return app


def _check_name(kind: str, name: str, app: App) -> None:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name) or not words(name) or len(name) > _MOST_LETTERS:
        hint = "Names are made of letters, digits, _ and -, and begin with a letter: tax, shopping-cart."
        raise UsageError(f"{name!r} is not a name for a {kind}", hint=hint)
    if is_kept(name):
        raise UsageError(f"the name {name} is taken: a language, or parigot, needs it for itself")
    for spec in app.guests:
        if snake(spec.name) == snake(name):
            raise UsageError(f"the app already has a {spec.kind} {spec.name}")


def _write(root: Path, files: Mapping[str, str], changes: Mapping[str, str]) -> None:
    path = root
    try:
        for name, text in (*files.items(), *changes.items()):
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise AppError(f"cannot be written: {error.strerror}", path=path) from error


def _tell(root: Path, added: Addition) -> None:
    for path in added.files:
        print(f"wrote    {path}")
    for path in added.changes:
        print(f"changed  {path}")
    for note in added.notes:
        print(f"parigot: {note}", file=sys.stderr)


def _generate(app: App) -> None:
    """Generated code at once, so that an editor knows the names; without protoc, a word about it."""
    app = load(app.path, built=False)
    if not protoc.version():
        print("parigot: code from .proto files needs: pip install 'parigot-studio[gen]'", file=sys.stderr)
        return
    changes = bring_up_to_date(app, lambda sentence: print(f"parigot: {sentence}", file=sys.stderr))
    if changes:
        for name in sorted((*changes.new, *changes.changed)):
            print(f"wrote    {FOLDER}/{name}")


def _mention_toolchain(wanted: Wanted) -> None:
    if wanted.language == "python" and not wanted.wasm:
        return
    try:
        there = language(wanted.language).version()
    except BuildError as error:
        print(f"parigot: {error}", file=sys.stderr)
        return
    if not there:
        hint = f"pip install 'parigot-studio[{_EXTRAS[wanted.language]}]'"
        print(f"parigot: to build it: {hint}", file=sys.stderr)
