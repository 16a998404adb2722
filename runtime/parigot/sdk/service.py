"""What a person's classes are made of: services, programs, and clients of other services.

The generated module of a .proto file derives from these; people derive from that. The driver gives each
object its surroundings before `__init__` runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeVar

from parigot.sdk.envelope import any_head
from parigot.sdk.future import Future
from parigot.sdk.log import Log
from parigot.sdk.messages import Message

if TYPE_CHECKING:
    import random

    from parigot.sdk.driver import Driver

R = TypeVar("R")


class Method(NamedTuple):
    """One rpc of a service.

    Attributes:
        name: as the .proto file has it.
        attribute: the service's method.
        request, reply: their types; empty ones are left out of the method's signature.
    """

    name: str
    attribute: str
    request: type[Message] | None
    reply: type[Message] | None


def is_empty(kind: type[Message] | None) -> bool:
    """Whether a message has no fields, and so is neither given nor returned."""
    return kind is None or not getattr(kind, "__slots__", True)


class Guest:
    """What services and programs have in common.

    Attributes:
        log: the guest's own log.
        environ: its environment.
    """

    _driver: Driver
    log: Log
    environ: Mapping[str, str]

    async def init(self) -> None:
        """Before the launch: no other service can be called yet."""

    async def ready(self) -> None:
        """All that this guest requires is there and located. Calls are handled once this has returned."""

    async def exit(self, code: int) -> None:
        """The guest ends with that code after this; there is half a second to clean up."""

    @property
    def random(self) -> random.Random:
        """Chance, seeded from the run's own."""
        return self._driver.random

    def now(self) -> float:
        """The time of day as guests see it, in seconds since 1970."""
        return self._driver.world.wall_ns() / 1e9


class Service(Guest):
    """A service; the generated classes say which.

    Attributes:
        PACKAGE, SERVICE: its name.
        ERRORS: its error enum.
        METHODS: its rpcs.
    """

    PACKAGE: ClassVar[str]
    SERVICE: ClassVar[str]
    ERRORS: ClassVar[type[IntEnum]]
    METHODS: ClassVar[tuple[Method, ...]]


class Program(Guest):
    """A program: `run` is its life."""

    async def run(self, *args: str) -> int | None:
        """What the program does.

        Args:
            args: those of the descriptor.

        Returns:
            The exit code, 0 to 192; None is 0.
        """
        raise NotImplementedError


class Client:
    """Another service, seen from here. An annotation `name: XyzClient` in a service or program asks for one:
    the service is required, and located before `ready`.

    Attributes:
        PACKAGE, SERVICE: its name.
        ERRORS: its error enum.
    """

    PACKAGE: ClassVar[str]
    SERVICE: ClassVar[str]
    ERRORS: ClassVar[type[IntEnum]]

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._routes: dict[str, Route] = {}
        self._methods: dict[str, bytes] = {}  # what bundles to them start with; empty until located

    def located(self, methods: dict[str, bytes]) -> None:
        """The service is there; for the driver.

        Args:
            methods: by folded name, what the bundle of each call starts with.
        """
        self._methods = methods
        self._routes.clear()

    def _call(
        self, method: str, request: Message | None, reply: type[R] | None, request_type: type[Message] | None
    ) -> Future[R]:
        """Calls a method; the generated code's way in.

        Returns:
            The reply, or None where it is an empty message. It fails with `Failure` when the callee answers
            with an error, and with `KernelError` when the call cannot be made or answered.
        """
        route = self._routes.get(method)
        if route is None:
            route = self._route(method, reply, request_type)
        return self._driver.dispatch(route, b"" if request is None else request.encode())

    def _route(self, method: str, reply: Any, request: type[Message] | None) -> Route:
        name = f"{self.PACKAGE}.{self.SERVICE}.{method}"
        if not self._methods:
            raise RuntimeError(f"{name} was called before it is located; it can be from ready() on")
        head = self._methods.get(method.lower(), b"")
        route = Route(
            name,
            head,
            any_head(request.FULL_NAME) if request is not None else b"",
            any_head(reply.FULL_NAME) if reply is not None else b"",
            None if is_empty(reply) else reply,
            self.ERRORS,
        )
        self._routes[method] = route
        return route


class Route:
    """Calls from here to one method: all that they have in common.

    Attributes:
        name: of the method, for people.
        head: what their bundles start with; empty when the service has no such method.
        param, result: the first field of the Any around their requests and replies.
        reply: the type of the reply; None when it is empty.
        errors: the service's error enum.
    """

    __slots__ = ("errors", "head", "name", "param", "reply", "result")

    def __init__(
        self,
        name: str,
        head: bytes,
        param: bytes,
        result: bytes,
        reply: type[Message] | None,
        errors: type[IntEnum],
    ) -> None:
        self.name = name
        self.head = head
        self.param = param
        self.result = result
        self.reply = reply
        self.errors = errors


def client_types(kind: type[Guest]) -> dict[str, type[Client]]:
    """The clients that a class asks for by annotations, its bases' included, in their order.

    Raises:
        NameError: an annotation that names a client cannot be resolved.
    """
    import sys

    found: dict[str, type[Client]] = {}
    for base in reversed(kind.__mro__):
        annotations = base.__dict__.get("__annotations__", {})  # noqa: RUF063 - inspect is slow to load
        if not annotations or base.__module__.startswith("parigot."):
            continue
        module = vars(sys.modules[base.__module__])
        for name, annotation in annotations.items():
            value = annotation
            if isinstance(annotation, str):
                try:
                    while isinstance(value, str):  # one in quotes is a string within a string
                        value = eval(value, module, dict(vars(base)))
                except Exception as error:  # noqa: BLE001 - it is the person's expression
                    if annotation.rstrip("\"'").endswith("Client"):
                        why = f"{base.__name__}.{name}: {annotation} is not known when the program runs"
                        raise NameError(f"{why} ({error})") from None
                    continue
            if isinstance(value, type) and issubclass(value, Client):
                found[name] = value
    return found
