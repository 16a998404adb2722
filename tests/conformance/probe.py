"""The script, in Python."""

from conformance.v1.conformance_pb import Code, MirrorClient, Text
from parigot import sdk

MIB = 1 << 20


class Probe(sdk.Program):
    mirror: MirrorClient

    async def run(self, calls: str) -> int:
        await self.say("echo", Text(text="hello", number=-7))
        await self.say("empty", Text())
        for code in (1, 3, 40, 23, -5):
            await self.fail(f"refuse {code}", self.mirror.refuse(Code(code=code)))
        await self.say("large", Text(text="x" * MIB))
        await self.fail("too large", self.mirror.echo(Text(text="x" * (5 * MIB))))
        total = 0
        for number in range(int(calls)):
            total += (await self.mirror.echo(Text(number=number))).number
        print(f"many: {total}")
        held = [self.mirror.hold(Text(number=number)) for number in range(50)]
        await self.mirror.release()
        print("held:", sum(number * reply.number for number, reply in enumerate(await sdk.gather(*held))))
        await self.fail("leave", self.mirror.leave(Code(code=9)))
        await self.fail("gone", self.mirror.echo(Text(text="anybody?")))
        return 5

    async def say(self, what: str, message: Text) -> None:
        reply = await self.mirror.echo(message)
        print(f"{what}: {len(reply.text)} {reply.number}")

    async def fail(self, what: str, future: sdk.Future[object]) -> None:
        try:
            await future
            print(f"{what}: no error")
        except sdk.Failure as failure:
            print(f"{what}: {int(failure.code)}")
        except sdk.KernelError as error:
            print(f"{what}: {int(error.code)}")
