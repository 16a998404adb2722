"""The service, in Python."""

from conformance.v1.conformance_pb import Code, MirrorService, Text
from parigot import sdk


class Mirror(MirrorService):
    async def init(self) -> None:
        self.held: list[sdk.Future[None]] = []

    async def echo(self, request: Text) -> Text:
        return request

    async def refuse(self, request: Code) -> Text:
        raise sdk.Failure(request.code)

    async def hold(self, request: Text) -> Text:
        released: sdk.Future[None] = sdk.Future()
        self.held.append(released)
        await released
        self.left -= 1
        if not self.left:
            self.all_released.resolve(None)
        return request

    async def release(self) -> None:
        self.left, self.all_released = len(self.held), sdk.Future[None]()
        while self.held:
            self.held.pop().resolve(None)
        await self.all_released

    async def leave(self, request: Code) -> None:
        raise SystemExit(request.code)
