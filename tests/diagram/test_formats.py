"""The exports hold what the graph holds, whatever its names contain."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st
from parigot.diagram import Edge, Node
from parigot.diagram.formats import to_dot, to_json, to_mermaid, to_svg

NODES = [Node("hello", kind="program"), Node("greeting"), Node("end", ("end", 'a "b" <c>'), "missing")]
EDGES = [Edge("hello", "greeting", "greeting.v1.Greeting"), Edge("hello", "end"), Edge("hello", "end", "x&y")]


def test_mermaid() -> None:
    assert to_mermaid(NODES, EDGES) == (
        "flowchart TD\n"
        '    n0(["hello"])\n'
        '    n1["greeting"]\n'
        '    n2{{"end<br/>a #34;b#34; #60;c#62;"}}\n'
        '    n0 -->|"greeting.v1.Greeting"| n1\n'
        '    n0 -->|"x#38;y"| n2\n'
    )


def test_dot() -> None:
    text = to_dot(NODES, EDGES)
    assert text.startswith("digraph app {\n")
    assert text.endswith("}\n")
    assert '    "end" [label="end\\na \\"b\\" <c>", style="dashed"' in text
    assert '    "hello" -> "greeting" [label="greeting.v1.Greeting"];' in text
    assert text.count("->") == 2


def test_json() -> None:
    assert json.loads(to_json(NODES, EDGES)) == {
        "nodes": [
            {"name": "hello", "kind": "program", "lines": ["hello"]},
            {"name": "greeting", "kind": "", "lines": ["greeting"]},
            {"name": "end", "kind": "missing", "lines": ["end", 'a "b" <c>']},
        ],
        "edges": [
            {"source": "hello", "target": "greeting", "labels": ["greeting.v1.Greeting"]},
            {"source": "hello", "target": "end", "labels": ["x&y"]},
        ],
    }


def test_svg_shows_every_box_and_edge() -> None:
    root = ElementTree.fromstring(to_svg(NODES, EDGES))
    space = "{http://www.w3.org/2000/svg}"
    assert [text.text for text in root.iter(space + "text")] == ["hello", "greeting", "end", 'a "b" <c>']
    assert [title.text for title in root.iter(space + "title")] == [
        "hello requires greeting.v1.Greeting of greeting",
        "hello requires x&y of end",
    ]
    assert "prefers-color-scheme: dark" in (root.find(space + "style").text or "")  # type: ignore[union-attr]
    assert not re.search(r"""(href|src|@import)\s*=?""", to_svg(NODES, EDGES))


def test_svg_keeps_routes_inside_the_picture() -> None:
    text = to_svg([Node("a"), Node("b")], [Edge("a", "b"), Edge("b", "a"), Edge("b", "b")])
    root = ElementTree.fromstring(text)
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    for path in root.iter("{http://www.w3.org/2000/svg}path"):
        if path.get("class") != "route":
            continue
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", path.attrib["d"])]
        assert all(0 < x < width for x in numbers[0::2])
        assert all(0 < y < height for y in numbers[1::2])


@settings(max_examples=80, deadline=None)
@given(st.lists(st.text(max_size=12), min_size=2, max_size=4, unique=True), st.text(max_size=12))
def test_any_text_stays_inside_its_quotes(names: list[str], label: str) -> None:
    nodes = [Node(name) for name in names]
    edges = [Edge(names[0], names[1], label)]
    ElementTree.fromstring(to_svg(nodes, edges))
    assert json.loads(to_json(nodes, edges))["edges"][0]["labels"] == ([label] if label else [])
    assert len(to_mermaid(nodes, edges).split("\n")) == 1 + len(names) + 1 + 1
    for line in to_mermaid(nodes, edges).splitlines()[1:]:
        assert line.count('"') in (0, 2)
    bare = re.sub(r"\\.", "", to_dot(nodes, edges))
    assert bare.count('"') % 2 == 0
    assert len(bare.split("\n")) == 4 + len(names) + 1 + 2
