"""The other end of `bench.measure.in_child`: calls one function and prints its result as JSON."""

from __future__ import annotations

import importlib
import json
import sys


def main(function: str, arguments: str) -> None:
    """Calls `module:function`."""
    module, _, name = function.partition(":")
    print(json.dumps(getattr(importlib.import_module(module), name)(**json.loads(arguments))))


if __name__ == "__main__":
    main(*sys.argv[1:])
