"""Scenes: launching, and startups that cannot be."""

from __future__ import annotations

from collections.abc import Callable

from parigot.ids import EXIT_METHOD, Id
from parigot.kernel import GuestMove

from . import ask
from .playbook import Scene, Step, World
from .steps import (
    begin,
    deliver,
    end,
    export,
    fail_startup,
    guest,
    launch,
    look,
    quietly,
    read,
    register,
    require,
    send,
)

ZERO = Id((1 << 64) - 1, (1 << 64) - 1)
STRANGER = Id(0x73 << 56 | 77, 77)


def test_launch_wants_its_own_method_and_happens_once(playbook: Scene) -> None:
    def launching(method: Id) -> Callable[[World], bytes]:
        return lambda world: ask.launch(
            world.guests["a"].host_id, world.services["s"], world.call("up"), method
        )

    assert (
        playbook()
        >> quietly(guest("a"), register("a", "s"))
        >> send("a", "launch_", launching(EXIT_METHOD))
        << "refused BadId: launch_ takes the launch method's id"
        >> send("a", "launch_", launching(ask.NOBODY))
        << "refused BadId: launch_ takes the launch method's id"
        >> launch("a", "s", "up")
        << "ok"
        << "dispatched up"
        << "a is waiting"
        >> launch("a", "s", "again")
        << "refused ServiceAlreadyClosedOrExported: s is launched already"
    )


def test_a_launch_may_leave_its_call_id_out(playbook: Scene) -> None:
    assert (
        playbook()
        >> quietly(guest("a"), register("a", "s"))
        >> launch("a", "s", "")
        << "ok"
        << "dispatched launch-of-a"
        << "a is waiting"
        >> begin()
        << "resolved launch-of-a"
        >> read("a")
        << "waits"
        >> deliver()
        << "a reads launch-of-a resolved: syscall.v1.LaunchResponse"
        << "a is running"
    )


def test_two_launches_with_one_call_id(playbook: Scene) -> None:
    assert (
        playbook()
        >> quietly(guest("a"), guest("b"), register("a", "s"), register("b", "t"))
        >> launch("a", "s", "up")
        << "ok"
        << "dispatched up"
        << "a is waiting"
        >> launch("b", "t", "up")
        << "refused BadCallId: this call id is in flight already"
        >> launch("b", "t", "up2")
        << "ok"
        << "dispatched up2"
        << "b is waiting"
    )


def test_nothing_is_launched_before_what_it_requires_was_told(playbook: Scene) -> None:
    chain = quietly(
        *(step for name in "abc" for step in (guest(name), register(name, f"s{name}"))),
        require("a", "sa", "p.B"),
        require("b", "sb", "p.C"),
        export("b", "sb", "p.B"),
        export("c", "sc", "p.C"),
        *(launch(name, f"s{name}", f"up-{name}") for name in "abc"),
        *(read(name) for name in "abc"),
    )
    assert (
        playbook()
        >> chain
        >> begin()
        << "resolved up-c"
        >> look("waiting", lambda world: world.kernel.pending_count)
        << "1"
        >> deliver()
        << "c reads up-c resolved: syscall.v1.LaunchResponse"
        << "c is running"
        << "resolved up-b"
        >> deliver()
        << "b reads up-b resolved: syscall.v1.LaunchResponse"
        << "b is running"
        << "resolved up-a"
        >> deliver()
        << "a reads up-a resolved: syscall.v1.LaunchResponse"
        << "a is running"
        >> fail_startup()
        << "no failure"
    )


def test_a_name_that_is_exported_after_the_launch_is_there_too(playbook: Scene) -> None:
    assert (
        playbook()
        >> quietly(
            guest("a"), guest("b"), register("a", "sa"), register("b", "sb"), require("b", "sb", "p.Late"),
            launch("a", "sa", "up-a"), launch("b", "sb", "up-b"), begin(), read("a"), read("b"), deliver(),
        )
        >> deliver()
        << "nothing to deliver"
        >> export("a", "sa", "p.Late")
        << "ok"
        << "resolved up-b"
        >> deliver()
        << "b reads up-b resolved: syscall.v1.LaunchResponse"
        << "b is running"
    )  # fmt: skip


def test_a_cycle_a_missing_name_and_those_behind_them(playbook: Scene) -> None:
    def one(name: str, requires: tuple[str, ...], exports: tuple[str, ...]) -> tuple[object, ...]:
        return (
            guest(name),
            register(name, f"s{name}"),
            require(name, f"s{name}", *requires),
            export(name, f"s{name}", *exports),
            launch(name, f"s{name}", f"up-{name}"),
            read(name),
        )

    assert (
        playbook()
        >> quietly(
            *one("a", ("p.B",), ("p.A",)),
            *one("b", ("p.A",), ("p.B",)),
            *one("lost", ("p.Nobody",), ("p.Lost",)),
            *one("behind", ("p.Lost", "p.A"), ()),
            *one("fine", (), ("p.Fine",)),
            *one("glad", ("p.Fine",), ()),
        )
        >> fail_startup()
        << "no failure"  # nothing was allowed to be launched yet
        >> quietly(begin(), deliver(), deliver())
        >> fail_startup()
        << "dependency cycle: a -> b (for p.B) -> a (for p.A)"
        << "lost requires p.Nobody, which nobody exports"
        << "behind cannot start because something it requires cannot"
        << "resolved up-a: DependencyCycle (dependency cycle: a -> b (for p.B) -> a (for p.A))"
        << "resolved up-b: DependencyCycle (dependency cycle: a -> b (for p.B) -> a (for p.A))"
        << "resolved up-lost: NotFound (lost requires p.Nobody, which nobody exports)"
        << "resolved up-behind: KernelDependencyFailure "
        "(behind cannot start because something it requires cannot)"
        >> deliver()
        << "a reads up-a failed: DependencyCycle"
        >> deliver()
        << "b reads up-b failed: DependencyCycle"
        >> deliver()
        << "lost reads up-lost failed: NotFound"
        >> deliver()
        << "behind reads up-behind failed: KernelDependencyFailure"
        >> deliver()
        << "nothing to deliver"
        >> fail_startup()
        << "no failure"
    )


def test_an_exporter_that_never_asks_to_be_launched_is_named(playbook: Scene) -> None:
    assert (
        playbook()
        >> quietly(
            guest("a"), guest("idle"), register("a", "sa"), register("idle", "si"),
            require("a", "sa", "p.Idle"), export("idle", "si", "p.Idle"), launch("a", "sa", "up"), begin(),
        )
        >> fail_startup()
        << "a requires p.Idle, but idle, which exports it, never launches"
        << "resolved up: NotFound (a requires p.Idle, but idle, which exports it, never launches)"
    )  # fmt: skip


def test_a_service_that_requires_itself_and_a_knot(playbook: Scene) -> None:
    assert (
        playbook()
        >> quietly(
            guest("me"), register("me", "one"), register("me", "two"),
            require("me", "one", "p.One"), export("me", "one", "p.One"),
            launch("me", "one", "up1"), launch("me", "two", "up2"), begin(),
        )
        >> fail_startup()
        << "dependency cycle: me/p.One -> me/p.One (for p.One)"
        << "resolved up1: DependencyCycle (dependency cycle: me/p.One -> me/p.One (for p.One))"
    )  # fmt: skip


def test_the_exporter_fails_before_its_launch(playbook: Scene) -> None:
    assert (
        playbook()
        >> quietly(
            guest("a"), guest("b"), register("a", "sa"), register("b", "sb"), require("a", "sa", "p.B"),
            export("b", "sb", "p.B"), launch("a", "sa", "up-a"), launch("b", "sb", "up-b"), read("a"),
            begin(),
        )
        >> end("b", GuestMove.FAILED, "it trapped")
        << "b is failed: it trapped"
        >> fail_startup()
        << "a requires p.B, but b, which exported it, is failed"
        << "resolved up-a: NotFound (a requires p.B, but b, which exported it, is failed)"
        >> deliver()
        << "a reads up-a failed: NotFound"
    )  # fmt: skip


def test_two_services_of_one_name(playbook: Scene) -> None:
    def registered(world: World) -> bytes:
        return ask.register(world.guests["a"].host_id, "same")

    def requires(world: World) -> bytes:
        return ask.require(world.kernel.declared()[1].id, "p.Nobody")

    def launches(place: int) -> Step:
        def request(world: World) -> bytes:
            service = world.kernel.declared()[place].id
            return ask.launch(world.guests["a"].host_id, service, world.call(f"up{place}"))

        return send("a", "launch_", request)

    assert (
        playbook()
        >> quietly(guest("a"), send("a", "register_", registered), send("a", "register_", registered))
        >> quietly(send("a", "require_", requires), launches(0), launches(1), begin(), read("a"), deliver())
        >> fail_startup()
        << "a/same#2 requires p.Nobody, which nobody exports"
        << "resolved up1: NotFound (a/same#2 requires p.Nobody, which nobody exports)"
    )


def test_what_a_service_has_already_is_not_missed_when_its_exporter_ends(playbook: Scene) -> None:
    assert (
        playbook()
        >> quietly(
            guest("a"), guest("job"), guest("b"), register("a", "sa"), register("job", "sj"),
            register("b", "sb"), require("a", "sa", "p.Job", "p.B"), export("job", "sj", "p.Job"),
            require("b", "sb", "p.Nobody"), export("b", "sb", "p.B"), launch("a", "sa", "up-a"),
            launch("job", "sj", "up-job"), launch("b", "sb", "up-b"), begin(), read("job"), deliver(),
            end("job", GuestMove.ENDED, "done", 0),
        )
        >> fail_startup()
        << "b requires p.Nobody, which nobody exports"
        << "a cannot start because something it requires cannot"
        << "resolved up-a: KernelDependencyFailure (a cannot start because something it requires cannot)"
        << "resolved up-b: NotFound (b requires p.Nobody, which nobody exports)"
    )  # fmt: skip
