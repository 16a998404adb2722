"""Entries in a parigot.toml that someone has written: theirs stays as it is, byte by byte."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parigot.scaffold.descriptor import add_guest, add_protos

FULL = """\
# The shop.

[app]
name = "shop"  # its name

[service.store]
wasm = "store.wasm"
args = [
  "a",
  "[service.not]",
]
[service.store.env]
A = "b"

# Buys things,
# and more.
[program.buy]
wasm = "buy.wasm"

[limits]
memory_mb = 64
"""
ENTRIES = ['wasm = "build/tax.wasm"']


def test_a_service_stands_behind_the_last_one() -> None:
    made = add_guest(FULL, "service", "tax", ENTRIES)
    table = '[service.tax]\nwasm = "build/tax.wasm"\n\n'
    assert made == FULL.replace("# Buys", table + "# Buys")


def test_a_program_stands_behind_the_last_one() -> None:
    made = add_guest(FULL, "program", "sell", ENTRIES)
    assert made == FULL.replace("[limits]", '[program.sell]\nwasm = "build/tax.wasm"\n\n[limits]')


def test_the_first_service_stands_in_front_of_programs() -> None:
    text = '[app]\nname = "x"\n\n# What runs.\n[program.main]\npython = "m.py:M"\n'
    made = add_guest(text, "service", "tax", ENTRIES)
    assert made == text.replace("# What", "[service.tax]\n" + ENTRIES[0] + "\n\n# What")


def test_the_end_of_the_document() -> None:
    assert add_guest("", "service", "tax", ENTRIES) == f"[service.tax]\n{ENTRIES[0]}\n"
    text = "[service.a]\nwasm = 'a'\n\n\n# the end"
    assert add_guest(text, "service", "b", ["x = 1"]) == text + "\n\n[service.b]\nx = 1\n"


@pytest.mark.parametrize(
    "text", ["service = { a = { wasm = 'a' } }\n", "[service.tax]\nwasm = 'a'\n", "service.tax.wasm = 'a'\n"]
)
def test_no_place(text: str) -> None:
    with pytest.raises(ValueError, match="no place in it"):
        add_guest(text, "service", "tax", ENTRIES)


def test_folders_of_protos() -> None:
    assert add_protos(FULL, "proto") == FULL.replace("its name\n", 'its name\nprotos = ["proto"]\n')
    assert add_protos("[limits]\n", "p") == '[app]\nprotos = ["p"]\n\n[limits]\n'
    assert add_protos("[app]\n\n[limits]\n", "p") == '[app]\nprotos = ["p"]\n\n[limits]\n'
    text = "service.a.wasm = 'a'\n\n# the\n[limits]\n"
    assert add_protos(text, "p") == text.replace("# the", '[app]\nprotos = ["p"]\n\n# the')
    assert add_protos("service.a.wasm = 'a'\n", "p") == "service.a.wasm = 'a'\n[app]\nprotos = [\"p\"]\n"
    with pytest.raises(ValueError, match="no place in it"):
        add_protos("app = { name = 'x' }\n", "p")


_LINES = st.lists(
    st.sampled_from(
        [
            "# a comment",
            "",
            "[app]",
            "[service.a]",
            "[service.b.env]",
            "[program.p]",
            "[limits]",
            "x = 1",
            "y = ['[service.z]',\n'b']",
            'z = """\n[program.q]\n"""',
        ]
    ),
    max_size=12,
)


@given(_LINES, st.sampled_from(["service", "program"]))
def test_nothing_else_changes(lines: list[str], kind: str) -> None:
    text = "\n".join(lines) + "\n"
    try:
        before = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    made = add_guest(text, kind, "tax", ENTRIES)
    after = tomllib.loads(made)
    assert after[kind].pop("tax") == {"wasm": "build/tax.wasm"}
    if not after[kind] and kind not in before:
        del after[kind]
    assert after == before
    kept = made.replace(f"[{kind}.tax]\n{ENTRIES[0]}\n", "", 1)
    assert [line for line in kept.split("\n") if line] == [line for line in text.split("\n") if line]
