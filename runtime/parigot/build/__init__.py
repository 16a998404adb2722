"""Guests from their sources, as the descriptor says.

app        build_app: what has changed is built      c          compile_c: C guests with the SDK
state      what was built from what                  process    child processes that never outlive us
"""

from parigot.build.app import BuildResult, build_app
from parigot.build.c import compile_c

__all__ = ["BuildResult", "build_app", "compile_c"]
