"""`parigot new`: what it writes builds, runs and passes its test at once, and what is there stays."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from parigot.cli.main import main

ROOT = Path(__file__).parents[2]


def parigot(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "parigot.cli.main", *words]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=600, check=False)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new app, which is the current folder."""
    monkeypatch.chdir(tmp_path)
    assert main(["new", "shop"]) == 0
    monkeypatch.chdir(tmp_path / "shop")
    return tmp_path / "shop"


def files_in(folder: Path) -> dict[str, bytes]:
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
    return {name: data for name, data in found.items() if not name.startswith((".parigot/", "gen/"))}


def test_a_new_app_runs(shop: Path) -> None:
    assert sorted(files_in(shop)) == [
        ".gitignore",
        ".vscode/launch.json",
        ".vscode/settings.json",
        "README.md",
        "main/main.py",
        "parigot.toml",
        "tests/conftest.py",
        "tests/test_main.py",
    ]
    built = parigot("build", ".", cwd=shop)
    assert (built.returncode, built.stderr) == (0, "")
    ran = parigot("run", ".", cwd=shop)
    assert (ran.returncode, ran.stdout) == (0, "shop is running\n")
    text = (shop / ".vscode" / "launch.json").read_text()
    (attach,) = json.loads(
        "\n".join(line for line in text.split("\n") if not line.lstrip().startswith("//"))
    )["configurations"]
    assert (attach["type"], attach["request"], attach["connect"]["port"]) == ("debugpy", "attach", 5678)


@pytest.mark.parametrize(("language", "name"), [("python", "Mail"), ("c", "shopping-cart"), ("go", "tax2")])
def test_a_service_is_called_by_the_program(shop: Path, language: str, name: str) -> None:
    done = parigot("new", "service", name, "--lang", language, cwd=shop)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "changed  parigot.toml" in done.stdout
    built = parigot("build", ".", cwd=shop)
    assert built.returncode == 0, built.stderr
    ran = parigot("run", ".", cwd=shop)
    assert (ran.returncode, ran.stdout) == (0, f"shop is running\n{name} says: hello, main\n"), ran.stderr
    assert parigot("gen", ".", "--check", cwd=shop).returncode == 0
    if language != "python":
        assert parigot("build", ".", cwd=shop).stdout.startswith("unchanged")
    tests = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"]
    done = subprocess.run(tests, cwd=shop, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout
    assert "2 passed" in done.stdout


def test_services_stand_side_by_side(shop: Path) -> None:
    assert main(["new", "program", "first", "--lang", "go"]) == 0  # its go.mod knows no generated code yet
    for name, language in (("tax", "go"), ("cart", "c"), ("mail", "python")):
        assert main(["new", "service", name, "--lang", language]) == 0
    assert parigot("build", ".", cwd=shop).returncode == 0
    ran = parigot("run", ".", cwd=shop)
    says = [f"{name} says: hello, main" for name in ("tax", "cart", "mail")]
    assert ran.stdout.splitlines() == ["shop is running", *says], ran.stderr


def test_programs_in_every_language(shop: Path) -> None:
    for name, language in (("pay", "go"), ("count", "c"), ("weigh", "python")):
        done = parigot("new", "program", name, "--lang", language, cwd=shop)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
    built = parigot("build", ".", cwd=shop)
    assert built.returncode == 0, built.stderr
    for name in ("pay", "count", "weigh"):
        ran = parigot("run", ".", "--program", name, cwd=shop)
        assert (ran.returncode, ran.stdout) == (0, f"{name} is running\n"), ran.stderr


def test_a_service_with_a_program_of_its_own(shop: Path) -> None:
    before = (shop / "main" / "main.py").read_text()
    assert main(["new", "service", "tax", "--lang", "python", "--program"]) == 0
    assert (shop / "main" / "main.py").read_text() == before
    ran = parigot("run", ".", "--program", "call-tax", cwd=shop)
    assert (ran.returncode, ran.stdout) == (0, "call-tax is running\ntax says: hello, call-tax\n"), ran.stderr


def test_what_a_person_wrote_stays(shop: Path) -> None:
    (shop / "main" / "main.py").write_text("# mine\n")  # it has no place for calls any more
    (shop / "tests" / "conftest.py").write_text("# mine\n")
    descriptor = shop / "parigot.toml"
    descriptor.write_text("# mine\r\n" + descriptor.read_text().replace("\n", "\r\n"), newline="")
    before = files_in(shop)
    done = parigot("new", "service", "tax", "--lang", "python", cwd=shop)
    assert done.returncode == 0
    assert done.stderr == (
        "parigot: no test was added: tests/conftest.py has no fixture `run`, as that of a new app has\n"
    )
    after = files_in(shop)
    assert {name for name, data in before.items() if after[name] != data} == {"parigot.toml"}
    assert sorted(after.keys() - before.keys()) == [
        "call_tax/call_tax.py",
        "proto/tax/v1/tax.proto",
        "tax/tax.py",
    ]
    text = descriptor.read_bytes().decode()
    assert text.count("\r\n") == text.count("\n")
    assert text.startswith("# mine\r\n# What shop is made of.")


def test_a_folder_of_protos_that_is_there_is_used(shop: Path) -> None:
    (shop / "api").mkdir()
    descriptor = shop / "parigot.toml"
    descriptor.write_text(descriptor.read_text().replace('"shop"\n', '"shop"\nprotos = ["api"]  # ours\n'))
    assert main(["new", "service", "tax", "--lang", "python"]) == 0
    assert (shop / "api" / "tax" / "v1" / "tax.proto").is_file()
    assert 'protos = ["api"]  # ours\n' in descriptor.read_text()


def test_an_app_elsewhere(shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "program", "pay", "--app", "shop"]) == 0
    assert (shop / "pay" / "pay.py").is_file()


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["new", "service"], 2, "say which service: parigot new service NAME"),
        (["new", "service", "tax"], 2, "say in which language"),
        (["new", "service", "tax", "more", "--lang", "c"], 2, "say which service"),
        (["new", "a", "b"], 2, "do not know what to make of a b"),
        (["new", "a", "--lang", "c"], 2, "--lang is for services and programs"),
        (["new", "program", "p", "--program"], 2, "--program is for services"),
        (
            ["new", "service", "tax", "--lang", "c", "--wasm"],
            2,
            "--wasm is for Python; guests in c are always",
        ),
        (["new", "service", "1x", "--lang", "c"], 2, "'1x' is not a name for a service"),
        (["new", "service", "a b", "--lang", "c"], 2, "'a b' is not a name"),
        (["new", "service", "_", "--lang", "c"], 2, "'_' is not a name"),
        (["new", "service", "x" * 41, "--lang", "c"], 2, "is not a name"),
        (["new", "service", "int", "--lang", "c"], 2, "the name int is taken"),
        (["new", "service", "Main", "--lang", "c"], 2, "the name Main is taken"),
        (["new", "program", "gen"], 2, "the name gen is taken"),
        (["new", "../shop"], 196, "../shop: is there already, and is not an empty folder"),
        (["new", "parigot.toml"], 2, "'parigot.toml' is not a name for an app"),
        (["new", "program", "p", "--app", ".vscode"], 196, ".vscode: is not an app: it has no parigot.toml"),
        (["new", "program", "p", "--app", "nowhere"], 196, "there is no such file or folder"),
    ],
)
def test_it_refuses_politely(
    shop: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: int, message: str
) -> None:
    before = files_in(shop)
    assert main(words) == code
    assert message in capsys.readouterr().err
    assert files_in(shop) == before


def test_names_that_exist(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "program", "pay"]) == 0
    capsys.readouterr()
    for name in ("pay", "PAY"):
        assert main(["new", "service", name, "--lang", "c"]) == 2
        assert capsys.readouterr().err == "parigot: the app already has a program pay\n"
    (shop / "tax").mkdir()
    (shop / "tax" / "tax.c").write_text("mine")
    before = files_in(shop)
    assert main(["new", "service", "tax", "--lang", "c"]) == 196
    assert "tax/tax.c: is there already" in capsys.readouterr().err
    assert files_in(shop) == before


def test_a_descriptor_with_no_place(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    descriptor = shop / "parigot.toml"
    descriptor.write_text('program = { main = { python = "main/main.py:Main" } }\n')
    assert main(["new", "program", "pay"]) == 196
    error = capsys.readouterr().err
    assert "parigot.toml: there is no place in it for a further table" in error
    assert '[program.pay] | python = "pay/pay.py:Pay"' in error


def test_a_descriptor_of_0_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "app.toml").write_text('[config.dev.microservice.a]\nWasmPath = "a.wasm"\nMain = true\n')
    code = main(["new", "program", "pay", "--app", str(tmp_path)])
    assert code == 196
    assert capsys.readouterr().err.endswith("/app.toml: only a parigot.toml can be added to\n")
    assert os.listdir(tmp_path) == ["app.toml"]


def test_python_as_wasm_is_refused_as_long_as_nothing_can_build_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "shop"]) == 0
    assert main(["new", "service", "tax", "--lang", "python", "--wasm", "--app", "shop"]) == 2
    assert "this version runs Python in process only" in capsys.readouterr().err
    assert not (tmp_path / "shop/tax").exists()
