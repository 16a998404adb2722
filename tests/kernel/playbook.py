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

from parigot.errors import KernelErr
from parigot.ids import Id, IdSource
from parigot.kernel import Call, CallKind, Guest, Kernel, NoticeKind, StateNotice
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


Scene = Callable[[], Playbook]
