"""One bench for all tests of this folder."""

from __future__ import annotations

import pytest

from .guest import Bench


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("guests"))
