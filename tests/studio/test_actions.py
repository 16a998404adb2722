"""The actions table feeds keys, palette and help: what it names exists, and nothing is bound twice."""

from __future__ import annotations

from collections import Counter

import pytest

from parigot_studio.actions import ACTIONS, BY_NAME, GROUPS, Action, bindings
from parigot_studio.app import StudioApp
from parigot_studio.desk import Desk
from parigot_studio.panes.graph import GraphPane
from parigot_studio.panes.listing import Listing
from parigot_studio.panes.log import LogPane
from parigot_studio.panes.pending import PendingPane
from parigot_studio.panes.trace import TracePane
from parigot_studio.render.help import help_lines
from parigot_studio.render.palette import DARK
from studio.driving import run, studio
from studio.fakes import FakeSource
from studio.scripts import helloworld

TARGETS: dict[str, type] = {
    "app": StudioApp,
    "desk": Desk,
    "graph": GraphPane,
    "trace": TracePane,
    "log": LogPane,
    "pending": PendingPane,
    "list": Listing,
}


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_every_action_has_its_method_and_its_words(action: Action) -> None:
    assert callable(getattr(TARGETS[action.target], f"action_{action.method.partition('(')[0]}"))
    assert action.group in GROUPS
    assert action.label
    assert action.help[0].isupper()


def test_names_are_unique() -> None:
    assert len(BY_NAME) == len(ACTIONS)


@pytest.mark.parametrize("pane", ["graph", "trace", "log", "pending"])
def test_no_key_means_two_things_in_one_place(pane: str) -> None:
    scope = {"app", "desk", pane} | ({"list"} if pane != "graph" else set())
    keys = Counter(key for action in ACTIONS if action.target in scope for key in action.keys.split(","))
    assert [key for key, times in keys.items() if times > 1] == []


def test_all_bindings_come_from_the_table() -> None:
    bound = {binding.id for target in TARGETS for binding in bindings(target)}  # type: ignore[union-attr]
    assert bound == set(BY_NAME)


def test_help_names_every_action() -> None:
    groups = [
        (heading, [(action.shown_keys, action.help) for action in ACTIONS if action.group == group])
        for group, heading in GROUPS.items()
    ]
    text = "\n".join(line.plain for line in help_lines(groups, 90, DARK))
    for action in ACTIONS:
        assert action.help in text
        assert action.shown_keys in text


def test_the_palette_offers_every_action() -> None:
    async def body() -> None:
        async with studio(FakeSource(helloworld)) as driver:
            offered = [command.help for command in driver.app.get_system_commands(driver.app.screen)]
            for action in ACTIONS:
                if action.target != "list":
                    assert any(words.startswith(action.help) for words in offered), action.name

    run(body)


def test_the_palette_does_what_the_key_does() -> None:
    async def body() -> None:
        async with studio(FakeSource(helloworld, step=True)) as driver:
            await driver.press("ctrl+p")
            await driver.type("run: step")
            await driver.press("enter")
            assert driver.source.session.commands == ["step"]

    run(body)
