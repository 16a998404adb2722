"""Names and ids: who has registered what, who exports and requires which name, who has bound which method.

Service names compare without regard to case (generators of parigot 0.3 lower them); people are shown them
as their exporter wrote them.
"""

from __future__ import annotations

from typing import Protocol

from parigot.errors import KernelErr, KernelError
from parigot.ids import IdKind, IdSource
from parigot.kernel import wire
from parigot.kernel.records import Guest, Method, Service
from parigot.pb.protosupport.v1.protosupport_pb2 import IdRaw
from parigot.pb.syscall.v1 import syscall_pb2 as messages

MAX_SERVICES = 1_000  # registrations of one guest
MAX_METHODS = 1_000  # methods of one service
MAX_NAMES = 1_000  # names that one service exports or requires
MAX_NAME = 256  # characters


class _WithHost(Protocol):
    @property
    def host_id(self) -> IdRaw: ...


class Names:
    """The namespace of a run."""

    def __init__(self, ids: IdSource) -> None:
        self._ids = ids
        self._services: dict[wire.Key, Service] = {}
        self._methods: dict[wire.Key, Method] = {}
        self._exporters: dict[str, list[Service]] = {}
        self._turn: dict[str, int] = {}

    # --- the ABI's calls ------------------------------------------------------------------------------

    def register(self, guest: Guest, request: bytes) -> bytes:
        """register_: a new service id for this guest."""
        asked = wire.parse(messages.RegisterRequest, request)
        self.check_host(guest, asked)
        if len(guest.services) >= MAX_SERVICES:
            raise KernelError(KernelErr.NamespaceExhausted, f"more than {MAX_SERVICES} registrations")
        service = Service(self._ids.new(IdKind.SERVICE), guest, asked.debug_name[:MAX_NAME] or guest.name)
        guest.services.append(service)
        self._services[wire.key_of_id(service.id)] = service
        return wire.field(b"\x0a", service.id.wire)

    def require(self, guest: Guest, request: bytes) -> bytes:
        """require_: names that must be exported by launched services before this one is launched."""
        asked = wire.parse(messages.RequireRequest, request)
        service = self.own_service(guest, asked.source)
        fresh: dict[str, str] = {}
        for wanted in asked.dest:
            name = _full_name(wanted.package_path, wanted.service)
            folded = name.lower()
            if folded in service.requires or folded in fresh:
                raise KernelError(KernelErr.ServiceAlreadyRequired, name)
            fresh[folded] = name
        if len(service.requires) + len(fresh) > MAX_NAMES:
            raise KernelError(KernelErr.NamespaceExhausted, f"more than {MAX_NAMES} required names")
        service.requires.update(fresh)
        return b""

    def export(self, guest: Guest, request: bytes) -> bytes:
        """export_: names under which others find this service."""
        asked = wire.parse(messages.ExportRequest, request)
        self.check_host(guest, asked)
        service = self.own_service(guest, asked.service_id)
        fresh: dict[str, str] = {}
        for offered in asked.service:
            name = _full_name(offered.package_path, offered.service)
            folded = name.lower()
            if folded in service.exports or folded in fresh:
                raise KernelError(KernelErr.ServiceAlreadyClosedOrExported, name)
            for other in self._exporters.get(folded, ()):
                replicas = (
                    other.guest is not guest and other.guest.group == guest.group and guest.replicas > 1
                )
                if not replicas:
                    reason = f"{name} is exported by {other.guest.name} already"
                    raise KernelError(KernelErr.ServiceAlreadyClosedOrExported, reason)
            fresh[folded] = name
        if len(service.exports) + len(fresh) > MAX_NAMES:
            raise KernelError(KernelErr.NamespaceExhausted, f"more than {MAX_NAMES} exported names")
        service.exports.update(fresh)
        for folded in fresh:
            self._exporters.setdefault(folded, []).append(service)
        return b""

    def bind_method(self, guest: Guest, request: bytes) -> bytes:
        """bind_method_: a new id for (service, method name); binding a name again keeps its id."""
        asked = wire.parse(messages.BindMethodRequest, request)
        self.check_host(guest, asked)
        service = self.own_service(guest, asked.service_id)
        name = asked.method_name
        if not name or len(name) > MAX_NAME:
            raise KernelError(KernelErr.NotFound, "a method needs a name")
        method = service.methods.get(name)
        if method is None:
            if len(service.methods) >= MAX_METHODS:
                raise KernelError(KernelErr.NamespaceExhausted, f"more than {MAX_METHODS} methods")
            method = Method(self._ids.new(IdKind.METHOD), name, asked.direction, service)
            service.methods[name] = method
            self._methods[wire.key_of_id(method.id)] = method
        return wire.field(b"\x0a", method.id.wire)

    def locate(self, guest: Guest, request: bytes) -> bytes:
        """locate_: the service behind a name, with its methods; replicas take turns."""
        asked = wire.parse(messages.LocateRequest, request)
        name = _full_name(asked.package_name, asked.service_name)
        folded = name.lower()
        if asked.HasField("called_by") and not wire.is_left_out(asked.called_by):
            service = self.own_service(guest, asked.called_by)
            if folded not in service.requires:
                raise KernelError(KernelErr.NotRequired, f"{guest.name} did not require {name}")
        exporters = self._exporters.get(folded)
        if not exporters:
            raise KernelError(KernelErr.NotFound, f"nobody exports {name}")
        launched = [service for service in exporters if service.launched] or exporters
        turn = self._turn.get(folded, 0)
        self._turn[folded] = turn + 1
        found = launched[turn % len(launched)]
        answer = wire.field(b"\x0a", found.guest.host_id.wire) + wire.field(b"\x12", found.id.wire)
        for method in found.methods.values():
            binding = wire.field(b"\x0a", method.name.encode()) + wire.field(b"\x12", method.id.wire)
            answer += wire.field(b"\x1a", binding)
        return answer

    # --- for the rest of the kernel -------------------------------------------------------------------

    def is_own_host(self, guest: Guest, raw: IdRaw) -> bool:
        """Whether `raw` is the guest's own host id; an empty one counts as left out."""
        return wire.is_left_out(raw) or wire.key_of(raw) == wire.key_of_id(guest.host_id)

    def check_host(self, guest: Guest, asked: _WithHost) -> None:
        """Raises KernelError(BadId) when a guest speaks in another's name."""
        if not self.is_own_host(guest, asked.host_id):
            raise KernelError(KernelErr.BadId, "not this guest's host id")

    def own_service(self, guest: Guest, raw: IdRaw) -> Service:
        """The guest's own service with that id; BadId if it is unknown or someone else's."""
        service = self._services.get(wire.key_of(raw))
        if service is None or service.guest is not guest:
            raise KernelError(KernelErr.BadId, "not a service of this guest")
        return service

    def service_by_key(self, key: wire.Key) -> Service | None:
        """Any live or gone service."""
        return self._services.get(key)

    def method_by_key(self, key: wire.Key) -> Method | None:
        """Any method ever bound."""
        return self._methods.get(key)

    def exporters(self, folded: str) -> list[Service]:
        """Live services that export a name."""
        return self._exporters.get(folded, [])

    def services(self) -> list[Service]:
        """Every registered service in order of registration, those of ended guests too."""
        return list(self._services.values())

    def forget(self, guest: Guest) -> None:
        """The guest is gone: nobody finds its names any more. Its ids stay known, so that calls to them are
        answered with what became of it.
        """
        for service in guest.services:
            for folded in service.exports:
                exporters = self._exporters.get(folded)
                if exporters is not None and service in exporters:
                    exporters.remove(service)
                    if not exporters:
                        del self._exporters[folded]


def _full_name(package: str, service: str) -> str:
    if not package or not service or len(package) + len(service) > MAX_NAME:
        raise KernelError(KernelErr.NotFound, "a service needs a package and a name")
    return f"{package}.{service}"
