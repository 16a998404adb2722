"""What every kind of guest and of loaded file looks like to the session: wasm modules, Python services."""

from __future__ import annotations

from typing import Protocol

from parigot.app import Limits
from parigot.guests.host import Host
from parigot.wasm import Engine, Outcome


class AnyGuest(Protocol):
    """One instance of a guest."""

    @property
    def buffer_size(self) -> int:
        """Bytes of the largest event that it can take; known once it has asked for one."""
        ...

    @property
    def knows_exit(self) -> bool:
        """It understands exit events; known once it has asked for an event."""
        ...

    @property
    def memory_bytes(self) -> int:
        """Memory of its own; 0 when it has none."""
        ...

    @property
    def blocked(self) -> bool:
        """It waits for an event, a timeout or the end of a sleep."""
        ...

    @property
    def outcome(self) -> Outcome | None:
        """How it ended, once it has."""
        ...

    def start(self) -> None:
        """Prepares the guest; the first `poll` runs it."""
        ...

    def poll(self) -> bool:
        """Runs it until it blocks, has used up a slice, or ends (True)."""
        ...

    def give_event(self, event: bytes) -> None:
        """Its read_one returns this event, of `buffer_size` bytes at most, when it is polled next."""
        ...

    def time_out(self) -> None:
        """Its read_one ends with ReadOneTimeout."""
        ...

    def wake(self) -> None:
        """Its sleep is over; see `Host.sleep_until`."""
        ...

    def report(self) -> list[str]:
        """Why it failed, for people: the reason, then where; when its outcome is `Trapped`."""
        ...

    def drop(self) -> None:
        """Ends it wherever it is, and frees what it has."""
        ...


class AnyModule(Protocol):
    """A file that can run as a guest, loaded."""

    @property
    def speaks_parigot(self) -> bool:
        """It takes part in launching; without that it simply runs as a program."""
        ...

    def guest(
        self,
        engine: Engine,
        host: Host,
        name: str,
        *,
        args: tuple[str, ...],
        environ: tuple[tuple[str, str], ...],
        limits: Limits,
    ) -> AnyGuest:
        """A new instance.

        Args:
            host: the world it runs in.
            name: unique in the run.
            args, environ: what it is told.

        Raises:
            ModuleError: the file turns out to be no guest after all.
        """
        ...
