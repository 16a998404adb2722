"""`parigot gen APP`: writes the code that guests are built with, from the app's .proto files."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from parigot.app.load import load
from parigot.build.generated import FOLDER, languages, remember
from parigot.errors import UsageError
from parigot.gen.plugin import LANGUAGES
from parigot.gen.protoc import proto_path
from parigot.gen.run import compare, generate, write


def add_parser(subparsers: Any) -> None:
    """Adds the command's arguments."""
    parser = subparsers.add_parser(
        "gen",
        help="generate code from the .proto files",
        description="Writes clients, servers and messages for the app's .proto files and what they use to "
        "gen/c, gen/go and gen/python. Files that are right already are left alone; generated files that are "
        "no longer made are deleted. `parigot build` does this by itself.",
        epilog="With protoc itself: protoc --parigot_out=lang=go:OUT -I proto "
        '-I "$(parigot gen --proto-path)" greeting/v1/greeting.proto',
    )
    parser.add_argument("app", metavar="APP", nargs="?", help="a folder or a descriptor")
    parser.add_argument(
        "--lang",
        metavar="LANG",
        action="append",
        default=[],
        choices=LANGUAGES,
        help="c, go or python (may be repeated); else those of the descriptor's `generate`, or of the guests",
    )
    parser.add_argument("--out", metavar="DIR", type=Path, help="write there, not to the app's gen folder")
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 if code is stale")
    parser.add_argument(
        "--proto-path", action="store_true", help="print the folder with protosupport/v1/protosupport.proto"
    )


def run(arguments: argparse.Namespace) -> int:
    """Runs the command."""
    if arguments.proto_path:
        print(proto_path())
        return 0
    if arguments.app is None:
        raise UsageError("say of which app: parigot gen APP")
    app = load(arguments.app, built=False)
    for warning in app.warnings:
        print(f"parigot: {warning}", file=sys.stderr)
    if not app.protos:
        print(f'nothing to generate: {app.name} names no .proto files ([app] protos = ["proto"])')
        return 0
    wanted = tuple(dict.fromkeys(arguments.lang)) or languages(app)
    if not wanted:
        print(f"nothing to generate: no guest of {app.name} is built in C, Go or Python; --lang chooses one")
        return 0
    out = arguments.out or app.root / FOLDER
    made = generate(app.protos, wanted)
    if arguments.check:
        changes = compare(made, out)
        for word, names in (
            ("missing", changes.new),
            ("stale", changes.changed),
            ("left over", changes.removed),
        ):
            for name in names:
                print(f"{word}: {os.path.relpath(out / name)}")
        if changes:
            print(f"run: parigot gen {arguments.app}", file=sys.stderr)
        return 1 if changes else 0
    changes = write(made, out)
    if not arguments.out and wanted == languages(app):
        remember(app, made)
    for word, names in (("wrote", (*changes.new, *changes.changed)), ("deleted", changes.removed)):
        for name in sorted(names):
            print(f"{word}  {os.path.relpath(out / name)}")
    if not changes:
        files = "1 file" if len(changes.unchanged) == 1 else f"{len(changes.unchanged)} files"
        print(f"unchanged  {os.path.relpath(out)} ({files})")
    return 0
