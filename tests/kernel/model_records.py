"""What the model keeps: guests, services, calls, deliveries, and how it says no."""

from __future__ import annotations

from dataclasses import dataclass, field

from parigot.errors import KernelErr

Key = tuple[int, int]


OWN_VALUE = b"the exit's own value"


class Refused(Exception):
    """The kernel has to refuse this with `code`."""

    def __init__(self, code: KernelErr) -> None:
        super().__init__(code.name)
        self.code = code


@dataclass(eq=False)
class MGuest:
    place: int
    host: Key
    group: str
    replicas: int
    buffer: int
    message_limit: int
    inbox_limit: int
    state: str = "starting"
    waiting: bool = False
    inbox: list[MDelivery] = field(default_factory=list)
    handling: MCall | None = None
    exit_call: MCall | None = None
    exit_code: int = 0

    @property
    def gone(self) -> bool:
        return self.state in ("ended", "failed", "unneeded")

    @property
    def calls_waiting(self) -> int:
        return sum(delivery.kind == "call" for delivery in self.inbox)


@dataclass(eq=False)
class MService:
    key: Key
    guest: MGuest
    exports: list[str] = field(default_factory=list)  # lower case
    requires: list[str] = field(default_factory=list)
    methods: dict[str, Key] = field(default_factory=dict)
    launch: MCall | None = None
    needs: list[str] | None = None  # what it required when its launch was considered
    told: bool = False


@dataclass(eq=False)
class MCall:
    kind: str  # call, launch, exit
    key: Key
    caller: MGuest
    callee: MGuest
    service: MService
    method: Key
    number: int = 0
    payload: bytes | None = None
    state: str = "queued"
    context: MCall | None = None
    parent: int | None = None
    error: int = 0
    result: bytes | None = None  # OWN_VALUE for an exit that the kernel answered itself
    code: int = 0  # of an exit


@dataclass(eq=False)
class MDelivery:
    number: int
    kind: str  # call, resolved, launched, exit
    target: MGuest
    call: MCall | None
    service: MService | None = None
    code: int = 0


Notice = tuple[str, object, object]  # (what, call key or guest place, more)
