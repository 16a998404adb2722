"""`parigot plan APP`: what a program needs, in which order it starts and why, and what it does not need.

With `--format json` it prints one object:

    {"app": name, "programs": [name …],
     "steps": [{"order": from 1, "service": guest, "kind": "service" | "program",
                "layer": 0 for guests that require nothing, else 1 + the highest among their providers,
                "requires": [{"name": "greeting.v1.Greeting", "provider": guest} …],
                "exports": [name …], "needed_by": [guest …]} …],
     "unneeded": [guest …], "problems": [sentence …]}

Steps come in start order. With problems there are no steps, and the exit code is 193.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any

from parigot.app.load import load
from parigot.session.plan import Plan, PlanStep

STARTUP_FAILED = 193
# Names in a list, before it says how many more there are.
_MOST_NAMES = 4
_MOST_UNNEEDED = 20


def add_parser(subparsers: Any) -> None:
    """Adds the command's arguments."""
    parser = subparsers.add_parser(
        "plan",
        help="which services a program needs, in which order they start, and why",
        description="Starts every guest just far enough to hear what it requires and exports, and works out "
        "what `parigot run` would launch. Exit code 193 if the programs cannot start.",
    )
    parser.add_argument("app", metavar="APP", help="a folder, a descriptor, or a .wasm file")
    parser.add_argument(
        "--program", metavar="P", action="append", default=[], help="plan for this program (may be repeated)"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(arguments: argparse.Namespace) -> int:
    """Runs the command."""
    from parigot.session.survey import survey  # loads wasmtime, which `--help` can do without

    app = load(arguments.app)
    for warning in app.warnings:
        print(f"parigot: {warning}", file=sys.stderr)
    plan = survey(app, arguments.program)
    print(to_json(plan, app.name) if arguments.format == "json" else to_text(plan, app.name))
    return STARTUP_FAILED if plan.problems else 0


def to_json(plan: Plan, app: str) -> str:
    """The plan as the module's docstring describes it."""
    value = {
        "app": app,
        "programs": list(plan.programs),
        "steps": [
            {
                "order": step.order,
                "service": step.service,
                "kind": step.kind,
                "layer": step.layer,
                "requires": [{"name": name, "provider": provider} for name, provider in step.requires],
                "exports": list(step.exports),
                "needed_by": list(step.needed_by),
            }
            for step in plan.steps
        ],
        "unneeded": list(plan.unneeded),
        "problems": list(plan.problems),
    }
    return json.dumps(value, indent=2, ensure_ascii=False)


def to_text(plan: Plan, app: str) -> str:
    """The plan as a person reads it."""
    subject = _and(plan.programs) if plan.programs else app
    if plan.problems:
        rows = [f"{subject} cannot start:", "", *(f"  {problem}" for problem in plan.problems)]
    else:
        verb = "need" if len(plan.programs) > 1 else "needs"
        rows = [f"{subject} {verb} {_share(plan)}. Start order:", ""]
        number = len(str(len(plan.steps)))
        name = max((len(step.service) for step in plan.steps), default=0)
        for step in plan.steps:
            rows.append(f"  {step.order:>{number}}  {step.service:<{name}}  {_why_here(step)}")
            rows.append(f"  {'':>{number}}  {'':<{name}}  {_why_at_all(step, plan)}")
    if plan.unneeded:
        rows += ["", f"Not needed, and not launched: {_list(plan.unneeded)}"]
    return "\n".join(rows)


def _share(plan: Plan) -> str:
    """How much of the app it is."""
    total = len(plan.steps) + len(plan.unneeded)
    if plan.unneeded:
        return f"{len(plan.steps)} of {total} guests"
    return {1: "nothing else", 2: "both guests"}.get(total, f"all {total} guests")


def _why_here(step: PlanStep) -> str:
    """What it waits for."""
    if not step.requires:
        return "starts at once: it requires nothing"
    by_provider: dict[str, list[str]] = {}
    for name, provider in step.requires:
        by_provider.setdefault(provider, []).append(name)
    waits = [f"{provider} ({', '.join(names)})" for provider, names in by_provider.items()]
    return f"starts after {_and(waits)}"


def _why_at_all(step: PlanStep, plan: Plan) -> str:
    """Who wants it."""
    asked = step.service in plan.programs
    if not step.needed_by:
        return "is what will be run" if asked else "runs with the app, which has no program"
    wants = [f"{guest} ({', '.join(_names(guest, step, plan))})" for guest in step.needed_by[:_MOST_NAMES]]
    more = len(step.needed_by) - len(wants)
    if more:
        wants.append(f"{more} more")
    return ("is what will be run, and " if asked else "") + f"needed by {_and(wants)}"


def _names(guest: str, step: PlanStep, plan: Plan) -> list[str]:
    """What a guest requires of a step."""
    for other in plan.steps:
        if other.service == guest:
            return [name for name, provider in other.requires if provider == step.service]
    return []


def _list(words: Sequence[str]) -> str:
    more = len(words) - _MOST_UNNEEDED
    return ", ".join(words[:_MOST_UNNEEDED]) + (f" and {more} more" if more > 0 else "")


def _and(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
