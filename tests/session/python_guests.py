"""Services in Python for the tests of guests that run in process; copied into an app by `make_app`."""

import time

import util
from parigot import sdk
from test.v1.test_pb import (
    BellClient,
    BellService,
    EchoClient,
    EchoService,
    FaultyClient,
    FaultyService,
    PongClient,
    PongService,
    Text,
)

print("loading")


class Echo(EchoService):
    async def ready(self):
        self.log.info("echo ready")

    async def echo(self, request):
        self.log.info("echo", text=request.text, number=request.number)
        return request

    async def inflate(self, request):
        return Text(text="x" * request.number)

    async def refuse(self, request):
        raise sdk.Failure(request.number or 42)

    async def swallow(self, request):
        await sdk.sleep(3600)

    async def exit(self, code):
        self.log.info("cleaning up", code=code)


class Faulty(FaultyService):
    async def break_(self, request):
        match request.text:
            case "raise":
                raise ValueError("as asked")
            case "spin":
                while True:
                    pass
            case "stubborn":
                while True:
                    try:
                        while True:
                            pass
                    except BaseException:  # noqa: BLE001
                        pass
            case "talk":
                while True:
                    print("and on")
            case "recurse":
                return await self.break_(request)
            case "exit":
                raise SystemExit(request.number)
            case "long":
                end = time.thread_time() + request.number / 1000
                while time.thread_time() < end:
                    pass
            case "flood":
                for n in range(request.number):
                    print("line", n)
            case "base":
                raise GeneratorExit("a strange thing to raise")
        return request


class Relay(BellService):
    """Rings by asking an Echo; many rings at a time."""

    echo: EchoClient

    def __init__(self):
        self.rings = 0
        self.open = 0
        self.most = 0

    async def ring(self):
        self.rings += 1
        self.open += 1
        self.most = max(self.most, self.open)
        reply = await self.echo.echo(Text(text="ring", number=self.rings))
        assert reply.text == "ring"
        self.open -= 1
        self.log.debug("rung", most=self.most)

    async def exit(self, code):
        self.log.info("relayed", rings=self.rings, most=self.most)


class Both(BellService, PongService):
    """Two services in one."""

    async def ring(self):
        self.log.info("ring")

    async def pong(self, request):
        return request


class BothUser(sdk.Program):
    pong: PongClient
    bell: BellClient

    async def run(self):
        print(await sdk.gather(self.pong.pong(Text(number=-3)), self.bell.ring()))


class Ringing(sdk.Program):
    bell: BellClient

    async def run(self, count="10"):
        results = await sdk.gather(*(self.bell.ring() for _ in range(int(count))))
        assert results == [None] * int(count)
        return 4


class Script(sdk.Program):
    """`echo WORD`, `refuse N`, `inflate N`, `break WORD`: prints what comes of each."""

    echo: EchoClient

    async def run(self, *steps):
        for step in steps:
            what, _, value = step.partition(" ")
            request = Text(text=value, number=int(value) if value.isdigit() else 0)
            try:
                reply = await getattr(self.echo, what)(request)
            except sdk.Failure as failure:
                print(what, "failed", repr(failure.code))
            except sdk.KernelError as error:
                print(what, "refused", error.code.name)
            else:
                print(what, len(reply.text))


class Breaking(sdk.Program):
    faulty: FaultyClient

    async def run(self, *steps):
        for step in steps:
            what, _, number = step.partition("#")
            try:
                await self.faulty.break_(Text(text=what, number=int(number or 0)))
            except (sdk.Failure, sdk.KernelError) as error:
                print(what, type(error).__name__, int(error.code))
            else:
                print(what, "ok")


class Talking(sdk.Program):
    async def run(self, *words):
        import lazy

        print(*words, lazy.WORD, util.count())
        print("to stderr", file=__import__("sys").stderr)
        self.log.warn("odd", why="two words")
        print(sorted(self.environ), self.now() > 1_600_000_000)


class Spinning(sdk.Program):
    def __init__(self):
        while True:
            pass

    async def run(self):
        pass


class Hanging(sdk.Program):
    echo: EchoClient

    async def run(self):
        await self.echo.swallow(Text())


class Crashing(sdk.Program):
    async def run(self):
        return {}["nothing"]


class Lonely(sdk.Program):
    bell: BellClient

    async def run(self):
        raise AssertionError
