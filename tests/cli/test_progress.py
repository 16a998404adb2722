"""How a build looks while it goes on."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from parigot.build import BuildResult
from parigot.cli.progress import Progress, some, status, terminal_width


class Screen:
    """A Progress with a clock that stands still until it is moved."""

    def __init__(self, width: int) -> None:
        self.out, self.err, self.now = io.StringIO(), io.StringIO(), 100.0
        self.progress = Progress(self.out, self.err, width=lambda: width, clock=lambda: self.now)

    def written(self) -> str:
        text = self.err.getvalue()
        self.err.seek(0)
        self.err.truncate()
        return text


def result(folder: Path, name: str, output: str = "") -> BuildResult:
    wasm = folder / f"{name}.wasm"
    wasm.write_bytes(b"1234")
    return BuildResult((name,), wasm, True, 3.21, output)


def test_a_terminal_has_one_moving_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    screen = Screen(60)
    screen.progress.tick()
    assert screen.written() == ""
    screen.progress.started(("tax",), "go")
    screen.now += 3
    screen.progress.started(("cart", "basket"), "python")
    screen.progress.tick()
    assert screen.written() == "\r| building tax (go) 3 s, cart, basket (python) 0 s\x1b[K"
    screen.progress.done(result(tmp_path, "tax", "a warning\n"))
    assert screen.written() == "\r\x1b[Ka warning\n"
    assert screen.out.getvalue() == "built      tax: tax.wasm (4 bytes, 3.2 s)\n"
    screen.progress.tick()
    assert screen.written() == "\r/ building cart, basket (python) 0 s\x1b[K"
    screen.progress.say("look")
    assert screen.written() == "\r\x1b[Kparigot: look\n"


def test_the_line_is_never_wider_than_the_terminal() -> None:
    screen = Screen(20)
    screen.progress.started(("a-service-with-a-long-name",), "go")
    screen.progress.tick()
    assert screen.written() == "\r| building a-servic\x1b[K"


def test_elsewhere_only_long_builds_are_mentioned_once(tmp_path: Path) -> None:
    screen = Screen(0)
    screen.progress.started(("tax",), "go")
    screen.progress.tick()
    assert screen.written() == ""
    screen.now += 2
    screen.progress.tick()
    screen.progress.tick()
    assert screen.written() == "building   tax (go)\n"


def test_it_ticks_by_itself_until_it_is_left() -> None:
    err = io.StringIO()
    drawn = io.StringIO()

    class Waiting(io.StringIO):
        def flush(self) -> None:
            drawn.write("x")

    with Progress(io.StringIO(), err := Waiting(), width=lambda: 80) as progress:
        progress.started(("tax",), "go")
        while not drawn.getvalue():  # a tick of the thread ends this
            progress._end.wait(0.01)
    assert err.getvalue().endswith("\r\x1b[K")


def test_words() -> None:
    assert some(("a", "b")) == "a, b"
    assert some(tuple("abcdefg")) == "a, b, c, d, e and 2 more"
    assert status([(("a",), "go", 1.4), (("b",), "c", 59.6)]) == "a (go) 1 s, b (c) 60 s"
    assert terminal_width(io.StringIO()) == 0
