"""The real kernel and its model, asked the same and compared: the floor that `walk` walks on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from parigot.errors import KernelError
from parigot.ids import Id
from parigot.kernel import Call, CallKind, Delivery, Guest, GuestMove, Kernel, NoticeKind, StateNotice
from parigot.pb.protosupport.v1.protosupport_pb2 import IdRaw
from parigot.pb.syscall.v1 import syscall_pb2 as pb

from . import ask
from .model import Model
from .model_records import OWN_VALUE, Key, MCall, MDelivery, MGuest, MService, Notice, Refused
from .playbook import new_kernel

# What the guests are like: two of them are replicas, two are small, one has a short inbox.
GUESTS: list[dict[str, int | str | bool]] = [
    {},
    {"inbox_limit": 2},
    {"group": "twin", "replicas": 2},
    {"group": "twin", "replicas": 2, "message_limit": 900},
    {"buffer_size": 700},
]


def key_of(raw: IdRaw | Id) -> Key:
    return raw.high & ~(0xFF << 48), raw.low


def key_of_call(call: Call) -> Key:
    return key_of(IdRaw.FromString(call.wire_id))


class Pair:
    """The kernel and its model.

    Attributes:
        peeks: looks at the next delivery after every step, which may tidy the kernel up.
    """

    def __init__(self) -> None:
        self.kernel: Kernel = new_kernel(seed=5)
        self.model = Model()
        self.told: Counter[tuple[int, str]] = (
            Counter()
        )  # deliveries, by identity of the model's call and kind
        self.unheard: list[MCall] = []
        self.resolutions: Counter[int] = Counter()  # by identity: a call id may be used again
        self.kept: list[Call] = []
        self.call_number = 0
        self.peeks = True
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

    def host(self, guest: MGuest) -> Id:
        return Id(*guest.host)

    # --- one request each, for guests and services that are known ---------------------------------------

    def register(self, guest: MGuest) -> None:
        answer = self.ask(guest, "register_", ask.register(self.host(guest), "s"), lambda answer: None)
        assert answer is not None
        made = pb.RegisterResponse.FromString(answer)
        self.model.services.append(MService(key_of(made.service_id), guest))
        assert len({one.key for one in self.model.services}) == len(self.model.services)

    def require(self, guest: MGuest, service: MService, names: list[str]) -> None:
        request = ask.require(Id(*service.key), *names)
        self.ask(guest, "require_", request, lambda answer: self.model.require(guest, service, names))

    def export(self, guest: MGuest, service: MService, names: list[str]) -> None:
        request = ask.export(self.host(guest), Id(*service.key), *names)
        self.ask(guest, "export_", request, lambda answer: self.model.export(guest, service, names))

    def bind(self, guest: MGuest, service: MService, method: str) -> None:
        request = ask.bind(self.host(guest), Id(*service.key), method)
        answer = self.ask(guest, "bind_method_", request, lambda answer: self.model.own(guest, service))
        if answer is not None:
            made = key_of(pb.BindMethodResponse.FromString(answer).method_id)
            assert service.methods.setdefault(method, made) == made

    def launch(self, guest: MGuest, service: MService, call: Id) -> None:
        request = ask.launch(self.host(guest), Id(*service.key), call)
        self.ask(guest, "launch_", request, lambda answer: self.model.launch(guest, service, key_of(call)))

    def read(self, guest: MGuest, timeout: int = -1) -> None:
        said = self.kernel.read_one(self.guests[guest.place], ask.read_one(self.host(guest), timeout))
        assert said == timeout
        self.model.read_one(guest)

    def end(self, guest: MGuest, what: GuestMove) -> None:
        """A guest is gone: of what it called, and has not heard yet, it never will."""
        self.unheard += [
            call
            for call in self.model.every
            if call.caller is guest and not self.told[id(call), "resolved"] + self.told[id(call), "launched"]
        ]
        self.kernel.end_guest(self.guests[guest.place], what)
        self.model.end(guest, {"ended": "ended", "failed": "failed", "dismissed": "unneeded"}[what.value])

    def begin(self) -> None:
        self.kernel.begin_launching()
        self.model.begin()

    def deliver(self, expected: MDelivery, *, at_once: bool = False) -> None:
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
        if expected.call is not None:
            self.told[id(expected.call), expected.kind] += 1
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
            bundle = event.bundle
            assert key_of(bundle.host_id) == call.caller.host
            assert key_of(bundle.service_id) == call.service.key
            assert key_of(bundle.method_id) == call.method
            assert key_of(bundle.call_id) == call.key
            assert event.HasField("param_or_result") == (call.payload is not None)
            if call.payload is not None:
                assert event.param_or_result == ask.packed(call.payload)
            return
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

    # --- what must always hold ------------------------------------------------------------------------

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

    def finish(self) -> None:
        """Whatever was left open: all ends, and every account is settled."""
        while (oldest := self.model.oldest()) is not None:
            self.deliver(oldest)
        for guest in self.model.guests:
            self.end(guest, GuestMove.ENDED)
        self.everything_agrees()
        assert not self.model.calls
        assert not list(self.kernel.in_flight())
        assert self.kernel.pending_count == 0
        assert set(self.resolutions.values()) <= {1}
        assert len(self.resolutions) == len(self.model.every) == len({id(call) for call in self.kept})
        # Nobody was told twice of one thing, and every caller that lived on was told.
        assert set(self.told.values()) <= {1}
        for call in self.model.every:
            heard = sum(self.told[id(call), kind] for kind in ("resolved", "launched"))
            assert heard == 1 or call in self.unheard
