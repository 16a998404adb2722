"""`parigot plan`: its words and its JSON, from plans written by hand and from real guests."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from parigot.cli.main import main
from parigot.cli.plan import to_json, to_text
from parigot.session.plan import Plan, PlanStep

ROOT = Path(__file__).parents[2]

PLAN = Plan(
    programs=("hello",),
    steps=(
        PlanStep("log", "service", 1, 0, (), ("log.v1.Log",), ("greeting", "hello")),
        PlanStep(
            "greeting", "service", 2, 1, (("log.v1.Log", "log"),), ("greeting.v1.Greeting",), ("hello",)
        ),
        PlanStep(
            "hello", "program", 3, 2, (("greeting.v1.Greeting", "greeting"), ("log.v1.Log", "log")), (), ()
        ),
    ),
    unneeded=("mail", "clock"),
    problems=(),
    services=(),
    edges=(),
)


def test_text_tells_order_and_reasons() -> None:
    assert to_text(PLAN, "shop") == (
        "hello needs 3 of 5 guests. Start order:\n"
        "\n"
        "  1  log       starts at once: it requires nothing\n"
        "               needed by greeting (log.v1.Log) and hello (log.v1.Log)\n"
        "  2  greeting  starts after log (log.v1.Log)\n"
        "               needed by hello (greeting.v1.Greeting)\n"
        "  3  hello     starts after greeting (greeting.v1.Greeting) and log (log.v1.Log)\n"
        "               is what will be run\n"
        "\n"
        "Not needed, and not launched: mail, clock"
    )


@pytest.mark.parametrize(
    ("programs", "steps", "unneeded", "first"),
    [
        (("hello",), 3, (), "hello needs all 3 guests. Start order:"),
        (("hello",), 2, (), "hello needs both guests. Start order:"),
        (("hello",), 1, (), "hello needs nothing else. Start order:"),
        (("a", "b"), 2, ("x",), "a and b need 2 of 3 guests. Start order:"),
        ((), 3, (), "shop needs all 3 guests. Start order:"),
    ],
)
def test_the_first_line(programs: tuple[str, ...], steps: int, unneeded: tuple[str, ...], first: str) -> None:
    plan = dataclasses.replace(PLAN, programs=programs, steps=PLAN.steps[:steps], unneeded=unneeded)
    assert to_text(plan, "shop").splitlines()[0] == first


def test_services_without_a_program() -> None:
    alone = PlanStep("web", "service", 1, 0, (), (), ())
    text = to_text(dataclasses.replace(PLAN, programs=(), steps=(alone,), unneeded=()), "shop")
    assert text.endswith("runs with the app, which has no program")


def test_long_lists_are_cut() -> None:
    many = dataclasses.replace(
        PLAN,
        steps=(dataclasses.replace(PLAN.steps[0], needed_by=tuple("abcdefg")),),
        unneeded=tuple(f"s{i}" for i in range(25)),
    )
    text = to_text(many, "shop")
    assert "needed by a (), b (), c (), d () and 3 more" in text
    assert text.endswith("s18, s19 and 5 more")


def test_problems_are_named() -> None:
    broken = dataclasses.replace(
        PLAN, steps=(), unneeded=(), problems=("a requires x.v1.X, which nobody exports",)
    )
    assert to_text(broken, "shop") == "hello cannot start:\n\n  a requires x.v1.X, which nobody exports"


def test_json() -> None:
    value = json.loads(to_json(PLAN, "shop"))
    assert list(value) == ["app", "programs", "steps", "unneeded", "problems"]
    assert value["steps"][1] == {
        "order": 2,
        "service": "greeting",
        "kind": "service",
        "layer": 1,
        "requires": [{"name": "log.v1.Log", "provider": "log"}],
        "exports": ["greeting.v1.Greeting"],
        "needed_by": ["hello"],
    }
    assert value["unneeded"] == ["mail", "clock"]


def test_helloworld(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", str(ROOT / "examples" / "helloworld")]) == 0
    assert [line[5:15] for line in capsys.readouterr().out.splitlines()[2:6:2]] == [
        "greeting  ",
        "hello     ",
    ]


def test_a_cycle_is_told_with_its_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", str(ROOT / "tests" / "apps" / "cycle"), "--format", "json"]) == 193
    value = json.loads(capsys.readouterr().out)
    assert value["steps"] == []
    assert any("a -> b" in problem and "-> a" in problem for problem in value["problems"])


def test_a_fleet_needs_few_of_its_services(capsys: pytest.CaptureFixture[str]) -> None:
    fleet = ROOT / "tests" / "apps" / "fleet"
    assert main(["plan", str(fleet), "--program", "checkout", "--format", "json"]) == 0
    value = json.loads(capsys.readouterr().out)
    place = {step["service"]: step["order"] for step in value["steps"]}
    assert place["checkout"] == len(place) == 13
    for step in value["steps"]:
        assert all(place[item["provider"]] < step["order"] for item in step["requires"])
    assert len(value["unneeded"]) > 250


def test_a_program_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", str(ROOT / "examples" / "helloworld"), "--program", "hallo"]) == 2
    assert "hallo" in capsys.readouterr().err
