"""Drivers on the real kernel, without a session: guests in Python that are run to their next wait."""

from __future__ import annotations

import random
import sys
from collections.abc import Mapping
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from parigot.ids import IdSource
from parigot.kernel import GuestMove, Kernel
from parigot.sdk.driver import Driver
from parigot.sdk.envelope import TIMED_OUT

ROOT = Path(__file__).resolve().parents[3]


def greeting_code() -> ModuleType:
    """The generated code of helloworld, under a name that no guest would use."""
    path = ROOT / "examples/helloworld/gen/python/greeting/v1/greeting_pb.py"
    spec = spec_from_file_location("code_of_greeting", path)
    module = sys.modules[spec.name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Actor:
    """One guest; also its world."""

    def __init__(self, stage: Stage, kind: type, name: str, args: tuple[str, ...]) -> None:
        self.stage = stage
        self.name = name
        self.args = args
        self.record = stage.kernel.add_guest(
            name, is_program=hasattr(kind, "run"), buffer_size=1 << 20, knows_exit=True
        )
        host = self.record.host_id
        self.environ: Mapping[str, str] = {"HOSTID_HIGH": f"{host.high:x}", "HOSTID_LOW": f"{host.low:x}"}
        self.written: list[tuple[str, str]] = []
        self.deadline: int | None = None
        self.calls: list[str] = []
        self.driver = Driver(self.syscall, kind, self)

    @property
    def log(self) -> str:
        return "".join(text for stream, text in self.written if stream == "stderr")

    def syscall(self, operation: str, request: bytes) -> bytes:
        self.calls.append(operation)
        if operation != "read_one_":
            return self.stage.kernel.call(self.record, operation, request)
        timeout = self.stage.kernel.read_one(self.record, request)
        self.deadline = None if timeout < 0 else self.stage.now + timeout * 1_000_000
        return b""

    def write(self, stream: str, text: str) -> None:
        self.written.append((stream, text))

    def clock_ns(self) -> int:
        return self.stage.now

    def wall_ns(self) -> int:
        return 1_700_000_000_000_000_000 + self.stage.now

    def random_bytes(self, count: int) -> bytes:
        return self.stage.chance.randbytes(count)


class Stage:
    """Some guests on a kernel."""

    def __init__(self) -> None:
        self.chance = random.Random(7)
        self.kernel = Kernel(IdSource(self.chance.getrandbits))
        self.now = 0
        self.actors: list[Actor] = []

    def add(self, kind: type, *args: str, name: str = "") -> Actor:
        """A guest; it runs with `play`."""
        actor = Actor(self, kind, name or kind.__name__.lower(), args)
        self.actors.append(actor)
        return actor

    def play(self) -> None:
        """Runs everything until nothing can happen any more; the clock jumps to each deadline."""
        for actor in self.actors:
            actor.driver.start()
            self._after(actor)
        self.kernel.begin_launching()
        for _ in range(10_000):
            delivery = self.kernel.deliver_next()
            if delivery is not None:
                actor = self.actors[delivery.target.index]
                actor.driver.deliver(delivery.event)
                self._after(actor)
                continue
            waiting = [a for a in self.actors if a.record.waiting and a.deadline is not None]
            if not waiting:
                return
            actor = min(waiting, key=lambda a: a.deadline)
            self.now = max(self.now, actor.deadline)
            self.kernel.stop_waiting(actor.record)
            actor.driver.deliver(TIMED_OUT)
            self._after(actor)
        raise AssertionError("it goes on and on")

    def _after(self, actor: Actor) -> None:
        code = actor.driver.exit_code
        if code is not None:
            self.kernel.end_guest(actor.record, GuestMove.ENDED, "", code)
