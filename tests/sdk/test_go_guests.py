"""Guests in Go: the greeting of helloworld, and an app that panics, sends much and calls often."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from parigot.app import load
from parigot.build import build_app
from parigot.build.go import compile_go
from parigot.errors import BuildError
from session.running import HELLO, run_app

APP = Path(__file__).parent / "go_echo"


def test_the_greeting_in_go_behaves_as_the_one_in_c(tmp_path: Path) -> None:
    folder = HELLO if HELLO.is_dir() else HELLO.parent
    shutil.copytree(folder, tmp_path / "app", ignore=shutil.ignore_patterns(".parigot"))
    descriptor = tmp_path / "app" / "go.toml"
    build_app(load(descriptor, built=False))
    run = run_app(descriptor)
    assert run.code == 0
    assert run.lines("hello")[0] == "bonjour world"
    in_c = run_app(HELLO)
    assert [line.message for line in run.logs if line.service == "greeting"] == [
        line.message for line in in_c.logs if line.service == "greeting"
    ]


def test_panics_large_messages_many_calls_and_exit_events(tmp_path: Path) -> None:
    shutil.copytree(APP, tmp_path / "app")
    build_app(load(tmp_path / "app", built=False))
    run = run_app(tmp_path / "app")
    assert run.code == 7
    assert run.lines("ask") == ["panic: ExecError", "large came back", "many done"]
    messages = [line.message for line in run.logs if line.service == "echo"]
    assert [text for text in messages if text.startswith("panic")] == messages[:1]
    assert messages[-1].startswith("cleaned up")


def test_errors_are_the_compilers_own(tmp_path: Path) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "main.go").write_text("package main\n\nfunc main() { nothing() }\n")
    with pytest.raises(BuildError, match=r"\./main\.go:3:15: undefined: nothing"):
        compile_go([tmp_path / "bad"], tmp_path / "out.wasm", (), tmp_path)
    assert not (tmp_path / "out.wasm").exists()
