"""What a person may name: a folder, a descriptor, a module; and what they get for anything else."""

from __future__ import annotations

from pathlib import Path

import pytest
from parigot.app import load
from parigot.errors import DescriptorError

PROGRAM = '[program.p]\nwasm = "p.wasm"\n'
OLD = '[config.dev.microservice.q]\nWasmPath = "p.wasm"\nMain = true\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("PARIGOT_DEPLOYMENT", raising=False)
    (tmp_path / "p.wasm").write_bytes(b"\0asm\1\0\0\0")
    return tmp_path


def test_a_descriptor_of_any_name(folder: Path) -> None:
    (folder / "shop.toml").write_text(PROGRAM)
    assert load(folder / "shop.toml").default_programs == ("p",)
    assert load(str(folder / "shop.toml")).path == folder / "shop.toml"


def test_paths_stay_as_they_were_given(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "parigot.toml").write_text(PROGRAM + "x = 1\n")
    monkeypatch.chdir(folder)
    with pytest.raises(DescriptorError, match=r"^parigot.toml:3: "):
        load(".")
    (folder / "parigot.toml").write_text(PROGRAM)
    assert load(".").programs[0].wasm == folder / "p.wasm"
    assert load(".").name == folder.name


@pytest.mark.parametrize(
    ("file", "name"),
    [("p.wasm", "p"), ("My App.v2.wasm", "My-App-v2"), ("parigot.wasm", "program"), ("é.wasm", "program")],
)
def test_a_lone_module_is_a_program(folder: Path, file: str, name: str) -> None:
    (folder / file).write_bytes(b"\0asm\1\0\0\0")
    app = load(folder / file)
    assert [(spec.name, spec.kind, spec.wasm) for spec in app.guests] == [(name, "program", folder / file)]
    assert app.default_programs == (name,)
    assert app.path == folder / file


def test_a_module_is_known_by_its_first_bytes(folder: Path) -> None:
    (folder / "p").write_bytes(b"\0asm\1\0\0\0")
    assert load(folder / "p").name == "p"


def test_a_broken_module_is_for_others_to_judge(folder: Path) -> None:
    (folder / "p.wasm").write_bytes(b"")
    assert load(folder / "p.wasm").name == "p"


def test_a_folder_with_one_descriptor_of_0_3(folder: Path) -> None:
    (folder / "other.toml").write_text("[tool.x]\n")
    (folder / "broken.toml").write_text("[\n")
    (folder / "hello.toml").write_text(OLD)
    assert load(folder).default_programs == ("q",)
    (folder / "hallo.toml").write_text(OLD)
    with pytest.raises(DescriptorError, match="has several descriptors") as caught:
        load(folder)
    assert caught.value.hint == "Name one of them: hallo.toml, hello.toml."
    (folder / "app.toml").write_text(OLD.replace(".q", ".r"))
    assert load(folder).default_programs == ("r",)
    (folder / "parigot.toml").write_text(PROGRAM)
    assert load(folder).default_programs == ("p",)


def test_a_broken_app_toml_tells_its_own_error(folder: Path) -> None:
    (folder / "app.toml").write_text("[config\n")
    with pytest.raises(DescriptorError, match=r"app.toml:1: is not TOML"):
        load(folder)


def test_a_folder_without_an_app(folder: Path) -> None:
    with pytest.raises(DescriptorError) as caught:
        load(folder)
    assert caught.value.what == "has no parigot.toml"
    assert caught.value.path == folder
    assert caught.value.hint == f"A single module will do, too: {folder / 'p.wasm'}"
    (folder / "parigto.toml").write_text(PROGRAM)
    with pytest.raises(DescriptorError, match=r"Did you mean parigto.toml\?"):
        load(folder)


def test_nothing_there(folder: Path) -> None:
    with pytest.raises(DescriptorError, match=r"q.wasm: there is no such file or folder") as caught:
        load(folder / "q.wasm")
    assert caught.value.hint == "Did you mean p.wasm?"
    with pytest.raises(DescriptorError, match=r"there is no such file or folder$"):
        load(folder / "no" / "such" / "place")


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000])
def test_names_that_no_file_can_have(folder: Path, name: str) -> None:
    with pytest.raises(DescriptorError):
        load(folder / name)


def test_some_other_file(folder: Path) -> None:
    (folder / "main.go").write_text("package main")
    with pytest.raises(DescriptorError, match=r"main.go: is neither an app descriptor \(.toml\) nor"):
        load(folder / "main.go")
