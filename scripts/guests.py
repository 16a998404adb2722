"""Builds every committed .wasm again: those in C that a descriptor in examples/ or tests/apps/ says how to
build, and the lone modules of tests/guests that no descriptor knows. What other languages make is too large
to be committed.

    python scripts/guests.py                  # write what has changed
    python scripts/guests.py --check          # exit 1 and name the files that differ from their sources
    python scripts/guests.py tests/guests/build/echo.wasm    # only these
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from parigot.app.load import load
from parigot.build.c import compile_c
from parigot.errors import AppError

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("examples", "tests/apps")
GUESTS = ROOT / "tests" / "guests"
NO_SDK = "-DPARIGOT_NO_SDK"


@dataclass(frozen=True)
class Guest:
    """One module: what it is made of, and the folder that paths in its debug information start from."""

    out: Path
    sources: tuple[Path, ...]
    flags: tuple[str, ...]
    root: Path


def guests() -> Iterator[Guest]:
    """Every module once, whichever apps use it."""
    seen: dict[Path, Guest] = {}
    for folder in FOLDERS:
        for descriptor in sorted((ROOT / folder).glob("*/parigot.toml")):
            app = load(descriptor, built=False)
            for spec in app.guests:
                build = spec.build
                if build is None or build.language != "c":
                    continue
                made = Guest(spec.wasm, build.sources, build.flags, app.root)
                known = seen.setdefault(spec.wasm, made)
                if (known.sources, known.flags) != (made.sources, made.flags):
                    raise SystemExit(f"{descriptor} and {known.root} build {spec.wasm} in different ways")
    yield from seen.values()
    yield Guest(GUESTS / "build" / "lone.wasm", (GUESTS / "lone.c",), (NO_SDK,), GUESTS)


def main() -> int:
    parser = argparse.ArgumentParser(description="Build the committed guests again.")
    parser.add_argument("--check", action="store_true", help="exit 1 when a committed module is stale")
    parser.add_argument("only", nargs="*", type=Path, help="only these modules")
    words = parser.parse_args()
    only = {path.resolve() for path in words.only}
    chosen = [guest for guest in guests() if not only or guest.out in only]
    stale = 0
    with tempfile.TemporaryDirectory() as folder:
        for guest in chosen:
            name = guest.out.relative_to(ROOT)
            fresh = Path(folder, guest.out.name)
            try:
                compile_c(guest.sources, fresh, guest.flags, guest.root)
            except AppError as error:
                print(error, file=sys.stderr)
                return 1
            data = fresh.read_bytes()
            if guest.out.is_file() and guest.out.read_bytes() == data:
                continue
            stale += 1
            print(f"{'differs' if words.check else 'wrote'}: {name}")
            if not words.check:
                guest.out.parent.mkdir(parents=True, exist_ok=True)
                guest.out.write_bytes(data)
    if words.check and stale:
        print("run: python scripts/guests.py", file=sys.stderr)
    return 1 if words.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
