"""The states of guests and calls, and every legal move between them, as data.

Two rules: all transitions live in this file, and a missing key is an illegal move. `move` is the only
reader, so a wrong assumption anywhere in the kernel ends in one clear error.
"""

from __future__ import annotations

from enum import Enum


class GuestState(Enum):
    """Where a guest is in its life; the value is what front ends show."""

    STARTING = "starting"  # runs towards its first launch
    WAITING = "waiting"  # asked to be launched, and waits for what it requires
    RUNNING = "running"  # launched
    EXITING = "exiting"  # asked to exit, or was told to
    ENDED = "ended"  # exited, returned, or was ended at the end of the run
    FAILED = "failed"  # trapped or was killed
    UNNEEDED = "unneeded"  # ended before launch because no program needs it


class GuestMove(Enum):
    """What can happen to a guest."""

    LAUNCH_ASKED = "launch asked"
    LAUNCHED = "launched"
    EXIT_ASKED = "exit asked"
    ENDED = "ended"
    FAILED = "failed"
    DISMISSED = "dismissed"


GUEST_MOVES: dict[GuestState, dict[GuestMove, GuestState]] = {
    GuestState.STARTING: {
        GuestMove.LAUNCH_ASKED: GuestState.WAITING,
        GuestMove.EXIT_ASKED: GuestState.EXITING,
        GuestMove.ENDED: GuestState.ENDED,
        GuestMove.FAILED: GuestState.FAILED,
        GuestMove.DISMISSED: GuestState.UNNEEDED,
    },
    GuestState.WAITING: {
        GuestMove.LAUNCH_ASKED: GuestState.WAITING,
        GuestMove.LAUNCHED: GuestState.RUNNING,
        GuestMove.EXIT_ASKED: GuestState.EXITING,
        GuestMove.ENDED: GuestState.ENDED,
        GuestMove.FAILED: GuestState.FAILED,
        GuestMove.DISMISSED: GuestState.UNNEEDED,
    },
    GuestState.RUNNING: {
        GuestMove.LAUNCH_ASKED: GuestState.RUNNING,
        GuestMove.LAUNCHED: GuestState.RUNNING,
        GuestMove.EXIT_ASKED: GuestState.EXITING,
        GuestMove.ENDED: GuestState.ENDED,
        GuestMove.FAILED: GuestState.FAILED,
    },
    GuestState.EXITING: {
        GuestMove.LAUNCH_ASKED: GuestState.EXITING,
        GuestMove.LAUNCHED: GuestState.EXITING,
        GuestMove.EXIT_ASKED: GuestState.EXITING,
        GuestMove.ENDED: GuestState.ENDED,
        GuestMove.FAILED: GuestState.FAILED,
    },
    GuestState.ENDED: {},
    GuestState.FAILED: {},
    GuestState.UNNEEDED: {},
}

GONE = (GuestState.ENDED, GuestState.FAILED, GuestState.UNNEEDED)


class CallState(Enum):
    """Where a call is. Launches and exits are calls of a guest to the kernel on its own behalf."""

    QUEUED = "queued"  # in the callee's inbox
    DELIVERED = "delivered"  # the callee has it
    RESOLVED = "resolved"  # its outcome is known; the caller hears of it by a delivery


class IllegalMove(Exception):
    """A move that the table does not have: a defect of the kernel, never a guest's fault."""


def move(state: GuestState, what: GuestMove) -> GuestState:
    """The state after `what` happened in `state`.

    Raises:
        IllegalMove: the table has no such move.
    """
    try:
        return GUEST_MOVES[state][what]
    except KeyError:
        raise IllegalMove(f"a guest that is {state.value} cannot be {what.value}") from None
