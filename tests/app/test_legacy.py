"""Descriptors of parigot 0.3: read as they are, with a word on what has no effect here."""

from __future__ import annotations

from pathlib import Path

import pytest
from parigot.app import App, Limits, load
from parigot.errors import DescriptorError

HELLO = """\
[config.dev]
ParigotLibPath="/workspaces/parigot/build/syscall.so"
ParigotLibSymbol="ParigotInitialize"
Timezone = "US/Eastern"
[config.dev.Timeout]
Startup = 100 # millis
Complete = 20 # millis

[config.dev.microservice.greet]
WasmPath="greeting.p.wasm"
Arg=[" -v "]
Env=["A=b=c", "EMPTY="]

[config.dev.microservice.helloworld]
WasmPath="hello.p.wasm"
Main=true

[config.dev.microservice.checks]
WasmPath="hello.p.wasm"
Test=true

[config.prod.microservice.helloworld]
WasmPath="hello.p.wasm"
Main=true
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("PARIGOT_DEPLOYMENT", raising=False)
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "greeting.p.wasm").write_bytes(b"\0asm")
    (tmp_path / "hello.p.wasm").write_bytes(b"\0asm")
    return tmp_path


def loaded(folder: Path, text: str) -> App:
    (folder / "hello.toml").write_text(text, encoding="utf-8")
    return load(folder)


def test_an_app_of_0_3(folder: Path) -> None:
    app = loaded(folder, HELLO)
    (greet,) = app.services
    hello, checks = app.programs
    assert greet.wasm == folder / "build" / "greeting.p.wasm"
    assert greet.args == ("-v",)
    assert greet.env == (("A", "b=c"), ("EMPTY", ""))
    assert (greet.path, greet.line) == (folder / "hello.toml", 9)
    assert hello.wasm == folder / "hello.p.wasm"
    assert (hello.test, checks.test) == (False, True)
    assert app.default_programs == ("helloworld",)
    assert app.timezone == "US/Eastern"
    assert app.limits == Limits()
    assert app.warnings == ()


def test_every_main_runs_by_default(folder: Path) -> None:
    app = loaded(folder, HELLO.replace("Test=true", "main = true"))
    assert app.default_programs == ("helloworld", "checks")


def test_the_deployment_is_chosen_by_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARIGOT_DEPLOYMENT", "prod")
    assert [spec.name for spec in loaded(folder, HELLO).guests] == ["helloworld"]
    monkeypatch.setenv("PARIGOT_DEPLOYMENT", "prodd")
    with pytest.raises(DescriptorError, match="there is no deployment 'prodd'") as caught:
        load(folder)
    assert caught.value.hint == "Did you mean prod?"


def test_times_only_grow(folder: Path) -> None:
    text = HELLO.replace("Startup = 100", 'Startup = "1m30.5s"').replace("Complete = 20", "Complete = 40000")
    limits = loaded(folder, text).limits
    assert (limits.startup_ms, limits.call_timeout_ms) == (90_500, 40_000)


def test_what_has_no_effect_is_said(folder: Path) -> None:
    text = HELLO.replace("Arg=", 'PluginPath="greet.so"\nPluginSymbol="Init"\nColour="red"\nArg=', 1)
    text = text.replace("Timezone", 'ArrangementName="LocalDocker"\nTimezone', 1)
    file = folder / "hello.toml"
    assert loaded(folder, text).warnings == (
        f"{file}:4: config.dev.ArrangementName has no effect here",
        f"{file}:14: unknown key config.dev.microservice.greet.Colour is ignored. Known here: "
        "WasmPath, Arg, Env, Main, Test, Server, PluginPath, PluginSymbol.",
        f"{file}:12: greet needs the native plugin greet.so, which we have no service for",
    )


def test_paths_of_a_container_that_is_not_there(folder: Path) -> None:
    text = HELLO.replace('"greeting.p.wasm"', '"/workspaces/parigot/build/greeting.p.wasm"')
    app = loaded(folder, text)
    assert app.services[0].wasm == folder / "build" / "greeting.p.wasm"
    assert app.warnings == (
        f"{folder}/hello.toml:10: there is no /workspaces/parigot/build/greeting.p.wasm; "
        f"{folder}/build/greeting.p.wasm is taken instead",
    )


def test_search_dir(folder: Path) -> None:
    (folder / "out").mkdir()
    (folder / "out" / "hello.p.wasm").write_bytes(b"\0asm")
    app = loaded(
        folder, HELLO.replace("Timezone", 'SearchDir = "out"\nTimezone').replace("greeting", "hello")
    )
    assert {spec.wasm for spec in app.guests} == {folder / "out" / "hello.p.wasm"}


ERRORS = [
    ('"hello.p.wasm"', '"gone.wasm"', 15, "there is no wasm file gone.wasm"),
    ('WasmPath="greeting.p.wasm"\n', "", 9, "microservice greet names no wasm file"),
    ('WasmPath="greeting.p.wasm"', 'WasmPath=" "', 10, "microservice greet names no wasm file"),
    ("Main=true", "Main=true\nServer=true", 16, "marked Server and Main; only one"),
    ("Main=true", "Main=1", 16, "Main must be true or false, not a whole number"),
    ('"EMPTY="', '\n"EMPTY"', 13, "'EMPTY' is not an environment variable"),
    ('"EMPTY="', '"=x"', 12, "'=x' is not an environment variable"),
    ("= 100", '= "soon"', 6, "Startup is no duration: 'soon'"),
    ("= 100", '= "1s2"', 6, "is no duration"),
    ("= 100", '= "99999999h"', 6, "is too long"),
    ("= 100", "= -1", 6, "must be from 0 to"),
    ("microservice.greet]", "microservice.'a b']", 9, "'a b' is not a name"),
    (
        "[config.dev.microservice.greet]",
        "[config.dev.microservice.HelloWorld]",
        14,
        "is already used in line 9",
    ),
]


@pytest.mark.parametrize(("old", "new", "line", "words"), ERRORS, ids=[words for _, _, _, words in ERRORS])
def test_errors_name_the_line(folder: Path, old: str, new: str, line: int, words: str) -> None:
    assert old in HELLO
    with pytest.raises(DescriptorError) as caught:
        loaded(folder, HELLO.replace(old, new, 1))
    assert words in caught.value.what
    assert (caught.value.path, caught.value.line) == (folder / "hello.toml", line)


def test_no_microservices(folder: Path) -> None:
    text = "[config.dev.microservice]\n"
    with pytest.raises(DescriptorError, match=r"hello.toml:1: deployment dev has no microservices"):
        loaded(folder, text)
