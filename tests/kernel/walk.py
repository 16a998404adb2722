"""Every step that guests and the driver can take, chosen by small numbers.

Whoever walks gives the numbers: hypothesis, which finds the shortest walk to a defect, or a seeded source,
which walks far. A step that is not possible now is no step.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from parigot.errors import KernelErr
from parigot.ids import Id
from parigot.kernel import GuestMove
from parigot.pb.syscall.v1 import syscall_pb2 as pb

from . import ask
from .model_records import MCall, MGuest, MService
from .pair import Pair, key_of, key_of_call

NAMES = ["p.A", "p.B", "p.C", "P.a", "p.D", "p.Twin"]
METHODS = ["Fetch", "Store"]
SIZES = [0, 1, 7, 300, 500, 600, 800, 1000, 5000]

T = TypeVar("T")


class Choice(Protocol):
    """Where the numbers come from."""

    def below(self, count: int) -> int:
        """One of 0, 1, …, count - 1; the smaller the plainer."""
        ...


class Walk(Pair):
    """The kernel and its model, and a way to go on."""

    # --- choosing -------------------------------------------------------------------------------------

    @staticmethod
    def one_of(choice: Choice, things: Sequence[T]) -> T:
        return things[choice.below(len(things))]

    def seldom(self, choice: Choice) -> bool:
        return choice.below(10) == 9

    def payload(self, choice: Choice) -> bytes | None:
        size = self.one_of(choice, [*SIZES, -1])
        return None if size < 0 else bytes((self.call_number & 0xFF,)) * size

    def names(self, choice: Choice) -> list[str]:
        return [self.one_of(choice, NAMES) for _ in range(choice.below(3))]

    def awake(self) -> list[MGuest]:
        """Guests that can call: alive and not waiting for an event."""
        return [guest for guest in self.model.guests if not guest.gone and not guest.waiting]

    def services_of(self, guest: MGuest) -> list[MService]:
        return [one for one in self.model.services if one.guest is guest]

    def speaker(self, choice: Choice) -> tuple[MGuest, MService] | None:
        """Somebody awake and one of its services; seldom one of somebody else's."""
        awake = self.awake()
        if not awake:
            return None
        guest = self.one_of(choice, awake)
        return guest, self.one_of(
            choice, self.model.services if self.seldom(choice) else self.services_of(guest)
        )

    def fresh_call(self) -> Id:
        self.call_number += 1
        return Id(0x63 << 56 | self.call_number, self.call_number << 32 | 7)

    def call_id(self, choice: Choice) -> Id:
        """A fresh id mostly, else one that was used before, perhaps one in flight."""
        if not self.seldom(choice) or not self.model.every:
            return self.fresh_call()
        return Id(*self.one_of(choice, self.model.calls or self.model.every).key)

    # --- how it begins --------------------------------------------------------------------------------

    def some_have_started(self, choice: Choice) -> None:
        """A registration each, so that there is something to talk about; some are running already."""
        services = self.model.services
        for place, guest in enumerate(self.model.guests):
            self.register(guest)
            self.bind(guest, services[place], METHODS[0])
            self.export(guest, services[place], self.names(choice))
            if guest.replicas > 1:
                self.export(guest, services[place], ["p.Twin"])
            self.require(guest, services[place], self.names(choice) if place % 2 else [])
        launched = 5 - choice.below(6)
        for place in range(launched):
            self.launch(self.model.guests[place], services[place], self.fresh_call())
        if launched and not self.seldom(choice):
            self.begin()
            for guest in self.model.guests[:launched]:
                self.read(guest)
            while (oldest := self.model.oldest()) is not None:
                self.deliver(oldest)

    # --- what guests do -------------------------------------------------------------------------------

    def declare(self, choice: Choice) -> None:
        """One of the calls that say what a service is."""
        found = self.speaker(choice)
        if found is None:
            return
        guest, service = found
        what = choice.below(6)
        if what == 0:
            if len(self.model.services) < 9:
                self.register(guest)
        elif what == 1:
            self.require(guest, service, self.names(choice))
        elif what == 2:
            self.export(guest, service, self.names(choice))
        elif what == 3:
            self.bind(guest, service, self.one_of(choice, METHODS))
        elif what == 4:
            several = [name for name in NAMES if len(self.model.exporters(name.lower())) > 1]
            name = self.one_of(choice, several if several and choice.below(2) else NAMES)
            for _ in range(3):
                self.locate(guest, name, service if choice.below(3) == 2 else None)
        else:
            asleep = [one for one in self.model.services if one.launch is None and one.guest in self.awake()]
            if asleep and not self.seldom(choice):
                service = self.one_of(choice, asleep)
                guest = service.guest
            self.launch(guest, service, self.call_id(choice))

    def locate(self, guest: MGuest, name: str, by: MService | None) -> None:
        found: list[MService] = []
        answer = self.ask(
            guest,
            "locate_",
            ask.locate(name, None if by is None else Id(*by.key)),
            lambda answer: found.append(self.model.locate(guest, name, by)),
        )
        if answer is not None:
            said = pb.LocateResponse.FromString(answer)
            assert key_of(said.service_id) == found[0].key
            assert key_of(said.host_id) == found[0].guest.host
            assert {one.method_name: key_of(one.method_id) for one in said.binding} == found[0].methods

    def dispatch(self, choice: Choice) -> None:
        awake = self.awake()
        callable_ = [one for one in self.model.services if one.methods and (one.told or one.guest.gone)]
        if self.seldom(choice):
            callable_ = [one for one in self.model.services if one.methods]
        if not awake or not callable_:
            return
        guest = self.one_of(choice, awake)
        service = self.one_of(choice, callable_)
        method = self.one_of(choice, list(service.methods.values()))
        odd = choice.below(24)
        if odd == 23:
            method = key_of(self.fresh_call())
        left_out = odd == 22
        call = ask.NOBODY if left_out else self.call_id(choice)
        payload = self.payload(choice)

        def expect(answer: bytes) -> None:
            said = pb.DispatchResponse.FromString(answer)
            key = key_of(said.call_id) if left_out else key_of(call)
            made = self.model.dispatch(guest, service, method, key, payload)
            assert key_of(said.call_id) == made.key
            assert key_of(said.target_host_id) == made.callee.host

        request = ask.dispatch(self.host(guest), Id(*service.key), Id(*method), call, payload)
        self.ask(guest, "dispatch_", request, expect)

    def busy(self) -> list[MCall]:
        """Calls that somebody could answer now."""
        awake = self.awake()
        return [
            call
            for call in self.model.calls
            if call.state == "delivered" and call.kind != "launch" and call.callee in awake
        ]

    def return_value(self, choice: Choice) -> None:
        calls = self.busy()
        if self.seldom(choice):
            calls = self.model.calls
        if not calls or not self.awake():
            return
        call = self.one_of(choice, calls)
        guest = call.callee
        if guest not in self.awake() or self.seldom(choice):
            guest = self.one_of(choice, self.awake())
        result = self.payload(choice)
        error = self.one_of(choice, [0, 0, 0, 0, 77, -2])
        bundle = ask.bundle(self.host(call.caller), Id(*call.service.key), Id(*call.method), Id(*call.key))
        self.ask(
            guest,
            "return_value_",
            ask.return_value(bundle, result, error),
            lambda answer: self.model.return_value(guest, call.key, result, error),
        )

    def read_one(self, choice: Choice) -> None:
        """Somebody waits; mostly it is handed one of its events at once, mostly its oldest."""
        awake = self.awake()
        with_events = [guest for guest in awake if guest.inbox]
        if not awake:
            return
        guest = self.one_of(choice, with_events if with_events and not self.seldom(choice) else awake)
        self.read(guest, self.one_of(choice, [-1, -1, 0, 20]))
        if guest.inbox and choice.below(4) < 2:
            self.deliver(self.one_of(choice, guest.inbox) if self.seldom(choice) else guest.inbox[0])

    def leave(self, choice: Choice) -> None:
        found = self.speaker(choice)
        if found is None:
            return
        guest, service = found
        call = self.call_id(choice)
        code = self.one_of(choice, [0, 3, 192, 193, -1])
        all_ = self.seldom(choice)
        codes: list[int] = []
        answer = self.ask(
            guest,
            "exit_",
            ask.leave(self.host(guest), Id(*service.key), call, code, shutdown_all=all_),
            lambda answer: codes.append(self.model.leave(guest, service, key_of(call), code, all_)),
        )
        if answer is not None:
            assert pb.ExitResponse.FromString(answer).pair.code == codes[0]

    # --- what the driver does -------------------------------------------------------------------------

    def deliver_oldest(self, choice: Choice) -> None:
        oldest = self.model.oldest()
        if oldest is None:
            assert self.kernel.next_delivery() is None
        else:
            self.deliver(oldest, at_once=not self.peeks)

    def deliver_any(self, choice: Choice) -> None:
        waiting = [one for one in self.model.pending() if one.target.waiting]
        if waiting:
            self.deliver(self.one_of(choice, waiting))

    def stop_waiting(self, choice: Choice) -> None:
        waiting = [guest for guest in self.model.guests if guest.waiting]
        if waiting:
            guest = self.one_of(choice, waiting)
            self.kernel.stop_waiting(self.guests[guest.place])
            guest.waiting = False

    def end_guest(self, choice: Choice) -> None:
        guest = self.one_of(choice, self.model.guests)
        ways = [GuestMove.FAILED, GuestMove.ENDED]
        if guest.state in ("starting", "waiting") or guest.gone:
            ways.append(GuestMove.DISMISSED)
        self.end(guest, self.one_of(choice, ways))

    def give_up(self, choice: Choice) -> None:
        calls = [call for call in self.model.calls if call.kind == "call"]
        heads = [
            guest.inbox[0].call
            for guest in self.model.guests
            if guest.waiting and guest.inbox and guest.inbox[0].kind == "call"
        ]
        if not calls:
            return
        call = self.one_of(choice, heads if heads and choice.below(2) else calls)
        assert call is not None
        (real,) = (one for one in self.kernel.in_flight() if key_of_call(one) == call.key)
        self.kernel.resolve_with_error(real, KernelErr.RunTimeout, "it took too long")
        self.model.resolve(call, None, KernelErr.RunTimeout)

    def send_exit(self, choice: Choice) -> None:
        guest = self.one_of(choice, self.model.guests)
        if not guest.gone:
            code = self.one_of(choice, [0, 5])
            self.kernel.send_exit(self.guests[guest.place], code)
            self.model.send_exit(guest, code)

    def begin_launching(self, choice: Choice) -> None:
        if not self.model.open:
            self.begin()

    def fail_startup(self, choice: Choice) -> None:
        if not self.model.open:
            assert self.kernel.startup_failure() is None
            return
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
