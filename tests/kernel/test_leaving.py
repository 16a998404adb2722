"""Scenes: guests that exit, fail, are dismissed or told to end, and those who called them."""

from __future__ import annotations

import pytest
from parigot.errors import KernelErr
from parigot.ids import LAUNCH_METHOD, Id
from parigot.kernel import GuestMove
from parigot.kernel.tables import IllegalMove
from parigot.pb.syscall.v1 import syscall_pb2 as pb

from . import ask
from .playbook import Scene, World
from .steps import (
    at,
    begin,
    deliver,
    dispatch,
    end,
    export,
    fail_startup,
    give_up,
    guest,
    launch,
    leave,
    locate,
    look,
    quietly,
    read,
    register,
    reply,
    send,
    send_exit,
    serving,
)

ZERO = Id((1 << 64) - 1, (1 << 64) - 1)
STRANGER = Id(0x73 << 56 | 77, 77)


# --- guests that are gone -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "state", "error", "has"),
    [
        (GuestMove.ENDED, "ended", "ClosedErr", "ended"),
        (GuestMove.FAILED, "failed", "ExecError", "failed"),
    ],
)
def test_calls_to_a_guest_that_is_gone(
    playbook: Scene, what: GuestMove, state: str, error: str, has: str
) -> None:
    assert (
        playbook()
        >> serving()
        >> quietly(
            dispatch("client", "greeter.Fetch", call="given"), read("server"), deliver(),
            dispatch("client", "greeter.Fetch", call="queued"), read("client"),
        )
        >> end("server", what, "so be it")
        << f"server is {state}: so be it"
        << f"resolved given: {error} (server {state}: so be it)"
        << f"resolved queued: {error} (server {state}: so be it)"
        >> dispatch("client", "greeter.Fetch", call="late")
        << "ok late to server"
        << "dispatched late as 3"
        << f"resolved late: {error} (server has {has})"
        >> deliver()
        << f"client reads given failed: {error}"
        >> quietly(read("client"))
        >> deliver()
        << f"client reads queued failed: {error}"
        >> quietly(read("client"))
        >> deliver()
        << f"client reads late failed: {error}"
        >> quietly(read("client"))
        >> deliver()
        << "nothing to deliver"
        >> locate("client", "greeting.v1.Greeting")
        << "refused NotFound: nobody exports greeting.v1.Greeting"
    )  # fmt: skip


def test_a_name_of_a_guest_that_is_gone_is_free(playbook: Scene) -> None:
    assert (
        playbook()
        >> serving()
        >> quietly(guest("next"), register("next", "n"), end("server"))
        >> export("next", "n", "greeting.v1.Greeting")
        << "ok"
        >> locate("client", "greeting.v1.Greeting")
        << "ok n at next"
    )


def test_the_caller_is_gone(playbook: Scene) -> None:
    assert (
        playbook()
        >> serving()
        >> quietly(
            dispatch("client", "greeter.Fetch", call="c"), dispatch("client", "greeter.Fetch", call="d"),
            read("server"), deliver(), end("client", GuestMove.FAILED, "it trapped"),
        )
        >> reply("server", "c", b"too late")
        << "refused CallerUnavailable: client is gone"
        << "resolved c"
        >> quietly(read("server"))
        >> deliver()
        << "server reads d from client: greeter.Fetch"
        << "delivered d"
        >> reply("server", "d", b"x" * 5000)
        << "refused CallerUnavailable: client is gone"
        << "resolved d: DataTooLarge (a reply of 5040 bytes; client takes 4096)"
        >> look("waiting", lambda world: world.kernel.pending_count)
        << "0"
    )  # fmt: skip


def test_a_guest_that_is_gone_is_gone_once(playbook: Scene) -> None:
    assert (
        playbook()
        >> serving()
        >> end("server", GuestMove.FAILED, "first")
        << "server is failed: first"
        >> end("server", GuestMove.ENDED, "second", 3)
        >> look("code", lambda world: world.guests["server"].exit_code)
        << "None"
    )


def test_who_is_not_needed_is_dismissed_before_its_launch(playbook: Scene) -> None:
    assert (
        playbook()
        >> quietly(guest("a"), register("a", "s"), launch("a", "s", "up"))
        >> end("a", GuestMove.DISMISSED, "no chosen program needs it")
        << "a is unneeded: no chosen program needs it"
        << "resolved up: ClosedErr (a unneeded: no chosen program needs it)"
        >> begin()
        >> fail_startup()
        << "no failure"
    )


def test_a_running_guest_cannot_be_dismissed(playbook: Scene) -> None:
    play = playbook() >> serving() >> end("server", GuestMove.DISMISSED)
    with pytest.raises(IllegalMove, match="running cannot be dismissed"):
        bool(play)


def test_the_driver_gives_up_on_calls(playbook: Scene) -> None:
    assert (
        playbook()
        >> serving()
        >> quietly(
            dispatch("client", "greeter.Fetch", call="given"), read("server"), deliver(),
            dispatch("client", "greeter.Fetch", call="queued"), read("client"), at(5_000),
        )
        >> give_up("queued", KernelErr.RunTimeout, "no answer within 30 ms")
        << "resolved queued: RunTimeout (no answer within 30 ms)"
        >> give_up("given", KernelErr.RunTimeout, "no answer within 30 ms")
        << "resolved given: RunTimeout (no answer within 30 ms)"
        >> reply("server", "given", b"late")
        << "refused BadId: no such call is in flight"
        >> deliver()
        << "client reads queued failed: RunTimeout"
        >> quietly(read("client"))
        >> deliver()
        << "client reads given failed: RunTimeout"
        >> quietly(read("server"), read("client"))
        >> deliver()
        << "nothing to deliver"
    )  # fmt: skip


# --- leaving ------------------------------------------------------------------------------------------


def test_the_exit_protocol_in_order(playbook: Scene) -> None:
    """exit_, the guest returns the exit's own value, the resolution, and only then the exit event."""

    def own_value(world: World) -> bytes:
        value = pb.ExitResponse(pair=pb.ExitPair(service_id=ask.raw(world.services["greeter"]), code=7))
        request = pb.ReturnValueRequest(bundle=pb.MethodBundle(call_id=ask.raw(world.call("bye"))))
        request.result.Pack(value)
        return request.SerializeToString()

    assert (
        playbook()
        >> serving()
        >> leave("server", "greeter", 7, call="bye")
        << "ok exit 7 of greeter"
        << "dispatched bye"
        << "server is exiting"
        >> send("server", "return_value_", own_value)
        << "ok"
        << "resolved bye"
        >> look("waiting", lambda world: world.kernel.pending_count)
        << "1"
        >> quietly(read("server"))
        >> deliver()
        << "server reads bye resolved: syscall.v1.ExitResponse"
        >> quietly(read("server"))
        >> deliver()
        << "server reads exit 7 of greeter"
        >> quietly(read("server"))
        >> deliver()
        << "nothing to deliver"
        >> look("shutdown", lambda world: world.kernel.shutdown_code)
        << "None"
    )


@pytest.mark.parametrize(("asked", "given"), [(0, 0), (192, 192), (193, 192), (-1, 192), (1 << 30, 192)])
def test_exit_codes(playbook: Scene, asked: int, given: int) -> None:
    assert (
        playbook()
        >> serving()
        >> leave("server", "greeter", asked, call="bye", shutdown_all=True)
        << f"ok exit {given} of greeter"
        << "dispatched bye"
        << "server is exiting"
        >> look("shutdown", lambda world: (world.kernel.shutdown_code, world.guests["server"].exit_code))
        << f"({given}, {given})"
    )


def test_exit_wants_its_own_method_and_a_fresh_call_id(playbook: Scene) -> None:
    def with_wrong_method(world: World) -> bytes:
        host = world.guests["server"].host_id
        return ask.leave(host, world.services["greeter"], world.call("b"), 0, method=LAUNCH_METHOD)

    assert (
        playbook()
        >> serving()
        >> send("server", "exit_", with_wrong_method)
        << "refused BadId: exit_ takes the exit method's id"
        >> quietly(dispatch("client", "greeter.Fetch", call="c"))
        >> leave("server", "greeter", 0, call="c")
        << "refused BadCallId: this call id is in flight already"
        >> look("state", lambda world: (world.guests["server"].state.value, world.kernel.shutdown_code))
        << "('running', None)"
        >> leave("server", "greeter", 0, call="")
        << "ok exit 0 of greeter"
        << "dispatched exit-of-server"
        << "server is exiting"
    )  # fmt: skip


def test_a_guest_that_exits_answers_what_it_was_given(playbook: Scene) -> None:
    assert (
        playbook()
        >> serving()
        >> quietly(dispatch("client", "greeter.Fetch", call="c"), read("server"), deliver(), read("client"))
        >> leave("server", "greeter", 0, call="bye")
        << "ok exit 0 of greeter"
        << "dispatched bye"
        << "server is exiting"
        >> reply("server", "c", b"last words")
        << "ok"
        << "resolved c"
        >> end("server", GuestMove.ENDED, "", 0)
        << "server is ended"
        << "resolved bye: ClosedErr (server ended)"
        >> deliver()
        << "client reads c resolved: b'last words'"
    )


def test_guests_are_told_to_end(playbook: Scene) -> None:
    assert (
        playbook()
        >> serving(knows_exit=True)
        >> quietly(guest("bare", knows_exit=True), read("bare"), read("server"))
        >> send_exit("server", 3)
        << "server is exiting"
        >> send_exit("bare", 0)
        << "bare is exiting"
        >> deliver()
        << "server reads exit 3 of greeter"
        >> look("bare", lambda world: pb.ReadOneResponse.FromString(
            world.kernel.deliver(world.kernel.pending()[0])
        ).exit.service_id.low == 0xFFFFFFFFFFFFFFF1)
        << "True"
    )  # fmt: skip
