"""Scenes: register, require, export, bind_method and locate."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from parigot.errors import KernelErr, KernelError
from parigot.ids import LAUNCH_METHOD, Id
from parigot.kernel import GuestMove
from parigot.kernel.names import MAX_METHODS, MAX_NAMES, MAX_SERVICES

from . import ask
from .playbook import Scene, World, new_kernel
from .steps import (
    begin,
    bind,
    deliver,
    end,
    export,
    guest,
    launch,
    leave,
    locate,
    look,
    quietly,
    read,
    register,
    require,
    send,
    serving,
)

ZERO = Id((1 << 64) - 1, (1 << 64) - 1)
STRANGER = Id(0x73 << 56 | 77, 77)


# --- register, require, export, bind ------------------------------------------------------------------


def test_a_guest_may_register_several_services(playbook: Scene) -> None:
    assert (
        playbook()
        >> guest("a")
        >> register("a", "one")
        << "ok svc"
        >> register("a", "two")
        << "ok svc"
        >> look("ids differ", lambda world: world.services["one"] != world.services["two"])
        << "True"
    )


def test_a_service_nobody_named_is_called_like_its_guest(playbook: Scene) -> None:
    unnamed = send("a", "register_", lambda world: ask.register(world.guests["a"].host_id, ""))
    names = look("names", lambda world: [service.name for service in world.kernel.declared()])
    assert playbook() >> quietly(guest("a")) >> unnamed << "ok, 22 bytes" >> names << "['a']"


def test_nobody_speaks_in_anothers_name(playbook: Scene) -> None:
    def other(world: World) -> Id:
        return world.guests["b"].host_id

    not_this = "refused BadId: not this guest's host id"
    not_own = "refused BadId: not a service of this guest"
    assert (
        playbook()
        >> quietly(guest("a"), guest("b"), register("a", "mine"), register("b", "theirs"))
        >> send("a", "register_", lambda world: ask.register(other(world), "x"))
        << not_this
        >> send("a", "export_", lambda world: ask.export(other(world), world.services["mine"], "p.A"))
        << not_this
        >> export("a", "theirs", "p.A")
        << not_own
        >> require("a", "theirs", "p.A")
        << not_own
        >> bind("a", "theirs.M")
        << not_own
        >> launch("a", "theirs", "up")
        << not_own
        >> send("a", "launch_", lambda world: ask.launch(other(world), world.services["mine"], STRANGER))
        << not_this
        >> leave("a", "theirs", 0, call="bye")
        << not_own
        >> locate("a", "p.A", by="theirs")
        << not_own
        >> send("a", "dispatch_", lambda world: ask.dispatch(other(world), STRANGER, STRANGER, STRANGER))
        << not_this
        >> send("a", "exit_", lambda world: ask.leave(other(world), world.services["mine"], STRANGER, 0))
        << not_this
    )


def test_reading_in_anothers_name(playbook: Scene) -> None:
    kernel = new_kernel()
    first, second = kernel.add_guest("a"), kernel.add_guest("b")
    with pytest.raises(KernelError) as caught:
        kernel.read_one(first, ask.read_one(second.host_id))
    assert caught.value.code is KernelErr.BadId
    assert not first.waiting


def test_a_host_id_may_be_left_out_and_its_second_type_byte_is_ignored(playbook: Scene) -> None:
    def marked(given: Id) -> Id:
        return Id(given.high | 0xA5 << 48, given.low)

    def host(world: World) -> Id:
        return world.guests["a"].host_id

    assert (
        playbook()
        >> quietly(guest("a"))
        >> send("a", "register_", lambda world: ask.register(ask.NOBODY, "x"))
        << "ok, 22 bytes"
        >> send("a", "register_", lambda world: b"")
        << "ok, 22 bytes"
        >> send("a", "register_", lambda world: ask.register(Id(0x68 << 56, 0), "the empty value"))
        << "ok, 22 bytes"
        >> send("a", "register_", lambda world: ask.register(ZERO, "the zero value"))
        << "refused BadId: not this guest's host id"
        >> register("a", "s")
        << "ok svc"
        >> send(
            "a", "export_", lambda world: ask.export(marked(host(world)), marked(world.services["s"]), "p.A")
        )
        << "ok"
        >> send("a", "launch_", lambda world: ask.launch(
            marked(host(world)), marked(world.services["s"]), world.call("up"), marked(LAUNCH_METHOD)
        ))
        << "ok"
        << "dispatched up"
        << "a is waiting"
    )  # fmt: skip


def test_zero_and_empty_ids_name_nothing(playbook: Scene) -> None:
    def dispatching(service: Id, method: Id, call: Id) -> Callable[[World], bytes]:
        return lambda world: ask.dispatch(world.guests["client"].host_id, service, method, call)

    not_own = "refused BadId: not a service of this guest"
    assert (
        playbook()
        >> serving()
        >> send("client", "require_", lambda world: ask.require(ZERO, "p.A"))
        << not_own
        >> send("client", "require_", lambda world: ask.require(ask.NOBODY, "p.A"))
        << not_own
        >> send("client", "dispatch_", dispatching(ZERO, ZERO, ZERO))
        << "refused IdDispatch: unknown service or method"
        >> send("client", "dispatch_", dispatching(ask.NOBODY, ask.NOBODY, ask.NOBODY))
        << "refused IdDispatch: unknown service or method"
        >> send("client", "dispatch_", lambda world: ask.dispatch(
            world.guests["client"].host_id, world.services["greeter"], world.methods["greeter.Fetch"], ZERO
        ))
        << "refused BadCallId: the zero value is no call id"
        >> send("client", "launch_", lambda world: ask.launch(
            world.guests["client"].host_id, world.services["cli"], ZERO
        ))
        << "refused BadCallId: the zero value is no call id"
        >> send("client", "locate_", lambda world: ask.locate("greeting.v1.Greeting", ask.NOBODY))
        << "ok, 76 bytes"
        >> send("client", "locate_", lambda world: ask.locate("greeting.v1.Greeting", Id(0x73 << 56, 0)))
        << "ok, 76 bytes"
        >> send("client", "locate_", lambda world: ask.locate("greeting.v1.Greeting", ZERO))
        << not_own
    )  # fmt: skip


def test_names_compare_without_case_and_are_shown_as_written(playbook: Scene) -> None:
    assert (
        playbook()
        >> quietly(guest("a"), guest("b"), register("a", "one"), register("b", "two"))
        >> export("a", "one", "greeting.v1.Greeting")
        << "ok"
        >> locate("b", "GREETING.V1.greeting")
        << "ok one at a"
        >> export("a", "one", "greeting.v1.greeting")
        << "refused ServiceAlreadyClosedOrExported: greeting.v1.greeting"
        >> export("b", "two", "Greeting.V1.Greeting")
        << "refused ServiceAlreadyClosedOrExported: Greeting.V1.Greeting is exported by a already"
        >> require("b", "two", "p.A", "P.a")
        << "refused ServiceAlreadyRequired: P.a"
        >> require("b", "two", "p.A")
        << "ok"
        >> require("b", "two", "p.B", "p.A")
        << "refused ServiceAlreadyRequired: p.A"
        >> require("b", "two", "p.B")
        << "ok"
        >> look("name", lambda world: world.kernel.declared()[0].name)
        << "greeting.v1.Greeting"
    )


def test_a_refused_export_exports_nothing(playbook: Scene) -> None:
    assert (
        playbook()
        >> quietly(guest("a"), guest("b"), register("a", "one"), register("b", "two"))
        >> export("a", "one", "p.Taken")
        << "ok"
        >> export("b", "two", "p.Fresh", "p.Taken")
        << "refused ServiceAlreadyClosedOrExported: p.Taken is exported by a already"
        >> locate("a", "p.Fresh")
        << "refused NotFound: nobody exports p.Fresh"
        >> export("b", "two", "p.Fresh", "p.fresh")
        << "refused ServiceAlreadyClosedOrExported: p.fresh"
        >> locate("a", "p.Fresh")
        << "refused NotFound: nobody exports p.Fresh"
    )


def test_names_need_a_package_and_a_service(playbook: Scene) -> None:
    nameless = "refused NotFound: a service needs a package and a name"
    assert (
        playbook()
        >> quietly(guest("a"), register("a", "one"))
        >> export("a", "one", "Greeting")
        << nameless
        >> export("a", "one", "greeting.")
        << nameless
        >> require("a", "one", "Greeting")
        << nameless
        >> require("a", "one", "p." + "x" * 256)
        << nameless
        >> locate("a", "Greeting")
        << nameless
        >> bind("a", "one.")
        << "refused NotFound: a method needs a name"
        >> bind("a", "one." + "x" * 257)
        << "refused NotFound: a method needs a name"
    )


def test_binding_again_keeps_the_id(playbook: Scene) -> None:
    assert (
        playbook()
        >> quietly(guest("a"), register("a", "one"), register("a", "two"))
        >> bind("a", "one.Fetch")
        << "ok method"
        >> bind("a", "one.Fetch")
        << "ok again"
        >> bind("a", "two.Fetch")
        << "ok method"
        >> look("ids differ", lambda world: world.methods["one.Fetch"] != world.methods["two.Fetch"])
        << "True"
    )


def test_the_namespace_has_an_end(playbook: Scene) -> None:
    many = [f"p.N{number}" for number in range(MAX_NAMES)]
    assert (
        playbook()
        >> quietly(guest("a"), register("a", "one"))
        >> export("a", "one", *many, "p.Last")
        << "refused NamespaceExhausted: more than 1000 exported names"
        >> export("a", "one", *many)
        << "ok"
        >> export("a", "one", "p.Last")
        << "refused NamespaceExhausted: more than 1000 exported names"
        >> require("a", "one", *many)
        << "ok"
        >> require("a", "one", "p.Last")
        << "refused NamespaceExhausted: more than 1000 required names"
        >> quietly(*(bind("a", f"one.M{number}") for number in range(MAX_METHODS)))
        >> bind("a", "one.Last")
        << "refused NamespaceExhausted: more than 1000 methods"
        >> bind("a", "one.M0")
        << "ok again"
        >> quietly(*(register("a", f"s{number}") for number in range(MAX_SERVICES - 1)))
        >> register("a", "last")
        << "refused NamespaceExhausted: more than 1000 registrations"
    )


@pytest.mark.parametrize(
    "operation",
    ["register", "require", "export", "bind_method", "locate", "launch", "dispatch", "return_value", "exit"],
)
def test_what_is_no_message(playbook: Scene, operation: str) -> None:
    kernel = new_kernel()
    who = kernel.add_guest("a")
    for garbage in (b"\xff", b"\x0a\x05abc", b"\x0a\x02\xff\xff", b"\x00", b"\x0c"):
        with pytest.raises(KernelError) as caught:
            kernel.call(who, operation + "_", garbage)
        assert caught.value.code is KernelErr.UnmarshalFailed
    assert kernel.drain() == []


def test_a_read_one_that_is_no_message() -> None:
    kernel = new_kernel()
    who = kernel.add_guest("a")
    for garbage in (b"\xff", b"\x12\x05abc", b"\x12\x02\xff\xff", b"\x00", b"\x0c"):
        for _ in range(2):
            with pytest.raises(KernelError, match="UnmarshalFailed"):
                kernel.read_one(who, garbage)
    assert not who.waiting


def test_text_that_is_not_utf8(playbook: Scene) -> None:
    play = playbook() >> quietly(guest("a"))
    play >> send("a", "register_", lambda world: b"\x12\x02\xc3\x28")
    play.world.kernel.drain()
    with pytest.raises(AssertionError, match="refused UnmarshalFailed: RegisterRequest"):
        bool(play)


def test_block_until_call_is_obsolete(playbook: Scene) -> None:
    asking = send("a", "block_until_call_", lambda world: b"anything")
    answer = "refused NotFound: block_until_call_ is obsolete; use read_one_"
    assert playbook() >> guest("a") >> asking << answer


# --- locate -------------------------------------------------------------------------------------------


def test_locate_wants_what_was_required(playbook: Scene) -> None:
    assert (
        playbook()
        >> serving()
        >> locate("client", "greeting.v1.Greeting")
        << "ok greeter at server: Fetch"
        >> locate("client", "greeting.v1.Greeting", by="cli")
        << "refused NotRequired: client did not require greeting.v1.Greeting"
        >> require("client", "cli", "Greeting.v1.greeting", "p.Nobody")
        << "ok"
        >> locate("client", "greeting.v1.Greeting", by="cli")
        << "ok greeter at server: Fetch"
        >> locate("client", "p.Nobody", by="cli")
        << "refused NotFound: nobody exports p.Nobody"
        >> bind("server", "greeter.Store")
        << "ok method"
        >> locate("client", "greeting.v1.Greeting")
        << "ok greeter at server: Fetch Store"
    )


def test_replicas_take_turns(playbook: Scene) -> None:
    replica = {"group": "work", "replicas": 3}
    ready = [
        step
        for number in "123"
        for step in (
            guest(f"work#{number}", **replica),
            register(f"work#{number}", f"w{number}"),
            export(f"work#{number}", f"w{number}", "work.v1.Work"),
        )
    ]
    assert (
        playbook()
        >> quietly(*ready, guest("client"), guest("other"), register("other", "o"))
        >> export("other", "o", "work.v1.Work")
        << "refused ServiceAlreadyClosedOrExported: work.v1.Work is exported by work#1 already"
        >> quietly(*(launch(f"work#{number}", f"w{number}", f"up{number}") for number in "12"))
        >> begin()
        << "resolved up1"
        << "resolved up2"
        >> quietly(*(read(f"work#{number}") for number in "12"), deliver(), deliver())
        >> locate("client", "work.v1.Work")
        << "ok w1 at work#1"
        >> locate("client", "WORK.v1.work")
        << "ok w2 at work#2"
        >> locate("client", "work.v1.Work")
        << "ok w1 at work#1"
        >> quietly(launch("work#3", "w3", "up3"), read("work#3"), deliver())
        >> locate("client", "work.v1.Work")
        << "ok w1 at work#1"
        >> locate("client", "work.v1.Work")
        << "ok w2 at work#2"
        >> locate("client", "work.v1.Work")
        << "ok w3 at work#3"
        >> end("work#1", GuestMove.FAILED, "it trapped")
        << "work#1 is failed: it trapped"
        >> locate("client", "work.v1.Work")
        << "ok w2 at work#2"
        >> locate("client", "work.v1.Work")
        << "ok w3 at work#3"
    )


def test_one_replica_does_not_export_twice(playbook: Scene) -> None:
    assert (
        playbook()
        >> quietly(
            guest("work#1", group="work", replicas=2), register("work#1", "a"), register("work#1", "b")
        )
        >> export("work#1", "a", "work.v1.Work")
        << "ok"
        >> export("work#1", "b", "work.v1.Work")
        << "refused ServiceAlreadyClosedOrExported: work.v1.Work is exported by work#1 already"
    )
