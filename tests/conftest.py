"""Settings for the whole suite."""

from __future__ import annotations

import os

from hypothesis import settings

# No test may depend on how fast the machine is; in CI the same examples are tried every time.
settings.register_profile("suite", deadline=None, print_blob=True, derandomize=bool(os.environ.get("CI")))
settings.load_profile("suite")
