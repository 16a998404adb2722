"""Building guests: only what has changed, errors in the compiler's words, no process left behind."""

from __future__ import annotations

import importlib.util
import json
import os
import threading
from pathlib import Path

import pytest
from parigot.app import App, load
from parigot.build import BuildResult, Watcher, build_app, compile_c
from parigot.build import c as c_module
from parigot.build.c import SDK, compiler_folder, inputs_c
from parigot.build.process import run_bounded
from parigot.errors import BuildError

needs_compiler = pytest.mark.skipif(
    importlib.util.find_spec("ziglang") is None,
    reason="needs the C compiler: pip install 'parigot-studio[c]'",
)

MAIN_C = '#include "answer.h"\nvoid _start(void) { volatile int x = ANSWER; (void)x; }\n'
DESCRIPTOR = """\
[program.one]
wasm = "out/one.wasm"
build = { language = "c", sources = ["src/main.c"], flags = ["-DPARIGOT_NO_SDK", "-Iinclude"] }

[program.same]
wasm = "out/one.wasm"
build = { language = "c", sources = ["src/main.c"], flags = ["-DPARIGOT_NO_SDK", "-Iinclude"] }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "include").mkdir()
    (tmp_path / "src" / "main.c").write_text(MAIN_C)
    (tmp_path / "include" / "answer.h").write_text("#define ANSWER 42\n")
    (tmp_path / "parigot.toml").write_text(DESCRIPTOR)
    return tmp_path


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Replaces the compiler by one that writes what it was given; lists what it made."""
    made: list[Path] = []

    def fake(sources: list[Path], out: Path, flags: list[str] = [], root: Path | None = None) -> str:  # noqa: B006
        out.parent.mkdir(exist_ok=True)
        out.write_bytes(b"\0asm" + b"".join(source.read_bytes() for source in sources))
        made.append(out)
        return "a warning\n"

    monkeypatch.setattr(c_module, "compile_c", fake)
    return made


def app_of(folder: Path) -> App:
    return load(folder, built=False)


class Told(Watcher):
    """Remembers what it was told, in the order in which it was."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.results: list[BuildResult] = []

    def say(self, sentence: str) -> None:
        self.words.append(sentence)

    def generated(self, names: tuple[str, ...]) -> None:
        self.words += [f"generated {name}" for name in names]

    def started(self, names: tuple[str, ...], how: str) -> None:
        self.words.append(f"started {' '.join(names)} ({how})")

    def done(self, result: BuildResult) -> None:
        self.words.append(f"{'built' if result.built else 'unchanged'} {' '.join(result.names)}")
        self.results.append(result)


def built(results: list[BuildResult]) -> list[bool]:
    return [result.built for result in results]


def test_only_what_has_changed_is_built(folder: Path, compiled: list[Path]) -> None:
    told = Told()
    first = build_app(app_of(folder), told)
    assert first == told.results
    assert told.words == ["started one same (c)", "built one same"]
    assert [(result.names, result.wasm, result.output) for result in first] == [
        (("one", "same"), folder / "out" / "one.wasm", "a warning\n")
    ]
    assert built(first) == [True]
    assert built(build_app(app_of(folder))) == [False]
    assert built(build_app(app_of(folder), force=True)) == [True]

    (folder / "include" / "answer.h").write_text("#define ANSWER 43\n")
    assert built(build_app(app_of(folder))) == [True]
    assert built(build_app(app_of(folder))) == [False]

    (folder / "parigot.toml").write_text(DESCRIPTOR.replace('"-Iinclude"]', '"-Iinclude", "-O0"]'))
    assert built(build_app(app_of(folder))) == [True]

    (folder / "out" / "one.wasm").write_bytes(b"someone else's")
    assert built(build_app(app_of(folder))) == [True]
    (folder / "out" / "one.wasm").unlink()
    assert built(build_app(app_of(folder))) == [True]
    assert built(build_app(app_of(folder))) == [False]


def many(folder: Path, *names: str) -> App:
    """An app of modules that are made of the same source."""
    spec = DESCRIPTOR.split("\n\n")[0]
    text = "\n\n".join(
        spec.replace("program.one", f"program.{name}").replace("one.wasm", name) for name in names
    )
    (folder / "parigot.toml").write_text(text)
    return app_of(folder)


def test_modules_are_built_at_the_same_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = threading.Barrier(2)

    def fake(sources: list[Path], out: Path, flags: list[str], root: Path) -> str:
        both.wait(timeout=30)
        out.parent.mkdir(exist_ok=True)
        out.write_bytes(b"\0asm")
        return ""

    monkeypatch.setattr(c_module, "compile_c", fake)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    results = build_app(many(folder, "a", "b"))
    assert [result.names for result in results] == [("a",), ("b",)]
    assert built(build_app(app_of(folder))) == [False, False]


def test_when_one_fails_the_others_are_not_begun(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []

    def fake(sources: list[Path], out: Path, flags: list[str], root: Path) -> str:
        begun.append(out.name)
        out.parent.mkdir(exist_ok=True)
        out.write_bytes(b"\0asm")
        if out.name == "b":
            raise BuildError("the compiler is not in the mood")
        return ""

    monkeypatch.setattr(c_module, "compile_c", fake)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    app = many(folder, "a", "b", "c")
    with pytest.raises(BuildError, match=r"toml:5: building b: the compiler is not in the mood"):
        build_app(app)
    assert begun == ["a", "b"]
    monkeypatch.setattr(c_module, "compile_c", lambda *_: "")
    assert [result.built for result in build_app(app) if result.names == ("a",)] == [False]


def test_ctrl_c_ends_what_runs_in_threads(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = folder / "pipe"
    os.mkfifo(pipe)

    def fake(sources: list[Path], out: Path, flags: list[str], root: Path) -> str:
        run_bounded(f"kill -INT {os.getpid()}; exec sleep 600 > {pipe}", root, 60)
        raise AssertionError("it was to be ended")

    monkeypatch.setattr(c_module, "compile_c", fake)
    read = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with pytest.raises(KeyboardInterrupt):
            build_app(app_of(folder))
        os.set_blocking(read, True)
        assert os.read(read, 1) == b""  # nobody holds it open any more
    finally:
        os.close(read)


@pytest.mark.parametrize(
    "text", ["", "[]", '{"format": 1}', '{"format": 1, "built": {"x": 3}}', "[" * 100_000]
)
def test_a_broken_state_file_builds_everything(folder: Path, compiled: list[Path], text: str) -> None:
    build_app(app_of(folder))
    (folder / ".parigot" / "build.json").write_text(text)
    assert built(build_app(app_of(folder))) == [True]
    assert json.loads((folder / ".parigot" / "build.json").read_text())["format"] == 1


def test_two_ways_to_build_one_module(folder: Path, compiled: list[Path]) -> None:
    (folder / "parigot.toml").write_text(DESCRIPTOR.replace('"-Iinclude"]', '"-O0"]', 1))
    with pytest.raises(BuildError, match=r"toml:5: same and one build the same one.wasm in different ways"):
        build_app(app_of(folder))


def test_a_missing_source(folder: Path, compiled: list[Path]) -> None:
    (folder / "src" / "main.c").unlink()
    with pytest.raises(BuildError, match=r"toml:1: building one: there is no source file .*/src/main.c"):
        build_app(app_of(folder))
    assert not compiled


def test_a_missing_compiler(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(BuildError, match=r"toml:1: building one: the C compiler is not installed") as caught:
        build_app(app_of(folder))
    assert caught.value.hint == "Install it with: pip install 'parigot-studio[c]'"
    with pytest.raises(BuildError):
        compiler_folder()


def test_inputs_follow_includes(folder: Path) -> None:
    text = (
        '#include "near.h"\n # include <far.h>\n#include <parigot.h>\n#include "gone.h"\n// #include "no.h"\n'
    )
    (folder / "src" / "main.c").write_text(text)
    (folder / "src" / "near.h").write_text('#include "near.h"\n#include "answer.h"\n')
    (folder / "far").mkdir()
    (folder / "far" / "far.h").write_text("")
    found = inputs_c([folder / "src" / "main.c"], ["-I", "far", "-Iinclude"], folder)
    assert [path for path in found if path.is_relative_to(folder)] == [
        folder / "src" / "main.c",
        folder / "src" / "near.h",
        folder / "far" / "far.h",
        folder / "include" / "answer.h",
    ]
    assert {SDK / "parigot.c", SDK / "parigot.h"} <= set(found)
    assert any(path.parent == SDK / "parts" for path in found)
    alone = inputs_c([folder / "include" / "answer.h"], ["-DPARIGOT_NO_SDK"], folder)
    assert alone == [folder / "include" / "answer.h"]


def test_a_command_runs_in_the_app_folder_each_time(folder: Path) -> None:
    (folder / "parigot.toml").write_text(
        "[program.p]\nwasm = 'p.wasm'\nbuild = 'echo made; cp src/main.c p.wasm; echo run >> runs'\n"
    )
    results = build_app(app_of(folder))
    assert results[0].output == "made\n"
    build_app(app_of(folder))
    assert (folder / "runs").read_text() == "run\nrun\n"


def test_a_command_that_fails(folder: Path) -> None:
    (folder / "parigot.toml").write_text("[program.p]\nwasm = 'p.wasm'\nbuild = 'echo no luck >&2; exit 3'\n")
    with pytest.raises(BuildError, match=r"toml:1: building p: `echo .*` failed \(exit code 3\)\nno luck$"):
        build_app(app_of(folder))
    (folder / "parigot.toml").write_text("[program.p]\nwasm = 'p.wasm'\nbuild = 'true'\n")
    with pytest.raises(BuildError, match=r"`true` did not make .*/p.wasm"):
        build_app(app_of(folder))


def test_a_command_that_takes_too_long_is_ended_with_its_children(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with pytest.raises(BuildError, match=r"took longer than 1 s and was stopped"):
            run_bounded("(echo child; exec sleep 600) > pipe & wait", tmp_path, 1)
        os.set_blocking(read, True)
        # The pipe ends only when the shell's child, which holds it open, is gone, too.
        assert os.read(read, 100) == b"child\n"
        assert os.read(read, 100) == b""
    finally:
        os.close(read)


def test_ctrl_c_ends_the_command(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run_bounded("kill -INT $PPID; exec sleep 600", tmp_path, 60)


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="cannot run no-such-program"):
        run_bounded(["no-such-program"], tmp_path, 1)


@needs_compiler
def test_a_real_module(folder: Path) -> None:
    assert built(build_app(app_of(folder))) == [True]
    assert (folder / "out" / "one.wasm").read_bytes().startswith(b"\0asm\1\0\0\0")
    assert [path.name for path in (folder / "out").iterdir()] == ["one.wasm"]
    assert built(build_app(app_of(folder))) == [False]


@needs_compiler
def test_the_same_bytes_in_every_folder(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    build_app(app_of(folder))
    other = tmp_path_factory.mktemp("other") / "deeper" / "place"
    other.mkdir(parents=True)
    for name in ("src", "include", "parigot.toml"):
        (folder / name).rename(other / name)
    build_app(app_of(other))
    assert (other / "out" / "one.wasm").read_bytes() == (folder / "out" / "one.wasm").read_bytes()


@needs_compiler
def test_compiler_errors_are_shown_as_it_wrote_them(folder: Path) -> None:
    (folder / "src" / "main.c").write_text("void _start(void) {\n  int x = ;\n}\n")
    (folder / "out").mkdir()
    (folder / "out" / "one.wasm").write_bytes(b"the old one")
    with pytest.raises(BuildError) as caught:
        build_app(app_of(folder))
    text = str(caught.value)
    assert text.startswith(f"{folder}/parigot.toml:1: building one: the C compiler failed (exit code 1)\n")
    assert "src/main.c:2:11: error: expected expression" in text
    assert (folder / "out" / "one.wasm").read_bytes() == b"the old one"
    assert [path.name for path in (folder / "out").iterdir()] == ["one.wasm"]


@needs_compiler
def test_warnings_are_passed_on(folder: Path) -> None:
    (folder / "src" / "main.c").write_text("void _start(void) { int unused; }\n")
    out = folder / "w.wasm"
    text = compile_c([folder / "src" / "main.c"], out, ["-DPARIGOT_NO_SDK"], folder)
    assert "src/main.c:1:25: warning: unused variable 'unused'" in text
    assert out.is_file()


def test_a_place_that_cannot_be_written(folder: Path) -> None:
    (folder / "file").write_text("")
    with pytest.raises(BuildError, match=r"cannot write .*/file/x.wasm"):
        compile_c([folder / "src" / "main.c"], folder / "file" / "x.wasm", ["-DPARIGOT_NO_SDK"], folder)
