"""The playbook style itself, one whole life, and a check that every error of the kernel is in a scene."""

from __future__ import annotations

import re
from pathlib import Path

import parigot.kernel
import pytest
from parigot.ids import Id
from parigot.kernel import GuestMove

from .playbook import Playbook, Scene
from .steps import (
    begin,
    bind,
    deliver,
    dispatch,
    end,
    export,
    guest,
    launch,
    leave,
    locate,
    read,
    register,
    reply,
    require,
)

ZERO = Id((1 << 64) - 1, (1 << 64) - 1)
STRANGER = Id(0x73 << 56 | 77, 77)


# --- the style itself ---------------------------------------------------------------------------------


def test_a_playbook_shows_what_came_and_what_was_expected(playbook: Scene) -> None:
    play = (
        playbook()
        >> guest("a")
        >> register("a", "s")
        << "ok call"
        >> launch("a", "s", "up")
        << "ok"
    )  # fmt: skip
    with pytest.raises(AssertionError) as caught:
        bool(play)
    assert str(caught.value) == (
        "expected (-) and what came (+):\n   >> guest a\n   >> a: register s\n - << ok call\n + << ok svc"
    )
    missing = playbook() >> guest("a") >> register("a", "s") << "ok svc" << "a is running"
    with pytest.raises(AssertionError, match=r"<< ok svc\n - << a is running$"):
        bool(missing)
    too_much = playbook() >> guest("a") >> register("a", "s")
    with pytest.raises(AssertionError, match=r"\+ << ok svc$"):
        bool(too_much)


def test_a_playbook_that_nobody_asserted_is_noticed() -> None:
    play = Playbook() >> guest("a")
    assert not play.finished
    assert play
    assert play.finished
    assert not (play >> guest("b")).finished
    with pytest.raises(AssertionError, match="begins with a step"):
        Playbook() << "ok"


# --- one call, from start to end ----------------------------------------------------------------------


def test_hello_world(playbook: Scene) -> None:
    assert (
        playbook()
        >> guest("hello", is_program=True)
        >> guest("greeting")
        >> register("hello", "cli")
        << "ok svc"
        >> require("hello", "cli", "greeting.v1.Greeting")
        << "ok"
        >> launch("hello", "cli", "hello-up")
        << "ok"
        << "dispatched hello-up"
        << "hello is waiting"
        >> read("hello")
        << "waits"
        >> register("greeting", "greeter")
        << "ok svc"
        >> export("greeting", "greeter", "greeting.v1.Greeting")
        << "ok"
        >> bind("greeting", "greeter.FetchGreeting")
        << "ok method"
        >> launch("greeting", "greeter", "greeter-up")
        << "ok"
        << "dispatched greeter-up"
        << "greeting is waiting"
        >> deliver()
        << "nothing to deliver"
        >> begin()
        << "resolved greeter-up"
        >> deliver()
        << "nothing to deliver"
        >> read("greeting")
        << "waits"
        >> deliver()
        << "greeting reads greeter-up resolved: syscall.v1.LaunchResponse"
        << "greeting is running"
        << "resolved hello-up"
        >> deliver()
        << "hello reads hello-up resolved: syscall.v1.LaunchResponse"
        << "hello is running"
        >> locate("hello", "greeting.v1.Greeting", by="cli")
        << "ok greeter at greeting: FetchGreeting"
        >> dispatch("hello", "greeter.FetchGreeting", call="ask", payload=b"French")
        << "ok ask to greeting"
        << "dispatched ask as 1"
        >> read("greeting")
        << "waits"
        >> deliver()
        << "greeting reads ask from hello: greeter.FetchGreeting b'French'"
        << "delivered ask"
        >> reply("greeting", "ask", b"bonjour")
        << "ok"
        << "resolved ask"
        >> read("hello")
        << "waits"
        >> deliver()
        << "hello reads ask resolved: b'bonjour'"
        >> leave("hello", "cli", 0, call="bye")
        << "ok exit 0 of cli"
        << "dispatched bye"
        << "hello is exiting"
        >> read("hello")
        << "waits"
        << "resolved bye"
        >> deliver()
        << "hello reads bye resolved: syscall.v1.ExitResponse"
        >> read("hello")
        << "waits"
        >> deliver()
        << "hello reads exit 0 of cli"
        >> end("hello", GuestMove.ENDED, "exit code 0", 0)
        << "hello is ended: exit code 0"
    )


# --- all of it ----------------------------------------------------------------------------------------


def test_every_error_that_the_kernel_names_is_in_a_scene() -> None:
    named = {
        code
        for module in Path(parigot.kernel.__file__).parent.glob("*.py")
        for code in re.findall(r"KernelErr\.(\w+)", module.read_text())
    }
    scenes = "".join(module.read_text() for module in Path(__file__).parent.glob("test_*.py"))
    played = set(re.findall(r"\w+", scenes))
    assert len(named) > 15
    assert named <= played
