"""Arguments after `--` go to the program, in `parigot run` and in the studio without a terminal."""

from __future__ import annotations

import subprocess
import sys

import pytest

WORDS = """
from parigot import sdk

class Words(sdk.Program):
    async def run(self, *args: str) -> int:
        print("words", list(args))
        return len(args)
"""
DESCRIPTOR = """
[app]
default = "one"

[program.one]
python = "words.py:Words"
args = ["of", "the", "descriptor"]

[program.two]
python = "words.py:Words"
"""


@pytest.fixture
def app(tmp_path):
    (tmp_path / "words.py").write_text(WORDS)
    (tmp_path / "parigot.toml").write_text(DESCRIPTOR)
    return tmp_path


def call(module: str, *words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", module, *map(str, words)]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL
    )


@pytest.fixture(params=["run", "studio"])
def run(request, app):
    if request.param == "run":
        return lambda *words: call("parigot.cli.main", "run", app, *words)
    return lambda *words: call("parigot_studio.main", app, *words)


@pytest.mark.parametrize(
    ("words", "given"),
    [
        ([], ["of", "the", "descriptor"]),
        (["--"], []),
        (["--", "--program", "x y", "--", "-h"], ["--program", "x y", "--", "-h"]),
        (["--program", "two", "--", "--orders", "7"], ["--orders", "7"]),
    ],
)
def test_the_program_gets_what_follows_the_dashes(run, words, given):
    done = run(*words)
    assert f"words {given}" in done.stdout
    assert done.returncode == len(given)


def test_only_one_program_can_get_them(run):
    done = run("--program", "one", "--program", "two", "--", "x")
    assert done.returncode == 2
    assert "one program, but these would run: one, two" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_program_that_is_not_there_is_told_first(run):
    done = run("--program", "three", "--", "x")
    assert done.returncode == 2
    assert "has no program 'three'" in done.stderr


def test_other_commands_take_no_arguments_for_programs(app):
    done = call("parigot.cli.main", "plan", app, "--", "x")
    assert done.returncode == 2
