"""Guests in Python in process, beside real wasm guests: calls both ways, failures, limits, isolation."""

from __future__ import annotations

import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from parigot.app.load import load
from parigot.errors import KernelErr, ModuleError
from parigot.session import Session
from parigot.session.survey import survey
from session.python_apps import make_app
from session.running import HELLO, run_app, with_limits

DRIVEN = """
[service.{name}]
python = "guests.py:{kind}"
[program.main]
wasm = "WASM/driver.wasm"
args = {steps}
"""


def driven(folder: Path, kind: str, *steps: str) -> Path:
    """A service in Python, called by a program in C that says what it expects of each call."""
    return make_app(folder, DRIVEN.format(name=kind.lower(), kind=kind, steps=list(steps)))


def test_a_program_in_c_calls_a_service_in_python(tmp_path):
    app = driven(
        tmp_path,
        "Echo",
        "test.v1.Echo:Echo(hello#7)=ok",
        "test.v1.Echo:Echo()=ok",
        "test.v1.Echo:Refuse(#42)=42",
        "test.v1.Echo:Refuse(#77)=77",
        "test.v1.Echo:Inflate(#3000)=ok",
        "test.v1.Echo:Inflate(#9000000)=DataTooLarge",
        "test.v1.Echo:Echo(still)=ok",
    )
    run = run_app(app)
    assert run.code == 0, run.logs
    assert run.lines("echo")[:3] == ["loading", "echo ready", "echo text=hello number=7"]
    assert run.lines("echo")[-1] == "cleaning up code=0"
    calls = run.dispatched()
    assert [(call.caller, call.callee, call.method) for call in calls[:1]] == [("main", "echo", "Echo")]


def test_a_program_in_python_calls_a_service_in_c(tmp_path):
    guests = """
    [service.echo]
    wasm = "WASM/echo.wasm"
    [program.main]
    python = "guests.py:Script"
    args = ["echo hello", "refuse 42", "refuse 77", "inflate 3000", "inflate 20000", "echo again"]
    """
    run = run_app(make_app(tmp_path, guests))
    assert run.code == 0, run.logs
    assert run.lines("main")[1:] == [
        "echo 5",
        "refuse failed <TestErr.Refused: 42>",
        "refuse failed 77",
        "inflate 3000",
        "inflate 20000",
        "echo 5",
    ]


def test_lines_know_the_call_in_whose_handling_they_were_written(tmp_path):
    run = run_app(driven(tmp_path, "Echo", "test.v1.Echo:Echo(hello)=ok"))
    (line,) = [line for line in run.logs if line.message == "echo"]
    assert line.call == run.dispatched()[0].call
    (loading,) = [line for line in run.logs if line.message == "loading"]
    assert loading.call is None


RELAYED = """
[service.echo]
wasm = "WASM/echo.wasm"
[service.relay]
python = "guests.py:Relay"
[program.main]
python = "guests.py:Ringing"
args = ["200"]
"""


def test_calls_are_handled_concurrently_and_know_their_parents(tmp_path):
    run = run_app(make_app(tmp_path, RELAYED))
    assert run.code == 4, run.logs
    assert run.lines("relay")[-1] == "relayed rings=200 most=200"
    rings = {call.call for call in run.dispatched() if call.method == "Ring"}
    echoes = [call for call in run.dispatched() if call.method == "Echo"]
    assert sorted(call.parent for call in echoes) == sorted(rings)
    assert len(run.resolved()) == 400


def test_one_class_may_offer_two_services(tmp_path):
    guests = """
    [service.both]
    python = "guests.py:Both"
    [program.main]
    python = "guests.py:BothUser"
    """
    run = run_app(make_app(tmp_path, guests))
    assert run.code == 0, run.logs
    assert run.lines("main")[-1] == "[Text(number=-3), None]"
    assert {call.service for call in run.dispatched()} == {"test.v1.Pong", "test.v1.Bell"}


def test_an_exception_is_told_and_the_service_lives_on(tmp_path):
    app = driven(
        tmp_path,
        "Faulty",
        "test.v1.Faulty:Break(raise)=1",
        "test.v1.Faulty:Break(fine)=ok",
        "test.v1.Faulty:Break(recurse)=1",
        "test.v1.Faulty:Break(fine)=ok",
    )
    run = run_app(app)
    assert run.code == 0, run.logs
    lines = run.lines("faulty")
    assert lines.count("ValueError: as asked") == 1
    assert any("guests.py" in line and line.endswith("in break_") for line in lines)
    assert any("RecursionError" in line for line in lines)
    assert "failed" not in run.states("faulty")


@pytest.mark.parametrize("how", ["spin", "stubborn", "talk"])
def test_a_method_that_does_not_end_is_ended(tmp_path, how):
    app = driven(
        tmp_path, "Faulty", f"test.v1.Faulty:Break({how})=ExecError", "test.v1.Faulty:Break(x)=error"
    )
    run = run_app(with_limits(load(app), method_kill_ms=200, log_lines_per_s=10))
    assert run.code == 0, run.logs
    assert run.states("faulty")[-1] == "failed"
    first = run.resolved()[1]
    assert first.error == KernelErr.ExecError
    assert "method_kill_ms = 200" in first.reason
    assert first.slow


def test_others_go_on_after_one_was_ended(tmp_path):
    guests = """
    [limits]
    method_kill_ms = 150
    [service.faulty]
    python = "guests.py:Faulty"
    [service.echo]
    python = "guests.py:Echo"
    [program.main]
    wasm = "WASM/driver.wasm"
    args = ["test.v1.Faulty:Break(spin)=ExecError", "test.v1.Echo:Echo(after)=ok"]
    """
    run = run_app(make_app(tmp_path, guests))
    assert run.code == 0, run.logs


def test_a_slow_method_is_marked_and_not_ended(tmp_path):
    app = driven(tmp_path, "Faulty", "test.v1.Faulty:Break(long#120)=ok")
    run = run_app(with_limits(load(app), method_warn_ms=20, method_kill_ms=2_000))
    assert run.code == 0, run.logs
    assert run.resolved()[1].slow


def test_a_start_that_does_not_end_fails_within_its_time(tmp_path):
    app = load(make_app(tmp_path, '[program.main]\npython = "guests.py:Spinning"\n'))
    run = run_app(with_limits(app, startup_ms=300))
    assert run.code == 194, run.session.report
    assert "startup_ms = 300" in run.session.report


def test_what_is_raised_beyond_exceptions_ends_the_guest_only(tmp_path):
    run = run_app(driven(tmp_path, "Faulty", "test.v1.Faulty:Break(base)=ExecError"))
    assert run.code == 0, run.logs
    assert run.states("faulty")[-1] == "failed"
    errors = [line.message for line in run.logs if line.service == "parigot" and line.level == "error"]
    assert "GeneratorExit: a strange thing to raise" in errors[0]
    assert any("guests.py" in line for line in errors)


def test_a_service_may_exit_and_its_callers_hear_of_it(tmp_path):
    run = run_app(driven(tmp_path, "Faulty", "test.v1.Faulty:Break(exit#3)=ClosedErr"))
    assert run.code == 0, run.logs
    assert run.states("faulty")[-1] == "ended"


def test_a_program_that_crashes_has_code_1(tmp_path):
    run = run_app(make_app(tmp_path, '[program.main]\npython = "guests.py:Crashing"\n'))
    assert run.code == 1
    assert "KeyError: 'nothing'" in run.lines("main")


def test_what_is_printed_goes_to_the_guests_own_log(tmp_path, capsys):
    app = make_app(tmp_path, '[program.main]\npython = "guests.py:Talking"\nargs = ["one", "two"]\n')
    before = sys.stdout
    run = run_app(app)
    assert sys.stdout is before
    assert run.code == 0, run.logs
    assert run.lines("main") == [
        "loading",
        "one two lazily 1",
        "to stderr",
        "odd why=two words",
        "['HOSTID_HIGH', 'HOSTID_LOW', 'TZ'] True",
    ]
    streams = [line.stream for line in run.logs if line.service == "main"]
    assert streams == ["stdout", "stdout", "stderr", "stderr", "stdout"]
    assert capsys.readouterr() == ("", "")


def test_a_flood_is_cut(tmp_path):
    app = driven(tmp_path, "Faulty", "test.v1.Faulty:Break(flood#50000)=ok")
    run = run_app(with_limits(load(app), log_lines_per_s=100, method_kill_ms=0))
    assert run.code == 0, run.logs
    assert any("log lines dropped" in line.message for line in run.logs)
    assert len(run.lines("faulty")) < 1000


def test_an_inbox_is_bounded(tmp_path):
    app = with_limits(load(make_app(tmp_path, RELAYED)), ["relay"], inbox_messages=50)
    run = run_app(app)
    assert run.code == 1
    assert any("WriteTimeout" in line for line in run.lines("main"))


def test_messages_are_bounded(tmp_path):
    guests = """
    [service.echo]
    python = "guests.py:Echo"
    [program.main]
    python = "guests.py:Script"
    limits = { message_kb = 10 }
    args = ["inflate 9000", "inflate 20000", "echo fine"]
    """
    run = run_app(make_app(tmp_path, guests))
    assert run.lines("main")[1:] == ["inflate 9000", "inflate refused DataTooLarge", "echo 4"]


def test_calls_time_out(tmp_path):
    guests = """
    [service.echo]
    python = "guests.py:Echo"
    [program.main]
    python = "guests.py:Hanging"
    """
    run = run_app(with_limits(load(make_app(tmp_path, guests)), call_timeout_ms=150))
    assert run.code == 1
    assert any("RunTimeout" in line for line in run.lines("main"))


def test_services_clean_up_at_the_end_of_the_run(tmp_path):
    run = run_app(make_app(tmp_path, RELAYED))
    assert any(line.startswith("relayed") for line in run.lines("relay"))
    assert run.states("relay")[-1] == "ended"


def test_missing_services_are_named(tmp_path):
    run = run_app(make_app(tmp_path, '[program.main]\npython = "guests.py:Lonely"\n'))
    assert run.code == 193
    assert "requires test.v1.Bell, which nobody exports" in run.session.report
    assert run.lines("main")[-1] == "main cannot start error=NotFound"


def test_guests_have_modules_of_their_own(tmp_path):
    one = "import util\nfrom parigot import sdk\nfrom test.v1.test_pb import Text\n\n"
    body = """
    async def run(self):
        util.WHO.append(self.log is not None)
        import util as again
        assert again is util
        import sys
        assert sys.modules["util"] is util
        print(util.NAME, len(util.WHO), util.__file__.split("/")[-2])
        return 0
"""
    guests = """
    [app]
    default = ["a", "b", "c"]
    [program.a]
    python = "a/main.py:A"
    [program.b]
    python = "b/main.py:B"
    [program.c]
    python = "a/main.py:A"
    """
    app = make_app(
        tmp_path,
        guests,
        a__main_py=f"{one}class A(sdk.Program):{body}",
        a__util_py="NAME = 'of a'\nWHO = []\n",
        b__main_py=f"{one}class B(sdk.Program):{body}",
        b__util_py="NAME = 'of b'\nWHO = []\n",
    )
    run = run_app(app)
    assert run.code == 0, run.logs
    assert run.lines("a") == ["of a 1 a"]
    assert run.lines("b") == ["of b 1 b"]
    assert run.lines("c") == ["of a 1 a"]
    assert "util" not in sys.modules
    assert not [name for name in sys.modules if name.startswith("test.v1")]


def test_files_do_not_take_the_place_of_the_standard_library(tmp_path):
    text = """
import json
import queue
from parigot import sdk


class Main(sdk.Program):
    async def run(self):
        print(json.dumps([1]), queue.Queue.__name__, __name__)
"""
    app = make_app(
        tmp_path,
        '[program.main]\npython = "json.py:Main"\n',
        json_py=text,
        queue_py="raise RuntimeError('not me')",
    )
    run = run_app(app)
    assert run.lines("main") == ["[1] Queue __json__"]


def test_dataclasses_and_annotations_find_their_module(tmp_path):
    text = """
from __future__ import annotations

import typing
from dataclasses import dataclass

from parigot import sdk
from test.v1 import test_pb


@dataclass
class Item:
    name: str


class Base(sdk.Program):
    bell: test_pb.BellClient
    items: list[Nowhere]


class Main(Base):
    echo: "test_pb.EchoClient"

    async def run(self):
        print(typing.get_type_hints(Item), type(self.bell).__name__, type(self.echo).__name__)
"""
    guests = """
    [service.echo]
    python = "guests.py:Echo"
    [service.bell]
    python = "guests.py:Relay"
    [program.main]
    python = "main.py:Main"
    """
    run = run_app(make_app(tmp_path, guests, main_py=text))
    assert run.lines("main") == ["{'name': <class 'str'>} BellClient EchoClient"]


def test_replicas_share_nothing(tmp_path):
    guests = """
    [service.echo]
    python = "guests.py:Echo"
    replicas = 2
    [program.main]
    wasm = "WASM/driver.wasm"
    args = ["test.v1.Echo:Echo(hello)=ok"]
    """
    run = run_app(make_app(tmp_path, guests))
    assert run.code == 0, run.logs
    assert run.lines("echo#1")[0] == run.lines("echo#2")[0] == "loading"


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        ("class Main:\n    pass\n", "neither a service nor a program", 1),
        ("\nMain = 3\n", "is not a class", None),
        ("class Mian:\n    pass\n", "has no class Main", None),
        ("import os\nclass Main(\n", "SyntaxError", 2),
        ("\n\nimport nothing.at_all\n", "No module named 'nothing'", 3),
        ("def f():\n    1 / 0\n\nf()\n", "ZeroDivisionError", 2),
        ("import helper\n", "ValueError: in helper", 2),
        ("raise SystemExit(3)\n", "SystemExit", 1),
        ("from parigot import sdk\nclass Main(sdk.Program):\n    pass\n", "without an `async def run", 2),
        ("from parigot import sdk\nclass Main(sdk.Service):\n    pass\n", "offers no service", 2),
        (
            "from __future__ import annotations\nfrom parigot import sdk\nclass Main(sdk.Program):\n"
            "    cart: CartClient\n    async def run(self): pass\n",
            "CartClient is not known",
            3,
        ),
    ],
)
def test_files_that_are_no_guests(tmp_path, text, said, line):
    before = sys.stdout
    app = make_app(
        tmp_path,
        '[service.echo]\npython = "guests.py:Echo"\n[program.main]\npython = "main.py:Main"\n',
        main_py=text,
        helper_py="\nraise ValueError('in helper')\n",
    )
    with pytest.raises(ModuleError, match=said) as caught:
        run_app(app)
    assert caught.value.exit_code == 196
    assert caught.value.path.name == ("helper.py" if "helper" in text else "main.py")
    assert caught.value.line == line
    assert "helper" not in sys.modules
    assert "guests" not in sys.modules
    assert sys.stdout is before


def test_a_dry_run_declares_and_launches_nothing(tmp_path):
    found = survey(load(make_app(tmp_path, RELAYED)))
    assert [step.service for step in found.steps] == ["echo", "relay", "main"]
    assert found.steps[1].exports == ("test.v1.Bell",)
    assert not found.problems


def test_a_run_that_is_stopped_cleans_up(tmp_path):
    guests = '[service.echo]\npython = "guests.py:Echo"\n'
    session = Session(load(make_app(tmp_path, guests)))
    stream = session.subscribe()
    session.start()
    session.fresh_snapshot()
    session.stop()
    assert session.wait(20)
    events, _ = stream.drain()
    assert [e.message for e in events if getattr(e, "service", "") == "echo" and hasattr(e, "message")][
        -1
    ] == ("cleaning up")


def test_what_other_threads_print_is_theirs(tmp_path, capsys):
    text = """
import threading
from parigot import sdk


class Main(sdk.Program):
    async def run(self):
        print("mine")
        other = threading.Thread(target=print, args=("theirs",))
        other.start()
        other.join()
"""
    run = run_app(make_app(tmp_path, '[program.main]\npython = "main.py:Main"\n', main_py=text))
    assert run.lines("main") == ["mine"]
    assert capsys.readouterr().out == "theirs\n"
    assert threading.current_thread() is threading.main_thread()


def test_hello_world_in_python_says_what_it_says_in_c():
    for arguments in ((), ("english",), ("klingon",)):
        runs = []
        for app in (load(HELLO / "python.toml"), load(HELLO)):
            hello = replace(app.guest("hello"), args=arguments)
            runs.append(run_app(replace(app, programs=(hello,))))
        python, c = runs
        assert python.code == c.code
        assert python.lines("greeting") == c.lines("greeting")
        assert python.lines("hello") == c.lines("hello")
