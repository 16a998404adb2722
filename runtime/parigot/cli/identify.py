"""`parigot id NAME`: the source of a typed id class, for the ids of your own."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import Any

from parigot.errors import AppError, UsageError
from parigot.ids import IdKind
from parigot.scaffold.ids import LANGUAGES, IdClass, source
from parigot.scaffold.names import is_kept, words

_KERNELS = (IdKind.CALL, IdKind.HOST, IdKind.METHOD, IdKind.SERVICE)


def add_parser(subparsers: Any) -> None:
    """Adds the command's arguments."""
    parser = subparsers.add_parser(
        "id",
        help="write a typed id class",
        description="Writes the source of a class for ids of your own: 112 random bits behind a letter, as "
        "protosupport.v1.IdRaw carries them. Ids of different classes cannot be taken for each other.",
        epilog="parigot id FileId --letter f --short file --lang go --out ids/file.go",
    )
    parser.add_argument("name", metavar="NAME", help="of the class: FileId or file_id")
    parser.add_argument("--letter", metavar="L", required=True, help="the letter in front of the bits")
    parser.add_argument("--short", metavar="S", required=True, help="what its text begins with: [S-7c20]")
    parser.add_argument("--lang", metavar="LANG", required=True, choices=LANGUAGES, help="c, go or python")
    parser.add_argument("--out", metavar="FILE", type=Path, help="write there, not to the terminal")
    parser.add_argument("--package", metavar="P", help="of the Go file; else the name of its folder")
    parser.add_argument("--force", action="store_true", help="write over a file that is there")


def run(arguments: argparse.Namespace) -> int:
    """Runs the command."""
    name, letter, short, out = arguments.name, arguments.letter, arguments.short, arguments.out
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) or not words(name) or is_kept(name):
        raise UsageError(f"{name!r} will not do as the name of a class", hint="Use one such as FileId.")
    if not re.fullmatch(r"[A-Za-z]", letter):
        raise UsageError(f"--letter {letter}: give one letter from a to z")
    if not re.fullmatch(r"[a-z][a-z0-9]{0,15}", short):
        raise UsageError(f"--short {short}: give up to 16 small letters and digits, such as file")
    package = arguments.package or _package(out)
    if not re.fullmatch(r"[a-z_][a-z0-9_]*", package):
        raise UsageError(f"--package {package}: not a name for a Go package")
    for kind in _KERNELS:
        if letter == kind.letter:
            print(
                f"parigot: the kernel's own {kind.name.lower()} ids have the letter {letter}, too",
                file=sys.stderr,
            )
    text = source(IdClass(name, letter, short), arguments.lang, package)
    if out is None:
        sys.stdout.write(text)
        return 0
    if out.exists() and not arguments.force:
        raise AppError("is there already", path=out, hint="--force writes over it.")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise AppError(f"cannot be written: {error.strerror}", path=out) from error
    print(f"wrote  {out}")
    return 0


def _package(out: Path | None) -> str:
    """A Go package is named as its folder, where that is a name."""
    name = out.absolute().parent.name.lower() if out is not None else ""
    return name if re.fullmatch(r"[a-z_][a-z0-9_]*", name) else "ids"
