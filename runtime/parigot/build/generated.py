"""The generated code of an app: which languages need it, and whether what is there fits the .proto files.

Without protoc (extra `gen`) code that is there already is used as it is, unless it is known to be stale.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parigot.app import App
from parigot.build.state import digest
from parigot.errors import BuildError
from parigot.gen import protoc
from parigot.gen.plugin import LANGUAGES, has_generator
from parigot.gen.run import Changes, Generated, generate, write

FOLDER = "gen"
_FORMAT = 1
_HINT = "Install protoc with: pip install 'parigot-studio[gen]'"


def languages(app: App) -> tuple[str, ...]:
    """The languages that code is generated for: what the descriptor says, else those of the guests."""
    if app.generate is not None:
        return app.generate
    used = {spec.build.language for spec in app.guests if spec.build is not None}
    used |= {"python" for spec in app.guests if spec.python is not None}
    return tuple(language for language in LANGUAGES if language in used and has_generator(language))


def bring_up_to_date(app: App, tell: Callable[[str], None]) -> Changes | None:
    """Generates code if .proto files, languages or generators have changed since the last time.

    Args:
        app: an app; one without .proto files or languages needs no code.
        tell: given a sentence when there is something to say.

    Returns:
        What was written; None if nothing had to be looked at.

    Raises:
        BuildError: the code is stale, and protoc is not installed.
        SchemaError: the .proto files are wrong.
    """
    wanted = languages(app)
    if not wanted or not app.protos:
        return None
    state = _State(app.root)
    sources = protoc.find_sources(app.protos)
    if not sources.names:
        return None
    out = app.root / FOLDER
    known = state.read(wanted)
    # Somebody else may have generated since, and we may have got their sources and code together.
    touched = known is None or known.outputs != _outputs(known.files, out)
    same_protos = known is not None and known.protos == state.protos((*sources.paths, *known.read))
    if known is not None and not touched and same_protos and known.makers == _makers(wanted):
        return None
    if not protoc.version():
        missing = [language for language in wanted if not (out / language).is_dir()]
        if missing:
            what = f"there is no generated code in {FOLDER}/{missing[0]}, and no protoc to make it with"
            hint = f"{_HINT}. If no guest needs it, say so: [app] generate = []"
            raise BuildError(what, path=app.path, hint=hint)
        if not touched and not same_protos:
            what = f"the .proto files have changed since the code in {FOLDER} was generated"
            raise BuildError(f"{what}, and there is no protoc to make it again", path=app.path, hint=_HINT)
        tell(f"{FOLDER} is used as it is: without protoc nobody knows if it is up to date. {_HINT}")
        return None
    made = generate(app.protos, wanted)
    changes = write(made, out)
    remember(app, made)
    return changes


def remember(app: App, made: Generated) -> None:
    """Notes that this code, and no other, is in the app's folder and fits its .proto files.

    Raises:
        BuildError: the note cannot be written.
    """
    state = _State(app.root)
    files = tuple(sorted(made.files))
    paths = (*protoc.find_sources(app.protos).paths, *made.read)
    state.write(
        made.languages,
        _Known(
            state.protos(paths), _makers(made.languages), _outputs(files, app.root / FOLDER), files, made.read
        ),
    )


def _makers(languages: tuple[str, ...]) -> str:
    """The hash of the generators."""
    folder = Path(protoc.__file__).parent
    ours = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return digest(languages, ours, folder)


def _outputs(files: Iterable[str], out: Path) -> str:
    return digest((), (out / name for name in files), out)


@dataclass(frozen=True, slots=True)
class _Known:
    """The last time: hashes of the .proto files, the generators and the code, and which files there were."""

    protos: str
    makers: str
    outputs: str
    files: tuple[str, ...]
    read: tuple[Path, ...]


class _State:
    """`.parigot/gen.json` of an app's folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._path = root / ".parigot" / "gen.json"

    def protos(self, paths: Iterable[Path]) -> str:
        """The hash of .proto files as they are now."""
        return digest((), sorted(set(paths)), self._root)

    def read(self, languages: tuple[str, ...]) -> _Known | None:
        """The last time for these languages; None if there was none, or it cannot be understood."""
        try:
            value = self._all()[",".join(languages)]
            read = tuple(Path(os.path.normpath(self._root / name)) for name in value["read"])
            protos, makers, outputs = (str(value[key]) for key in ("protos", "makers", "outputs"))
            return _Known(protos, makers, outputs, tuple(map(str, value["files"])), read)
        except (KeyError, TypeError, AttributeError):
            return None

    def _all(self) -> dict[str, Any]:
        """What is noted, by languages: an app may have several descriptors."""
        try:
            value = json.loads(self._path.read_text(encoding="utf-8"))
            return dict(value["generated"]) if value["format"] == _FORMAT else {}
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return {}

    def write(self, languages: tuple[str, ...], known: _Known) -> None:
        """Remembers.

        Raises:
            BuildError: the file cannot be written.
        """
        entry = {
            "protos": known.protos,
            "makers": known.makers,
            "outputs": known.outputs,
            "files": list(known.files),
            "read": [os.path.relpath(path, self._root) for path in known.read],
        }
        value = {"format": _FORMAT, "generated": {**self._all(), ",".join(languages): entry}}
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            fresh = self._path.with_suffix(".new")
            fresh.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")
            os.replace(fresh, self._path)
        except OSError as error:
            raise BuildError(f"cannot be written: {error.strerror}", path=self._path) from error
