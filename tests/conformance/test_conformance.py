"""One script in every language, with one service in every language: all nine runs say and do the same."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from parigot.app import App, load
from parigot.build import build_app
from parigot.session import (
    CallDelivered,
    CallDispatched,
    CallResolved,
    LogWritten,
    RunEnded,
    Session,
)

HERE = Path(__file__).parent
LANGUAGES = ("c", "go", "python")
PAIRS = [(probe, mirror) for probe in LANGUAGES for mirror in LANGUAGES]
PRINTED = [
    "echo: 5 -7",
    "empty: 0 0",
    *(f"refuse {code}: {code}" for code in (1, 3, 40, 23, -5)),
    "large: 1048576 0",
    "too large: 6",
    "many: 49995000",
    "held: 40425",
    "leave: 23",
    "gone: 23",
]


@pytest.fixture(scope="session")
def app() -> App:
    """Built where it lies, so that what is built serves from run to run."""
    build_app(load(HERE, built=False))
    return load(HERE)


def plain(event: Any, names: Mapping[str, str]) -> tuple[Any, ...] | None:
    """An event without its number and time, payloads by digest; None for those that are not compared."""
    if isinstance(event, CallDispatched):
        who = names.get(event.caller, event.caller), names.get(event.callee, event.callee)
        return (
            "dispatched",
            event.call,
            event.parent,
            *who,
            event.service,
            event.method,
            digest(event.request),
        )
    if isinstance(event, CallDelivered):
        return "delivered", event.call
    if isinstance(event, CallResolved):
        return "resolved", event.call, event.error, digest(event.reply)
    if isinstance(event, LogWritten) and event.stream == "stdout":
        return "printed", names.get(event.service, event.service), event.message
    return ("ended", event.code) if isinstance(event, RunEnded) else None


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest() if len(data) > 64 else data.hex()


def run(app: App, probe: str, mirror: str) -> list[tuple[Any, ...]]:
    """What happens when they meet."""
    services = tuple(spec for spec in app.services if spec.name == f"mirror-{mirror}")
    session = Session(replace(app, services=services), programs=[f"probe-{probe}"])
    stream = session.subscribe()
    session.start()
    assert session.wait(120)
    events, lost = stream.drain()
    assert not lost
    names = {f"probe-{probe}": "probe", f"mirror-{mirror}": "mirror"}
    return [found for event in events if (found := plain(event, names)) is not None]


@pytest.fixture(scope="session")
def expected(app: App) -> list[tuple[Any, ...]]:
    return run(app, "c", "c")


def test_the_script_says_what_it_should(expected: list[tuple[Any, ...]]) -> None:
    assert [told[2] for told in expected if told[0] == "printed"] == PRINTED
    assert expected[-1] == ("ended", 5)


@pytest.mark.parametrize(("probe", "mirror"), PAIRS)
def test_every_pair_leaves_the_same_trace(
    app: App, expected: list[tuple[Any, ...]], probe: str, mirror: str
) -> None:
    found = run(app, probe, mirror)
    different = next((pair for pair in zip(found, expected, strict=False) if pair[0] != pair[1]), None)
    assert different is None
    assert len(found) == len(expected)
