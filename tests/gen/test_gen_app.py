"""`parigot gen`: what is written, what is left alone, what is deleted, and what is said."""

from __future__ import annotations

import importlib.util
import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from gen.protos import ERRORS, HEAD, write_protos
from parigot.app import load
from parigot.build import generated
from parigot.cli.main import main
from parigot.errors import BuildError, SchemaError
from parigot.gen import protoc
from parigot.gen import run as gen_run
from parigot.gen.model import GeneratedFile, Schema
from parigot.gen.run import compare, generate, write

SERVICE = 'service Shop {\n  option (protosupport.v1.error_id_name) = "ShopErr";\n'
SERVICE += "  rpc Buy(Item) returns (Item);\n}\n"
SHOP = HEAD + SERVICE + "message Item { int32 x = 1; }\n" + ERRORS
OTHER = 'syntax = "proto3";\npackage other.v1;\n%smessage O { %s x = 1; }\n'


def tiny(schema: Schema, options: Mapping[str, str]) -> list[GeneratedFile]:
    """A generator that only names the messages of a file."""
    return [
        GeneratedFile(
            f"{file.stem}.txt",
            f"// {gen_run.MARK} from {file.name}. DO NOT EDIT.\n"
            + "".join(f"{message.full_name}\n" for message in file.all_messages()),
        )
        for file in schema.to_generate
    ]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An app with one .proto file, a guest in C, and the generator above for every language."""
    monkeypatch.setattr(gen_run, "generator", lambda language: tiny)
    monkeypatch.setattr(generated, "has_generator", lambda language: True)
    write_protos(tmp_path / "proto", shop__v1__shop=SHOP)
    (tmp_path / "parigot.toml").write_text(
        '[app]\nname = "shop"\nprotos = ["proto"]\n[program.p]\nwasm = "p.wasm"\n'
        'build = { language = "c", sources = ["p.c"] }\n'
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def no_protoc(monkeypatch: pytest.MonkeyPatch) -> None:
    """grpcio-tools is not installed."""
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *more: None if name == "grpc_tools" else find(name, *more)
    )


def made(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder / "gen").as_posix() for path in (folder / "gen").rglob("*.txt"))


def test_it_writes_only_what_differs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gen", "."]) == 0
    assert capsys.readouterr().out == "wrote  gen/c/shop/v1/shop.txt\n"
    path = folder / "gen" / "c" / "shop" / "v1" / "shop.txt"
    assert path.read_text() == f"// {gen_run.MARK} from shop/v1/shop.proto. DO NOT EDIT.\nshop.v1.Item\n"
    os.utime(path, ns=(1, 1))
    assert main(["gen", "."]) == 0
    assert capsys.readouterr().out == "unchanged  gen (1 file)\n"
    assert path.stat().st_mtime_ns == 1
    assert [one.name for one in path.parent.iterdir()] == ["shop.txt"]


def test_what_is_no_longer_made_is_deleted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_protos(folder / "proto", other__v1__other=OTHER % ("", "int32"))
    assert main(["gen", ".", "--lang", "c", "--lang", "go"]) == 0
    mine = folder / "gen" / "c" / "other" / "v1" / "mine.txt"
    mine.write_text("written by hand\n")
    os.remove(folder / "proto" / "other" / "v1" / "other.proto")
    capsys.readouterr()
    assert main(["gen", ".", "--lang", "c", "--lang", "go"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "deleted  gen/c/other/v1/other.txt",
        "deleted  gen/go/other/v1/other.txt",
    ]
    assert made(folder) == ["c/other/v1/mine.txt", "c/shop/v1/shop.txt", "go/shop/v1/shop.txt"]
    assert not (folder / "gen" / "go" / "other").exists()


def test_a_file_of_someone_else_is_not_overwritten(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / "gen" / "c" / "shop" / "v1" / "shop.txt"
    path.parent.mkdir(parents=True)
    path.write_text("mine\n")
    assert main(["gen", "."]) == 196
    assert "shop.txt: was not made by the generator\n  Move it away" in capsys.readouterr().err
    assert path.read_text() == "mine\n"


def test_check_names_what_is_stale(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_protos(folder / "proto", other__v1__other=OTHER % ("", "int32"))
    assert main(["gen", "."]) == 0
    assert main(["gen", ".", "--check"]) == 0
    left = folder / "gen" / "c" / "left.txt"
    left.write_text(f"// {gen_run.MARK} from left.proto. DO NOT EDIT.\n")
    os.remove(folder / "gen" / "c" / "other" / "v1" / "other.txt")
    write_protos(folder / "proto", shop__v1__shop=SHOP.replace("Item", "Thing"))
    capsys.readouterr()
    assert main(["gen", ".", "--check"]) == 1
    printed = capsys.readouterr()
    assert printed.out.splitlines() == [
        "missing: gen/c/other/v1/other.txt",
        "stale: gen/c/shop/v1/shop.txt",
        "left over: gen/c/left.txt",
    ]
    assert printed.err == "run: parigot gen .\n"
    assert left.exists()


def test_imports_that_are_used_are_generated_too(folder: Path) -> None:
    uses = 'import "google/protobuf/struct.proto";\nimport "google/protobuf/any.proto";\n'
    uses += 'import "protosupport/v1/protosupport.proto";\n'
    text = OTHER % (uses, "google.protobuf.Struct")
    write_protos(folder / "proto", other__v1__other=text.replace("}", "protosupport.v1.IdRaw id = 2; }"))
    found = generate([folder / "proto"], ["python"])
    assert sorted(found.files) == [
        "python/google/protobuf/struct.txt",
        "python/other/v1/other.txt",
        "python/protosupport/v1/protosupport.txt",
        "python/shop/v1/shop.txt",
    ]
    assert {path.name for path in found.read} == {"other.proto", "shop.proto", "protosupport.proto"}


def test_a_lone_file_and_what_it_imports(folder: Path) -> None:
    uses = 'import "shop/v1/shop.proto";\n'
    write_protos(folder / "proto", other__v1__other=OTHER % (uses, "shop.v1.Item"), more=OTHER % ("", "bool"))
    found = generate([folder / "proto" / "other" / "v1" / "other.proto"], ["c"])
    assert sorted(found.files) == ["c/other/v1/other.txt", "c/shop/v1/shop.txt"]


def test_protosupport_may_lie_among_the_apps_files(folder: Path) -> None:
    name = "protosupport/v1/protosupport.proto"
    write_protos(folder / "proto", protosupport__v1__protosupport=(protoc.proto_path() / name).read_text())
    assert sorted(generate([folder / "proto"], ["c"]).files) == ["c/shop/v1/shop.txt"]


def test_errors_of_protoc_have_file_line_and_column(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_protos(folder / "proto", bad="syntax = 3;\n")
    assert main(["gen", "."]) == 196
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "parigot: protoc cannot read the .proto files:"
    assert any(line.startswith("proto/bad.proto:1:10: ") for line in lines)

    (folder / "proto" / "bad.proto").unlink()
    write_protos(folder / "proto", shop__v1__shop=SHOP.replace("int32 x", "int23 x"))
    assert main(["gen", "."]) == 196
    lines = capsys.readouterr().err.splitlines()
    line = SHOP.split("\n").index("message Item { int32 x = 1; }") + 1
    assert f'proto/shop/v1/shop.proto:{line}:16: "int23" is not defined.' in lines


def test_errors_of_ours_have_them_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_protos(folder / "proto", shop__v1__shop=HEAD + "service S {}\nservice T {}\n")
    assert main(["gen", str(folder)]) == 196
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "parigot: no code can be made of the .proto files:"
    assert [line.split(": ")[0] for line in lines[1:]] == [
        "proto/shop/v1/shop.proto:4:1",
        "proto/shop/v1/shop.proto:5:1",
    ]


def test_what_a_generator_cannot_do(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(schema: Schema, options: Mapping[str, str]) -> list[GeneratedFile]:
        raise ValueError("shop/v1/shop.proto:6:7: two names become one")

    monkeypatch.setattr(gen_run, "generator", lambda language: refuse)
    with pytest.raises(SchemaError, match=r"^proto/shop/v1/shop\.proto:6:7: two names become one$"):
        generate([folder / "proto"], ["c"])


def test_another_folder(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "elsewhere"
    assert main(["gen", ".", "--out", str(out), "--lang", "python"]) == 0
    assert [path.relative_to(out).as_posix() for path in out.rglob("*.txt")] == ["python/shop/v1/shop.txt"]
    assert not (folder / "gen").exists()


def test_nothing_to_generate(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    descriptor = folder / "parigot.toml"
    text = descriptor.read_text()
    descriptor.write_text(text.replace('protos = ["proto"]', ""))
    assert main(["gen", "."]) == 0
    assert "shop names no .proto files" in capsys.readouterr().out
    descriptor.write_text(text.replace("[program", "generate = []\n[program"))
    assert main(["gen", "."]) == 0
    assert "no guest of shop is built in C, Go or Python" in capsys.readouterr().out


def test_which_languages(folder: Path) -> None:
    descriptor = folder / "parigot.toml"
    assert generated.languages(load(".", built=False)) == ("c",)
    descriptor.write_text(descriptor.read_text().replace("[program", 'generate = ["python", "go"]\n[program'))
    assert generated.languages(load(".", built=False)) == ("python", "go")


def test_where_protosupport_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gen", "--proto-path"]) == 0
    folder = Path(capsys.readouterr().out.rstrip("\n"))
    assert (folder / "protosupport" / "v1" / "protosupport.proto").is_file()


def test_an_app_has_to_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gen"]) == 2
    assert "parigot gen APP" in capsys.readouterr().err


@pytest.mark.usefixtures("no_protoc")
def test_without_protoc(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gen", "."]) == 196
    error = capsys.readouterr().err
    assert "protoc, which reads .proto files for the generators, is not installed" in error
    assert "pip install 'parigot-studio[gen]'" in error


class TestBeforeABuild:
    """Generated code is brought up to date; without protoc it is used as far as that is known to be right."""

    @staticmethod
    def bring(folder: Path) -> tuple[object, list[str]]:
        said: list[str] = []
        return generated.bring_up_to_date(load(folder, built=False), said.append), said

    def test_protoc_runs_only_when_something_has_changed(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        changes, _ = self.bring(folder)
        assert changes.new == ("c/shop/v1/shop.txt",)
        with monkeypatch.context() as patch:
            patch.setattr(generated, "generate", None)  # it is not called
            assert self.bring(folder) == (None, [])
        write_protos(folder / "proto", shop__v1__shop=SHOP.replace("Item", "Thing"))
        assert self.bring(folder)[0].changed == ("c/shop/v1/shop.txt",)
        (folder / "gen" / "c" / "shop" / "v1" / "shop.txt").unlink()
        assert self.bring(folder)[0].new == ("c/shop/v1/shop.txt",)
        write_protos(folder / "proto", other__v1__other=OTHER % ("", "int32"))
        assert self.bring(folder)[0].new == ("c/other/v1/other.txt",)
        assert self.bring(folder) == (None, [])

    def test_two_descriptors_of_one_app(self, folder: Path) -> None:
        other = folder / "other.toml"
        text = (folder / "parigot.toml").read_text()
        other.write_text(text.replace("[program", 'generate = ["c", "python"]\n[program'))
        assert self.bring(folder)[0]
        assert self.bring(other)[0].new == ("python/shop/v1/shop.txt",)
        assert self.bring(folder) == (None, [])
        assert self.bring(other) == (None, [])

    def test_gen_is_remembered(self, folder: Path) -> None:
        assert main(["gen", "."]) == 0
        assert self.bring(folder) == (None, [])

    @pytest.mark.parametrize(
        "text", ["", "[]", '{"format": 1}', '{"format": 1, "generated": {"c": 3}}', "[" * 100_000]
    )
    def test_a_broken_note_only_costs_time(self, folder: Path, text: str) -> None:
        self.bring(folder)
        note = folder / ".parigot" / "gen.json"
        note.write_text(text)
        assert not self.bring(folder)[0]
        assert json.loads(note.read_text())["generated"]["c"]["files"] == ["c/shop/v1/shop.txt"]

    def test_without_protoc_and_changes(self, folder: Path, request: pytest.FixtureRequest) -> None:
        self.bring(folder)
        request.getfixturevalue("no_protoc")
        assert self.bring(folder) == (None, [])

    def test_without_protoc_but_with_changes(self, folder: Path, request: pytest.FixtureRequest) -> None:
        self.bring(folder)
        request.getfixturevalue("no_protoc")
        write_protos(folder / "proto", shop__v1__shop=SHOP.replace("Item", "Thing"))
        with pytest.raises(BuildError, match=r"\.proto files have changed since .* no protoc") as caught:
            self.bring(folder)
        assert caught.value.hint == "Install protoc with: pip install 'parigot-studio[gen]'"

    @pytest.mark.usefixtures("no_protoc")
    def test_without_protoc_and_code(self, folder: Path) -> None:
        with pytest.raises(BuildError, match="there is no generated code in gen/c, and no protoc"):
            self.bring(folder)

    def test_code_that_came_with_the_sources(self, folder: Path, request: pytest.FixtureRequest) -> None:
        generate_once = generate([folder / "proto"], ["c"])
        write(generate_once, folder / "gen")
        assert not compare(generate_once, folder / "gen")
        request.getfixturevalue("no_protoc")
        changes, said = self.bring(folder)
        assert changes is None
        assert said == [
            "gen is used as it is: without protoc nobody knows if it is up to date. "
            "Install protoc with: pip install 'parigot-studio[gen]'"
        ]

    def test_an_app_without_protos_or_languages(self, folder: Path) -> None:
        descriptor = folder / "parigot.toml"
        text = descriptor.read_text()
        descriptor.write_text(text.replace("[program", "generate = []\n[program"))
        assert self.bring(folder) == (None, [])
        descriptor.write_text(text.replace('protos = ["proto"]', ""))
        assert self.bring(folder) == (None, [])
        assert not (folder / "gen").exists()
