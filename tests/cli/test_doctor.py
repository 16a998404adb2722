"""`parigot doctor`: what is there, what is not, and what an app cannot do without."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from parigot.build import generated
from parigot.build.languages import Language
from parigot.cli import doctor
from parigot.cli.doctor import cache, terminal
from parigot.cli.main import main
from parigot.gen import protoc


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with no toolchain but the one for C."""
    versions = {"c": "ziglang 0.17.0", "go": "", "python": ""}

    def language(name: str) -> Language:
        return Language(name, lambda *_: "", lambda *_: [], lambda: versions[name])

    monkeypatch.setattr(doctor, "language", language)
    monkeypatch.setattr(generated, "has_generator", lambda name: True)
    monkeypatch.setattr(protoc, "version", lambda: "")


def app(folder: Path, build: str) -> str:
    (folder / "parigot.toml").write_text(f"[app]\nname = 'shop'\n[program.p]\nwasm = 'p.wasm'\n{build}\n")
    return str(folder)


def test_this_machine_has_everything(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    found = {line.split()[1]: line.split()[0] for line in lines[2:] if line[2:3] != " "}
    made = ("runtime", "wasmtime", "c", "go", "gen", "debug")
    assert {name: found[name] for name in made} == dict.fromkeys(made, "ok")


@pytest.mark.usefixtures("bare")
def test_what_is_missing_has_a_way_to_get_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0  # nothing is needed until an app is named
    text = capsys.readouterr().out
    assert "  ok       c " in text
    for name, extra in (("go", "go"), ("gen", "gen")):
        at = text.index(f"  missing  {name}")
        assert text[at:].split("\n")[1].strip() == f"pip install 'parigot-studio[{extra}]'"


@pytest.mark.usefixtures("bare")
def test_an_app_that_lacks_something(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = app(tmp_path, "build = { language = 'go', sources = ['p'] }")
    assert main(["doctor", folder]) == 1
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == "shop needs go (guests in Go). pip install 'parigot-studio[go]'"
    (tmp_path / "p.wasm").write_bytes(b"\0asm")  # it is built already
    assert main(["doctor", folder]) == 0
    assert capsys.readouterr().out.endswith("\nshop has all that it needs\n")


@pytest.mark.usefixtures("bare")
def test_an_app_without_generated_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = app(tmp_path, "build = { language = 'c', sources = ['p.c'] }")
    (tmp_path / "proto").mkdir()
    (tmp_path / "proto" / "a.proto").write_text('syntax = "proto3";\n')
    descriptor = tmp_path / "parigot.toml"
    descriptor.write_text(descriptor.read_text().replace("[app]", "[app]\nprotos = ['proto']"))
    assert main(["doctor", folder]) == 1
    assert "shop needs gen (code from .proto files)" in capsys.readouterr().out
    (tmp_path / "gen" / "c").mkdir(parents=True)
    assert main(["doctor", folder]) == 0


@pytest.mark.usefixtures("bare")
def test_a_module_that_nobody_makes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", app(tmp_path, "")]) == 1
    expected = f"p: there is no {tmp_path}/p.wasm, and no `build` entry that says how it is made"
    assert capsys.readouterr().out.splitlines()[-1] == expected


@pytest.mark.usefixtures("bare")
def test_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = app(tmp_path, "build = { language = 'go', sources = ['p'] }")
    assert main(["doctor", folder, "--format", "json"]) == 1
    value = json.loads(capsys.readouterr().out)
    assert list(value) == ["parigot", "python", "platform", "checks", "app", "problems"]
    assert value["app"] == "shop"
    checks = {check["name"]: check for check in value["checks"]}
    assert checks["go"] == {
        "name": "go",
        "state": "missing",
        "found": "",
        "use": "guests in Go",
        "hint": "pip install 'parigot-studio[go]'",
        "needed": True,
    }
    assert {name for name, check in checks.items() if check["needed"]} == {"runtime", "wasmtime", "go"}
    assert main(["doctor", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["app"] is None


def test_an_app_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", str(tmp_path)]) == 196
    assert "has no parigot.toml" in capsys.readouterr().err


def test_the_cache(tmp_path: Path) -> None:
    assert cache({"HOME": str(tmp_path)}).state == "ok"
    (tmp_path / "file").write_text("")
    check = cache({"HOME": str(tmp_path / "file"), "XDG_CACHE_HOME": str(tmp_path / "file" / "cache")})
    assert (check.state, check.found) == ("warning", f"{tmp_path / 'file'} cannot be written")


class Tty(io.StringIO):
    encoding = "utf-8"  # type: ignore[assignment]

    def isatty(self) -> bool:
        return True


def test_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("LINES", "40")
    good = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    check = terminal(Tty(), good)
    assert (check.state, check.found) == ("ok", "xterm-256color, 120 x 40, 24-bit colours")
    assert terminal(Tty(), {"TERM": "xterm"}).found == "xterm, 120 x 40, 256 colours or less"
    assert terminal(Tty(), {**good, "NO_COLOR": "1"}).found.endswith("no colours (NO_COLOR is set)")
    assert terminal(io.StringIO(), good).found == "none"
    assert terminal(Tty(), {"TERM": "dumb"}).hint == "Set TERM, for example to xterm-256color."
    plain = Tty()
    plain.encoding = "ascii"  # type: ignore[assignment]
    assert terminal(plain, good).state == "warning"
    monkeypatch.setenv("COLUMNS", "60")
    assert terminal(Tty(), good).hint == "Best from 80 x 24."
