"""`parigot build APP`: makes the guests that have changed, from their sources."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

from parigot.app.load import load
from parigot.build import BuildResult, build_app


def add_parser(subparsers: Any) -> None:
    """Adds the command's arguments."""
    parser = subparsers.add_parser(
        "build",
        help="build the guests from their sources",
        description="Builds every guest whose `build` entry in the descriptor says how, if its sources, "
        "flags or compiler have changed since.",
    )
    parser.add_argument("app", metavar="APP", help="a folder or a descriptor")
    parser.add_argument("--force", action="store_true", help="build all of them, changed or not")


def run(arguments: argparse.Namespace) -> int:
    """Runs the command."""
    app = load(arguments.app, built=False)
    for warning in app.warnings:
        print(f"parigot: {warning}", file=sys.stderr)
    if not build_app(app, _tell, force=arguments.force):
        print(f"nothing to build: no guest of {app.name} has a `build` entry")
    return 0


def _tell(result: BuildResult) -> None:
    if result.output.strip():
        print(result.output.rstrip(), file=sys.stderr, flush=True)
    names = ", ".join(result.names[:5]) + (
        f" and {len(result.names) - 5} more" if len(result.names) > 5 else ""
    )
    wasm = os.path.relpath(result.wasm)
    if result.built:
        size = result.wasm.stat().st_size
        print(f"built      {names}: {wasm} ({size:,} bytes, {result.seconds:.1f} s)", flush=True)
    else:
        print(f"unchanged  {names}: {wasm}", flush=True)
