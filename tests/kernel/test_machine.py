"""The whole kernel against a plain model, step by step, in every order that hypothesis can think of.

Requests are protobuf bytes as guests write them, ids come from a seeded source, events are read back with
the protobuf runtime. After every step the notices, every inbox in order and all counts must be what the
model says; at the end every call must have been resolved exactly once, and its caller must have heard of
it exactly once unless it was gone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from parigot.errors import KernelErr, KernelError
from parigot.ids import Id
from parigot.kernel import Call, CallKind, Delivery, Guest, GuestMove, Kernel, NoticeKind, StateNotice
from parigot.pb.protosupport.v1.protosupport_pb2 import IdRaw
from parigot.pb.syscall.v1 import syscall_pb2 as pb

from . import ask
from .model import OWN_VALUE, Key, MCall, MDelivery, MGuest, Model, MService, Notice, Refused
from .playbook import new_kernel

# What the guests are like: two of them are replicas, two are small, one has a short inbox.
GUESTS: list[dict[str, int | str | bool]] = [
    {},
    {"inbox_limit": 2},
    {"group": "twin", "replicas": 2},
    {"group": "twin", "replicas": 2, "message_limit": 900},
    {"buffer_size": 700},
]
NAMES = ["p.A", "p.B", "p.C", "P.a", "p.D", "p.Twin"]
METHODS = ["Fetch", "Store"]
SIZES = [0, 1, 7, 300, 500, 600, 800, 1000, 5000]

which = st.integers(0, 11)  # chooses among however many there are
mostly = st.integers(0, 7).map(lambda number: number > 0)
payload = st.none() | st.binary(max_size=8) | st.sampled_from(SIZES).map(lambda size: b"x" * size)
names = st.lists(st.sampled_from(NAMES), max_size=2)


def key_of(raw: IdRaw | Id) -> Key:
    return raw.high & ~(0xFF << 48), raw.low


def key_of_call(call: Call) -> Key:
    return key_of(IdRaw.FromString(call.wire_id))


class KernelMachine(RuleBasedStateMachine):
    """The kernel and its model."""

    def __init__(self) -> None:
        super().__init__()
        self.kernel: Kernel = new_kernel(seed=5)
        self.model = Model()
        self.heard: Counter[Key] = Counter()  # resolutions that callers were told
        self.given: Counter[Key] = Counter()  # calls that callees were told
        self.resolutions: Counter[int] = Counter()  # by identity: a call id may be used again
        self.kept: list[Call] = []
        self.call_number = 0
        self.peeks = True  # looks at the next delivery after every step, which may tidy the kernel up
        self.guests: list[Guest] = []
        for place, settings_ in enumerate(GUESTS):
            made = self.kernel.add_guest(f"g{place}", **settings_)  # type: ignore[arg-type]
            self.guests.append(made)
            self.model.guests.append(
                MGuest(
                    place, key_of(made.host_id), made.group, made.replicas, made.buffer_size,
                    made.message_limit, made.inbox_limit,
                )
            )  # fmt: skip

    # --- both at once ---------------------------------------------------------------------------------

    def ask(
        self, guest: MGuest, operation: str, request: bytes, expect: Callable[[bytes], object]
    ) -> bytes | None:
        """The kernel's answer, after `expect(answer)` has told the model; None when both refuse."""
        answer = b""
        refused = None
        try:
            answer = self.kernel.call(self.guests[guest.place], operation, request)
        except KernelError as error:
            refused = error.code
        expected = None
        try:
            expect(answer)
        except Refused as error:
            expected = error.code
        assert refused is expected
        return answer if refused is None else None

    def awake(self) -> list[MGuest]:
        """Guests that can call: alive and not waiting for an event."""
        return [guest for guest in self.model.guests if not guest.gone and not guest.waiting]

    def speaker(self, index: int) -> MGuest:
        awake = self.awake()
        return awake[index % len(awake)]

    def busy(self) -> list[MCall]:
        """Calls that somebody could answer now."""
        awake = self.awake()
        return [
            call
            for call in self.model.calls
            if call.state == "delivered" and call.kind != "launch" and call.callee in awake
        ]

    def service(self, index: int, guest: MGuest | None = None) -> MService:
        found = [one for one in self.model.services if guest is None or one.guest is guest]
        found = found or self.model.services
        return found[index % len(found)]

    def fresh_call(self) -> Id:
        self.call_number += 1
        return Id(0x63 << 56 | self.call_number, self.call_number << 32 | 7)

    def host(self, guest: MGuest) -> Id:
        return Id(*guest.host)

    # --- what guests do -------------------------------------------------------------------------------

    @initialize(
        launched=st.sampled_from([4, 3, 5, 2, 0]),
        exported=st.lists(names, min_size=5, max_size=5),
        required=st.lists(names, min_size=5, max_size=5),
        told=mostly,
        peeks=st.booleans(),
    )
    def some_have_started(
        self,
        launched: int,
        exported: list[list[str]],
        required: list[list[str]],
        told: bool,
        peeks: bool,
    ) -> None:
        """A registration each, so that there is something to talk about; some are running already."""
        self.peeks = peeks
        services = self.model.services
        for place, guest in enumerate(self.model.guests):
            self._register(guest)
            self._bind(guest, services[place], METHODS[0])
            self._export(guest, services[place], exported[place])
            if guest.replicas > 1:
                self._export(guest, services[place], ["p.Twin"])
            self._require(guest, services[place], required[place] if place % 2 else [])
        for place in range(launched):
            self._launch(self.model.guests[place], services[place], self.fresh_call())
        if launched and told:
            self.begin()
            for guest in self.model.guests[:launched]:
                self._read(guest)
            while (oldest := self.model.oldest()) is not None:
                self._deliver(oldest)

    @precondition(lambda self: self.awake())
    @rule(what=st.sampled_from(["register", "require", "export", "bind", "locate"]), draw=st.data())
    def declare(self, what: str, draw: st.DataObject) -> None:
        """One of the calls that say what a service is; together no likelier than a dispatch."""
        who, which_one, own = draw.draw(which), draw.draw(which), draw.draw(mostly)
        if what == "register":
            if len(self.model.services) < 9:
                self._register(self.speaker(who))
        elif what == "require":
            self.require(who, which_one, own, draw.draw(names))
        elif what == "export":
            self.export(who, which_one, own, draw.draw(names))
        elif what == "bind":
            self.bind(who, which_one, draw.draw(st.sampled_from(METHODS)))
        else:
            self.locate(who, draw.draw(st.sampled_from(NAMES)), which_one if own else None)

    def _register(self, guest: MGuest) -> None:
        answer = self.ask(guest, "register_", ask.register(self.host(guest), "s"), lambda answer: None)
        assert answer is not None
        made = pb.RegisterResponse.FromString(answer)
        self.model.services.append(MService(key_of(made.service_id), guest))
        assert len({one.key for one in self.model.services}) == len(self.model.services)

    def require(self, who: int, what: int, own: bool, names: list[str]) -> None:
        guest = self.speaker(who)
        self._require(guest, self.service(what, guest if own else None), names)

    def _require(self, guest: MGuest, service: MService, names: list[str]) -> None:
        request = ask.require(Id(*service.key), *names)
        self.ask(guest, "require_", request, lambda answer: self.model.require(guest, service, names))

    def export(self, who: int, what: int, own: bool, names: list[str]) -> None:
        guest = self.speaker(who)
        self._export(guest, self.service(what, guest if own else None), names)

    def _export(self, guest: MGuest, service: MService, names: list[str]) -> None:
        request = ask.export(self.host(guest), Id(*service.key), *names)
        self.ask(guest, "export_", request, lambda answer: self.model.export(guest, service, names))

    def bind(self, who: int, what: int, method: str) -> None:
        guest = self.speaker(who)
        self._bind(guest, self.service(what, guest), method)

    def _bind(self, guest: MGuest, service: MService, method: str) -> None:
        request = ask.bind(self.host(guest), Id(*service.key), method)
        answer = self.ask(guest, "bind_method_", request, lambda answer: self.model.own(guest, service))
        if answer is not None:
            made = key_of(pb.BindMethodResponse.FromString(answer).method_id)
            assert service.methods.setdefault(method, made) == made

    @precondition(lambda self: self.awake())
    @rule(who=which, what=which, own=mostly, used=which)
    def launch(self, who: int, what: int, own: bool, used: int) -> None:
        guest = self.speaker(who)
        service = self.service(what, guest if own else None)
        asleep = [one for one in self.model.services if one.guest in self.awake() and one.launch is None]
        if own and asleep:
            service = asleep[what % len(asleep)]
            guest = service.guest
        self._launch(guest, service, self.call_id(used))

    def _launch(self, guest: MGuest, service: MService, call: Id) -> None:
        request = ask.launch(self.host(guest), Id(*service.key), call)
        self.ask(guest, "launch_", request, lambda answer: self.model.launch(guest, service, key_of(call)))

    def call_id(self, used: int) -> Id:
        """A fresh id mostly, else one that was used before, perhaps one in flight."""
        if used < 9 or not self.model.every:
            return self.fresh_call()
        if used == 9 and self.model.calls:
            return Id(*self.model.calls[-1].key)
        return Id(*self.model.every[-1].key)

    def locate(self, who: int, name: str, by: int | None) -> None:
        guest = self.speaker(who)
        service = None if by is None else self.service(by, guest)
        found: list[MService] = []
        answer = self.ask(
            guest,
            "locate_",
            ask.locate(name, None if service is None else Id(*service.key)),
            lambda answer: found.append(self.model.locate(guest, name, service)),
        )
        if answer is not None:
            said = pb.LocateResponse.FromString(answer)
            assert key_of(said.service_id) == found[0].key
            assert key_of(said.host_id) == found[0].guest.host
            assert {one.method_name: key_of(one.method_id) for one in said.binding} == found[0].methods

    @precondition(lambda self: self.awake())
    @rule(who=which, what=which, method=which, used=which, payload=payload, stray=mostly)
    def dispatch(
        self, who: int, what: int, method: int, used: int, payload: bytes | None, stray: bool
    ) -> None:
        guest = self.speaker(who)
        with_methods = [one for one in self.model.services if one.methods and (one.told or what > 9)]
        if not with_methods:
            return
        service = with_methods[what % len(with_methods)]
        methods = list(service.methods.values())
        wanted = methods[method % len(methods)] if stray else key_of(self.fresh_call())
        left_out = used == 11
        call = ask.NOBODY if left_out else self.call_id(used)
        request = ask.dispatch(self.host(guest), Id(*service.key), Id(*wanted), call, payload)

        def expect(answer: bytes) -> None:
            said = pb.DispatchResponse.FromString(answer)
            key = key_of(said.call_id) if left_out else key_of(call)
            made = self.model.dispatch(guest, service, wanted, key, payload)
            assert key_of(said.call_id) == made.key
            assert key_of(said.target_host_id) == made.callee.host

        self.ask(guest, "dispatch_", request, expect)

    @precondition(lambda self: self.busy() or (len(self.model.every) % 4 == 0 and self.awake()))
    @rule(who=which, what=which, mine=mostly, result=payload, error=st.sampled_from([0, 0, 0, 77, -2]))
    def return_value(self, who: int, what: int, mine: bool, result: bytes | None, error: int) -> None:
        guest = self.speaker(who)
        busy = self.busy()
        if not self.model.calls:
            return
        if mine and busy:
            guest = busy[who % len(busy)].callee
        calls = [one for one in busy if one.callee is guest] if mine and busy else self.model.calls
        call = calls[what % len(calls)]
        bundle = ask.bundle(self.host(call.caller), Id(*call.service.key), Id(*call.method), Id(*call.key))
        self.ask(
            guest,
            "return_value_",
            ask.return_value(bundle, result, error),
            lambda answer: self.model.return_value(guest, call.key, result, error),
        )

    @precondition(lambda self: self.awake())
    @rule(who=which, timeout=st.sampled_from([-1, 0, 20]))
    def read_one(self, who: int, timeout: int) -> None:
        awake = self.awake()
        with_events = [guest for guest in awake if guest.inbox] or awake
        awake = with_events if who % 3 else awake
        self._read(awake[who % len(awake)], timeout)

    def _read(self, guest: MGuest, timeout: int = -1) -> None:
        said = self.kernel.read_one(self.guests[guest.place], ask.read_one(self.host(guest), timeout))
        assert said == timeout
        self.model.read_one(guest)

    def leave(self, who: int, what: int, code: int, used: int, all_: bool) -> None:
        guest = self.speaker(who)
        service = self.service(what, guest)
        call = self.call_id(used)
        request = ask.leave(self.host(guest), Id(*service.key), call, code, shutdown_all=all_)
        codes: list[int] = []
        answer = self.ask(
            guest,
            "exit_",
            request,
            lambda answer: codes.append(self.model.leave(guest, service, key_of(call), code, all_)),
        )
        if answer is not None:
            assert pb.ExitResponse.FromString(answer).pair.code == codes[0]

    # --- what the driver does -------------------------------------------------------------------------

    @precondition(lambda self: not self.model.open)
    @rule()
    def begin(self) -> None:
        self.kernel.begin_launching()
        self.model.begin()

    @precondition(lambda self: self.model.oldest() is not None)
    @rule()
    def deliver_oldest(self) -> None:
        expected = self.model.oldest()
        assert expected is not None
        self._deliver(expected, at_once=not self.peeks)

    @precondition(lambda self: any(guest.inbox for guest in self.awake()))
    @rule(who=which, what=which)
    def read_and_get(self, who: int, what: int) -> None:
        """A guest waits and is at once handed one of its events, mostly the oldest."""
        ready = [guest for guest in self.awake() if guest.inbox]
        guest = ready[who % len(ready)]
        self._read(guest)
        self._deliver(guest.inbox[what % len(guest.inbox) if what > 7 else 0])

    @precondition(lambda self: any(one.target.waiting for one in self.model.pending()))
    @rule(what=which)
    def deliver_any(self, what: int) -> None:
        waiting = [one for one in self.model.pending() if one.target.waiting]
        self._deliver(waiting[what % len(waiting)])

    def _deliver(self, expected: MDelivery, *, at_once: bool = False) -> None:
        (chosen,) = (one for one in self.kernel.pending() if one.number == expected.number)
        told_before = set(self.model.told_names)
        if at_once:
            assert self.kernel.deliver_next() is chosen
        else:
            assert self.kernel.deliver(chosen) == chosen.event
        event = pb.ReadOneResponse.FromString(chosen.event)
        assert chosen.target is self.guests[expected.target.place]
        assert chosen.target.state.value not in ("ended", "failed", "unneeded")
        self._check_event(event, expected)
        if expected.kind == "launched" and expected.call is not None and not expected.call.error:
            # Said here and not left to the model: nobody starts before all that it requires was told.
            assert set(expected.call.service.needs or ()) <= told_before
        self.model.deliver(expected)

    def _check_event(self, event: pb.ReadOneResponse, expected: MDelivery) -> None:
        call = expected.call
        if expected.kind == "exit":
            assert [one.name for one, _ in event.ListFields()] == ["exit"]
            assert event.exit.code == expected.code
            if expected.service is not None:
                assert key_of(event.exit.service_id) == expected.service.key
            return
        assert call is not None
        if expected.kind == "call":
            self.given[call.key] += 1
            bundle = event.bundle
            assert key_of(bundle.host_id) == call.caller.host
            assert key_of(bundle.service_id) == call.service.key
            assert key_of(bundle.method_id) == call.method
            assert key_of(bundle.call_id) == call.key
            assert event.HasField("param_or_result") == (call.payload is not None)
            if call.payload is not None:
                assert event.param_or_result == ask.packed(call.payload)
            return
        self.heard[call.key] += 1
        resolved = event.resolved
        assert [one.name for one, _ in event.ListFields()] == ["resolved"]
        assert key_of(resolved.host_id) == call.caller.host
        assert key_of(resolved.call_id) == call.key
        assert key_of(resolved.method_id) == call.method
        assert resolved.result_error == call.error
        if call.kind == "launch":
            assert resolved.HasField("result") == (not call.error)
        elif call.result is OWN_VALUE:
            own = pb.ExitResponse()
            assert resolved.result.Unpack(own)
            assert own.pair.code == call.code
        elif call.error or call.result is None:
            assert not resolved.HasField("result")
        else:
            assert resolved.result == ask.packed(call.result)

    @precondition(lambda self: len(self.model.every) > 6)
    @rule(what=st.sampled_from(["stop waiting", "end", "exit", "leave"]), draw=st.data())
    def upset(self, what: str, draw: st.DataObject) -> None:
        """One of the things that happen seldom."""
        who = draw.draw(which)
        if what == "stop waiting":
            self.stop_waiting(who)
        elif what == "end":
            ways = [GuestMove.ENDED, GuestMove.FAILED, GuestMove.DISMISSED]
            self.end_guest(who, draw.draw(st.sampled_from(ways)))
        elif what == "exit":
            self.send_exit(who, draw.draw(st.sampled_from([0, 5])))
        elif self.awake():
            code = draw.draw(st.sampled_from([0, 3, 192, 193, -1]))
            self.leave(who, draw.draw(which), code, draw.draw(which), draw.draw(st.booleans()))

    def stop_waiting(self, who: int) -> None:
        waiting = [guest for guest in self.model.guests if guest.waiting]
        if not waiting:
            return
        guest = waiting[who % len(waiting)]
        self.kernel.stop_waiting(self.guests[guest.place])
        guest.waiting = False

    def end_guest(self, who: int, what: GuestMove) -> None:
        guest = self.model.guests[who % len(self.model.guests)]
        if what is GuestMove.DISMISSED and guest.state not in ("starting", "waiting") and not guest.gone:
            return
        self._end(guest, what)

    def _end(self, guest: MGuest, what: GuestMove) -> None:
        self.kernel.end_guest(self.guests[guest.place], what)
        self.model.end(guest, {"ended": "ended", "failed": "failed", "dismissed": "unneeded"}[what.value])

    @precondition(lambda self: sum(call.kind == "call" for call in self.model.calls) > 1)
    @rule(what=which)
    def give_up(self, what: int) -> None:
        calls = [call for call in self.model.calls if call.kind == "call"]
        call = calls[what % len(calls)]
        (real,) = (one for one in self.kernel.in_flight() if key_of_call(one) == call.key)
        self.kernel.resolve_with_error(real, KernelErr.RunTimeout, "it took too long")
        self.model.resolve(call, None, KernelErr.RunTimeout)

    def send_exit(self, who: int, code: int) -> None:
        guest = self.model.guests[who % len(self.model.guests)]
        if not guest.gone:
            self.kernel.send_exit(self.guests[guest.place], code)
            self.model.send_exit(guest, code)

    @precondition(lambda self: self.model.open)
    @rule()
    def fail_startup(self) -> None:
        failure = self.kernel.startup_failure()
        stuck = self.model.stuck()
        if failure is None:
            assert not stuck
            return
        assert {key_of(service.id) for service, _, _ in failure.errors} == stuck
        self.kernel.fail_startup(failure)
        for service, error, _ in failure.errors:
            (mine,) = (one for one in self.model.services if one.key == key_of(service.id))
            assert mine.launch is not None
            self.model.resolve(mine.launch, None, error)

    # --- what must always hold ------------------------------------------------------------------------

    @invariant()
    def everything_agrees(self) -> None:
        self._check_notices()
        assert [self._seen(one) for one in self.kernel.pending()] == [
            (one.number, one.kind, one.target.place, one.call.key if one.call else None, one.code)
            for one in self.model.pending()
        ]
        assert self.kernel.pending_count == len(self.model.pending())
        for real, guest in zip(self.guests, self.model.guests, strict=True):
            assert real.state.value == guest.state
            assert real.waiting == guest.waiting
            assert real.inbox_calls == guest.calls_waiting
            assert real.handling is None or guest.handling is not None
            if guest.gone:
                assert not real.inbox
        assert [key_of_call(call) for call in self.kernel.in_flight()] == [
            call.key for call in self.model.calls if call.kind == "call"
        ]
        if self.peeks:
            chosen, oldest = self.kernel.next_delivery(), self.model.oldest()
            assert (chosen and chosen.number) == (oldest and oldest.number)
        assert self.kernel.shutdown_code == self.model.shutdown_code

    def _check_notices(self) -> None:
        seen: list[Notice] = []
        for notice in self.kernel.drain():
            if isinstance(notice, StateNotice):
                seen.append(("state", notice.guest.index, notice.state.value))
                continue
            kind, call = notice
            self.kept.append(call)
            if kind is NoticeKind.DISPATCHED:
                assert (call.number > 0) == (call.kind is CallKind.CALL)
                seen.append(("dispatched", key_of_call(call), (call.number, call.parent)))
            elif kind is NoticeKind.DELIVERED:
                seen.append(("delivered", key_of_call(call), None))
            else:
                self.resolutions[id(call)] += 1
                seen.append(("resolved", key_of_call(call), (call.error, call.reply)))
        assert seen == self.model.notices
        self.model.notices.clear()

    @staticmethod
    def _seen(one: Delivery) -> tuple[object, ...]:
        key = key_of_call(one.call) if one.call else None
        return one.number, one.kind.value, one.target.index, key, one.code

    def teardown(self) -> None:
        """Whatever was left open: all ends, and every account is settled."""
        while (oldest := self.model.oldest()) is not None:
            self._deliver(oldest)
        for guest in self.model.guests:
            self._end(guest, GuestMove.ENDED)
        self.everything_agrees()
        assert not self.model.calls
        assert not list(self.kernel.in_flight())
        assert self.kernel.pending_count == 0
        assert set(self.resolutions.values()) <= {1}
        assert len(self.resolutions) == len(self.model.every) == len({id(call) for call in self.kept})
        uses = Counter(call.key for call in self.model.every)
        for key, count in (self.heard | self.given).items():
            assert count <= uses[key]


KernelMachine.TestCase.settings = settings(
    max_examples=130,
    stateful_step_count=70,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestKernelMachine = KernelMachine.TestCase
