"""Lines of keys and tables: a written-out document, and any document that tomllib accepts."""

from __future__ import annotations

import tomllib

from hypothesis import given, settings
from hypothesis import strategies as st
from parigot.app.toml_lines import KeyPath, find_lines

DOCUMENT = '''\
# a comment with = and [brackets]
title = "x = [1]" # and "quotes"
[service . "my \\u0041"]
wasm = """
[program.not_a_table]
one "two" \\""" three"""
args = [
  "a", # ]
  'b]', [
    1,
    { deep = true, "x.y".z = 2 }],
]
env = { A = "}", "B" = '#' }

[[list]]
name = 1979-05-27 07:32:00
[list.sub]
key = -inf
[[list]]
[list.sub]
a.b.c = \'\'\'
it's\'\'\'
[service]
'''


def test_a_document_with_every_kind_of_thing() -> None:
    assert tomllib.loads(DOCUMENT)  # the walk relies on that
    assert find_lines(DOCUMENT) == {
        ("title",): 2,
        ("service",): 23,
        ("service", "my A"): 3,
        ("service", "my A", "wasm"): 4,
        ("service", "my A", "args"): 7,
        ("service", "my A", "args", 0): 8,
        ("service", "my A", "args", 1): 9,
        ("service", "my A", "args", 2): 9,
        ("service", "my A", "args", 2, 0): 10,
        ("service", "my A", "args", 2, 1): 11,
        ("service", "my A", "args", 2, 1, "deep"): 11,
        ("service", "my A", "args", 2, 1, "x.y"): 11,
        ("service", "my A", "args", 2, 1, "x.y", "z"): 11,
        ("service", "my A", "env"): 13,
        ("service", "my A", "env", "A"): 13,
        ("service", "my A", "env", "B"): 13,
        ("list",): 15,
        ("list", 0): 15,
        ("list", 0, "name"): 16,
        ("list", 0, "sub"): 17,
        ("list", 0, "sub", "key"): 18,
        ("list", 1): 19,
        ("list", 1, "sub"): 20,
        ("list", 1, "sub", "a"): 21,
        ("list", 1, "sub", "a", "b"): 21,
        ("list", 1, "sub", "a", "b", "c"): 21,
    }


def test_windows_line_ends() -> None:
    text = 'a = """\r\nx"""\r\n[t]\r\nb = 1\r\n'
    assert find_lines(text) == {("a",): 1, ("t",): 3, ("t", "b"): 4}


def paths(value: object, path: KeyPath = ()) -> set[KeyPath]:
    items: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    found: set[KeyPath] = {path} if path else set()
    return found.union(*(paths(item, (*path, key)) for key, item in items))


MARKS = ["[", "]", "[[", "]]", "{", "}", "=", ".", ",", "\n", "#", '"', "'", '"""', "'''", " ", "\\", "\r\n"]
WORDS = ["a", "b", '"c d"', "1", "1.5", "true", "é", "\\u0041", "0x1f", "1979-05-27"]
LINES = ["a = 1\n", "[a]\n", "[[b]]\n", "[a.b]\n", "x = [1, 2]\n", "y = { z = 1 }\n", 's = "x"\n']
PIECES = st.sampled_from([*MARKS, *WORDS, *LINES])


@settings(max_examples=1500, deadline=None)
@given(st.lists(PIECES, max_size=14).map("".join))
def test_it_finds_exactly_the_keys_that_tomllib_finds(text: str) -> None:
    try:
        value = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    lines = find_lines(text)
    assert set(lines) == paths(value)
    assert all(1 <= line <= text.count("\n") + 1 for line in lines.values())


KEYS = st.text(alphabet='ab"\\.= #é\n', max_size=4)
STRINGS = st.text(alphabet='ab"\\[]{}#=\n', max_size=6)
VALUES = st.recursive(
    st.one_of(STRINGS, st.integers(), st.booleans()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=8,
)


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, list):
        return "[\n" + ",\n".join(map(written, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quoted(k)} = {written(v)}" for k, v in value.items()) + "}"
    return str(value)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_every_written_value_is_found(value: dict[str, object]) -> None:
    text = "".join(f"{quoted(key)} = {written(item)}\n" for key, item in value.items())
    assert tomllib.loads(text) == value
    assert set(find_lines(text)) == paths(value)
