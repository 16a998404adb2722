"""`parigot build APP`: makes the guests that have changed, from their sources."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from parigot.app.load import load
from parigot.build import build_app
from parigot.cli.progress import Progress


def add_parser(subparsers: Any) -> None:
    """Adds the command's arguments."""
    parser = subparsers.add_parser(
        "build",
        help="build the guests from their sources",
        description="Builds every guest whose `build` entry in the descriptor says how, if its sources, "
        "flags or compiler have changed since. Generated code is brought up to date first.",
    )
    parser.add_argument("app", metavar="APP", help="a folder or a descriptor")
    parser.add_argument("--force", action="store_true", help="build all of them, changed or not")


def run(arguments: argparse.Namespace) -> int:
    """Runs the command."""
    app = load(arguments.app, built=False)
    for warning in app.warnings:
        print(f"parigot: {warning}", file=sys.stderr)
    with Progress(sys.stdout, sys.stderr) as progress:
        results = build_app(app, progress, force=arguments.force)
    if not results:
        print(f"nothing to build: no guest of {app.name} has a `build` entry")
    return 0
