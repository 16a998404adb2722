"""The service greeting.v1.Greeting, in Python: one method, three tongues."""

from greeting.v1.greeting_pb import (
    FetchGreetingRequest,
    FetchGreetingResponse,
    GreetErr,
    GreetingService,
    Tongue,
)

GREETINGS = {Tongue.English: "hello", Tongue.French: "bonjour", Tongue.German: "guten tag"}


class Greeting(GreetingService):
    async def ready(self) -> None:
        self.log.info("greeting ready", languages="english,french,german")

    async def fetch_greeting(self, request: FetchGreetingRequest) -> FetchGreetingResponse:
        greeting = GREETINGS.get(request.tongue)
        if greeting is None:
            self.log.warn("nobody here speaks that", tongue=int(request.tongue))
            raise GreetErr.UnknownLang.error()
        self.log.info("greeting someone", language=Tongue(request.tongue).name.lower(), greeting=greeting)
        return FetchGreetingResponse(greeting=greeting)
