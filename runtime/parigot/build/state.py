"""What was built from what: content hashes in `.parigot/build.json` of the app's folder."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path

from parigot.errors import BuildError

_FORMAT = 1


def digest(settings: Iterable[str], files: Iterable[Path], root: Path) -> str:
    """One hash over settings and the names and contents of files."""
    total = hashlib.sha256()
    for word in settings:
        total.update(f"{word}\0".encode("utf-8", "surrogateescape"))
    for path in files:
        total.update(
            f"\0{os.path.relpath(path, root)}\0{file_digest(path)}".encode("utf-8", "surrogateescape")
        )
    return total.hexdigest()


def file_digest(path: Path) -> str:
    """The hash of a file; "" if there is none."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


class State:
    """Which inputs each module was last built from, and what came out."""

    def __init__(self, root: Path) -> None:
        self._path = root / ".parigot" / "build.json"
        self._root = root
        self._built: dict[str, dict[str, str]] = {}
        try:
            read = json.loads(self._path.read_text(encoding="utf-8"))
            if read["format"] == _FORMAT:
                self._built = {
                    str(name): {"inputs": str(entry["inputs"]), "output": str(entry["output"])}
                    for name, entry in read["built"].items()
                }
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            pass  # none yet, or one that we do not understand: then everything is built

    def is_fresh(self, wasm: Path, inputs: str) -> bool:
        """Whether the module is there and is what these inputs gave."""
        entry = self._built.get(os.path.relpath(wasm, self._root))
        return entry is not None and entry["inputs"] == inputs and entry["output"] == file_digest(wasm)

    def note(self, wasm: Path, inputs: str) -> None:
        """Remembers a build, on disk at once: a later one may fail or be stopped.

        Raises:
            BuildError: the file cannot be written.
        """
        name = os.path.relpath(wasm, self._root)
        self._built[name] = {"inputs": inputs, "output": file_digest(wasm)}
        value = {"format": _FORMAT, "built": dict(sorted(self._built.items()))}
        fresh = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")
            os.replace(fresh, self._path)
        except OSError as error:
            raise BuildError(f"cannot be written: {error.strerror}", path=self._path) from error
