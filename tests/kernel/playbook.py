"""Scenes for the kernel: `playbook(kernel) >> step << "what comes of it"`.

A step is something that a guest or the driver does; what comes of it is the kernel's answer (or refusal)
and then every notice, in order, each as one line. Every line must be expected: what the kernel did beyond
that, or did not do, shows in a diff. Guests, services, methods and calls go by names instead of ids.

    assert (
        playbook(kernel)
        >> dispatch("client", "greeter.Fetch", call="c1", payload=b"French")
        << "ok c1 to server"
        << "dispatched c1"
    )

A playbook must be asserted: the fixture `playbook` (conftest.py) fails the test otherwise.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from parigot.errors import KernelErr, KernelError
from parigot.ids import Id, IdSource
from parigot.kernel import Call, CallKind, Delivery, Guest, GuestMove, Kernel, NoticeKind, StateNotice
from parigot.pb.protosupport.v1.protosupport_pb2 import IdRaw
from parigot.pb.syscall.v1 import syscall_pb2 as pb

from . import ask


def new_kernel(seed: int = 1) -> Kernel:
    """A kernel whose ids follow from `seed`."""
    return Kernel(IdSource(random.Random(seed).getrandbits))


class World:
    """Names for everything that a playbook's kernel knows by id."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.guests: dict[str, Guest] = {}
        self.services: dict[str, Id] = {}
        self.owner: dict[str, str] = {}
        self.methods: dict[str, Id] = {}  # by "service.method"
        self.calls: dict[str, Id] = {}
        self.bundles: dict[str, pb.MethodBundle] = {}  # of calls that were delivered
        self._letters = random.Random(7)
        self._names: dict[tuple[int, int], str] = {}

    def remember(self, made: Id, name: str) -> Id:
        self._names[made.high & ~(0xFF << 48), made.low] = name
        return made

    def name_of(self, message: IdRaw) -> str:
        return self._names.get((message.high & ~(0xFF << 48), message.low), "?")

    def call(self, name: str) -> Id:
        """The call id of that name; made up when it is new. "" leaves it out."""
        if not name:
            return ask.NOBODY
        if name not in self.calls:
            made = Id(0x63 << 56 | self._letters.getrandbits(48), self._letters.getrandbits(64))
            self.calls[name] = self.remember(made, name)
        return self.calls[name]

    def call_name(self, call: Call) -> str:
        message = IdRaw.FromString(call.wire_id)
        name = self.name_of(message)
        if name == "?":  # the kernel made this id: the caller had left it out
            name = f"{call.kind.value}-of-{call.caller.name}"
            self.calls[name] = self.remember(ask.known(message), name)
        return name

    def told(self, event: bytes) -> str:
        """An event as its reader understands it."""
        message = pb.ReadOneResponse.FromString(event)
        if message.HasField("exit"):
            return f"exit {message.exit.code} of {self.name_of(message.exit.service_id)}"
        if message.HasField("resolved"):
            resolved = message.resolved
            assert self.name_of(resolved.host_id) in self.guests
            call = self.name_of(resolved.call_id)
            if resolved.result_error:
                assert not resolved.HasField("result")
                return f"{call} failed: {_code(resolved.result_error)}"
            if not resolved.HasField("result"):
                return f"{call} resolved"
            return f"{call} resolved: {_payload(resolved.result)}"
        given = message.bundle
        call = self.name_of(given.call_id)
        self.bundles[call] = given
        what = f"{call} from {self.name_of(given.host_id)}: {self.name_of(given.method_id)}"
        assert self.name_of(given.method_id).startswith(f"{self.name_of(given.service_id)}.")
        return f"{what} {_payload(message.param_or_result)}" if message.HasField("param_or_result") else what


def _code(number: int) -> str:
    return KernelErr(number).name if number in KernelErr._value2member_map_ else str(number)


def _payload(message: ask.Any) -> str:
    if message.type_url != ask.TYPE_URL:
        return message.type_url.rpartition("/")[2]
    value = message.value
    return repr(value) if len(value) <= 40 else f"{len(value)} bytes"


@dataclass(frozen=True)
class Step:
    """`text` for the diff, `run` for the deed; what it returns comes before the notices."""

    text: str
    run: Callable[[World], list[str]]


class Playbook:
    """Steps in, lines out; true when every line came as expected."""

    def __init__(self, kernel: Kernel | None = None) -> None:
        self.world = World(kernel if kernel is not None else new_kernel())
        self._steps: list[tuple[Step, list[str]]] = []

    @property
    def finished(self) -> bool:
        """Nothing was added since it was asserted last."""
        return not self._steps

    def __rshift__(self, step: Step) -> Playbook:
        self._steps.append((step, []))
        return self

    def __lshift__(self, expected: str) -> Playbook:
        if not self._steps:
            raise AssertionError("a playbook begins with a step")
        self._steps[-1][1].append(expected)
        return self

    def __bool__(self) -> bool:
        """Plays the steps that have not been played.

        Raises:
            AssertionError: with what came and what was expected, a line each.
        """
        steps, self._steps = self._steps, []
        script: list[str] = []
        differs = False
        for step, expected in steps:
            script.append(f"   >> {step.text}")
            came = step.run(self.world) + self._notices()
            for place in range(max(len(came), len(expected))):
                wanted = expected[place] if place < len(expected) else None
                got = came[place] if place < len(came) else None
                if wanted == got:
                    script.append(f"   << {got}")
                    continue
                differs = True
                if wanted is not None:
                    script.append(f" - << {wanted}")
                if got is not None:
                    script.append(f" + << {got}")
            if differs:
                raise AssertionError("expected (-) and what came (+):\n" + "\n".join(script))
        return True

    def _notices(self) -> list[str]:
        lines = []
        for notice in self.world.kernel.drain():
            if isinstance(notice, StateNotice):
                detail = f": {notice.detail}" if notice.detail else ""
                lines.append(f"{notice.guest.name} is {notice.state.value}{detail}")
                continue
            kind, call = notice
            line = f"{kind.name.lower()} {self.world.call_name(call)}"
            if kind is NoticeKind.DISPATCHED and call.kind is CallKind.CALL:
                line += f" as {call.number}" + (f" within {call.parent}" if call.parent else "")
            if kind is NoticeKind.RESOLVED and call.error:
                line += f": {_code(call.error)}" + (f" ({call.reason})" if call.reason else "")
            lines.append(line)
        return lines


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
        asked = ask.leave(host, world.services[service], world.call(call), code, shutdown_all=shutdown_all)
        return asked

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
