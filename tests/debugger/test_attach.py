"""A real DAP client, the real debugpy, and a service in Python that is called from a wasm guest."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import parigot
import pytest
from debugger.dap import PATIENCE_S, DapClient

ROOT = Path(parigot.__file__).resolve().parents[2]
APP = ROOT / "examples/helloworld/python.toml"
SOURCE = ROOT / "examples/helloworld/greeting-py/greeting.py"


def line_of(words: str) -> int:
    """The line of the service's source that holds these words."""
    return next(n for n, line in enumerate(SOURCE.read_text().splitlines(), 1) if words in line)


class Run:
    """`parigot run APP` that waits for a debugger; its output goes to files, because debugpy's adapter holds
    on to both streams for as long as a client is there.
    """

    def __init__(self, folder: Path) -> None:
        self._out, self._err = folder / "out", folder / "err"
        command = [sys.executable, "-m", "parigot.cli.main", "run", str(APP), "--debugpy", "0"]
        with self._out.open("w") as out, self._err.open("w") as err:
            self.process = subprocess.Popen([*command, "--wait-for-client"], stdout=out, stderr=err)
        self.port = self._port()

    def _port(self) -> int:
        while self.process.poll() is None:
            found = re.search(r"can attach at 127\.0\.0\.1:(\d+)\n", self._err.read_text())
            if found is not None:
                return int(found[1])
            time.sleep(0.01)
        raise RuntimeError(self._err.read_text())

    def finish(self) -> tuple[str, str]:
        """What it printed, once it has ended by itself with exit code 0."""
        code = self.process.wait(PATIENCE_S)
        err = self._err.read_text()
        assert code == 0, err
        return self._out.read_text(), err


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    made = Run(tmp_path)
    yield made
    made.process.kill()
    made.process.wait()


def test_a_breakpoint_in_a_service_is_hit_by_a_call_from_a_wasm_guest(run: Run) -> None:
    stop, after = line_of("greeting = GREETINGS.get"), line_of("if greeting is None")
    with DapClient(run.port) as client:
        client.attach({SOURCE: [stop]})
        stopped = client.event("stopped")
        assert stopped["reason"] == "breakpoint"
        thread = stopped["threadId"]
        top = client.frames(thread)[0]
        assert (top["name"], top["line"], Path(top["source"]["path"])) == ("fetch_greeting", stop, SOURCE)
        values = client.local_values(top["id"])
        assert "Tongue.French" in values["request"]
        client.request("next", threadId=thread)
        client.event("stopped")
        top = client.frames(thread)[0]
        assert top["line"] == after
        assert client.local_values(top["id"])["greeting"] == "'bonjour'"
        client.request("continue", threadId=thread)
    out, _ = run.finish()
    assert out == "bonjour world\n"


def test_a_value_changed_in_the_debugger_is_what_the_caller_gets(run: Run) -> None:
    stop = line_of("if greeting is None")
    with DapClient(run.port) as client:
        client.attach({SOURCE: [stop]})
        thread = client.event("stopped")["threadId"]
        top = client.frames(thread)[0]
        client.request("evaluate", expression="greeting = 'salut'", frameId=top["id"], context="repl")
        client.request("continue", threadId=thread)
    out, _ = run.finish()
    assert out == "salut world\n"


def test_it_is_the_loop_that_stops(run: Run) -> None:
    with DapClient(run.port) as client:
        client.attach({SOURCE: [line_of("greeting = GREETINGS.get")]})
        stopped = client.event("stopped")
        threads = {one["id"]: one["name"] for one in client.request("threads")["threads"]}
        assert threads[stopped["threadId"]] == "parigot-loop"
        client.request("continue", threadId=stopped["threadId"])
    run.finish()


def test_a_service_that_was_held_is_neither_slow_nor_late(run: Run) -> None:
    """The clock leaves out what a person takes: the run tells of no slow method, and times are short."""
    with DapClient(run.port) as client:
        client.attach({SOURCE: [line_of("greeting = GREETINGS.get")]})
        thread = client.event("stopped")["threadId"]
        for _ in range(3):
            client.request("next", threadId=thread)
            client.event("stopped")
        client.request("continue", threadId=thread)
    _, err = run.finish()
    assert "method_warn_ms" not in err
    assert "method_kill_ms" not in err


@pytest.mark.parametrize("wrong", ["x", "70000", "127.0.0.1:", "-1"])
def test_an_address_that_is_none_is_named(wrong: str) -> None:
    command = [sys.executable, "-m", "parigot.cli.main", "run", str(APP), f"--debugpy={wrong}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert f"--debugpy {wrong}: say PORT or HOST:PORT" in done.stderr


def test_waiting_needs_an_address() -> None:
    command = [sys.executable, "-m", "parigot.cli.main", "run", str(APP), "--wait-for-client"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "say where with --debugpy PORT" in done.stderr
