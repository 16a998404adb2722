"""The studio on a real terminal, while one of its services stands at a breakpoint."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable

from debugger.dap import PATIENCE_S, DapClient
from debugger.test_attach import APP, SOURCE, line_of

from bench.screen import Screen
from bench.terminal import Terminal


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def shows(words: str) -> Callable[[Screen], bool]:
    return lambda screen: screen.shows(words)


def test_the_studio_lives_while_a_service_is_stopped() -> None:
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "parigot_studio.main",
        str(APP),
        "--debugpy",
        str(port),
        "--wait-for-client",
    ]
    with Terminal(command, 120, 36) as terminal:

        def see(words: str) -> None:
            found = terminal.wait_for(shows(words), PATIENCE_S)
            assert found is not None, f"{words!r} never came:\n" + "\n".join(terminal.screen.lines())

        see("Waiting for a Python debugger to attach")
        with DapClient(port) as client:
            client.attach({SOURCE: [line_of("greeting = GREETINGS.get")]})
            thread = client.event("stopped")["threadId"]
            # The call stands in the service; everything on the screen still moves.
            see("RUNNING")
            terminal.press("?")
            see("Esc closes")
            terminal.press("?")
            see("1 Graph")
            terminal.press("2")
            see("FetchGreeting")
            terminal.press("/")
            see(" trace / ")
            terminal.press("fetch\r")
            see("/fetch")
            client.request("continue", threadId=thread)
            see("bonjour world")
            see("ENDED")
        terminal.press("q")
        assert terminal.wait_for_end(PATIENCE_S) == 0


def test_one_can_leave_while_it_waits() -> None:
    command = [sys.executable, "-m", "parigot_studio.main", str(APP), "--debugpy", "0", "--wait-for-client"]
    with Terminal(command, 120, 36) as terminal:
        assert terminal.wait_for(shows("Waiting for a Python debugger to attach"), PATIENCE_S) is not None
        terminal.press("q")
        assert terminal.wait_for_end(PATIENCE_S) == 0
