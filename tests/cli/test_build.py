"""`parigot build` as a person meets it."""

from __future__ import annotations

from pathlib import Path

import pytest
from parigot.cli.main import main

BUILD = "[program.p]\nwasm = 'p.wasm'\nbuild = 'echo a warning; cp parigot.toml p.wasm'\n"


def test_it_tells_what_it_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "parigot.toml").write_text(BUILD)
    assert main(["build", "."]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith(f"built      p: p.wasm ({len(BUILD)} bytes, ")
    assert printed.err == "a warning\n"


def test_nothing_to_build(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "parigot.toml").write_text("[app]\nname='x'\n[program.p]\nwasm = 'gone.wasm'\n")
    assert main(["build", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "nothing to build: no guest of x has a `build` entry\n"


def test_a_failure_is_told_with_the_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "parigot.toml").write_text("\n[program.p]\nwasm = 'p.wasm'\nbuild = 'echo oh >&2; false'\n")
    assert main(["build", str(tmp_path)]) == 196
    expected = (
        f"parigot: {tmp_path}/parigot.toml:2: building p: `echo oh >&2; false` failed (exit code 1)\noh\n"
    )
    assert capsys.readouterr().err == expected


def test_words_that_do_not_fit(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["build"])
    assert caught.value.code == 2
    assert "usage: parigot build" in capsys.readouterr().err
