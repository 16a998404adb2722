"""From `FILE.py:CLASS` to a class that can run as a guest, or a clear reason why it cannot."""

from __future__ import annotations

import os
import sys
import traceback
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType

from parigot.app import Limits
from parigot.errors import ModuleError
from parigot.guests.host import Host
from parigot.guests.privatemodules import PrivateModules, install, running
from parigot.guests.python import PythonGuest
from parigot.guests.streams import hold, printing, release
from parigot.sdk.life import problem
from parigot.sdk.service import Guest, client_types
from parigot.wasm import Engine

_GENERATED = Path("gen", "python")


class _Early:
    """What a file prints while it is loaded; there is no log yet."""

    def __init__(self) -> None:
        self.written: list[tuple[str, str]] = []

    def write(self, stream: str, text: str) -> None:
        """See `streams.Writer`."""
        self.written.append((stream, text))


class PythonModule:
    """A class in a file; see `AnyModule`. Each guest runs the file anew, with modules of its own.

    Args:
        path: the file.
        name: the class.
        root: the app's folder; the guest's modules are looked for in the file's own folder, there, and in
            its gen/python.
    """

    speaks_parigot = True

    def __init__(self, path: Path, name: str, root: Path) -> None:
        self.path = path
        self.name = name
        self._root = root

    def guest(
        self,
        engine: Engine,
        host: Host,
        name: str,
        *,
        args: tuple[str, ...],
        environ: tuple[tuple[str, str], ...],
        limits: Limits,
    ) -> PythonGuest:
        """See `AnyModule`."""
        kind, modules, early = self._load()
        return PythonGuest(kind, modules, early, host, name, args=args, environ=environ, limits=limits)

    def _load(self) -> tuple[type[Guest], PrivateModules, list[tuple[str, str]]]:
        """Runs the file.

        Raises:
            ModuleError
        """
        if not self.path.is_file():
            raise ModuleError("there is no such file", path=self.path)
        install()
        modules = PrivateModules([str(self.path.parent), str(self._root)], str(self._root / _GENERATED))
        early = _Early()
        hold()
        modules.use()
        running.modules = modules
        printing.guest = early
        try:
            found = modules.load_file(str(self.path))
            return self._checked(found), modules, early.written
        except ModuleError:
            modules.forget()
            raise
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            modules.forget()
            raise self._explained(error) from error
        finally:
            printing.guest = None
            running.modules = None
            release()

    def _checked(self, module: ModuleType) -> type[Guest]:
        kind = vars(module).get(self.name)
        if kind is None:
            classes = [name for name, value in vars(module).items() if isinstance(value, type)]
            close = get_close_matches(self.name, classes, 1)
            hint = f"Did you mean {close[0]}?" if close else ""
            raise ModuleError(f"has no class {self.name}", path=self.path, hint=hint)
        wrong = problem(kind)
        if wrong:
            raise ModuleError(f"{self.name} {wrong}", path=self.path, line=_line(kind))
        try:
            client_types(kind)
        except NameError as error:
            raise ModuleError(str(error), path=self.path, line=_line(kind), hint=_CLIENTS) from None
        found: type[Guest] = kind
        return found

    def _explained(self, error: BaseException) -> ModuleError:
        if isinstance(error, SyntaxError) and error.filename:
            what = f"{type(error).__name__}: {error.msg}"
            return ModuleError(what, path=Path(error.filename), line=error.lineno)
        path, line = self.path, None
        for frame in traceback.extract_tb(error.__traceback__):
            # The innermost place in the app's own files; what it called is somebody else's.
            inside = frame.filename.startswith((str(self._root) + os.sep, str(self.path.parent) + os.sep))
            if inside and f"{os.sep}site-packages{os.sep}" not in frame.filename:
                path, line = Path(frame.filename), frame.lineno
        text = str(error)
        what = f"{type(error).__name__}: {text}" if text else type(error).__name__
        hint = ""
        if isinstance(error, ModuleNotFoundError) and error.name:
            there = (self._root / _GENERATED).is_dir()
            if not there or "_pb" in text or (self._root / _GENERATED / error.name.split(".")[0]).is_dir():
                hint = f"Generate the code with: parigot gen {self._root}"
            else:
                where = ", ".join(str(folder) for folder in dict.fromkeys((self.path.parent, self._root)))
                hint = f"It was looked for in {where}, gen/python, and in what {sys.executable} has."
        return ModuleError(f"cannot be loaded: {what}", path=path, line=line, hint=hint)


_CLIENTS = "Import the client where the program sees it, not under TYPE_CHECKING."


def _line(kind: object) -> int | None:
    """The line that a class begins in."""
    import inspect  # slow to load, and only errors need it

    try:
        return inspect.getsourcelines(kind)[1]  # type: ignore[arg-type]
    except (OSError, TypeError):
        return None
