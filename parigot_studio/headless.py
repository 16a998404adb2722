"""The run without a screen, for pipes and build machines: its log on stdout, its report on stderr."""

from __future__ import annotations

import sys

from parigot.session.events import LogWritten

from parigot_studio.render.text import clean
from parigot_studio.session_bridge import Source


def run_headless(source: Source) -> int:
    """Runs to the end.

    Returns:
        the run's exit code.

    Raises:
        AppError: the app cannot be started.
    """
    if source.waits_for:
        print(f"parigot-studio: waiting for {source.waits_for}", file=sys.stderr, flush=True)
    opened = source.open(lambda: None)
    for note in opened.notes:
        print(f"parigot-studio: {note}", file=sys.stderr)
    try:
        while True:
            opened.stream.wait(1.0)
            over = opened.session.wait(0)
            events, lost = opened.stream.drain()
            if lost:
                print(f"({lost} events were not shown)", file=sys.stderr)
            for event in events:
                if isinstance(event, LogWritten):
                    words = " ".join([event.message, *(f"{key}={value}" for key, value in event.fields)])
                    print(f"{event.service:<10} {event.level:<5} {clean(words)}", flush=True)
            if over and not events:
                break
    except KeyboardInterrupt:
        opened.session.stop()
        opened.session.wait(2.0)
    if opened.session.report:
        print(opened.session.report, file=sys.stderr)
    return opened.session.exit_code or 0
