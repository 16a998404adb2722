"""One running app, and the only door to it.

Front ends call `Session`: commands go in from any thread and return at once, immutable events and
snapshots come out. The loop thread runs the scheduler and all guests; nothing else acts on them.
"""

from parigot.session.events import (
    CallDelivered,
    CallDispatched,
    CallResolved,
    Event,
    LogWritten,
    RunChanged,
    RunEnded,
    ServiceChanged,
)
from parigot.session.plan import Plan, PlanStep
from parigot.session.session import Session
from parigot.session.survey import survey
from parigot.session.views import CallView, EdgeView, PendingView, ServiceView, Snapshot

__all__ = [
    "CallDelivered",
    "CallDispatched",
    "CallResolved",
    "CallView",
    "EdgeView",
    "Event",
    "LogWritten",
    "PendingView",
    "Plan",
    "PlanStep",
    "RunChanged",
    "RunEnded",
    "ServiceChanged",
    "ServiceView",
    "Session",
    "Snapshot",
    "survey",
]
