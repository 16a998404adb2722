"""Templates: files beside this one with blanks that look like `@word@`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

_FOLDER = Path(__file__).parent
_BLANK = re.compile(r"@([a-z_]+)@")


def fill(name: str, values: Mapping[str, str]) -> str:
    """The text of a template, such as "id/c", with its blanks filled.

    Raises:
        KeyError: it has a blank that `values` does not know.
    """
    text = (_FOLDER / f"{name}.tmpl").read_text(encoding="utf-8")
    return _BLANK.sub(lambda blank: values[blank[1]], text)
