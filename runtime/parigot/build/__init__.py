"""Guests from their sources, as the descriptor says.

app        build_app: what has changed is built, and tells a Watcher
generated  the code that guests are built with, up to date
languages  what each language offers: c (compile_c: with the C SDK), go, python
state      what was built from what                  process    child processes that never outlive us
"""

from parigot.build.app import BuildResult, Watcher, build_app
from parigot.build.c import compile_c

__all__ = ["BuildResult", "Watcher", "build_app", "compile_c"]
