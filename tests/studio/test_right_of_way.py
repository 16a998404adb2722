"""The studio's thread goes first, and leaves no trace of it."""

from __future__ import annotations

import asyncio
import sys
import threading

from parigot_studio import right_of_way
from parigot_studio.right_of_way import BREATH_EVERY_S, WAITING_S, WORKING_S, breathe, studio_first


def test_the_interval_is_long_at_work_short_while_waiting_and_restored_after() -> None:
    before = sys.getswitchinterval()
    seen: dict[str, float] = {}

    async def body() -> None:
        seen["working"] = sys.getswitchinterval()
        waiting = threading.Thread(target=lambda: seen.setdefault("waiting", sys.getswitchinterval()))
        asyncio.get_running_loop().call_later(0.02, waiting.start)
        while "waiting" not in seen:
            await asyncio.sleep(0.001)
        waiting.join()

    with studio_first() as loop:
        loop.run_until_complete(body())
    assert abs(seen["working"] - WORKING_S) < 1e-6
    assert min(abs(seen["waiting"] - value) for value in (WAITING_S, WORKING_S)) < 1e-6
    assert sys.getswitchinterval() == before


def test_a_breath_lets_another_thread_in() -> None:
    turns: list[int] = []
    stop = threading.Event()

    def other() -> None:
        while not stop.is_set():
            turns.append(1)

    async def body() -> int:
        thread = threading.Thread(target=other)
        thread.start()
        while not turns:
            await asyncio.sleep(0)
        before = len(turns)
        assert right_of_way._since is not None
        right_of_way._since -= 2 * BREATH_EVERY_S  # as after long work
        breathe()
        after = len(turns)
        stop.set()
        thread.join()
        return after - before

    with studio_first() as loop:
        assert loop.run_until_complete(body()) > 0


def test_outside_the_studio_a_breath_does_nothing() -> None:
    before = sys.getswitchinterval()
    breathe()
    assert right_of_way._since is None
    assert sys.getswitchinterval() == before


def test_the_loop_serves_files_threads_and_timers() -> None:
    async def body() -> str:
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", "print('hi')", stdout=-1)
        out, _ = await process.communicate()
        return await asyncio.to_thread(out.decode)

    with studio_first() as loop:
        assert loop.run_until_complete(body()).strip() == "hi"
        loop.run_until_complete(loop.shutdown_default_executor())
