"""Programs compiled in the test run."""

from __future__ import annotations

import subprocess
import sys

import pytest
from dwarf_programs import SOURCES, Compile, Program

_FLAGS = (
    *("-target", "wasm32-freestanding", "-nostdlib", "-fno-sanitize=undefined"),
    *("-Wl,--no-entry", "-Wl,--export=run"),
)


@pytest.fixture(scope="session")
def compile_program(tmp_path_factory: pytest.TempPathFactory) -> Compile:
    """`compile_program("main.c", "-O2", "-gdwarf-5")`; every combination is compiled once."""
    pytest.importorskip("ziglang", reason="C programs of the tests need the extra `c`")
    folder = tmp_path_factory.mktemp("programs")
    for name, source in SOURCES.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(source)
    done: dict[tuple[str, ...], Program] = {}

    def compile_it(*words: str) -> Program:
        if words not in done:
            output = folder / f"{len(done)}.wasm"
            language = "c++" if any(word.endswith(".cpp") for word in words) else "cc"
            subprocess.run(
                [sys.executable, "-m", "ziglang", language, *_FLAGS, *words, "-o", str(output)],
                cwd=folder,
                check=True,
                timeout=300,
            )
            done[words] = Program(output.read_bytes(), folder)
        return done[words]

    return compile_it


LEVELS = [
    pytest.param(("-O0", "-gdwarf-4"), id="O0-v4"),
    pytest.param(("-O0", "-gdwarf-5"), id="O0-v5"),
    pytest.param(("-O2", "-gdwarf-4"), id="O2-v4"),
    pytest.param(("-O2", "-gdwarf-5"), id="O2-v5"),
]


@pytest.fixture(params=LEVELS)
def program(request: pytest.FixtureRequest, compile_program: Compile) -> Program:
    """`main.c` at both levels of optimization in both versions of DWARF."""
    return compile_program("main.c", *request.param)
