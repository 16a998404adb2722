"""Makes apps with guests in Python for tests: real generated code, and the services of python_guests.py."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

from parigot.gen.run import generate
from session.running import GUESTS

HERE = Path(__file__).parent


@cache
def generated() -> dict[str, str]:
    """The code of proto/, by path below gen/."""
    return dict(generate([HERE / "proto"], ["python"]).files)


def make_app(folder: Path, guests: str, **files: str) -> Path:
    """An app in `folder`: the services of python_guests.py as guests.py, and further files.

    Args:
        guests: the descriptor's guests; "WASM" stands for the folder of the test guests.
        files: their text, named like `a__util_py` for a/util.py.
    """
    named = {name.replace("__", "/").replace("_py", ".py"): text for name, text in files.items()}
    code = {f"gen/{name}": text for name, text in generated().items()}
    code["util.py"] = "_n = 0\ndef count():\n    global _n\n    _n += 1\n    return _n\n"
    code["lazy.py"] = "WORD = 'lazily'\n"
    code["parigot.toml"] = guests.replace("WASM", str(GUESTS))
    for name, text in {**code, **named}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    shutil.copy(HERE / "python_guests.py", folder / "guests.py")
    return folder
