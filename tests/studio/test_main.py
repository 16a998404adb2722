"""The command: its arguments, its exit codes, and what it does without a terminal."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from parigot_studio.main import main

ROOT = Path(__file__).parents[2]
HELLO = str(ROOT / "examples" / "helloworld")


class Answer:
    """What `main` returned and printed."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    def call(*arguments: str) -> Answer:
        try:
            code = main(arguments)
        except SystemExit as end:  # argparse
            code = int(str(end.code))
        captured = capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    return call


def test_without_a_terminal_it_says_so_and_runs(command) -> None:  # type: ignore[no-untyped-def]
    answer = command(HELLO)
    assert answer.code == 0
    assert "bonjour world" in answer.out
    assert "no terminal" in answer.err


def test_without_a_terminal_the_runs_code_and_report_count(command) -> None:  # type: ignore[no-untyped-def]
    answer = command(str(ROOT / "tests" / "apps" / "cycle"))
    assert answer.code == 193
    assert "dependency cycle" in answer.err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("nowhere",), 196, "nowhere: there is no such file or folder"),
        ((HELLO, "--program", "helo"), 2, "did you mean hello?"),
        ((HELLO, "--step"), 2, "--step needs a terminal"),
        ((), 2, "the following arguments are required: APP"),
        ((HELLO, "--fast"), 2, "unrecognized arguments"),
    ],
)
def test_what_is_wrong_is_told_without_a_traceback(
    command,
    arguments: tuple[str, ...],
    code: int,
    words: str,  # type: ignore[no-untyped-def]
) -> None:
    answer = command(*arguments)
    assert answer.code == code
    assert words in answer.err
    assert "Traceback" not in answer.err


def test_help_tells_how_to_begin(command) -> None:  # type: ignore[no-untyped-def]
    answer = command("--help")
    assert answer.code == 0
    assert "Press ? in the studio" in answer.out


def test_a_wrong_descriptor_is_told_with_its_line(command, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "parigot.toml").write_text('[app]\nname = "x"\nprotoss = []\n')
    answer = command(str(tmp_path))
    assert answer.code == 196
    assert "parigot.toml:3" in answer.err


def test_the_studio_is_imported_only_when_there_is_a_terminal() -> None:
    code = "import sys, parigot_studio.main; sys.exit('textual' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize("module", ["parigot_studio.render", "parigot_studio.models"])
def test_rendering_and_models_know_no_textual(module: str) -> None:
    folder = ROOT / module.replace(".", "/")
    names = [f"{module}.{path.stem}" for path in folder.glob("*.py") if path.stem != "__init__"]
    loading = f"import sys, importlib; [importlib.import_module(name) for name in {names!r}]; "
    code = loading + "sys.exit('textual' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
