"""A client of the Debug Adapter Protocol: what VS Code is to a debug adapter, as far as these tests need it.

https://microsoft.github.io/debug-adapter-protocol/specification
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections import deque
from pathlib import Path
from types import TracebackType
from typing import Any

PATIENCE_S = 60.0  # what is not there by then never comes


class DapClient:
    """One connection to a debug adapter."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self._socket = socket.create_connection((host, port), PATIENCE_S)
        self._socket.settimeout(None)
        self._file = self._socket.makefile("rb")
        self._seq = 0
        self._events: deque[dict[str, Any]] = deque()
        self._answers: dict[int, dict[str, Any]] = {}
        self._came = threading.Condition()
        self._closed = False
        threading.Thread(target=self._read, daemon=True).start()

    def send(self, command: str, **arguments: Any) -> int:
        """Sends a request; its number is for `answer`."""
        self._seq += 1
        request = {"seq": self._seq, "type": "request", "command": command, "arguments": arguments}
        body = json.dumps(request).encode()
        self._socket.sendall(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        return self._seq

    def answer(self, number: int) -> dict[str, Any]:
        """The body of the response to a request; RuntimeError when it failed."""
        with self._came:
            there = self._came.wait_for(lambda: number in self._answers or self._closed, PATIENCE_S)
            if not there or number not in self._answers:
                raise RuntimeError("the adapter never answered")
            response = self._answers.pop(number)
        if not response["success"]:
            raise RuntimeError(f"{response['command']}: {response.get('message')}")
        body: dict[str, Any] = response.get("body") or {}
        return body

    def request(self, command: str, **arguments: Any) -> dict[str, Any]:
        """Sends a request and waits for its response."""
        return self.answer(self.send(command, **arguments))

    def event(self, name: str) -> dict[str, Any]:
        """The body of the next event of that name; those before it are dropped."""
        with self._came:
            while True:
                while self._events:
                    event = self._events.popleft()
                    if event["event"] == name:
                        body: dict[str, Any] = event.get("body") or {}
                        return body
                if self._closed or not self._came.wait(PATIENCE_S):
                    raise RuntimeError(f"event {name} never came")

    def attach(self, breakpoints: dict[Path, list[int]]) -> None:
        """Attaches, sets breakpoints, and lets the program go on."""
        self.request("initialize", adapterID="debugpy", pathFormat="path", linesStartAt1=True)
        attached = self.send("attach", justMyCode=False)
        self.event("initialized")
        for path, lines in breakpoints.items():
            self.breakpoints(path, lines)
        self.request("configurationDone")
        self.answer(attached)

    def breakpoints(self, path: Path, lines: list[int]) -> list[dict[str, Any]]:
        """Sets all breakpoints of a file."""
        wanted = [{"line": line} for line in lines]
        body = self.request("setBreakpoints", source={"path": str(path)}, breakpoints=wanted)
        found: list[dict[str, Any]] = body["breakpoints"]
        return found

    def frames(self, thread: int) -> list[dict[str, Any]]:
        """The stack of a stopped thread, innermost first."""
        found: list[dict[str, Any]] = self.request("stackTrace", threadId=thread)["stackFrames"]
        return found

    def local_values(self, frame: int) -> dict[str, str]:
        """The locals of a frame, as text."""
        scope = self.request("scopes", frameId=frame)["scopes"][0]
        values = self.request("variables", variablesReference=scope["variablesReference"])["variables"]
        return {value["name"]: value["value"] for value in values}

    def _read(self) -> None:
        try:
            while (message := self._message()) is not None:
                with self._came:
                    if message["type"] == "event":
                        self._events.append(message)
                    elif message["type"] == "response":
                        self._answers[message["request_seq"]] = message
                    self._came.notify_all()
        except OSError:
            pass
        with self._came:
            self._closed = True
            self._came.notify_all()

    def _message(self) -> dict[str, Any] | None:
        size = 0
        while True:
            line = self._file.readline()
            if not line:
                return None
            if not line.strip():
                break
            name, _, value = line.partition(b":")
            if name.strip().lower() == b"content-length":
                size = int(value)
        message: dict[str, Any] = json.loads(self._file.read(size))
        return message

    def __enter__(self) -> DapClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError, RuntimeError):
            self.request("disconnect")  # else the adapter outlives us
        self._socket.close()
