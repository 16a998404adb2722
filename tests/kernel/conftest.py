"""The playbook fixture: every playbook that a test makes must be asserted."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from parigot.kernel import Kernel

from .playbook import Playbook


@pytest.fixture
def playbook() -> Iterator[Callable[..., Playbook]]:
    made: list[Playbook] = []

    def make(kernel: Kernel | None = None) -> Playbook:
        made.append(Playbook(kernel))
        return made[-1]

    yield make
    assert all(one.finished for one in made), "a playbook was written but not asserted to its end"
