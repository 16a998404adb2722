"""The steps of playbooks: what guests ask for, and what the driver does."""

from __future__ import annotations

from collections.abc import Callable

from parigot.errors import KernelErr, KernelError
from parigot.kernel import Delivery, GuestMove
from parigot.pb.syscall.v1 import syscall_pb2 as pb

from . import ask
from .playbook import Step, World

# --- what the driver does -----------------------------------------------------------------------------


def guest(name: str, **settings: object) -> Step:
    """A new guest; `settings` as in Kernel.add_guest."""

    def run(world: World) -> list[str]:
        made = world.kernel.add_guest(name, **settings)  # type: ignore[arg-type]
        world.guests[name] = made
        world.remember(made.host_id, name)
        return []

    return Step(f"guest {name}", run)


def begin() -> Step:
    """Launches are resolved from now on."""

    def run(world: World) -> list[str]:
        world.kernel.begin_launching()
        return []

    return Step("begin launching", run)


def deliver(reader: str = "") -> Step:
    """The oldest delivery that can be handed out, or the oldest of one reader."""

    def run(world: World) -> list[str]:
        kernel = world.kernel
        chosen: Delivery | None
        if reader:
            chosen = next((one for one in kernel.pending() if one.target.name == reader), None)
        else:
            chosen = kernel.next_delivery()
        if chosen is None:
            return ["nothing to deliver"]
        return [f"{chosen.target.name} reads {world.told(kernel.deliver(chosen))}"]

    return Step(f"deliver {reader}".rstrip(), run)


def end(name: str, what: GuestMove = GuestMove.ENDED, detail: str = "", code: int | None = None) -> Step:
    """A guest is gone."""

    def run(world: World) -> list[str]:
        world.kernel.end_guest(world.guests[name], what, detail, code)
        return []

    return Step(f"end {name} ({what.value})", run)


def deliver_next() -> Step:
    """The oldest delivery that can be handed out, looked for and handed out in one go."""

    def run(world: World) -> list[str]:
        chosen = world.kernel.deliver_next()
        if chosen is None:
            return ["nothing to deliver"]
        return [f"{chosen.target.name} reads {world.told(chosen.event)}"]

    return Step("deliver next", run)


def send_exit(name: str, code: int) -> Step:
    """A guest is told to end."""

    def run(world: World) -> list[str]:
        world.kernel.send_exit(world.guests[name], code)
        return []

    return Step(f"send exit {code} to {name}", run)


def stop_waiting(name: str) -> Step:
    """The guest's read_one timed out."""

    def run(world: World) -> list[str]:
        world.kernel.stop_waiting(world.guests[name])
        return []

    return Step(f"{name} stops waiting", run)


def give_up(call: str, error: KernelErr, reason: str) -> Step:
    """The driver gives up on a call."""

    def run(world: World) -> list[str]:
        (found,) = (one for one in world.kernel.in_flight() if world.call_name(one) == call)
        world.kernel.resolve_with_error(found, error, reason)
        return []

    return Step(f"give up on {call}", run)


def fail_startup() -> Step:
    """Nothing moves any more: what can never be launched is told so."""

    def run(world: World) -> list[str]:
        failure = world.kernel.startup_failure()
        if failure is None:
            return ["no failure"]
        world.kernel.fail_startup(failure)
        return list(failure.reasons)

    return Step("fail startup", run)


def at(now: int) -> Step:
    """The driver's clock says `now`."""

    def run(world: World) -> list[str]:
        world.kernel.moment.now = now
        return []

    return Step(f"at {now} ns", run)


def quietly(*steps: Step) -> Step:
    """Steps that set the scene: what they do is not told, but none of them may be refused."""

    def run(world: World) -> list[str]:
        for step in steps:
            for line in step.run(world):
                assert not line.startswith("refused"), f"{step.text}: {line}"
        world.kernel.drain()
        return []

    return Step("; ".join(step.text for step in steps), run)


def look(what: str, at_world: Callable[[World], object]) -> Step:
    """Something that the kernel says when asked."""
    return Step(what, lambda world: [str(at_world(world))])


# --- what guests do -----------------------------------------------------------------------------------


def send(name: str, operation: str, request: Callable[[World], bytes]) -> Step:
    """Any request at all; the answer is told by its length."""

    def told(world: World, answer: bytes) -> str:
        return "ok" if not answer else f"ok, {len(answer)} bytes"

    return _asking(name, operation, operation, request, told)


def _asking(
    name: str,
    operation: str,
    text: str,
    request: Callable[[World], bytes],
    told: Callable[[World, bytes], str],
) -> Step:
    def run(world: World) -> list[str]:
        try:
            answer = world.kernel.call(world.guests[name], operation, request(world))
        except KernelError as error:
            return [f"refused {error.code.name}" + (f": {error.reason}" if error.reason else "")]
        return [told(world, answer)]

    return Step(f"{name}: {text}", run)


def _nothing(world: World, answer: bytes) -> str:
    assert answer == b""
    return "ok"


def register(name: str, service: str) -> Step:
    def told(world: World, answer: bytes) -> str:
        message = pb.RegisterResponse.FromString(answer)
        assert not message.existed_previously
        world.services[service] = world.remember(ask.known(message.service_id), service)
        world.owner[service] = name
        return f"ok {world.services[service].long.partition('-')[0]}"

    return _asking(
        name,
        "register_",
        f"register {service}",
        lambda world: ask.register(world.guests[name].host_id, service),
        told,
    )


def require(name: str, service: str, *names: str) -> Step:
    text = f"{service} requires {' '.join(names)}"
    return _asking(
        name, "require_", text, lambda world: ask.require(world.services[service], *names), _nothing
    )


def export(name: str, service: str, *names: str) -> Step:
    return _asking(
        name,
        "export_",
        f"{service} exports {' '.join(names)}",
        lambda world: ask.export(world.guests[name].host_id, world.services[service], *names),
        _nothing,
    )


def bind(name: str, method: str) -> Step:
    """`method` as "service.Method"."""
    service, _, short = method.partition(".")

    def told(world: World, answer: bytes) -> str:
        made = ask.known(pb.BindMethodResponse.FromString(answer).method_id)
        again = world.methods.get(method) == made
        world.methods[method] = world.remember(made, method)
        return "ok again" if again else f"ok {made.long.partition('-')[0]}"

    return _asking(
        name,
        "bind_method_",
        f"bind {method}",
        lambda world: ask.bind(world.guests[name].host_id, world.services[service], short),
        told,
    )


def launch(name: str, service: str, call: str) -> Step:
    return _asking(
        name,
        "launch_",
        f"launch {service} as {call}",
        lambda world: ask.launch(world.guests[name].host_id, world.services[service], world.call(call)),
        _nothing,
    )


def locate(name: str, wanted: str, by: str = "") -> Step:
    def told(world: World, answer: bytes) -> str:
        found = pb.LocateResponse.FromString(answer)
        service = world.name_of(found.service_id)
        for binding in found.binding:
            assert world.name_of(binding.method_id) == f"{service}.{binding.method_name}"
        methods = " ".join(binding.method_name for binding in found.binding)
        return f"ok {service} at {world.name_of(found.host_id)}: {methods}".rstrip(" :")

    return _asking(
        name,
        "locate_",
        f"locate {wanted}" + (f" by {by}" if by else ""),
        lambda world: ask.locate(wanted, world.services[by] if by else None),
        told,
    )


def dispatch(name: str, method: str, *, call: str, payload: bytes | None = None) -> Step:
    """`method` as "service.Method"; `call` "" leaves the id out."""
    service = method.partition(".")[0]

    def told(world: World, answer: bytes) -> str:
        message = pb.DispatchResponse.FromString(answer)
        if not call:
            world.remember(ask.known(message.call_id), "made-up")
        return f"ok {world.name_of(message.call_id)} to {world.name_of(message.target_host_id)}"

    def request(world: World) -> bytes:
        host = world.guests[name].host_id
        return ask.dispatch(host, world.services[service], world.methods[method], world.call(call), payload)

    return _asking(name, "dispatch_", f"dispatch {method} as {call or 'it likes'}", request, told)


def reply(name: str, call: str, payload: bytes | None = None, error: int = 0) -> Step:
    """Answers a call that was delivered."""
    text = f"reply to {call}" + (f" with error {error}" if error else "")
    return _asking(
        name,
        "return_value_",
        text,
        lambda world: ask.return_value(world.bundles[call], payload, error),
        _nothing,
    )


def leave(name: str, service: str, code: int, *, call: str, shutdown_all: bool = False) -> Step:
    def told(world: World, answer: bytes) -> str:
        pair = pb.ExitResponse.FromString(answer).pair
        return f"ok exit {pair.code} of {world.name_of(pair.service_id)}"

    def request(world: World) -> bytes:
        host = world.guests[name].host_id
        return ask.leave(host, world.services[service], world.call(call), code, shutdown_all=shutdown_all)

    return _asking(name, "exit_", f"exit {code} as {call}", request, told)


def read(name: str, timeout_ms: int = -1) -> Step:
    def run(world: World) -> list[str]:
        target = world.guests[name]
        try:
            said = world.kernel.read_one(target, ask.read_one(target.host_id, timeout_ms))
        except KernelError as error:
            return [f"refused {error.code.name}: {error.reason}"]
        assert target.waiting
        return ["waits" if said < 0 else f"waits {said} ms"]

    return Step(f"{name}: read_one", run)


def serving(**settings: object) -> Step:
    """A client and a server, `greeter` launched with method Fetch; `settings` are the server's."""
    return quietly(
        guest("client"),
        guest("server", **settings),
        register("client", "cli"),
        register("server", "greeter"),
        export("server", "greeter", "greeting.v1.Greeting"),
        bind("server", "greeter.Fetch"),
        launch("server", "greeter", "up"),
        begin(),
        read("server"),
        deliver(),
    )
