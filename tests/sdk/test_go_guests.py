"""Guests in Go: the greeting of helloworld, and an app that panics, sends much and calls often."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from parigot.app import App, load
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
    assert [(line.message, line.fields) for line in run.logs if line.service == "greeting"] == [
        (line.message, line.fields) for line in in_c.logs if line.service == "greeting"
    ]


def line_of(service: str, text: str) -> int:
    """Where a text stands in the source of a service."""
    lines = (APP / service / "main.go").read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory) -> App:
    """The app in go_echo, built."""
    root = tmp_path_factory.mktemp("echo") / "app"
    shutil.copytree(APP, root)
    build_app(load(root, built=False))
    return load(root)


def test_panics_large_messages_many_calls_and_exit_events(echo: App) -> None:
    run = run_app(echo)
    assert run.code == 7
    assert run.lines("ask") == [
        "panic: DispatchError",
        "later: DispatchError",
        "large came back",
        "many done",
    ]
    messages = [line.message for line in run.logs if line.service == "echo"]
    assert [text for text in messages if text.startswith("panic")] == messages[:1]
    panicked = next(line for line in run.logs if line.service == "echo")
    assert dict(panicked.fields) == {
        "in": "Panic",
        "reason": "as asked",
        "at": f"app/echo/main.go:{line_of('echo', 'as asked')}",
    }
    assert messages[-1].startswith("cleaned up")


def test_a_panic_in_a_callback_fails_the_call_it_was_made_for(echo: App) -> None:
    (told,) = (line for line in run_app(echo).logs if line.service == "relay")
    fields = dict(told.fields)
    assert (told.message, fields["in"]) == ("panic", "callback")
    assert fields["at"] == f"app/relay/main.go:{line_of('relay', 'nobody.Text')}"
    assert "nil pointer" in fields["reason"]


def test_a_service_that_panics_in_ready_ends(echo: App) -> None:
    services = tuple(
        replace(spec, env=(("UNREADY", "not today"),)) if spec.name == "relay" else spec
        for spec in echo.services
    )
    run = run_app(replace(echo, services=services))
    told = [(line.message, dict(line.fields)) for line in run.logs if line.service == "relay"]
    assert told[0][0] == "panic"
    assert (told[0][1]["in"], told[0][1]["reason"]) == ("Ready", "not today")
    assert told[1] == ("is not ready", {"service": "Relay"})
    assert run.lines("ask")[1] == "later: ClosedErr"  # its callers are told


def test_a_program_that_panics_ends(echo: App) -> None:
    programs = tuple(replace(spec, args=("for nobody",)) for spec in echo.programs)
    run = run_app(replace(echo, programs=programs))
    assert run.code == 2
    (told,) = (line for line in run.logs if line.service == "ask")
    assert dict(told.fields)["reason"] == "for nobody"


def test_errors_are_the_compilers_own(tmp_path: Path) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "main.go").write_text("package main\n\nfunc main() { nothing() }\n")
    with pytest.raises(BuildError, match=r"bad/main\.go:3:15: undefined: nothing"):
        compile_go([tmp_path / "bad"], tmp_path / "out.wasm", (), tmp_path)
    assert not (tmp_path / "out.wasm").exists()


@pytest.mark.parametrize(
    ("generated", "wanted", "hint"),
    [
        (False, "gen/parigot", "needs two lines in go.mod: require gen v0.0.0"),
        (True, "gen/parigot", "parigot gen APP"),
        (False, "example.com/nowhere", "go get MODULE"),
    ],
)
def test_packages_that_are_missing_come_with_advice(
    tmp_path: Path, generated: bool, wanted: str, hint: str
) -> None:
    known = "\nrequire gen v0.0.0\n\nreplace gen => ./gen/go\n" if generated else ""
    (tmp_path / "go.mod").write_text(f"module app\n\ngo 1.24\n{known}")
    (tmp_path / "lost").mkdir()
    (tmp_path / "lost" / "main.go").write_text(f'package main\n\nimport _ "{wanted}"\n\nfunc main() {{}}\n')
    with pytest.raises(BuildError, match=r"lost/main\.go:3:8") as caught:
        compile_go([tmp_path / "lost"], tmp_path / "out.wasm", (), tmp_path)
    assert hint in caught.value.hint
