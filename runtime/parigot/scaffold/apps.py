"""A new app: a descriptor, a program in Python, which needs no toolchain, and a test."""

from __future__ import annotations

from parigot.scaffold.names import pascal, snake
from parigot.scaffold.templates import fill

_FILES = {  # by path in the app's folder, the template
    "parigot.toml": "app/parigot.toml",
    "README.md": "app/README.md",
    ".gitignore": "app/gitignore",
    ".vscode/launch.json": "app/launch.json",
    ".vscode/settings.json": "app/settings.json",
    "main/main.py": "program/python",
    "tests/conftest.py": "app/conftest.py",
    "tests/test_main.py": "app/test_program.py",
}


def new_app(name: str) -> dict[str, str]:
    """The files of a new app, text by path."""
    values = {"app": name, **program_values("main", f"{name} is running")}
    return {path: fill(template, values) for path, template in _FILES.items()}


def program_values(name: str, says: str) -> dict[str, str]:
    """What the templates of a program ask for."""
    return {"name": name, "snake": snake(name), "class": pascal(name), "says": says}
