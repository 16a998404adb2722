"""Clients and servers in Go."""

from __future__ import annotations

from parigot.gen.go.names import Names, camel, comment
from parigot.gen.model import Method, Service
from parigot.gen.writer import Writer


def write_service(w: Writer, service: Service, names: Names) -> None:
    """Name, client, server of one service."""
    sdk, name = names.sdk(), camel(service.name)
    w.gap()
    w.line(f"// {name}Name is what the service {service.full_name} is found by.")
    w.line(f'var {name}Name = {sdk}.Name{{Package: "{service.package}", Service: "{service.name}"}}')
    for method in service.methods:
        w.line("", f"// {_future(name, method)} is the outcome of {method.name}.")
        w.line(f"type {_future(name, method)} = {_outcome(service, method, names)}")
    _client(w, service, names)
    _server(w, service, names)


def _client(w: Writer, service: Service, names: Names) -> None:
    sdk, name = names.sdk(), camel(service.name)
    w.line("")
    comment(w, service.comment, f"{name}Client calls the service {service.full_name}.")
    with w.block(f"type {name}Client struct {{", "}"):
        w.line(f"located *{sdk}.Located")
    w.line(
        "", f"// MustLocate{name} finds the service, which me must have required; on failure the guest ends."
    )
    with w.block(f"func MustLocate{name}(me {sdk}.ServiceId) *{name}Client {{", "}"):
        w.line(f"return &{name}Client{{{sdk}.MustLocate(me, {name}Name)}}")
    for method in service.methods:
        empty = method.request.is_empty
        request = "" if empty else f"request *{names.type(method.request)}"
        w.line("")
        comment(w, method.comment, f"{_method(method)} calls {method.name}.")
        head = f"func (c *{name}Client) {_method(method)}({request}) *{_future(name, method)} {{"
        with w.block(head, "}"):
            w.line(f"future := new({_future(name, method)})")
            message = "nil" if empty else "request"
            full = method.request.full_name
            w.line(f'{sdk}.Dispatch(c.located, "{method.name}", "{full}", {message}, future)')
            w.line("return future")


def _server(w: Writer, service: Service, names: Names) -> None:
    sdk, name = names.sdk(), camel(service.name)
    w.line("", f"// {name}Server is what implements the service {service.full_name}.")
    with w.block(f"type {name}Server interface {{", "}"):
        w.line("// Ready is called once everything that is required runs; false ends the guest.")
        w.line(f"Ready(me {sdk}.ServiceId) bool")
        for method in service.methods:
            request = "" if method.request.is_empty else f"request *{names.type(method.request)}"
            comment(w, method.comment)
            w.line(f"{_method(method)}({request}) *{_future(name, method)}")
    w.line("", f"// Unimplemented{name} is to be embedded: methods that are not written yet fail.")
    w.line(f"type Unimplemented{name} struct{{}}")
    w.line("", "// Ready says yes.")
    w.line(f"func (Unimplemented{name}) Ready(me {sdk}.ServiceId) bool {{ return true }}")
    for method in service.methods:
        request = "" if method.request.is_empty else f"request *{names.type(method.request)}"
        future = _future(name, method)
        w.line("", f"// {_method(method)} fails.")
        with w.block(f"func (Unimplemented{name}) {_method(method)}({request}) *{future} {{", "}"):
            w.line(f"return new({future}).Fail(1)")
    w.line("", f"// MustServe{name} sets up the service and asks to launch it, with what it requires.")
    head = f"func MustServe{name}(server {name}Server, requires ...{sdk}.Name) {sdk}.ServiceId {{"
    with w.block(head, "}"):
        with w.block(f"methods := []{sdk}.Method{{", "}"):
            for method in service.methods:
                w.line(f'{{Name: "{method.name}", Handle: {_handle(method, sdk)}}},')
        w.line(f"return {sdk}.MustServe({name}Name, methods, server.Ready, requires)")
    w.line("", f"// MustRun{name} serves until the guest ends.")
    with w.block(f"func MustRun{name}(server {name}Server, requires ...{sdk}.Name) {{", "}"):
        w.line(f"MustServe{name}(server, requires...)", f"{sdk}.MustRunClient()")


def _method(method: Method) -> str:
    """Its name in clients and servers; a server has a Ready of its own."""
    name = camel(method.name)
    return f"{name}_" if name == "Ready" else name


def _future(service: str, method: Method) -> str:
    return f"{service}{camel(method.name)}Future"


def _outcome(service: Service, method: Method, names: Names) -> str:
    error = names.type(service.error)
    if method.reply.is_empty:
        return f"{names.sdk()}.BaseFuture[{error}]"
    return f"{names.sdk()}.MethodFuture[{names.type(method.reply)}, {error}]"


def _handle(method: Method, sdk: str) -> str:
    do, reply = f"server.{_method(method)}", f'"{method.reply.full_name}"'
    if method.reply.is_empty:
        shape = "Bare" if method.request.is_empty else "In"
        return f"{sdk}.{shape}({reply}, {do})"
    return f"{sdk}.{'Out' if method.request.is_empty else 'InOut'}({do})"
