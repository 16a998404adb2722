"""Scenes: dispatch, return_value, read_one, and in whose handling calls are made."""

from __future__ import annotations

from parigot.errors import KernelErr
from parigot.ids import Id
from parigot.pb.syscall.v1 import syscall_pb2 as pb

from . import ask
from .playbook import Scene, World
from .steps import (
    begin,
    bind,
    deliver,
    deliver_next,
    dispatch,
    give_up,
    guest,
    launch,
    look,
    quietly,
    read,
    register,
    reply,
    send,
    serving,
    stop_waiting,
)

ZERO = Id((1 << 64) - 1, (1 << 64) - 1)
STRANGER = Id(0x73 << 56 | 77, 77)


# --- dispatch and return_value ------------------------------------------------------------------------


def test_a_dispatch_that_names_nothing(playbook: Scene) -> None:
    def mixed(world: World) -> bytes:
        client = world.guests["client"]
        return ask.dispatch(
            client.host_id, world.services["cli"], world.methods["greeter.Fetch"], world.call("c")
        )

    assert (
        playbook()
        >> serving()
        >> send("client", "dispatch_", lambda world: ask.dispatch(
            world.guests["client"].host_id, STRANGER, world.methods["greeter.Fetch"], world.call("c")
        ))
        << "refused IdDispatch: unknown service or method"
        >> send("client", "dispatch_", lambda world: ask.dispatch(
            world.guests["client"].host_id, world.services["greeter"], STRANGER, world.call("c")
        ))
        << "refused IdDispatch: unknown service or method"
        >> send("client", "dispatch_", mixed)
        << "refused IdDispatch: unknown service or method"
    )  # fmt: skip


def test_a_call_before_the_launch(playbook: Scene) -> None:
    assert (
        playbook()
        >> quietly(guest("client"), guest("server"), register("server", "greeter"))
        >> bind("server", "greeter.Fetch")
        << "ok method"
        >> dispatch("client", "greeter.Fetch", call="c")
        << "refused NotReady: greeter is not launched yet"
        >> quietly(launch("server", "greeter", "up"), begin())
        >> dispatch("client", "greeter.Fetch", call="c")
        << "refused NotReady: greeter is not launched yet"
        >> quietly(read("server"), deliver())
        >> dispatch("client", "greeter.Fetch", call="c")
        << "ok c to server"
        << "dispatched c as 1"
    )


def test_call_ids_in_flight_left_out_and_used_again(playbook: Scene) -> None:
    assert (
        playbook()
        >> serving()
        >> dispatch("client", "greeter.Fetch", call="c")
        << "ok c to server"
        << "dispatched c as 1"
        >> dispatch("client", "greeter.Fetch", call="c")
        << "refused BadCallId: this call id is in flight already"
        >> dispatch("server", "greeter.Fetch", call="c")
        << "refused BadCallId: this call id is in flight already"
        >> dispatch("client", "greeter.Fetch", call="")
        << "ok made-up to server"
        << "dispatched made-up as 2"
        >> read("server")
        << "waits"
        >> deliver()
        << "server reads c from client: greeter.Fetch"
        << "delivered c"
        >> dispatch("client", "greeter.Fetch", call="c")
        << "refused BadCallId: this call id is in flight already"
        >> reply("server", "c")
        << "ok"
        << "resolved c"
        >> dispatch("client", "greeter.Fetch", call="c", payload=b"again")
        << "ok c to server"
        << "dispatched c as 3"
        >> quietly(read("client"))
        >> deliver()
        << "client reads c resolved"
        >> read("server")
        << "waits"
        >> deliver()
        << "server reads made-up from client: greeter.Fetch"
        << "delivered made-up"
    )


def test_results_and_errors_of_the_callees_own(playbook: Scene) -> None:
    ready = [dispatch("client", "greeter.Fetch", call=f"c{n}") for n in range(5)]
    for _ in range(5):
        ready += [read("server"), deliver("server")]
    assert (
        playbook()
        >> serving()
        >> quietly(*ready, read("client"))
        >> reply("server", "c4", b"", 0)
        << "ok"
        << "resolved c4"
        >> reply("server", "c0", b"bonjour")
        << "ok"
        << "resolved c0"
        >> reply("server", "c1")
        << "ok"
        << "resolved c1"
        >> reply("server", "c2", b"ignored", error=4711)
        << "ok"
        << "resolved c2: 4711"
        >> reply("server", "c3", error=-7)
        << "ok"
        << "resolved c3: -7"
        >> deliver()
        << "client reads c4 resolved: b''"
        >> quietly(read("client"))
        >> deliver()
        << "client reads c0 resolved: b'bonjour'"
        >> quietly(read("client"))
        >> deliver()
        << "client reads c1 resolved"
        >> quietly(read("client"))
        >> deliver()
        << "client reads c2 failed: 4711"
        >> quietly(read("client"))
        >> deliver()
        << "client reads c3 failed: -7"
    )


def test_who_may_answer_what(playbook: Scene) -> None:
    assert (
        playbook()
        >> serving()
        >> quietly(*(dispatch("client", "greeter.Fetch", call=call) for call in "cd"))
        >> quietly(read("server"), deliver())
        >> reply("client", "c")
        << "refused BadId: not a call that this guest has to answer"
        >> send("server", "return_value_", lambda world: ask.return_value(
            pb.MethodBundle(call_id=ask.raw(world.call("d")))
        ))
        << "refused BadId: this call is queued, not to be answered"
        >> send("server", "return_value_", lambda world: ask.return_value(
            pb.MethodBundle(call_id=ask.raw(STRANGER))
        ))
        << "refused BadId: no such call is in flight"
        >> send("server", "return_value_", lambda world: b"")
        << "refused BadId: no such call is in flight"
        >> send("server", "return_value_", lambda world: ask.return_value(
            pb.MethodBundle(call_id=ask.raw(world.call("c")))  # the call id is enough
        ))
        << "ok"
        << "resolved c"
        >> reply("server", "c")
        << "refused BadId: no such call is in flight"
    )  # fmt: skip


def test_a_launch_is_not_answered_by_return_value(playbook: Scene) -> None:
    assert (
        playbook()
        >> quietly(guest("a"), register("a", "s"), launch("a", "s", "up"))
        >> send("a", "return_value_", lambda world: ask.return_value(
            pb.MethodBundle(call_id=ask.raw(world.call("up")))
        ))
        << "refused BadId: not a call that this guest has to answer"
    )  # fmt: skip


def test_what_is_too_large(playbook: Scene) -> None:
    limits = {"message_limit": 2000, "buffer_size": 1000}
    assert (
        playbook()
        >> serving(**limits)
        >> quietly(guest("small", message_limit=500), guest("short", buffer_size=600))
        >> dispatch("client", "greeter.Fetch", call="c", payload=b"x" * 2000)
        << "refused DataTooLarge: a request of 2040 bytes; the limit is 2000"
        >> dispatch("small", "greeter.Fetch", call="c", payload=b"x" * 500)
        << "refused DataTooLarge: a request of 540 bytes; the limit is 500"
        >> dispatch("client", "greeter.Fetch", call="c", payload=b"x" * 900)
        << "refused DataTooLarge: an event of 1036 bytes; server takes 1000"
        >> dispatch("client", "greeter.Fetch", call="c", payload=b"x" * 800)
        << "ok c to server"
        << "dispatched c as 1"
        >> dispatch("short", "greeter.Fetch", call="d", payload=b"x")
        << "ok d to server"
        << "dispatched d as 2"
        >> quietly(read("server"), deliver(), read("server"), deliver(), read("client"), read("short"))
        >> reply("server", "c", b"x" * 2000)
        << "refused DataTooLarge: a reply of 2040 bytes; the limit of server is 2000"
        << "resolved c: DataTooLarge (a reply of 2040 bytes; the limit of server is 2000)"
        >> deliver()
        << "client reads c failed: DataTooLarge"
        >> reply("server", "d", b"x" * 600)
        << "ok"
        << "resolved d: DataTooLarge (a reply of 640 bytes; short takes 600)"
        >> deliver()
        << "short reads d failed: DataTooLarge"
    )


def test_an_inbox_has_an_end(playbook: Scene) -> None:
    assert (
        playbook()
        >> serving(inbox_limit=2)
        >> quietly(
            dispatch("client", "greeter.Fetch", call="c"), dispatch("client", "greeter.Fetch", call="d")
        )
        >> dispatch("client", "greeter.Fetch", call="e")
        << "refused WriteTimeout: 2 calls wait for server"
        >> quietly(read("server"), deliver())
        >> dispatch("client", "greeter.Fetch", call="e")
        << "ok e to server"
        << "dispatched e as 3"
        >> dispatch("client", "greeter.Fetch", call="f")
        << "refused WriteTimeout: 2 calls wait for server"
    )


def test_an_inbox_without_end(playbook: Scene) -> None:
    many = [dispatch("client", "greeter.Fetch", call=f"c{n}") for n in range(50)]
    waiting = look("inbox", lambda world: world.guests["server"].inbox_calls)
    assert playbook() >> serving(inbox_limit=0) >> quietly(*many) >> waiting << "50"


def test_resolutions_do_not_fill_an_inbox(playbook: Scene) -> None:
    """A full inbox never keeps an answer from its caller."""
    assert (
        playbook()
        >> serving(inbox_limit=1)
        >> quietly(
            dispatch("server", "greeter.Fetch", call="own"), read("server"), deliver(),
            dispatch("client", "greeter.Fetch", call="c"),
        )
        >> reply("server", "own", b"to myself")
        << "ok"
        << "resolved own"
        >> dispatch("client", "greeter.Fetch", call="d")
        << "refused WriteTimeout: 1 calls wait for server"
        >> quietly(read("server"))
        >> deliver()
        << "server reads c from client: greeter.Fetch"
        << "delivered c"
        >> quietly(read("server"))
        >> deliver()
        << "server reads own resolved: b'to myself'"
    )  # fmt: skip


# --- reading ------------------------------------------------------------------------------------------


def test_read_one_and_its_timeouts(playbook: Scene) -> None:
    assert (
        playbook()
        >> serving()
        >> read("client", 0)
        << "waits 0 ms"
        >> stop_waiting("client")
        >> quietly(dispatch("client", "greeter.Fetch", call="c"), read("server"), deliver())
        >> reply("server", "c")
        << "ok"
        << "resolved c"
        >> deliver()
        << "nothing to deliver"  # the client does not wait
        >> read("client", 250)
        << "waits 250 ms"
        >> read("client", -5)
        << "waits"
        >> deliver()
        << "client reads c resolved"
    )


def test_any_delivery_may_be_chosen_and_the_rest_stays_in_order(playbook: Scene) -> None:
    def second(world: World) -> str:
        return world.told(world.kernel.deliver(world.kernel.pending()[1]))

    assert (
        playbook()
        >> serving()
        >> quietly(*(dispatch("client", "greeter.Fetch", call=f"c{n}") for n in range(3)), read("server"))
        >> look("the second", second)
        << "c1 from client: greeter.Fetch"
        << "delivered c1"
        >> deliver()
        << "nothing to deliver"
        >> quietly(read("server"))
        >> deliver()
        << "server reads c0 from client: greeter.Fetch"
        << "delivered c0"
        >> quietly(read("server"))
        >> deliver()
        << "server reads c2 from client: greeter.Fetch"
        << "delivered c2"
    )


# --- causality ----------------------------------------------------------------------------------------


def test_nested_and_deferred_calls_know_in_whose_handling_they_were_made(playbook: Scene) -> None:
    assert (
        playbook()
        >> serving()
        >> quietly(bind("client", "cli.Back"), launch("client", "cli", "cli-up"), read("client"), deliver())
        >> dispatch("client", "greeter.Fetch", call="outer")
        << "ok outer to server"
        << "dispatched outer as 1"
        >> quietly(read("server"), deliver())
        >> dispatch("server", "cli.Back", call="inner")
        << "ok inner to client"
        << "dispatched inner as 2 within 1"
        >> quietly(read("server"), read("client"), deliver())
        >> dispatch("client", "greeter.Fetch", call="innermost")
        << "ok innermost to server"
        << "dispatched innermost as 3 within 2"
        >> reply("client", "inner")
        << "ok"
        << "resolved inner"
        >> quietly(deliver("server"))  # the third call; the server defers it
        >> dispatch("server", "cli.Back", call="within-third")
        << "ok within-third to client"
        << "dispatched within-third as 4 within 3"
        >> quietly(read("server"), deliver("server"))  # its second call is resolved: back in the first
        >> dispatch("server", "cli.Back", call="continued")
        << "ok continued to client"
        << "dispatched continued as 5 within 1"
        >> reply("server", "innermost")
        << "ok"
        << "resolved innermost"
        >> reply("server", "outer")
        << "ok"
        << "resolved outer"
        >> quietly(read("server"), read("client"))
        >> dispatch("client", "greeter.Fetch", call="unrelated")
        << "ok unrelated to server"
        << "dispatched unrelated as 6"
    )


def test_the_head_of_an_inbox_is_given_up_while_its_guest_waits(playbook: Scene) -> None:
    assert (
        playbook()
        >> serving()
        >> quietly(read("server"), *(dispatch("client", "greeter.Fetch", call=call) for call in "cd"))
        >> give_up("c", KernelErr.RunTimeout, "late")
        << "resolved c: RunTimeout (late)"
        >> deliver_next()
        << "server reads d from client: greeter.Fetch"
        << "delivered d"
    )


def test_who_no_longer_waits_is_handed_nothing(playbook: Scene) -> None:
    assert (
        playbook()
        >> serving()
        >> quietly(read("server"), dispatch("client", "greeter.Fetch", call="c"), stop_waiting("server"))
        >> deliver_next()
        << "nothing to deliver"
        >> read("server")
        << "waits"
        >> deliver_next()
        << "server reads c from client: greeter.Fetch"
        << "delivered c"
        >> deliver_next()
        << "nothing to deliver"
    )
