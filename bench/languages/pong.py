"""The callee of the benchmark, in Python."""

from pingpong.v1.pingpong_pb import Number, PongService


class Pong(PongService):
    async def pong(self, request: Number) -> Number:
        return Number(number=request.number)
