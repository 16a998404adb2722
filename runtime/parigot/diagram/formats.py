"""The same graph for other tools: Mermaid, Graphviz, JSON and SVG. Each answers with a whole file."""

from __future__ import annotations

import json
from collections.abc import Sequence

from parigot.diagram.model import Edge, Node
from parigot.diagram.svg import to_svg

__all__ = ["to_dot", "to_json", "to_mermaid", "to_svg"]

_MERMAID_SHAPES = {"program": ('(["', '"])'), "missing": ('{{"', '"}}')}
_DOT_STYLES = {
    "program": ', style="rounded,bold"',
    "missing": ', style="dashed", color="#c0392b"',
}


def to_mermaid(nodes: Sequence[Node], edges: Sequence[Edge]) -> str:
    """A Mermaid flowchart, as Markdown renderers draw it."""
    ids = _ids(nodes)
    rows = ["flowchart TD"]
    for node in nodes:
        begin, end = _MERMAID_SHAPES.get(node.kind, ('["', '"]'))
        rows.append(f"    {ids[node.name]}{begin}{'<br/>'.join(map(_mermaid, node.text))}{end}")
    for (source, target), labels in _merged(edges).items():
        label = f'|"{"<br/>".join(map(_mermaid, labels))}"|' if labels else ""
        rows.append(f"    {ids[source]} -->{label} {ids[target]}")
    return "\n".join(rows) + "\n"


def to_dot(nodes: Sequence[Node], edges: Sequence[Edge]) -> str:
    """A Graphviz digraph."""
    rows = [
        "digraph app {",
        "    rankdir=TB;",
        '    node [shape=box, style="rounded", fontname="monospace"];',
        '    edge [fontname="monospace", fontsize=10];',
    ]
    for node in nodes:
        rows.append(
            f'    "{_dot(node.name)}" [label="{_dot_lines(node.text)}"{_DOT_STYLES.get(node.kind, "")}];'
        )
    for (source, target), labels in _merged(edges).items():
        label = f' [label="{_dot_lines(labels)}"]' if labels else ""
        rows.append(f'    "{_dot(source)}" -> "{_dot(target)}"{label};')
    return "\n".join([*rows, "}"]) + "\n"


def to_json(nodes: Sequence[Node], edges: Sequence[Edge]) -> str:
    """`{"nodes": [{"name", "kind", "lines"}], "edges": [{"source", "target", "labels"}]}`, indented."""
    value = {
        "nodes": [{"name": node.name, "kind": node.kind, "lines": list(node.text)} for node in nodes],
        "edges": [
            {"source": source, "target": target, "labels": labels}
            for (source, target), labels in _merged(edges).items()
        ],
    }
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _merged(edges: Sequence[Edge]) -> dict[tuple[str, str], list[str]]:
    """One entry for each pair of nodes, with all its labels."""
    pairs: dict[tuple[str, str], list[str]] = {}
    for edge in edges:
        labels = pairs.setdefault((edge.source, edge.target), [])
        if edge.label and edge.label not in labels:
            labels.append(edge.label)
    return pairs


def _ids(nodes: Sequence[Node]) -> dict[str, str]:
    # Mermaid has reserved words ("end", "graph"), so names never serve as ids.
    return {node.name: f"n{i}" for i, node in enumerate(nodes)}


def _mermaid(text: str) -> str:
    return "".join(f"#{ord(char)};" if char in '"#&<>`' or not char.isprintable() else char for char in text)


def _dot(text: str) -> str:
    return "".join("\\" + char if char in '"\\' else char if char.isprintable() else " " for char in text)


def _dot_lines(lines: Sequence[str]) -> str:
    return "\\n".join(map(_dot, lines))
