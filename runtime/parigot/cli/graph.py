"""`parigot graph APP`: who requires whom, as a drawing or for other tools.

Nothing is launched: every guest runs just far enough to say what it requires and exports. A name that
nobody exports is drawn as a box of its own.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from parigot.app.load import load
from parigot.diagram import Edge, Node, draw, layout
from parigot.diagram.formats import to_dot, to_json, to_mermaid, to_svg
from parigot.session.plan import Plan

_FORMATS = {"mermaid": to_mermaid, "dot": to_dot, "json": to_json, "svg": to_svg}
_DETAILED = 15  # nodes; in larger drawings the boxes hold names only
_MOST_EXPORTS = 3
_ASCII = str.maketrans("─│┌┐└┘├┤┬┴┼╭╮╰╯▼▲▶◀…", "-|+++++++++++++v^><.")


def add_parser(subparsers: Any) -> None:
    """Adds the command's arguments."""
    parser = subparsers.add_parser(
        "graph",
        help="draw who requires whom",
        description="Draws the app's guests, programs on top and what they require below. "
        "json: nodes with name, kind and lines; edges with source, target and labels.",
    )
    parser.add_argument("app", metavar="APP", help="a folder, a descriptor, or a .wasm file")
    parser.add_argument(
        "--program",
        metavar="P",
        action="append",
        default=[],
        help="only what this program needs",
    )
    parser.add_argument("--format", choices=("text", *_FORMATS), default="text")


def run(arguments: argparse.Namespace) -> int:
    """Runs the command."""
    from parigot.session.survey import survey  # loads wasmtime, which `--help` can do without

    app = load(arguments.app)
    for warning in app.warnings:
        print(f"parigot: {warning}", file=sys.stderr)
    plan = survey(app, arguments.program)
    nodes, edges = to_graph(plan, plan.programs if arguments.program else ())
    if arguments.format == "text":
        text = draw(layout(nodes, edges)) + "\n"
    else:
        text = _FORMATS[arguments.format](nodes, edges)
    sys.stdout.write(_printable(text, sys.stdout.encoding or "ascii"))
    for problem in plan.problems:
        print(f"parigot: {problem}", file=sys.stderr)
    return 0


def to_graph(plan: Plan, programs: Sequence[str] = ()) -> tuple[list[Node], list[Edge]]:
    """Boxes and arrows of a surveyed app.

    Args:
        programs: only they and what they need; none takes everything.
    """
    wanted = _reachable(plan, programs) if programs else {service.name for service in plan.services}
    services = [service for service in plan.services if service.name in wanted]
    links = [edge for edge in plan.edges if edge.source in wanted]
    missing = dict.fromkeys(edge.name for edge in links if not edge.target)
    detailed = len(services) + len(missing) <= _DETAILED
    nodes = []
    # Programs first: the layout begins with the first nodes, and they belong on top.
    for service in sorted(services, key=lambda service: service.kind != "program"):
        lines = [service.name]
        if detailed:
            lines += service.exports[:_MOST_EXPORTS]
            if len(service.exports) > _MOST_EXPORTS:
                lines.append(f"… {len(service.exports) - _MOST_EXPORTS} more")
        nodes.append(Node(service.name, tuple(lines), service.kind))
    # No guest's name holds a space, so these cannot be mistaken for one.
    nodes += [Node(f"nobody exports {name}", (name, "nobody exports it"), "missing") for name in missing]
    edges = [Edge(edge.source, edge.target or f"nobody exports {edge.name}", edge.name) for edge in links]
    return nodes, edges


def _reachable(plan: Plan, programs: Sequence[str]) -> set[str]:
    found = dict.fromkeys(programs)
    queue = list(found)
    for name in queue:
        for edge in plan.edges:
            if edge.source == name and edge.target and edge.target not in found:
                found[edge.target] = None
                queue.append(edge.target)
    return set(found)


def _printable(text: str, encoding: str) -> str:
    """The text in an encoding's characters: without box drawing where there is none."""
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return text.translate(_ASCII).encode("ascii", "replace").decode()
    return text
