"""Exceptions from one thread into another: the way to end Python code that does not end by itself."""

from __future__ import annotations

import ctypes

_set = ctypes.pythonapi.PyThreadState_SetAsyncExc
_set.argtypes = (ctypes.c_ulong, ctypes.py_object)
_set.restype = ctypes.c_int
_clear = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_ulong, ctypes.c_void_p)(
    ("PyThreadState_SetAsyncExc", ctypes.pythonapi)
)


def raise_in(thread: int, kind: type[BaseException]) -> None:
    """Raises `kind` in a thread, at one of its next steps in Python code.

    Args:
        thread: its `threading.get_ident()`; one that has ended is left in peace.
    """
    _set(thread, kind)


def take_back(thread: int) -> None:
    """What `raise_in` asked for does not happen, unless it has."""
    _clear(thread, None)
