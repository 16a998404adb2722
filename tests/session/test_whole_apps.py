"""Whole apps of real wasm guests: each does one thing wrong, and a healthy service beside it goes on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from parigot.app.load import load
from parigot.errors import KernelErr
from parigot.session import RunChanged, RunEnded, ServiceChanged
from session.running import APPS, GUESTS, HELLO, run_app, with_limits


def unexpected(run) -> list[str]:
    return [line.message for line in run.logs if line.message.startswith("NOT")]


def test_helloworld_greets_in_french():
    run = run_app(HELLO)
    assert run.code == 0
    assert run.lines("hello")[0] == "bonjour world"
    (call,) = run.dispatched()
    assert (call.caller, call.callee, call.method) == ("hello", "greeting", "FetchGreeting")
    assert run.resolved()[call.call].error == 0


def test_events_are_numbered_without_gaps_and_end_with_the_end():
    run = run_app(HELLO)
    assert [event.seq for event in run.events] == list(range(1, len(run.events) + 1))
    assert isinstance(run.events[-1], RunEnded)
    assert [event.state for event in run.events if isinstance(event, RunChanged)] == [
        "starting",
        "running",
        "stopping",
        "ended",
    ]


def test_log_lines_know_the_call_in_whose_handling_they_were_written():
    run = run_app(HELLO)
    (line,) = [line for line in run.logs if line.service == "greeting" and line.call is not None]
    assert line.call == run.dispatched()[0].call


def test_a_cycle_is_named_with_its_whole_path():
    run = run_app(APPS / "cycle")
    assert run.code == 193
    report = run.session.report
    assert "a -> b (for cycle.v1.B) -> c (for cycle.v1.C) -> a (for cycle.v1.A)" in report
    assert "behind cannot start" in report
    assert run.lines("a") == ["cannot start error=DependencyCycle"]
    assert run.lines("main") == ["cannot start error=KernelDependencyFailure"]
    assert "running" not in run.states("a")


def test_a_missing_export_is_named():
    run = run_app(APPS / "missing")
    assert run.code == 193
    assert "shop requires missing.v1.Bank, which nobody exports" in run.session.report
    assert run.lines("shop") == ["cannot start error=NotFound"]


@pytest.mark.parametrize("name", ["trap", "spin", "flood", "wild", "recurse", "never_reads", "multi", "slow"])
def test_a_bad_guest_harms_nobody_else(name):
    run = run_app(APPS / name)
    assert run.code == 0, run.session.report
    assert not unexpected(run)


def test_traps_are_reported_with_function_file_and_line():
    run = run_app(APPS / "trap")
    lines = [line.message for line in run.logs if line.service == "parigot" and line.level == "error"]
    whole = "\n".join(lines)
    for why in ("unreachable", "null function pointer", "another type", "out of bounds", "division by zero"):
        assert why in whole
    assert "faulty.c:" in whole
    assert run.states("null")[-1] == "failed"


def test_a_spinning_method_is_killed_and_its_caller_told():
    run = run_app(APPS / "spin")
    assert run.states("spinning")[-1] == "failed"
    first = run.resolved()[1]
    assert first.error == KernelErr.ExecError
    assert "method_kill_ms = 200" in first.reason
    assert first.slow


def test_a_flood_of_log_lines_is_cut_and_counted():
    run = run_app(with_limits(load(APPS / "flood"), log_lines_per_s=100))
    assert run.code == 0
    flooded = [line for line in run.logs if line.service == "flooding"]
    dropped = [line for line in flooded if "log lines dropped" in line.message]
    assert dropped
    kept = sum(line.stream != "runtime" for line in flooded)
    told = sum(int(line.message.split()[0].replace(",", "")) for line in dropped)
    assert 200_000 <= kept + told <= 200_005  # its own few words are counted, too


def test_every_call_and_error_code():
    run = run_app(APPS / "every")
    assert run.code == 0
    checks = [line.message for line in run.logs if line.message.startswith("check")]
    assert len(checks) > 20
    assert not [line for line in checks if "FAILED" in line]


@pytest.mark.parametrize(
    ("program", "code"),
    [
        ("zero", 0),
        ("seven", 7),
        ("highest", 192),
        ("too_high", 192),
        ("minus_one", 192),
        ("five_hundred", 192),
        ("quit_zero", 0),
        ("quit_nine", 9),
        ("quit_high", 192),
    ],
)
def test_exit_codes(program, code):
    assert run_app(APPS / "exit_codes", program).code == code


def test_a_lone_module_simply_runs():
    run = run_app(GUESTS / "lone.wasm")
    assert run.code == 7
    assert run.lines("lone")


def test_shutdown_all_ends_the_run_with_its_code():
    run = run_app(APPS / "shutdown")
    assert run.code == 17
    for name in ("echo", "main"):
        assert "cleaning up code=17" in run.lines(name)


def test_a_service_may_exit_while_the_rest_goes_on():
    run = run_app(APPS / "shutdown", "leaves")
    assert run.code == 3
    assert not unexpected(run)


def test_many_calls_in_flight_are_answered_out_of_order():
    run = run_app(APPS / "parallel")
    assert run.code == 0
    assert len(run.resolved()) == len(run.dispatched()) >= 100


def test_unneeded_services_are_not_launched():
    run = run_app(APPS / "fleet", "checkout")
    assert run.code == 0
    changes = [event for event in run.events if isinstance(event, ServiceChanged)]
    launched = {event.service for event in changes if event.state == "running"}
    dismissed = {event.service for event in changes if event.state == "unneeded"}
    assert len(launched) == 13  # twelve services and the program
    assert len(launched | dismissed) == 301
    assert not launched & dismissed


def test_a_program_that_is_stuck_is_ended_not_left_hanging():
    app = with_limits(load(APPS / "shutdown"), call_timeout_ms=0)
    stuck = replace(app.guest("main"), args=("test.v1.Echo:Swallow(nobody answers)=ok",))
    run = run_app(replace(app, programs=(stuck,)))
    assert run.code == 194
    assert "nothing can bring" in run.session.report


def test_an_unanswered_call_times_out():
    app = with_limits(load(APPS / "shutdown"), call_timeout_ms=200)
    waiting = replace(app.guest("main"), args=("test.v1.Echo:Swallow(nobody answers)=RunTimeout",))
    run = run_app(replace(app, programs=(waiting,)))
    assert run.code == 0
    assert not unexpected(run)


def test_slow_methods_are_marked_in_log_and_trace():
    run = run_app(APPS / "slow")
    assert any(call.slow for call in run.resolved().values())
    assert any("method_warn_ms = 20" in line.message for line in run.logs)


def test_limits_can_be_turned_off():
    app = with_limits(load(APPS / "slow"), method_warn_ms=0, method_kill_ms=0)
    run = run_app(app)
    assert run.code == 0
    assert not any(call.slow for call in run.resolved().values())
