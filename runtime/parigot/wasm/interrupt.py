"""Exceptions from one thread into another: the way to end Python code that does not end by itself."""

from __future__ import annotations

import ctypes

_set = ctypes.pythonapi.PyThreadState_SetAsyncExc
_set.argtypes = (ctypes.c_ulong, ctypes.py_object)
_set.restype = ctypes.c_int


def raise_in(thread: int, kind: type[BaseException]) -> None:
    """Raises `kind` in a thread, at one of its next steps in Python code; in place of what was to be raised
    there before and has not been.

    Args:
        thread: its `threading.get_ident()`; one that has ended is left in peace.
    """
    _set(thread, kind)
