"""Finds out what a person named: a folder, a descriptor of either kind, or a lone wasm file."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path

from parigot.app import descriptor, legacy
from parigot.app.document import Table, meant, read_document
from parigot.app.files import exists, is_file
from parigot.app.model import App, GuestSpec
from parigot.errors import DescriptorError

_OURS = "parigot.toml"


def load(path: Path | str, *, built: bool = True) -> App:
    """Reads an app.

    Args:
        path: a folder with a parigot.toml or one descriptor of parigot 0.3, such a file, or a wasm file.
        built: whether the wasm files must be there already; False to build them.

    Raises:
        DescriptorError: with the file and, where there is one, the line at fault.
    """
    path = Path(path)
    try:
        if path.is_dir():
            path = _in_folder(path)
        elif not path.exists():
            raise DescriptorError("there is no such file or folder", path=path, hint=_similar(path))
        root = Path(os.path.abspath(path.parent))
        with path.open("rb") as file:
            magic = file.read(4)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise DescriptorError(f"cannot be read: {reason}", path=path) from error
    if path.suffix == ".wasm" or magic == b"\0asm":
        return _lone_module(path, root)
    if path.suffix != ".toml":
        raise DescriptorError(
            "is neither an app descriptor (.toml) nor a WebAssembly module (.wasm)", path=path
        )
    document = read_document(path)
    if _is_old(document):
        deployment = os.environ.get("PARIGOT_DEPLOYMENT", "") or "dev"
        return legacy.parse(document, root, deployment, built=built)
    return descriptor.parse(document, root, built=built)


def _is_old(document: Table) -> bool:
    ours = ("app", "service", "program", "limits")
    return legacy.is_legacy(document) and not any(key in document for key in ours)


def _in_folder(folder: Path) -> Path:
    """The descriptor of an app's folder."""
    if exists(folder / _OURS):
        return folder / _OURS
    others = sorted(folder.glob("*.toml"))
    old = [path for path in others if is_file(path) and _looks_old(path)]
    if len(old) == 1:
        return old[0]
    usual = folder / "app.toml"
    if usual in old:
        return usual
    if old:
        names = ", ".join(path.name for path in old)
        raise DescriptorError("has several descriptors", path=folder, hint=f"Name one of them: {names}.")
    if usual in others:  # someone's app.toml that we cannot read as it is: its errors say more than we could
        return usual
    close = meant(_OURS, [path.name for path in others if path.name != "pyproject.toml"])
    modules = sorted(path.name for path in folder.glob("*.wasm"))
    hint = close or (f"A single module will do, too: {folder / modules[0]}" if modules else "")
    raise DescriptorError(f"has no {_OURS}", path=folder, hint=hint)


def _looks_old(path: Path) -> bool:
    try:
        return legacy.is_legacy(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except (OSError, ValueError, RecursionError):
        return False


def _similar(path: Path) -> str:
    """A hint for a mistyped name."""
    try:
        names = [entry.name for entry in path.parent.iterdir()]
    except (OSError, ValueError):
        return ""
    hint = meant(path.name, names)
    return hint if hint.startswith("Did you mean") else ""


def _lone_module(path: Path, root: Path) -> App:
    """A module without a descriptor runs as a program that is named after its file."""
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", path.stem).strip("-") or "program"
    if name.lower() == "parigot":
        name = "program"
    wasm = Path(os.path.abspath(path))
    program = GuestSpec(name=name, kind="program", wasm=wasm, path=path)
    return App(name=name, root=root, path=path, programs=(program,), default_programs=(name,))
