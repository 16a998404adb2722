"""The loop: the one driver that acts on guests. It decides what moves next, one thing at a time.

Guests run one after the other, each until it blocks or has used up a slice. One delivery handed to one
guest, and that guest run until it blocks again, is a step: the unit of stepping, and of all that will be
recorded and replayed. While the run is held nothing moves but the steps that a person asks for.

All of it runs in one thread; front ends go through `Session`.
"""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Callable, Sequence
from time import thread_time_ns

from parigot.app import App, GuestSpec
from parigot.guests import AnyModule
from parigot.ids import IdSource
from parigot.kernel import Delivery, Kernel
from parigot.session import attach, picture
from parigot.session.clock import Clock
from parigot.session.guestlog import GuestLine
from parigot.session.reporter import Reporter
from parigot.session.running import NS_PER_MS, RunningGuest
from parigot.session.supervisor import Phase, Supervisor
from parigot.session.timers import Timers
from parigot.session.views import Snapshot
from parigot.wasm import Engine

_RUNNING = Phase.RUNNING
_STATES = {Phase.DECLARING: "starting", Phase.STOPPING: "stopping", Phase.ENDED: "ended"}
_NOTICED_NS = 20 * NS_PER_MS  # less than any person, more than the other threads of a busy process
_DEADLINES_EVERY = 63  # turns & this is 0: a busy loop looks at deadlines that often


class Loop:
    """One run.

    Args:
        app: the app.
        programs: names of the chosen programs.
        engine, modules: what the guests run on, loaded already.
        reporter: where events go.
    """

    def __init__(
        self,
        app: App,
        programs: Sequence[str],
        engine: Engine,
        modules: Sequence[tuple[GuestSpec, AnyModule]],
        reporter: Reporter,
    ) -> None:
        self.app = app
        self.engine = engine
        self.reporter = reporter
        self.clock = Clock()
        self.chance = random.Random(random.SystemRandom().getrandbits(64))
        self.kernel = Kernel(IdSource(self.chance.getrandbits))
        self.timers: Timers[RunningGuest] = Timers()
        self.supervisor = Supervisor(self.kernel, self.clock, reporter, programs, app.limits)
        self.steps = 0
        self.paused = False
        self._guests: list[RunningGuest] = self.supervisor.guests  # by the kernel's index
        try:
            for spec, module in modules:
                for number in range(1, spec.replicas + 1):
                    name = spec.name if spec.replicas == 1 else f"{spec.name}#{number}"
                    self._guests.append(RunningGuest(self, spec, name, module, app.timezone))
        except BaseException:
            self.close()  # those that were made already
            raise
        self._active: deque[RunningGuest] = deque()  # have more to run right now
        self._requests: deque[int | None] = deque()  # deliveries that a person asked for; None: the next one
        self._turns = 0
        self._debugged = attach.is_listening()
        self.on_show: Callable[[], None] = lambda: None
        """Called before a guest runs that may be stopped in a debugger: what front ends see should be new."""
        # Looked up once: they are used for every delivery.
        self._now = self.clock.now_ns
        self._notices = self.kernel.notices

    # --- run control ----------------------------------------------------------------------------------

    def pause(self) -> None:
        """Holds everything between deliveries."""
        if not self.paused:
            self.paused = True
            if self.held:
                self.reporter.run_changed("paused", self.clock.now_ns())

    def resume(self) -> None:
        """Lets everything go on."""
        self._requests.clear()
        if self.paused:
            was_held = self.held
            self.paused = False
            self.clock.release()
            if was_held:
                self.reporter.run_changed("running", self.clock.now_ns())

    def step(self) -> None:
        """Allows one delivery."""
        self.pause()
        self._requests.append(None)

    def choose(self, number: int) -> None:
        """The pending delivery of that number comes next, if it is still there and its target waits."""
        self._requests.append(number)

    def stop(self) -> None:
        """Ends the run as if the programs had ended; a second call ends it at once."""
        self.clock.release()
        if self.supervisor.phase is Phase.STOPPING:
            self.supervisor.abort()
        else:
            self.supervisor.stop(0)

    @property
    def held(self) -> bool:
        """Nothing moves but the steps that a person asks for."""
        return self.paused and self.supervisor.phase is Phase.RUNNING

    # --- the run --------------------------------------------------------------------------------------

    def start(self) -> None:
        """Prepares every guest; `turn` runs them."""
        now = self.clock.now_ns()
        self.reporter.run_changed("starting", now)
        for guest in self._guests:
            self.reporter.service_changed(guest.name, "starting", "", now)
            guest.guest.start()
            self._active.append(guest)

    def turns(self, count: int) -> bool:
        """Up to `count` turns; see `turn`. The usual case, that nothing has to be done but to hand out one
        delivery after the other, is dealt with here and in as few steps as can be.

        Returns:
            False when nothing can move before a command comes or `wait_ns` is over.
        """
        kernel, notices, now_ns = self.kernel, self._notices, self._now
        supervisor, active, requests = self.supervisor, self._active, self._requests
        moment, guests, debugged = kernel.moment, self._guests, self._debugged
        now = now_ns()
        computed = thread_time_ns()
        for _ in range(count):
            self._turns = turns = self._turns + 1
            delivery = None
            if (
                supervisor.phase is _RUNNING
                and turns & _DEADLINES_EVERY
                and not (self.paused or active or requests or debugged)
            ):
                moment.now = started = now
                delivery = kernel.deliver_next()
            if delivery is None:
                if not self.turn():
                    supervisor.flush()
                    return False
                now = now_ns()
                continue
            target = delivery.target
            guest = guests[target.index]
            guest.token += 1
            self.steps += 1
            guest.give_event(delivery.event)
            guest.handling = target.handling
            ended = guest.poll()
            now = now_ns()
            if (
                ended
                or not target.waiting
                or now - started > guest.warn_ns
                or kernel.shutdown_code is not None
            ):
                # Time in which another thread or process had the processor is not the guest's.
                ran = min(now - started, thread_time_ns() - computed)
                self._settle(guest, ended, ran)
        if notices:
            self.reporter.notices(notices)
        return True

    def turn(self) -> bool:
        """Moves one thing: a slice of a guest, a delivery, a timeout, or the run into another phase."""
        phase = self.supervisor.phase
        turns = self._turns
        if phase is Phase.ENDED:
            return False
        if phase is Phase.DECLARING:
            return self._declare()
        if self.held:
            return self._held_turn()
        if not turns & _DEADLINES_EVERY:
            # However many deliveries there are, deadlines must be met.
            self.supervisor.check_deadlines()
            self._fire_timer()
        moved = bool(self._active)
        if moved:
            self._slice(self._active.popleft())
        # A guest that spins gets a slice a turn, and the others their deliveries and timeouts between them.
        if self._hand_out() or self._fire_timer() or moved:
            return True
        return self._idle()

    def wait_ns(self) -> int | None:
        """For how long nothing can happen by itself; None for ever."""
        if self.held:
            return None
        timer = self._next_timer()
        deadline = self.supervisor.next_deadline()
        moments = [moment for moment in (timer[0] if timer else None, deadline) if moment is not None]
        return max(0, min(moments) - self.clock.now_ns()) if moments else None

    def declare_all(self) -> None:
        """Runs every guest until it has declared itself, and nothing further."""
        while self.supervisor.phase is Phase.DECLARING and (self._active or self.supervisor.undeclared()):
            if not self._declare_turn():
                wait = self.wait_ns() or 0
                time.sleep(wait / 1e9)

    def picture(self, exit_code: int | None, report: str) -> Snapshot:
        """The whole picture now."""
        phase = self.supervisor.phase
        state = _STATES.get(phase) or ("paused" if self.paused else "running")
        return picture.take(
            seq=self.reporter.seq,
            time_ns=self.clock.now_ns(),
            state=state,
            steps=self.steps,
            kernel=self.kernel,
            guests=self._guests,
            exit_code=exit_code,
            report=report,
        )

    @property
    def guests(self) -> Sequence[RunningGuest]:
        """All guests of the run, by the kernel's index."""
        return self._guests

    def close(self) -> None:
        """Frees every guest, whatever it is doing."""
        for guest in self._guests:
            guest.guest.drop()

    # --- turns ----------------------------------------------------------------------------------------

    def _declare(self) -> bool:
        if self._active or self.supervisor.undeclared():
            return self._declare_turn()
        self.supervisor.begin()
        if self.supervisor.phase is Phase.RUNNING:
            self.reporter.run_changed("paused" if self.paused else "running", self.clock.now_ns())
        return True

    def _declare_turn(self) -> bool:
        limit = self.app.limits.startup_ms
        if limit and self.clock.now_ns() > limit * NS_PER_MS:
            self.supervisor.fail_undeclared()
        if self._active:
            guest = self._active.popleft()
            if not guest.gone:
                self._slice(guest)
            return True
        return self._fire_timer()

    def _held_turn(self) -> bool:
        while self._active and self._active[0].gone:
            self._active.popleft()
        if not self._requests:
            self.clock.hold()
            return False
        self.clock.release()
        if self._active:
            # A step lasts until its guest blocks; nothing else moves meanwhile.
            self._slice(self._active.popleft())
            if not self._active:
                self._requests.popleft()
            return True
        if self._requests[0] is None and self.kernel.next_delivery() is None:
            moved = self._jump_to_timer() or self._idle()
        else:
            moved = self._hand_out(again=True)
        if self._requests and not self._active:
            self._requests.popleft()
        return moved or bool(self._requests)

    def _next(self) -> Delivery | None:
        """What comes next: the delivery that a person asked for, else the oldest that can be handed out."""
        if self._requests:
            number = self._requests[0]
            if number is not None:
                pending = self.kernel.pending()
                found = next((item for item in pending if item.number == number), None)
                if found is None or not found.target.waiting:
                    what = "its guest is busy" if found else "it is not pending any more"
                    text = f"delivery {number} was not handed out: {what}"
                    self.reporter.runtime_line("warn", text, self.clock.now_ns())
                    return None
                return found
        return self.kernel.next_delivery()

    def _hand_out(self, again: bool = False) -> bool:
        """Hands the next delivery to its guest and runs it; False when there is none.

        Args:
            again: leave the request that chose it in place; the held turn ends it with the step.
        """
        delivery = self._next()
        if not again and self._requests:
            self._requests.popleft()
        if delivery is None:
            return False
        target = delivery.target
        guest = self._guests[target.index]
        self.kernel.moment.now = self._now()
        guest.token += 1
        self.steps += 1
        guest.give_event(self.kernel.deliver(delivery))
        guest.handling = target.handling
        self._slice(guest)
        return True

    def _slice(self, guest: RunningGuest) -> None:
        """Runs a guest until it blocks, has used up its slice, or ends."""
        if not guest.gone:
            if self._debugged:
                # It may stand still for long: what it was given is shown before.
                self.supervisor.flush()
                self.on_show()
            now, started = self._now(), thread_time_ns()
            ended = guest.poll()
            ran = thread_time_ns() - started
            idle = self._now() - now - ran
            if self._debugged and idle > _NOTICED_NS:
                self.clock.leave_out(idle)  # nothing shall time out because a person looks
            self._settle(guest, ended, ran)

    def _settle(self, guest: RunningGuest, ended: bool, ran_ns: int) -> None:
        """A guest has computed for `ran_ns`: what follows from how it stopped."""
        guest.busy_ns += ran_ns
        if guest.busy_ns > guest.warn_ns:
            self._mark_slow(guest)
        self.supervisor.flush()
        if ended:
            self.supervisor.ended(guest)
        elif guest.record.waiting or guest.guest.blocked:
            guest.busy_ns = 0
            guest.marked = False
        elif guest.busy_ns > guest.kill_ns and guest.declared and guest.speaks_parigot:
            limit = guest.limits.method_kill_ms
            self.supervisor.fail(guest, f"it ran longer than method_kill_ms = {limit} without a break")
        else:
            self._active.append(guest)
        self.supervisor.check_shutdown()

    def _mark_slow(self, guest: RunningGuest) -> None:
        call = guest.handling
        if call is None or guest.marked:
            return
        guest.marked = True
        call.slow = True
        method = f"{call.service.name}.{call.method_name}"
        text = f"{method} runs longer than method_warn_ms = {guest.limits.method_warn_ms}"
        self.supervisor.flush()
        self.reporter.runtime_line("warn", text, self.clock.now_ns(), call.number)

    def _idle(self) -> bool:
        """Nothing to run, nothing to hand out: is the run over, stuck, or merely waiting?"""
        supervisor = self.supervisor
        if supervisor.check_deadlines():
            return True
        if supervisor.phase is not Phase.RUNNING:
            return False
        if any(guest.sleeping and not guest.gone for guest in self._guests):
            return False
        if supervisor.check_startup():
            return True
        if self.kernel.pending_count or self._next_timer() or supervisor.next_deadline() is not None:
            return False
        return supervisor.fail_stuck()

    # --- timers ---------------------------------------------------------------------------------------

    def _next_timer(self) -> tuple[int, RunningGuest] | None:
        while (found := self.timers.earliest()) is not None:
            deadline, guest, token = found
            if not guest.gone and guest.token == token:
                return deadline, guest
            self.timers.drop_earliest()
        return None

    def _fire_timer(self) -> bool:
        """Wakes the guest whose deadline is over, if there is one."""
        timer = self._next_timer()
        if timer is None or timer[0] > self.clock.now_ns():
            return False
        return self._wake(timer[1])

    def _jump_to_timer(self) -> bool:
        """In step mode nobody waits for a clock: it jumps to the next deadline."""
        timer = self._next_timer()
        if timer is None:
            return False
        self.clock.advance_to(timer[0])
        return self._wake(timer[1])

    def _wake(self, guest: RunningGuest) -> bool:
        self.timers.drop_earliest()
        guest.token += 1
        if guest.sleeping:
            guest.sleeping = False
            guest.guest.wake()
        else:
            self.kernel.stop_waiting(guest.record)
            guest.guest.time_out()
        self._slice(guest)
        return True

    # --- World ----------------------------------------------------------------------------------------

    def log(self, guest: RunningGuest, lines: list[GuestLine]) -> None:
        """See `World`."""
        self.supervisor.flush()
        call = guest.record.handling
        number = call.number if call is not None and call.number else None
        now = self.clock.now_ns()
        for line in lines:
            self.reporter.log(guest.name, line, number, now)
