"""One engine for all tests of this folder: host functions have no state of their own."""

from __future__ import annotations

import pytest
from parigot.wasm import Engine

from .wat import new_engine


@pytest.fixture(scope="session")
def engine() -> Engine:
    return new_engine()
