"""The life of a guest in Python: how it declares itself, gets ready, runs, and ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parigot.errors import KernelError
from parigot.sdk import envelope
from parigot.sdk.future import Future
from parigot.sdk.service import Client, Guest, Program, Service, client_types
from parigot.sdk.tasks import Handler

if TYPE_CHECKING:
    from parigot.sdk.driver import Driver

HIGHEST_CODE = 192
_CRASHED = 1


class Life:
    """One guest's.

    Attributes:
        guest: the person's object, once `begin` runs.
    """

    guest: Guest

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._clients: list[Client] = []
        self._services: list[bytes] = []  # their ids; the first one stands for the guest
        self._asked: int | None = None
        self._final: int | None = None
        self._cleaning = False
        self._clean = False

    async def begin(self) -> None:
        """The guest's life up to its end, or for a service until it is ready."""
        driver = self._driver
        try:
            self.guest = self._made()
            launched = self._declare()
            await self.guest.init()
            if not await self._launch(launched):
                return
            self._locate()
            await self.guest.ready()
            driver.open()
            if isinstance(self.guest, Program):
                self.end(self._code(await self.guest.run(*driver.world.args)))
        except SystemExit as leaving:
            self.leave(leaving)
        except Exception as error:
            what = type(error).__name__ + (f": {error}" if str(error) else "")
            driver.log.exception(f"{driver.kind.__name__} failed: {what}", error)
            self.end(_CRASHED)

    # --- the beginning --------------------------------------------------------------------------------

    def _made(self) -> Guest:
        """The person's object; it knows its surroundings before its own `__init__` runs."""
        driver = self._driver
        guest = driver.kind.__new__(driver.kind)
        guest._driver = driver
        guest.log = driver.log
        guest.environ = driver.world.environ
        for name, kind in client_types(driver.kind).items():
            client = kind(driver)
            self._clients.append(client)
            setattr(guest, name, client)
        guest.__init__()  # type: ignore[misc]  # as type.__call__ does, with a step between
        return guest

    def _declare(self) -> list[bytes]:
        """Registers, requires, exports and binds; returns the services to launch."""
        driver, syscall, host = self._driver, self._driver.syscall, self._driver.host
        offers = interfaces(driver.kind)
        none: list[type[Service] | None] = [None]
        for offer in offers or none:
            answer = syscall("register_", envelope.register(host, driver.world.name))
            me = envelope.last_bytes(answer, 1)
            self._services.append(me)
            if offer is None:
                continue
            syscall("export_", envelope.export(host, me, offer.PACKAGE, offer.SERVICE))
            for method in offer.METHODS:
                answer = syscall("bind_method_", envelope.bind_method(host, me, method.name))
                function = getattr(self.guest, method.attribute)
                driver.handlers[envelope.last_bytes(answer, 1)] = Handler(method, function, offer.ERRORS)
        names = list(dict.fromkeys((client.PACKAGE, client.SERVICE) for client in self._clients))
        if names:
            syscall("require_", envelope.require(self._services[0], names))
        return self._services

    async def _launch(self, services: list[bytes]) -> bool:
        driver = self._driver
        futures: list[Future[Any]] = [
            driver.own_call(lambda call, me=me: envelope.launch(driver.host, me, call), "launch_")  # type: ignore[misc]
            for me in services
        ]
        for future in futures:
            try:
                await future
            except KernelError as error:
                driver.log.error(f"{driver.world.name} cannot start", error=error.code.name)
                self.end(_CRASHED)
                return False
        return True

    def _locate(self) -> None:
        driver = self._driver
        for client in self._clients:
            request = envelope.locate(self._services[0], client.PACKAGE, client.SERVICE)
            answer = driver.syscall("locate_", request)
            service = envelope.last_bytes(answer, 2)
            methods = {}
            for binding in envelope.all_bytes(answer, 3):
                head = envelope.bundle_head(driver.host, service, envelope.last_bytes(binding, 2))
                methods[envelope.last_bytes(binding, 1).decode().lower()] = head
            client.located(methods)

    # --- the end --------------------------------------------------------------------------------------

    def leave(self, leaving: SystemExit) -> None:
        """sys.exit was called."""
        self.end(self._code(leaving.code))

    def _code(self, said: object) -> int:
        """An exit code, as sys.exit understands what it is given."""
        if said is None:
            return 0
        if isinstance(said, int):
            return said if 0 <= said <= HIGHEST_CODE else HIGHEST_CODE
        self._driver.log.error(str(said))
        return _CRASHED

    def end(self, code: int) -> None:
        """Asks the kernel for the end: `exit` is called, then comes the exit event, and that is all."""
        if self._asked is not None or self._final is not None:
            return
        self._asked = code
        driver = self._driver
        if not self._services:
            driver.exit_code = code
            return
        driver.spawn(self._leave(code))

    async def _leave(self, code: int) -> None:
        driver, me = self._driver, self._services[0]
        calls: list[bytes] = []

        def ask(call: bytes) -> bytes:
            calls.append(call)
            return envelope.exit_request(driver.host, me, call, code)

        try:
            resolved = driver.own_call(ask, "exit_")
            driver.syscall("return_value_", envelope.exit_value(driver.host, me, calls[0], code))
            await resolved
        except KernelError as error:
            driver.log.error("the exit call failed; ending at once", error=error.code.name)
            self._final = code
        await self._clean_up(code)

    def exit_event(self, code: int) -> None:
        """The guest has to end with that code."""
        self._final = code
        self._driver.spawn(self._clean_up(code))

    async def _clean_up(self, code: int) -> None:
        if not self._cleaning:
            self._cleaning = True
            if hasattr(self, "guest"):
                try:
                    await self.guest.exit(code)
                except SystemExit:
                    pass  # it is on its way
                except Exception as error:
                    self._driver.log.exception(f"exit failed: {error!r}", error)
            self._clean = True
        if self._clean and self._final is not None:
            self._driver.exit_code = self._final


def interfaces(kind: type[Guest]) -> list[type[Service]]:
    """The services that a class offers: its bases that the generator made."""
    found: list[type[Service]] = []
    for base in kind.__mro__:
        if issubclass(base, Service) and base.__dict__.get("METHODS"):
            found.append(base)
    return found


def problem(kind: object) -> str:
    """Why something that a descriptor names is no service or program; empty when it is one."""
    if not isinstance(kind, type):
        return "is not a class"
    if not issubclass(kind, Guest):
        return "is neither a service nor a program: derive it from a generated …Service or from sdk.Program"
    if not issubclass(kind, Program) and not interfaces(kind):
        return "offers no service: derive it from a generated …Service class"
    if issubclass(kind, Program) and kind.run is Program.run:
        return "is a program without an `async def run(self, *args)`"
    return ""


__all__ = ["HIGHEST_CODE", "Life", "interfaces", "problem"]
