"""Generates what is committed of generated code, and checks that it is up to date: runtime/parigot/pb/ from
proto/, and the gen/ folder of every example (`parigot gen`).

protoc's Python code differs from what we commit in three ways:

- its imports are absolute from the proto root; ours live under `parigot.pb`, so that they cannot clash
  with an app's own packages of the same name;
- it refuses a protobuf runtime older than the compiler that wrote it, and warns on one a major newer.
  Files as plain as these use nothing but `AddSerializedFile` and the builder, which every runtime we
  support has, so the check is left out (tested with 6.30 and 7);
- it names the compiler's version, which would make the check fail for everybody else.

    python scripts/protos.py            # write
    python scripts/protos.py --check    # exit 1 and name the files that are stale
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
from pathlib import Path

from parigot.cli.main import main as parigot

ROOT = Path(__file__).resolve().parent.parent
PROTO = ROOT / "proto"
OUT = ROOT / "runtime" / "parigot" / "pb"

_VERSION_CHECK = re.compile(r"_runtime_version\.ValidateProtobufRuntimeVersion\(.*?\n\)\n", re.S)
_VERSION_IMPORT = "from google.protobuf import runtime_version as _runtime_version\n"
_BANNER = re.compile(r"# NO CHECKED-IN PROTOBUF GENCODE\n|# Protobuf Python Version: .*\n")


def rewrite(text: str, packages: list[str]) -> str:
    """protoc's code with our imports, and without the traces of the compiler's version."""
    text = _VERSION_CHECK.sub("", text).replace(_VERSION_IMPORT, "")
    text = _BANNER.sub("", text)
    for package in packages:
        text = text.replace(f"from {package} import", f"from parigot.pb.{package} import")
        text = re.sub(rf"'({re.escape(package)}\.\w+_pb2)'", r"'parigot.pb.\1'", text)
    return text


def generate(folder: Path) -> dict[Path, str]:
    """Runs protoc into `folder`; returns the text of each file, keyed by its path below `OUT`."""
    import grpc_tools
    from grpc_tools import protoc

    sources = sorted(PROTO.rglob("*.proto"))
    well_known = Path(grpc_tools.__file__).parent / "_proto"
    words = ["protoc", f"-I{PROTO}", f"-I{well_known}", f"--python_out={folder}", f"--pyi_out={folder}"]
    if protoc.main([*words, *(str(source) for source in sources)]) != 0:
        raise SystemExit("protoc failed")

    packages = sorted({".".join(source.parent.relative_to(PROTO).parts) for source in sources})
    files = {
        path.relative_to(folder): rewrite(path.read_text(), packages)
        for path in sorted(folder.rglob("*_pb2.py*"))
    }
    for package in packages:
        parts = package.split(".")
        for depth in range(1, len(parts) + 1):
            name = Path(*parts[:depth], "__init__.py")
            files[name] = f'"""Generated messages of `{".".join(parts[:depth])}` (scripts/protos.py)."""\n'
    return files


def stale(files: dict[Path, str]) -> list[Path]:
    """Committed files that differ from `files`, are missing, or should not be there."""
    there = {path.relative_to(OUT) for path in OUT.rglob("*.py*") if path.suffix in (".py", ".pyi")}
    there.discard(Path("__init__.py"))
    changed = {name for name, text in files.items() if name not in there or (OUT / name).read_text() != text}
    return sorted(changed | (there - files.keys()))


def examples(check: bool) -> int:
    """Runs `parigot gen` on each descriptor of each example; 1 if code is stale."""
    words = ["--check"] if check else []
    found = sorted((ROOT / "examples").glob("*/*.toml"))
    codes = [parigot(["gen", os.path.relpath(path), *words]) for path in found]
    return max(codes, default=0)


def main() -> int:
    parser = argparse.ArgumentParser(description="Generate the code that is committed.")
    parser.add_argument("--check", action="store_true", help="exit 1 when the committed code is stale")
    check = parser.parse_args().check
    with tempfile.TemporaryDirectory() as folder:
        files = generate(Path(folder))
    names = stale(files)
    if check:
        for name in names:
            print(f"stale: {(OUT / name).relative_to(ROOT)}", file=sys.stderr)
        if names:
            print("run: python scripts/protos.py", file=sys.stderr)
        return max(1 if names else 0, examples(check))
    for name in names:
        if name in files:
            (OUT / name).parent.mkdir(parents=True, exist_ok=True)
            (OUT / name).write_text(files[name])
        else:
            (OUT / name).unlink()
        print(f"wrote {(OUT / name).relative_to(ROOT)}")
    return examples(check)


if __name__ == "__main__":
    sys.exit(main())
