"""Compiles guests in C with the clang of the PyPI package ziglang, against the C SDK.

The same sources give the same bytes in every folder and on every machine: sources are named relative to
the app's folder, and the folders of the SDK and the compiler are replaced in the debug information.

Generated code, in gen/c of the app, is found by what is included: for every `x.pb.h`, the `x.pb.c` beside it
is compiled along, and with the first of them the part of the SDK that they call.
"""

from __future__ import annotations

import importlib.util
import os
import re
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import parigot
from parigot.build.process import run_bounded
from parigot.errors import BuildError

SDK = Path(parigot.__file__).resolve().parent / "sdk" / "c"
GENERATED = "gen/c"  # in an app's folder
NO_SDK = "-DPARIGOT_NO_SDK"  # in the flags: a module that is no parigot guest
_SECONDS = 300.0
_GENERATED_NEEDS = ("parigot_codec.c", "parigot_rpc.c")
_SDK_EXPORTS = ("parigot_abi", "parigot_receive_buffer_size")
_INCLUDE = re.compile(rb'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)


def compile_c(sources: Sequence[Path], out: Path, flags: Sequence[str] = (), root: Path | None = None) -> str:
    """Compiles and links C sources to a guest module.

    Args:
        sources: .c files; the SDK's own and generated ones are added, unless `flags` hold -DPARIGOT_NO_SDK.
        out: the .wasm file; it is replaced at once, or not at all.
        flags: further flags of the compiler; they come behind ours, so that they win.
        root: the folder that relative flags, and paths in the debug information, start from; the app's.

    Returns:
        The compiler's warnings as it wrote them.

    Raises:
        BuildError: with the compiler's own words.
    """
    root = Path(os.path.abspath(root or Path.cwd()))
    zig = compiler_folder()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        # Beside the result, for an atomic move, and under its name: the linker writes that into the module.
        with tempfile.TemporaryDirectory(prefix=".build-", dir=out.parent) as folder:
            made = Path(os.path.abspath(folder)) / out.name
            code, text = run_bounded(_command(sources, made, flags, root, zig), root, _SECONDS)
            if code != 0:
                raise BuildError(f"the C compiler failed (exit code {code})\n{text.rstrip()}")
            made.write_bytes(_postlink(made.read_bytes(), out))
            os.replace(made, out)
    except OSError as error:
        raise BuildError(f"cannot write {out}: {error.strerror}") from error
    return text


def compiler_folder() -> Path:
    """Where the compiler is installed.

    Raises:
        BuildError: it is not.
    """
    found = importlib.util.find_spec("ziglang")
    if found is None or found.origin is None:
        raise BuildError(
            "the C compiler is not installed", hint="Install it with: pip install 'parigot-studio[c]'"
        )
    return Path(found.origin).resolve().parent


def version_c() -> str:
    """The compiler's version; "" where it is not installed."""
    try:
        return version("ziglang")
    except PackageNotFoundError:
        return ""


def inputs_c(sources: Sequence[Path], flags: Sequence[str], root: Path) -> list[Path]:
    """Every file that a build may read: sources, generated ones, the SDK, and what they include, in a fixed
    order.

    Conditions around an #include are not looked at: a header too many costs at most a rebuild.
    """
    return list(_reachable(sources, flags, root))


def _generated(sources: Sequence[Path], flags: Sequence[str], root: Path) -> list[Path]:
    """What is compiled along with the sources: generated files, in a fixed order, and what they call."""
    if NO_SDK in flags:
        return []
    given = {path.resolve() for path in sources}
    found = [path for path in _reachable(sources, flags, root) if path.name.endswith(".pb.c")]
    made = sorted(path for path in found if path.resolve() not in given)
    return [*made, *(SDK / name for name in _GENERATED_NEEDS if found)]


def _reachable(sources: Sequence[Path], flags: Sequence[str], root: Path) -> dict[Path, None]:
    named = [GENERATED, *_include_folders(flags)]
    folders = [SDK, *(Path(os.path.normpath(root / folder)) for folder in named)]
    queue = list(sources) + ([] if NO_SDK in flags else [SDK / "parigot.c"])
    found: dict[Path, None] = {}
    for path in queue:
        if path in found:
            continue
        try:
            text = path.read_bytes()
        except OSError:
            continue
        found[path] = None
        if path.name.endswith(".pb.h") and NO_SDK not in flags:
            queue += [path.with_suffix(".c"), *(SDK / name for name in _GENERATED_NEEDS)]
        for style, name in _INCLUDE.findall(text):
            for folder in (*([path.parent] if style == b'"' else []), *folders):
                candidate = Path(os.path.normpath(folder / os.fsdecode(name)))
                if candidate.is_file():
                    queue.append(candidate)
                    break
    return found


def _include_folders(flags: Sequence[str]) -> list[str]:
    """Folders of `-Ipath` and `-I path` (and -isystem, -iquote alike)."""
    found = []
    rest = iter(flags)
    for flag in rest:
        for option in ("-isystem", "-iquote", "-I"):
            if flag.startswith(option):
                folder = flag.removeprefix(option) or next(rest, "")
                found += [folder] if folder else []
                break
    return found


def _command(sources: Sequence[Path], made: Path, flags: Sequence[str], root: Path, zig: Path) -> list[str]:
    with_sdk = NO_SDK not in flags
    generated = _generated(sources, flags, root)
    folder = [f"-I{GENERATED}"] if generated and (root / GENERATED).is_dir() else []
    exports = _SDK_EXPORTS if with_sdk else ()
    return [
        *(sys.executable, "-m", "ziglang", "cc", "-target", "wasm32-freestanding"),
        *(
            "-std=c11",
            "-g",
            "-O2",
            "-ffreestanding",
            "-nostdlib",
            "-fno-sanitize=undefined",
            "-Wall",
            "-Wextra",
        ),
        "-fdebug-compilation-dir=.",
        f"-ffile-prefix-map={SDK}=parigot/sdk/c",
        f"-ffile-prefix-map={zig}=ziglang",
        f"-I{SDK}",
        *folder,
        *flags,
        *(os.path.relpath(source, root) for source in sources),
        *(str(one) if one.parent == SDK else os.path.relpath(one, root) for one in generated),
        *([str(SDK / "parigot.c")] if with_sdk else []),
        *("-Wl,--no-entry", "-Wl,--export=_start", "-Wl,--export-memory"),
        *(f"-Wl,--export={name}" for name in exports),
        *("-Wl,-z,stack-size=65536", "-o", str(made)),
    ]


def _postlink(data: bytes, out: Path) -> bytes:
    from parigot.sdk.c.postlink import postlink

    try:
        return postlink(data)
    except ValueError as error:
        raise BuildError(f"the compiler made something else than a guest: {error}", path=out) from error
