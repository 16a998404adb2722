"""Who lives and who dies: startup, the end of guests, deadlines, and the end of the run.

The loop decides what moves next; this decides what may still move. A run goes through phases:

    declaring   every guest runs until it first waits, so that all it requires and exports is known;
                guests that no chosen program needs are dismissed
    running     launches, calls, timeouts, until the programs have ended
    stopping    guests that understand exit events get one and time to clean up, the rest is ended
    ended
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum

from parigot.app import Limits
from parigot.errors import KernelErr
from parigot.kernel import Call, GuestMove, GuestState, Kernel, StartupFailure
from parigot.session.clock import Clock
from parigot.session.declared import needed_guests
from parigot.session.reporter import Reporter
from parigot.session.running import NS_PER_MS, RunningGuest
from parigot.wasm import Exited, Trapped

STARTUP_FAILED = 193
GUEST_FAILED = 194
HIGHEST_CODE = 192

_NOT_LAUNCHED = (GuestState.STARTING, GuestState.WAITING)


class Phase(Enum):
    """Where the run is."""

    DECLARING = "declaring"
    RUNNING = "running"
    STOPPING = "stopping"
    ENDED = "ended"


class Supervisor:
    """The life of a run.

    Args:
        programs: names of the chosen programs; when the last of them ends, so does the run. Without any,
            it runs until it is stopped.
        limits: those of the app as a whole.

    Attributes:
        exit_code, report: set when the run has ended.
    """

    def __init__(
        self, kernel: Kernel, clock: Clock, reporter: Reporter, programs: Sequence[str], limits: Limits
    ) -> None:
        self.phase = Phase.DECLARING
        self.guests: list[RunningGuest] = []
        self.exit_code: int | None = None
        self.report = ""
        self._kernel = kernel
        self._clock = clock
        self._reporter = reporter
        self._programs = frozenset(programs)
        self._limits = limits
        self._startup_deadline = limits.startup_ms * NS_PER_MS if limits.startup_ms else None
        self._complete_deadline = limits.complete_ms * NS_PER_MS if limits.complete_ms else None
        self._stop_deadline: int | None = None
        self._code = 0
        self._reasons: list[str] = []
        self._failed_program = False

    # --- startup --------------------------------------------------------------------------------------

    def undeclared(self) -> list[RunningGuest]:
        """Live guests that have not said yet what they require and export."""
        return [guest for guest in self.guests if not guest.gone and not guest.declared]

    def begin(self) -> None:
        """Everything is declared: what the programs need is launched, the rest dismissed."""
        wanted = set(needed_guests(self.guests, self._programs))
        for guest in self.guests:
            if guest.name not in wanted and not guest.gone:
                self.end(guest, GuestMove.DISMISSED, "no chosen program needs it")
        self.phase = Phase.RUNNING
        self._kernel.moment.now = self._clock.now_ns()
        self._kernel.begin_launching()
        self.flush()
        self._when_programs_end()

    def fail_undeclared(self) -> None:
        """startup_ms is over: guests that still have not declared themselves are killed."""
        for guest in self.undeclared():
            if guest.speaks_parigot:
                self.fail(guest, f"did not wait for an event within startup_ms = {self._limits.startup_ms}")

    def check_startup(self) -> bool:
        """To be asked when every guest waits and nothing is pending: fails the run if the guests that are
        not launched can never be. True when it did.
        """
        if not self._waiting():
            self._startup_deadline = None  # done
            return False
        failure = self._kernel.startup_failure()
        if failure is not None:
            self._fail_startup(failure)
            return True
        return False

    def _waiting(self) -> list[RunningGuest]:
        return [guest for guest in self.guests if guest.record.state is GuestState.WAITING]

    def _fail_startup(self, failure: StartupFailure) -> None:
        now = self._clock.now_ns()
        text = ["the app cannot start:", *(f"  {reason}" for reason in failure.reasons)]
        for line in text:
            self._reporter.runtime_line("error", line, now)
        self._kernel.moment.now = now
        self._kernel.fail_startup(failure)
        self.stop(STARTUP_FAILED, "\n".join(text))

    # --- the end of a guest ---------------------------------------------------------------------------

    def ended(self, guest: RunningGuest) -> None:
        """The guest ended by itself: it returned, exited or trapped."""
        outcome = guest.guest.outcome
        if isinstance(outcome, Exited):
            asked = guest.record.exit_code  # by exit_; a guest that then just returns means that code
            code = asked if asked is not None else outcome.code
            code = code if 0 <= code <= HIGHEST_CODE else HIGHEST_CODE
            never_launched = guest.speaks_parigot and guest.record.state is GuestState.STARTING
            detail = f"exit code {code}"
            self.end(guest, GuestMove.ENDED, detail, code)
            if never_launched and not guest.record.is_program:
                self._say("warn", f"{guest.name} ended before it launched ({detail})")
        elif isinstance(outcome, Trapped):
            lines = guest.guest.report()
            self._report_failure(guest, f"trapped: {lines[0]}", lines[1:])

    def fail(self, guest: RunningGuest, why: str) -> None:
        """Kills the guest: its callers get an error."""
        self._report_failure(guest, f"killed: {why}", [])

    def _report_failure(self, guest: RunningGuest, what: str, more: list[str]) -> None:
        call = guest.handling.number if guest.handling is not None else None
        self._say("error", f"{guest.name} {what}", call)
        for line in more:
            self._say("error", line, call)
        if guest.record.is_program or guest.record.state in _NOT_LAUNCHED:
            self._reasons.append("\n".join([f"{guest.name} {what}", *more]))
        self.end(guest, GuestMove.FAILED, what)

    def end(self, guest: RunningGuest, what: GuestMove, detail: str = "", code: int | None = None) -> None:
        """The guest is gone, by whatever way."""
        if guest.gone:
            return
        self._kernel.moment.now = self._clock.now_ns()
        self.flush()
        guest.close()
        self._kernel.end_guest(guest.record, what, detail, code)
        self.flush()
        if guest.record.is_program and self.phase in (Phase.DECLARING, Phase.RUNNING):
            if what is GuestMove.FAILED:
                self._failed_program = True
            elif code is not None:
                self._code = code
            if self.phase is Phase.RUNNING:
                self._when_programs_end()

    def _when_programs_end(self) -> None:
        alive = any(guest.spec.name in self._programs and not guest.gone for guest in self.guests)
        if self._programs and not alive:
            self.stop(GUEST_FAILED if self._failed_program else self._code)

    # --- the end of the run ---------------------------------------------------------------------------

    def check_shutdown(self) -> None:
        """A guest may have asked for the end of the whole run."""
        code = self._kernel.shutdown_code
        if code is not None and self.phase is Phase.RUNNING:
            self.stop(code)

    def stop(self, code: int, why: str = "") -> None:
        """Ends the run: exit events and time to clean up first, for guests that know them."""
        if self.phase in (Phase.STOPPING, Phase.ENDED):
            return
        self.phase = Phase.STOPPING
        self._code = code
        if why:
            self._reasons.append(why)
        now = self._clock.now_ns()
        self._stop_deadline = now
        self._reporter.run_changed("stopping", now)
        self._kernel.moment.now = now
        for guest in self.guests:
            if guest.gone:
                continue
            record = guest.record
            if record.knows_exit and record.services:
                if record.state is not GuestState.EXITING:
                    self._kernel.send_exit(record, min(code, HIGHEST_CODE))
                self._stop_deadline = max(self._stop_deadline, now + guest.limits.grace_ms * NS_PER_MS)
            else:
                self.end(guest, GuestMove.ENDED, "the run is over")
        self.flush()

    def abort(self) -> None:
        """Ends everything at once, without grace."""
        if self.phase is not Phase.ENDED:
            self.stop(self._code)
            self._finish()

    def _finish(self) -> None:
        for guest in self.guests:
            self.end(guest, GuestMove.ENDED, "its time to clean up was over")
        self.flush()
        self.phase = Phase.ENDED
        self.exit_code = self._code
        self.report = "\n".join(self._reasons)
        self._reporter.run_ended(self._code, self.report, self._clock.now_ns())

    # --- time -----------------------------------------------------------------------------------------

    def check_deadlines(self) -> bool:
        """Acts on every deadline that is over; True when there was one."""
        now = self._clock.now_ns()
        self._kernel.moment.now = now
        moved = False
        for deadline, call, limit in list(self._call_deadlines()):
            if deadline <= now:
                reason = f"no answer within call_timeout_ms = {limit}"
                self._kernel.resolve_with_error(call, KernelErr.RunTimeout, reason)
                self._say("warn", f"call to {call.service.name}.{call.method_name}: {reason}", call.number)
                moved = True
        if moved:
            self.flush()
        if self.phase is Phase.STOPPING:
            assert self._stop_deadline is not None
            if now >= self._stop_deadline or all(guest.gone for guest in self.guests):
                self._finish()
                return True
        if self.phase is not Phase.RUNNING:
            return moved
        if self._startup_deadline is not None and now >= self._startup_deadline:
            self._startup_deadline = None
            late = self._waiting()
            if late:
                names = ", ".join(guest.name for guest in late)
                return self._give_up(
                    STARTUP_FAILED, f"not launched within startup_ms = {self._limits.startup_ms}: {names}"
                )
        if self._complete_deadline is not None and now >= self._complete_deadline:
            why = f"the run took longer than complete_ms = {self._limits.complete_ms}"
            return self._give_up(GUEST_FAILED, why)
        return moved

    def next_deadline(self) -> int | None:
        """The next moment at which `check_deadlines` would act, on the session clock."""
        deadlines = [deadline for deadline, _, _ in self._call_deadlines()]
        if self.phase is Phase.STOPPING and self._stop_deadline is not None:
            deadlines.append(self._stop_deadline)
        elif self.phase in (Phase.DECLARING, Phase.RUNNING):
            fixed = (self._startup_deadline, self._complete_deadline)
            deadlines.extend(deadline for deadline in fixed if deadline is not None)
        return min(deadlines, default=None)

    def _call_deadlines(self) -> Iterator[tuple[int, Call, int]]:
        for call in self._kernel.in_flight():
            limit = self.guests[call.callee.index].limits.call_timeout_ms
            if limit:
                yield call.dispatched_ns + limit * NS_PER_MS, call, limit

    def fail_stuck(self) -> bool:
        """Everything waits and nothing can ever come: the programs are killed rather than left hanging.

        Returns:
            True when there was such a program.
        """
        stuck = [guest for guest in self.guests if not guest.gone and guest.record.is_program]
        for guest in stuck:
            self.fail(guest, "it waits for an event that nothing can bring any more")
        return bool(stuck)

    def _give_up(self, code: int, why: str) -> bool:
        self._say("error", why)
        self.stop(code, why)
        return True

    # --- reports --------------------------------------------------------------------------------------

    def flush(self) -> None:
        """Reports what the kernel has noticed."""
        if self._kernel.notices:
            self._reporter.notices(self._kernel.notices)

    def _say(self, level: str, message: str, call: int | None = None) -> None:
        self.flush()
        self._reporter.runtime_line(level, message, self._clock.now_ns(), call)
