"""`parigot run` as a shell sees it: exit codes, what goes where, and errors without a traceback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ROOT / "tests" / "apps"
HELLO = ROOT / "examples" / "helloworld"


def parigot(*words: object, **options) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "parigot.cli.main", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **options)


def test_the_programs_own_words_go_to_stdout_and_the_log_to_stderr():
    done = parigot("run", HELLO)
    assert (done.returncode, done.stdout) == (0, "bonjour world\n")
    assert "greeting ready" in done.stderr
    assert "\x1b" not in done.stderr


def test_json_lines_have_all_keys():
    done = parigot("run", HELLO, "--log-format", "json")
    assert done.returncode == 0
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    for line in lines:
        assert {"seq", "time", "service", "level", "message", "call"} <= line.keys()
    assert [line["seq"] for line in lines] == sorted(line["seq"] for line in lines)
    assert any(line["message"] == "bonjour world" and line["service"] == "hello" for line in lines)
    assert any(line["call"] == 1 for line in lines)


@pytest.mark.parametrize(
    ("app", "code", "words"),
    [
        ("cycle", 193, "a -> b (for cycle.v1.B) -> c (for cycle.v1.C) -> a (for cycle.v1.A)"),
        ("missing", 193, "missing.v1.Bank, which nobody exports"),
        ("trap", 0, "null function pointer"),
        ("spin", 0, "method_kill_ms = 200"),
        ("flood", 0, "log lines dropped"),
        ("wild", 0, "echo"),
    ],
)
def test_bad_apps_end_with_a_clear_word(app, code, words):
    done = parigot("run", APPS / app)
    assert done.returncode == code
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("make", "code", "words"),
    [
        (lambda folder: folder / "nothing", 196, "nothing"),
        (lambda folder: _file(folder / "x.wasm", b""), 196, "x.wasm"),
        (lambda folder: _file(folder / "x.wasm", b"\0asm\1\0\0\0\xff"), 196, "x.wasm"),
        (lambda folder: _file(folder / "x.wasm", b"\0asm\x0d\0\1\0"), 196, "component"),
        (lambda folder: _file(folder / "parigot.toml", b"[app]\nnam = 'x'\n"), 196, "parigot.toml:2"),
        (
            lambda folder: _file(folder / "parigot.toml", b"[service.x]\nwasm = 'gone.wasm'\n"),
            196,
            "gone.wasm",
        ),
    ],
)
def test_bad_input_is_named_without_a_traceback(make, code, words, tmp_path):
    done = parigot("run", make(tmp_path))
    assert done.returncode == code
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def _file(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_an_unknown_program_is_a_usage_error():
    done = parigot("run", HELLO, "--program", "helo")
    assert done.returncode == 2
    assert "did you mean hello" in done.stderr


@pytest.mark.parametrize("words", [[], ["no-such-command"], ["run"], ["run", HELLO, "--log-format", "xml"]])
def test_usage_errors(words):
    done = parigot(*words)
    assert done.returncode == 2
    assert "usage:" in done.stderr


def test_ctrl_c_ends_a_run_that_goes_on(tmp_path):
    descriptor = tmp_path / "parigot.toml"
    wasm = ROOT / "tests" / "guests" / "build" / "echo.wasm"
    descriptor.write_text(f'[service.echo]\nwasm = "{wasm}"\n')
    command = [sys.executable, "-m", "parigot.cli.main", "run", str(tmp_path), "--log-format", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert "ready" in running.stdout.readline()
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=30)
    assert running.returncode == 130
    assert "cleaning up" in out
    assert "Traceback" not in err


def test_a_reader_that_leaves_is_no_error():
    done = subprocess.run(
        f'"{sys.executable}" -m parigot.cli.main run "{APPS / "flood"}" --log-format json | head -n 1',
        shell=True,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert "Traceback" not in done.stderr
    json.loads(done.stdout)


def test_help_and_version():
    assert "exit codes" in parigot("--help").stdout
    assert parigot("--version").stdout.startswith("parigot ")
    assert "--log-format" in parigot("run", "--help").stdout
