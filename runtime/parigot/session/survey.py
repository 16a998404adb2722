"""Surveys an app without launching anything: what `parigot plan` and `parigot graph` are made of."""

from __future__ import annotations

from collections.abc import Sequence

from parigot.app import App
from parigot.session import picture
from parigot.session.declared import plan
from parigot.session.plan import Plan
from parigot.session.reporter import Reporter
from parigot.session.session import choose_programs, load


def survey(app: App, programs: Sequence[str] = ()) -> Plan:
    """Runs every guest until it has declared what it requires and exports, and works out the start order.

    Args:
        app: the app.
        programs: plan for these; none takes the app's default ones.

    Raises:
        ModuleError: a module cannot be loaded.
        UsageError: a program that the app does not have.
    """
    chosen = choose_programs(app, programs)
    loop = load(app, chosen, Reporter())
    try:
        loop.start()
        loop.declare_all()
        guests = loop.guests
        services = picture.service_views(guests)
        return plan(guests, chosen, services, picture.edge_views(guests))
    finally:
        loop.close()
