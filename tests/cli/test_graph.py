"""`parigot graph`: boxes and arrows of hand-made plans and of real guests, in every format."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from parigot.cli.graph import to_graph
from parigot.cli.main import main
from parigot.diagram import Edge, Node
from parigot.session.plan import Plan
from parigot.session.views import EdgeView, ServiceView

ROOT = Path(__file__).parents[2]
HELLO = str(ROOT / "examples" / "helloworld")


def service(name: str, kind: str = "service", exports: tuple[str, ...] = ()) -> ServiceView:
    return ServiceView(name, kind, "waiting", "", exports, (), 0, 0, 0, 0, 0)


def edge(source: str, target: str, name: str) -> EdgeView:
    return EdgeView(source, target, name, 0, 0)


PLAN = Plan(
    programs=("hello",),
    steps=(),
    unneeded=(),
    problems=(),
    services=(
        service("greeting", exports=("a.v1.A", "b.v1.B", "c.v1.C", "d.v1.D")),
        service("mail"),
        service("hello", "program"),
    ),
    edges=(
        edge("hello", "greeting", "a.v1.A"),
        edge("hello", "greeting", "b.v1.B"),
        edge("greeting", "", "gone.v1.Gone"),
        edge("mail", "greeting", "a.v1.A"),
    ),
)


def test_programs_come_first_and_missing_names_are_boxes() -> None:
    nodes, edges = to_graph(PLAN)
    assert nodes == [
        Node("hello", ("hello",), "program"),
        Node("greeting", ("greeting", "a.v1.A", "b.v1.B", "c.v1.C", "… 1 more"), "service"),
        Node("mail", ("mail",), "service"),
        Node("nobody exports gone.v1.Gone", ("gone.v1.Gone", "nobody exports it"), "missing"),
    ]
    assert edges == [
        Edge("hello", "greeting", "a.v1.A"),
        Edge("hello", "greeting", "b.v1.B"),
        Edge("greeting", "nobody exports gone.v1.Gone", "gone.v1.Gone"),
        Edge("mail", "greeting", "a.v1.A"),
    ]


def test_only_what_a_program_needs() -> None:
    nodes, edges = to_graph(PLAN, ("hello",))
    assert [node.name for node in nodes] == ["hello", "greeting", "nobody exports gone.v1.Gone"]
    assert all(edge.source != "mail" for edge in edges)


def test_large_graphs_show_names_only() -> None:
    services = tuple(service(f"s{i}", exports=("x.v1.X",)) for i in range(16))
    nodes, _ = to_graph(Plan((), (), (), (), services, ()))
    assert {node.lines for node in nodes} == {(f"s{i}",) for i in range(16)}


def test_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", HELLO]) == 0
    assert capsys.readouterr().out == (
        "       ┌───────┐\n"
        "       │ hello │\n"
        "       └───┬───┘\n"
        "           │\n"
        "┌──────────▼───────────┐\n"
        "│       greeting       │\n"
        "│ greeting.v1.Greeting │\n"
        "└──────────────────────┘\n"
    )


def test_a_terminal_without_box_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    assert main(["graph", HELLO]) == 0
    sys.stdout.flush()
    assert raw.getvalue().decode("ascii").splitlines()[:5] == [
        "       +-------+",
        "       | hello |",
        "       +---+---+",
        "           |",
        "+----------v-----------+",
    ]


def test_other_formats(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", HELLO, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["edges"] == [
        {"source": "hello", "target": "greeting", "labels": ["greeting.v1.Greeting"]}
    ]
    assert main(["graph", HELLO, "--format", "mermaid"]) == 0
    assert capsys.readouterr().out.endswith('    n0 -->|"greeting.v1.Greeting"| n1\n')
    assert main(["graph", HELLO, "--format", "dot"]) == 0
    assert '"hello" -> "greeting"' in capsys.readouterr().out
    assert main(["graph", HELLO, "--format", "svg"]) == 0
    assert ElementTree.fromstring(capsys.readouterr().out).tag == "{http://www.w3.org/2000/svg}svg"


def test_a_cycle_is_drawn_and_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", str(ROOT / "tests" / "apps" / "cycle")]) == 0
    printed = capsys.readouterr()
    assert "▲" in printed.out
    assert "dependency cycle" in printed.err


def test_one_program_of_a_fleet(capsys: pytest.CaptureFixture[str]) -> None:
    fleet = str(ROOT / "tests" / "apps" / "fleet")
    assert main(["graph", fleet, "--program", "checkout", "--format", "json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["nodes"]) == 13
