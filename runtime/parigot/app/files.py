"""Looking at files that a descriptor names, without the surprises of paths that no file could have."""

from __future__ import annotations

import os
from pathlib import Path


def is_file(path: Path) -> bool:
    """Whether there is such a file; names that the system refuses are names of no file."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def exists(path: Path) -> bool:
    """Whether there is such a file or folder."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def join(root: Path, relative: str) -> Path:
    """A path of a descriptor, absolute; symbolic links stay as they are written."""
    return Path(os.path.normpath(root / relative))
