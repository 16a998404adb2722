"""The caller of the benchmark, in Python: `calls=N` calls, one after the other."""

from parigot import sdk
from pingpong.v1.pingpong_pb import Number, PongClient


class Ping(sdk.Program):
    pong: PongClient

    async def run(self, calls: str) -> None:
        for left in range(int(calls.removeprefix("calls=")), 0, -1):
            await self.pong.pong(Number(number=left))
