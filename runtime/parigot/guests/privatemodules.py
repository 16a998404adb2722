"""Modules of a guest's own: two guests may have a `util.py` each, or run the same file, and share nothing.

All Python guests live in one interpreter, whose table of modules (`sys.modules`) knows each name once. So
the table holds the modules of the guest that ran last, and they are exchanged when another one runs. A finder
looks for modules in the folders of the guest that runs; what it finds is the guest's own, everything else
(the standard library, installed packages) is shared. A guest's files never take the place of the standard
library's, and never that of something which is imported in this process already.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType

_SHARED = frozenset((*sys.stdlib_module_names, "parigot"))


class PrivateModules:
    """The modules of one guest.

    Args:
        folders: where they are looked for, in this order.
        generated: the folder of generated code, which is looked through last. Its top folders are packages
            that come before files of that name: `greeting.py` may well use `greeting.v1`.
    """

    def __init__(self, folders: Sequence[str], generated: str) -> None:
        self._folders = [*folders, generated]
        self._generated = generated
        self._names: set[str] = set()
        self._kept: dict[str, ModuleType] = {}  # while another guest's are in the table

    def load_file(self, path: str) -> ModuleType:
        """The module in a file, run now; `use` first.

        Raises:
            BaseException: whatever the file raises.
        """
        name = os.path.splitext(os.path.basename(path))[0]
        if not name.isidentifier() or name in _SHARED or name in sys.modules or self._packages(name):
            name = f"__{name}__"
        spec = spec_from_file_location(name, path, loader=SourceFileLoader(name, path))
        assert spec is not None
        assert spec.loader is not None
        module = module_from_spec(spec)
        self._names.add(name)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        return module

    def find(self, name: str) -> ModuleSpec | None:
        """The guest's own module of that name, or None."""
        parent = name.rpartition(".")[0]
        packages = [] if parent else self._packages(name)
        if packages and PathFinder.find_spec(name) is None:
            spec = ModuleSpec(name, None, is_package=True)
            spec.submodule_search_locations = packages
            self._names.add(name)
            return spec
        if not parent:
            folders = self._folders
        elif parent in self._names:
            folders = list(sys.modules[parent].__path__)
        else:  # part of a shared package, as generated code for google.protobuf is
            folders = [os.path.join(folder, *parent.split(".")) for folder in self._folders]
        found = PathFinder.find_spec(name, folders)
        if found is None:
            return None
        spec = found
        if spec.loader is None:
            # A mere folder. An installed package of that name comes first, as it does everywhere.
            if not parent and PathFinder.find_spec(name) is not None:
                return None
            # A plain list: the import system's own one would look along sys.path again later.
            spec.submodule_search_locations = list(spec.submodule_search_locations or ())
        self._names.add(name)
        return spec

    def _packages(self, name: str) -> list[str]:
        """The folders of a top package of generated code, if there is one of that name."""
        if not os.path.isdir(os.path.join(self._generated, name)):
            return []
        inside = [os.path.join(folder, name) for folder in self._folders]
        return [folder for folder in inside if os.path.isdir(folder)]

    def use(self) -> None:
        """From now on the table of modules holds this guest's."""
        global _in_use
        if _in_use is not self:
            if _in_use is not None:
                _in_use.put_away()
            for name, module in self._kept.items():
                sys.modules[name] = module
                shared = self._shared_parent(name)
                if shared is not None:
                    setattr(shared, name.rpartition(".")[2], module)
            self._kept = {}
            _in_use = self

    def put_away(self) -> None:
        """Takes this guest's modules out of the table."""
        global _in_use
        for name in self._names:
            module = sys.modules.pop(name, None)
            if module is None:
                continue
            self._kept[name] = module
            shared, child = self._shared_parent(name), name.rpartition(".")[2]
            if shared is not None and getattr(shared, child, None) is module:
                delattr(shared, child)
        _in_use = None

    def forget(self) -> None:
        """The guest has ended."""
        if _in_use is self:
            self.put_away()
        self._kept = {}

    def _shared_parent(self, name: str) -> ModuleType | None:
        parent = name.rpartition(".")[0]
        return sys.modules.get(parent) if parent and parent not in self._names else None


_in_use: PrivateModules | None = None


class _Running(threading.local):
    """Whose guest runs in a thread."""

    modules: PrivateModules | None = None


running = _Running()


class _Finder:
    """Finds modules of the guest that runs; first in `sys.meta_path`."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """See `importlib.abc.MetaPathFinder`."""
        modules = running.modules
        if modules is None or name.partition(".")[0] in _SHARED:
            return None
        return modules.find(name)


def install() -> None:
    """Makes imports of guests find their own modules; may be called any number of times."""
    if _Finder not in sys.meta_path:
        sys.meta_path.insert(0, _Finder)
