"""One name in each language's case, and templates."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parigot.scaffold.names import is_kept, pascal, snake, words
from parigot.scaffold.templates import fill


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("tax", ["tax"]),
        ("shopping-cart", ["shopping", "cart"]),
        ("ShoppingCart", ["shopping", "cart"]),
        ("SHOPPING_CART", ["shopping", "cart"]),
        ("httpServer2", ["http", "server2"]),
        ("HTTPServer", ["http", "server"]),
        ("FileID", ["file", "id"]),
        ("_", []),
    ],
)
def test_words(name: str, parts: list[str]) -> None:
    assert words(name) == parts


def test_cases() -> None:
    assert (snake("shoppingCart"), pascal("shopping-cart")) == ("shopping_cart", "ShoppingCart")
    assert is_kept("Class")
    assert is_kept("go-to") is False
    assert is_kept("sdk")


@given(st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,20}", fullmatch=True))
def test_names_are_names_in_every_language(name: str) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", snake(name))
    assert re.fullmatch(r"[A-Z][A-Za-z0-9]*", pascal(name))
    assert "".join(words(name)) == re.sub(r"[_-]", "", name).lower()


def test_a_blank_that_nobody_fills() -> None:
    with pytest.raises(KeyError, match="name"):
        fill("app/test_program.py", {})
