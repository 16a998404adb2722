"""What host functions may do besides answering: suspend their guest, end it, or make it trap."""

from __future__ import annotations

BLOCK = None
"""What a blocking host function returns to suspend its fiber until `Fiber.resume`."""


class ExitGuest(Exception):
    """Raised by a host function: the guest ends here with `code`."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class HostTrap(Exception):
    """Raised by a host function: the guest traps with this message."""
