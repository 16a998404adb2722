"""Deliveries that wait for guests, and which of them can be handed out now.

Every guest has an inbox in the order of arrival. A heap holds the head of every inbox whose guest waits
for an event, so the oldest deliverable one is found in O(log guests) however long the inboxes are. Heap
entries go stale when their guest runs or someone picks another delivery; they are dropped when met.
"""

from __future__ import annotations

from heapq import heappop, heappush

from parigot.kernel.records import Call, Delivery, DeliveryKind, Guest

_CALL = DeliveryKind.CALL
_new = tuple.__new__  # a third of the time of a named tuple's own constructor


class Inboxes:
    """All inboxes of a run."""

    def __init__(self) -> None:
        self._number = 0
        self._ready: list[tuple[int, Guest]] = []  # delivery numbers are unique: guests are never compared

    def put(self, kind: DeliveryKind, target: Guest, call: Call | None, event: bytes, code: int = 0) -> None:
        """Adds an event for `target` behind those that wait already."""
        self._number = number = self._number + 1
        inbox = target.inbox
        if target.waiting and not inbox:
            heappush(self._ready, (number, target))
        inbox.append(_new(Delivery, (number, kind, target, call, event, code)))
        if kind is _CALL:
            target.inbox_calls += 1

    def offer(self, guest: Guest) -> None:
        """The guest waits for an event from now on."""
        if guest.inbox:
            heappush(self._ready, (guest.inbox[0].number, guest))

    def oldest_ready(self) -> Delivery | None:
        """The oldest delivery whose target waits, or None. It stays where it is."""
        ready = self._ready
        while ready:
            number, guest = ready[0]
            if guest.waiting and guest.inbox and guest.inbox[0].number == number:
                return guest.inbox[0]
            heappop(ready)
        return None

    def take_oldest(self) -> Delivery | None:
        """Removes and returns the oldest delivery whose target waits; None where there is none."""
        ready = self._ready
        while ready:
            number, guest = heappop(ready)
            inbox = guest.inbox
            if guest.waiting and inbox and inbox[0].number == number:
                delivery = inbox.popleft()
                if delivery.kind is _CALL:
                    guest.inbox_calls -= 1
                return delivery
        return None

    def take(self, delivery: Delivery) -> None:
        """Removes a delivery, wherever in its inbox it is."""
        guest = delivery.target
        if guest.inbox[0] is delivery:
            guest.inbox.popleft()
        else:
            guest.inbox.remove(delivery)
        if delivery.kind is _CALL:
            guest.inbox_calls -= 1

    def withdraw(self, call: Call) -> bool:
        """Removes the delivery that would hand `call` to its callee; False when it is not waiting."""
        guest = call.callee
        for delivery in guest.inbox:
            if delivery.call is call and delivery.kind is DeliveryKind.CALL:
                self.take(delivery)
                if guest.waiting:
                    self.offer(guest)
                return True
        return False

    def forget(self, guest: Guest) -> None:
        """Drops everything that waits for a guest that is gone."""
        guest.inbox.clear()
        guest.inbox_calls = 0
