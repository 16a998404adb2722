"""The surroundings of a guest that has an interpreter for itself."""

from __future__ import annotations

import sys
import time

from parigot import sdk
from parigot.sdk.driver import Driver
from parigot.sdk.world import SystemWorld


class Quiet(sdk.Program):
    async def run(self, *args):
        return len(args)


def test_it_is_that_of_the_process(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["quiet", "one", "two"])
    monkeypatch.setenv("HOSTID_HIGH", "68000000000000ab")
    monkeypatch.setenv("HOSTID_LOW", "1")
    world = SystemWorld()
    assert (world.name, world.args) == ("quiet", ("one", "two"))
    assert world.clock_ns() <= world.clock_ns()
    assert abs(world.wall_ns() - time.time_ns()) < 60e9
    assert len(world.random_bytes(16)) == 16
    world.write("stdout", "out\n")
    world.write("stderr", "err\n")
    assert capsys.readouterr() == ("out\n", "err\n")

    asked = []

    def syscall(operation, request):
        asked.append((operation, request))
        return b"\x0a\x02\x08\x01" if operation == "register_" else b""

    driver = Driver(syscall, Quiet, world)
    driver.start()
    assert [operation for operation, _ in asked] == ["register_", "launch_", "read_one_"]
    assert driver.host in asked[0][1]
    assert driver.host.endswith(b"\x10\x01")
