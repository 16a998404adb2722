"""Lets a Python debugger (VS Code, or any client of the Debug Adapter Protocol) attach to this process.

Services in Python run on the loop thread; that is the thread a person wants to stop. Every other thread (the
studio's screen, its input, the printing of the log) must go on meanwhile, so the debugger is told of none of
them. debugpy is an extra: it is imported only when asked for.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import threading
from dataclasses import dataclass

from parigot.errors import AppError, UsageError

_LOCAL = "127.0.0.1"
_listening = False


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where debuggers attach. Port 0 in a request is any free one."""

    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """Only this machine can reach it."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_endpoint(text: str) -> Endpoint:
    """`[HOST:]PORT`; without a host, this machine only.

    Raises:
        UsageError
    """
    host, _, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not port.isascii() or not port.isdigit() or int(port) > 65_535:
        raise UsageError(f"--debugpy {text}: say PORT or HOST:PORT, as in --debugpy 5678")
    return Endpoint(host or _LOCAL, int(port))


def listen(wanted: Endpoint) -> Endpoint:
    """Starts to listen for a debugger; once in a process, and before the session starts.

    Returns:
        where it listens.

    Raises:
        AppError: debugpy is not installed, or nobody can listen there.
    """
    global _listening
    # A thread is traced unless it says otherwise; with the default turned round, only `trace_me` brings one
    # in. The rest of the names are what debugpy's own threads say of themselves.
    threading.Thread.pydev_do_not_trace = True  # type: ignore[attr-defined]
    # Else it prints a page about the standard library's frozen modules, in the middle of the screen.
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    try:
        import debugpy
    except ImportError:
        hint = "Install it with: pip install 'parigot-studio[debug]'"
        raise AppError("debugpy is not installed", hint=hint) from None
    try:
        host, port = debugpy.listen((wanted.host, wanted.port))
    except (RuntimeError, OSError) as error:
        raise AppError(f"no debugger can attach at {wanted}: {str(error).splitlines()[0]}") from error
    _listening = True
    return Endpoint(host, port)


def is_listening() -> bool:
    """A debugger may be attached: time may pass while a guest stands still."""
    return _listening


def trace(thread: threading.Thread) -> None:
    """The debugger sees this thread; before it starts."""
    thread.pydev_do_not_trace = False  # type: ignore[attr-defined]


def wait_for_client() -> bool:
    """Blocks until a debugger has attached and set its breakpoints.

    Returns:
        False when `stop_waiting` was called first.
    """
    import debugpy

    debugpy.wait_for_client()
    return bool(debugpy.is_client_connected())


def stop_waiting() -> None:
    """Ends a `wait_for_client` in another thread; does nothing where nobody waits."""
    import debugpy

    with contextlib.suppress(RuntimeError):  # nobody has ever waited
        debugpy.wait_for_client.cancel()


def warning(endpoint: Endpoint) -> str:
    """What a person should know of an endpoint that others can reach; "" for one of this machine."""
    if endpoint.is_loopback:
        return ""
    return f"anyone who can reach {endpoint} can run code as you; use 127.0.0.1 and a tunnel instead"
