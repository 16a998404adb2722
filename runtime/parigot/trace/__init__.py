"""What happened in a run, for whoever looks: event streams now, trace files later.

Knows nothing of guests and kernel: events are opaque values here.
"""

from parigot.trace.stream import EventStream

__all__ = ["EventStream"]
