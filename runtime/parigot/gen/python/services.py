"""Clients and services."""

from __future__ import annotations

from parigot.gen.model import File, Method, Service
from parigot.gen.python import fields, names
from parigot.gen.python.messages import docstring
from parigot.gen.writer import Writer


def write_service(out: Writer, service: Service, file: File) -> None:
    """Both sides of a service."""
    _client(out, service, file)
    _server(out, service, file)


def _head(out: Writer, service: Service, file: File) -> None:
    out.line(f'PACKAGE = "{service.package}"', f'SERVICE = "{service.name}"')
    out.line(f"ERRORS = {fields.reference(service.error, file)}")


def _request(method: Method, file: File) -> str:
    return "" if method.request.is_empty else f", request: {fields.reference(method.request, file)}"


def _reply(method: Method, file: File) -> str:
    return "None" if method.reply.is_empty else fields.reference(method.reply, file)


def _client(out: Writer, service: Service, file: File) -> None:
    out.gap(2)
    with out.block(f"class {service.name}Client(sdk.Client):"):
        out.line(docstring(service.comment or f"Calls {service.full_name}."))
        out.gap()
        _head(out, service, file)
        for method in service.methods:
            out.gap()
            reply = _reply(method, file)
            name = names.method_name(method.name, client=True)
            with out.block(f"def {name}(self{_request(method, file)}) -> sdk.Future[{reply}]:"):
                if method.comment:
                    out.line(docstring(method.comment))
                given = "None" if method.request.is_empty else "request"
                kind = fields.reference(method.request, file)
                out.line(f'return self._call("{method.name}", {given}, {reply}, {kind})')
    out.gap(2)


def _server(out: Writer, service: Service, file: File) -> None:
    out.gap(2)
    with out.block(f"class {service.name}Service(sdk.Service):"):
        out.line(docstring(service.comment or f"Implements {service.full_name}."))
        out.gap()
        _head(out, service, file)
        with out.block("METHODS = (", ")"):
            for method in service.methods:
                kinds = f"{fields.reference(method.request, file)}, {fields.reference(method.reply, file)}"
                name = names.method_name(method.name, client=False)
                out.line(f'sdk.Method("{method.name}", "{name}", {kinds}),')
        for method in service.methods:
            out.gap()
            name = names.method_name(method.name, client=False)
            with out.block(f"async def {name}(self{_request(method, file)}) -> {_reply(method, file)}:"):
                if method.comment:
                    out.line(docstring(method.comment))
                out.line("raise sdk.Unimplemented")
    out.gap(2)
