"""Typed id classes, as `parigot id` writes them. They need nothing but their language."""

from __future__ import annotations

from dataclasses import dataclass

from parigot.scaffold.names import pascal, snake, words
from parigot.scaffold.templates import fill

LANGUAGES = ("c", "go", "python")


@dataclass(frozen=True, slots=True)
class IdClass:
    """A kind of id.

    Attributes:
        name: of the class, in any case; "file_id" and "FileId" are the same.
        letter: bits 63..56 of `high`; one ASCII letter.
        short: what its text begins with, as in [file-7c20].
    """

    name: str
    letter: str
    short: str


def source(kind: IdClass, language: str, package: str = "ids") -> str:
    """The source of the class.

    Args:
        package: of the Go file; no other language needs it.
    """
    type_name = pascal(kind.name)
    if language == "go" and words(kind.name)[-1] == "id":
        type_name = type_name[:-2] + "ID"
    prefix = snake(kind.name)
    values = {
        "letter": kind.letter,
        "code": f"0x{ord(kind.letter):02x}",
        "short": kind.short,
        "short_size": str(len(kind.short) + len("[-7c20]") + 1),
        "long_size": str(len(kind.short) + len("-TTTTTT-HHHHHHHH:LLLLLLLL-MMMM-NNNN") + 1),
        "type": type_name,
        "unexported": type_name[0].lower() + type_name[1:],
        "prefix": prefix,
        "upper": prefix.upper(),
        "package": package,
    }
    return fill(f"id/{language}", values)
