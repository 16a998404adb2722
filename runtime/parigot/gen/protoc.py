"""The protoc of grpcio-tools: from .proto files to what protoc hands to its plugins."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as package_version
from pathlib import Path

from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest
from google.protobuf.descriptor_pb2 import FileDescriptorSet

import parigot
from parigot.errors import SchemaError

_SECONDS = 120.0
_PACKAGE = re.compile(r"^[ \t]*package\s+([A-Za-z_][\w.]*)\s*;", re.MULTILINE)
# "greeting/v1/greeting.proto:3:5: what is wrong", with or without a place.
_PLACE = re.compile(r"^(?P<name>[^:\n]+\.proto):(?P<rest>.*)$")
# Files that are made code of only where a message of theirs is used.
_ON_DEMAND = ("google/protobuf/", "protosupport/v1/protosupport.proto")


@dataclass(frozen=True, slots=True)
class Sources:
    """An app's .proto files.

    Attributes:
        roots: the folders that names start from.
        names: the files, as imports name them; sorted.
        paths: where each of them is, in the same order.
    """

    roots: tuple[Path, ...]
    names: tuple[str, ...]
    paths: tuple[Path, ...]


def proto_path() -> Path:
    """The folder that `protosupport/v1/protosupport.proto` is in: an include folder for any protoc."""
    package = Path(parigot.__file__).resolve().parent
    shipped = package / "sdk" / "proto"
    return shipped if shipped.is_dir() else package.parent.parent / "proto"


def version() -> str:
    """The version of grpcio-tools, whose protoc is used; "" where it is not installed."""
    try:
        return package_version("grpcio-tools") if importlib.util.find_spec("grpc_tools") else ""
    except PackageNotFoundError:
        return ""


def find_sources(protos: Sequence[Path]) -> Sources:
    """The .proto files in folders, and lone ones.

    A folder is where its files' names start. A lone file's name is made of its package where the folders
    above it fit (`shop/v1/shop.proto` for package shop.v1).

    Raises:
        SchemaError: a folder or file cannot be read.
    """
    roots: dict[Path, None] = {}
    found: dict[str, Path] = {}
    seen: set[Path] = set()
    try:
        for path in protos:
            root = path if path.is_dir() else _root_of(path)
            roots[root] = None
            for file in sorted(path.rglob("*.proto")) if path.is_dir() else [path]:
                name = file.relative_to(root)
                if any(part.startswith(".") for part in name.parts) or file.resolve() in seen:
                    continue
                seen.add(file.resolve())
                if not name.as_posix().startswith(_ON_DEMAND):
                    found.setdefault(name.as_posix(), file)
    except OSError as error:
        raise SchemaError(f"cannot be read: {error.strerror}", path=path) from error
    names = tuple(sorted(found))
    return Sources(tuple(roots), names, tuple(found[name] for name in names))


def _root_of(file: Path) -> Path:
    package = _PACKAGE.search(file.read_text(encoding="utf-8", errors="replace"))
    folders = package[1].split(".") if package else []
    parents = file.parts[:-1]
    if folders and list(parents[-len(folders) :]) == folders:
        return Path(*parents[: -len(folders)])
    return file.parent


def compile_protos(sources: Sources) -> CodeGeneratorRequest:
    """What protoc makes of the files and all that they import; `file_to_generate` are the app's.

    Raises:
        SchemaError: protoc is not installed, or says that something is wrong (in its own words).
    """
    if not version():
        raise SchemaError(
            "protoc, which reads .proto files for the generators, is not installed",
            hint="Install it with: pip install 'parigot-studio[gen]'",
        )
    with tempfile.TemporaryDirectory() as folder:
        made, words = Path(folder, "set"), Path(folder, "words")
        lines = [*(f"-I{root}" for root in _include_folders(sources)), *sources.names]
        lines += ["--include_imports", "--include_source_info", f"--descriptor_set_out={made}"]
        words.write_text("\n".join(lines) + "\n", encoding="utf-8")
        # -P: nothing in the folder where we stand may be taken for a part of Python.
        command = [sys.executable, "-P", "-m", "grpc_tools.protoc", f"@{words}"]
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise SchemaError(f"protoc could not be run: {error}") from error
        said = done.stderr.decode("utf-8", "replace").strip()
        if done.returncode != 0:
            raise SchemaError("protoc cannot read the .proto files:\n" + on_disk(said, sources))
        files = FileDescriptorSet.FromString(made.read_bytes())
    return CodeGeneratorRequest(file_to_generate=sources.names, proto_file=files.file)


def _include_folders(sources: Sources) -> list[Path]:
    return [*sources.roots, *([] if proto_path() in sources.roots else [proto_path()])]


def locate(name: str, sources: Sources) -> Path | None:
    """Where the file of an import name is; None for one that came with protoc."""
    return next((root / name for root in _include_folders(sources) if (root / name).is_file()), None)


def on_disk(text: str, sources: Sources) -> str:
    """Messages about files, with names that an editor finds in place of those that imports use."""
    lines = []
    for line in text.split("\n"):
        place = _PLACE.match(line)
        path = locate(place["name"], sources) if place else None
        lines.append(f"{shown(path)}:{place['rest']}" if place and path else line)
    return "\n".join(lines)


def shown(path: Path) -> str:
    """A path as a person would type it here."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
