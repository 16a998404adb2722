"""Services: a typed client and a typed server."""

from __future__ import annotations

from parigot.gen.c.names import Names, members_of_server
from parigot.gen.c.text import put_comment, spread
from parigot.gen.model import Message, Method, Service
from parigot.gen.writer import Writer


def declare(out: Writer, service: Service, names: Names) -> None:
    """What a guest needs to call a service, and to be one."""
    name = names.service(service)
    out.gap()
    put_comment(out, f"==== {service.full_name} ====", service.comment)
    out.gap()
    put_comment(out, f"Calls {service.full_name}, once it is located.")
    out.line(f"typedef struct {{ parigot_method methods[{max(1, len(service.methods))}]; }} {name}_client;")
    put_comment(out, "For `uses` of parigot_guest: required, and located before the guest is ready.")
    out.line(f"parigot_use {name}_use({name}_client *client);")
    put_comment(out, "Locates it by hand; `called_by` (parigot_self()) has to require it.")
    out.line(
        *spread(f"int32_t {name}_locate", ["parigot_id called_by", f"{name}_client *client"], ";"),
    )
    for method in service.methods:
        _declare_call(out, service, method, names)
    for method in service.methods:
        _declare_answer(out, service, method, names)
    out.gap()
    put_comment(out, f"Is {service.full_name}. A method that is NULL is answered with DispatchError.")
    fields = members_of_server(service)
    with out.block("typedef struct {", f"}} {name}_server;"):
        for method in service.methods:
            call = [
                f"{names.method(service, method)}_call *call",
                *_parameter(method.request, "request", names),
            ]
            out.line(*spread(f"void (*{fields[method.name]})", [*call, "void *user"], ";"))
        out.line("void (*ready)(void *user); /* or NULL: everything that the guest requires runs */")
        out.line("void *user;")
    put_comment(out, "For `serves` of parigot_guest. The server has to stay.")
    out.line(f"parigot_serve {name}_serve(const {name}_server *server);")


def _declare_call(out: Writer, service: Service, method: Method, names: Names) -> None:
    base = names.method(service, method)
    out.gap()
    out.line(f"typedef struct {{ parigot_rpc *rpc; }} {base}_future;")
    reply = ["void *user", *_parameter(method.reply, "reply", names)]
    out.line(*spread(f"typedef void (*{base}_success)", reply, ";"))
    put_comment(out, method.comment)
    out.line(*_call(service, method, names, ";"))
    future = f"{base}_future future"
    out.line(
        *spread(
            f"static inline void {base}_on_success",
            [future, f"{base}_success callback", "void *user"],
            " {",
        ),
        "  parigot_rpc_on_success(future.rpc, (void (*)(void))callback, user);",
        "}",
        *spread(
            f"static inline void {base}_on_failure",
            [future, "parigot_failure callback", "void *user"],
            " {",
        ),
        "  parigot_rpc_on_failure(future.rpc, callback, user);",
        "}",
    )


def _call(service: Service, method: Method, names: Names, tail: str) -> list[str]:
    base = names.method(service, method)
    client = f"const {names.service(service)}_client *client"
    return spread(f"{base}_future {base}", [client, *_parameter(method.request, "request", names)], tail)


def _declare_answer(out: Writer, service: Service, method: Method, names: Names) -> None:
    base = names.method(service, method)
    out.gap()
    put_comment(out, f"A call of {method.name} that waits for its answer.")
    out.line(f"typedef struct {base}_call {base}_call;")
    out.line(*_reply(service, method, names, ";"))
    code = f"{names.type(service.error)} code"
    out.line(
        *spread(f"static inline int32_t {base}_fail", [f"{base}_call *call", code], " {"),
        "  return parigot_fail((parigot_call *)call, code);",
        "}",
    )


def _reply(service: Service, method: Method, names: Names, tail: str) -> list[str]:
    base = names.method(service, method)
    parameters = [f"{base}_call *call", *_parameter(method.reply, "reply", names)]
    return spread(f"int32_t {base}_reply", parameters, tail)


def _parameter(message: Message, name: str, names: Names) -> list[str]:
    """A message among parameters; empty ones are left out."""
    return [] if message.is_empty else [f"const {names.type(message)} *{name}"]


def implement(out: Writer, service: Service, names: Names) -> None:
    """Client, handlers and lists of methods."""
    name = names.service(service)
    for method in service.methods:
        _implement_call(out, service, method, names)
    for method in service.methods:
        _implement_answer(out, service, method, names)
    out.gap()
    with out.block(f"static const char *const {name}_methods[] = {{", "};"):
        out.line(*([f'"{method.name}",' for method in service.methods] or ["0,"]))
    with out.block(f"static const parigot_handler {name}_handlers[] = {{", "};"):
        out.line(*([f"{names.method(service, method)}_handle," for method in service.methods] or ["0,"]))
    own = f'{{"{service.package}", "{service.name}"}}, {len(service.methods)}, {name}_methods'
    out.line(
        "",
        f"parigot_use {name}_use({name}_client *client) {{",
        f"  return (parigot_use){{{own}, client->methods}};",
        "}",
        "",
        *spread(f"int32_t {name}_locate", ["parigot_id called_by", f"{name}_client *client"], " {"),
        f"  parigot_use use = {name}_use(client);",
        "  return parigot_rpc_locate(&use, called_by);",
        "}",
        "",
        f"parigot_serve {name}_serve(const {name}_server *server) {{",
        "  return (parigot_serve){",
        f"      {own},",
        f"      {name}_handlers, server->ready, server, server->user,",
        "  };",
        "}",
    )


def _implement_call(out: Writer, service: Service, method: Method, names: Names) -> None:
    base = names.method(service, method)
    empty_reply = method.reply.is_empty
    out.gap()
    out.line(
        *spread(
            f"static void {base}_deliver",
            ["void (*callback)(void)", "void *user", "const void *reply"],
            " {",
        ),
        *(["  (void)reply;"] if empty_reply else []),
        f"  (({base}_success)callback)({'user' if empty_reply else 'user, reply'});",
        "}",
        "",
        *_call(service, method, names, " {"),
    )
    given = [
        f"&client->methods[{service.methods.index(method)}]",
        f"&{names.type(method.request)}_table",
        "0" if method.request.is_empty else "request",
        "0" if empty_reply else f"&{names.type(method.reply)}_table",
        f"{base}_deliver",
    ]
    with out.block():
        out.line(*spread("parigot_rpc *rpc = parigot_rpc_call", given, ";"))
        out.line(f"return ({base}_future){{rpc}};")
    out.line("}")


def _implement_answer(out: Writer, service: Service, method: Method, names: Names) -> None:
    base = names.method(service, method)
    table = f"&{names.type(method.reply)}_table"
    given = ["(parigot_call *)call", table, "0" if method.reply.is_empty else "reply"]
    field = members_of_server(service)[method.name]
    out.gap()
    out.line(*_reply(service, method, names, " {"))
    with out.block():
        out.line(*spread("return parigot_rpc_reply", given, ";"))
    out.line("}")
    out.gap()
    event = ["parigot_call *call", "parigot_message request", "void *user"]
    out.line(*spread(f"static void {base}_handle", event, " {"))
    with out.block():
        out.line(f"const {names.service(service)}_server *server = user;")
        with out.block(f"if (!server->{field}) {{", "}"):
            out.line(f'parigot_rpc_unimplemented(call, "{method.name}");', "return;")
        if method.request.is_empty:
            out.line("(void)request;", f"server->{field}(({base}_call *)call, server->user);")
        else:
            given = ["call", "request", f"&{names.type(method.request)}_table", f'"{method.name}"']
            out.line(*spread("const void *message = parigot_rpc_request", given, ";"))
            out.line(f"if (message) server->{field}(({base}_call *)call, message, server->user);")
    out.line("}")
