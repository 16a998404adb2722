"""One name in each language's own case."""

from __future__ import annotations

import keyword
import re

_WORD = re.compile(r"(?:[A-Z]+(?![a-z])|[A-Z]?[a-z]+)[0-9]*|[0-9]+")
# Names that at least one of the languages keeps for itself, and would not take for a package or variable.
_KEPT = frozenset(keyword.kwlist).union(
    *map(
        str.split,
        (
            "auto bool break case char const continue default do double else enum extern float for goto if",
            "inline int long register restrict return short signed sizeof static struct switch typedef union",
            "unsigned void volatile while",
            "chan defer fallthrough func go import interface map package range select type var main",
            "message service rpc returns option syntax oneof optional repeated reserved extend stream",
            "parigot sdk gen proto build tests google protosupport syscall",
        ),
    )
)


def words(name: str) -> list[str]:
    """`shoppingCart`, `shopping-cart` and `SHOPPING_CART` are the words shopping, cart."""
    return [word.lower() for word in _WORD.findall(name)]


def snake(name: str) -> str:
    """shopping_cart"""
    return "_".join(words(name))


def pascal(name: str) -> str:
    """ShoppingCart"""
    return "".join(word.capitalize() for word in words(name))


def is_kept(name: str) -> bool:
    """Whether a language, or parigot, needs the name for itself."""
    return snake(name) in _KEPT
