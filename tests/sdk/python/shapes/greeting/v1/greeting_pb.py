"""What the generator makes of greeting.proto, as far as these tests need it, written by hand."""

from __future__ import annotations

from parigot import sdk
from parigot.ids import encode_varint
from parigot.sdk.envelope import Malformed, field, fields


class Tongue(sdk.Enum):
    Unspecified = 0
    English = 1
    French = 2
    German = 3


class GreetErr(sdk.ErrorCode):
    NoError = 0
    DispatchError = 1
    UnmarshalError = 2
    MarshalError = 3
    UnknownLang = 4


class FetchGreetingRequest(sdk.Message):
    __slots__ = ("tongue",)
    FULL_NAME = "greeting.v1.FetchGreetingRequest"

    def __init__(self, *, tongue: int = 0) -> None:
        self.tongue = tongue

    def encode(self) -> bytes:
        return b"\x08" + encode_varint(self.tongue) if self.tongue else b""

    @classmethod
    def decode(cls, data):
        try:
            found = dict(fields(bytes(data)))
        except Malformed as error:
            raise sdk.DecodeError(str(error)) from None
        return cls(tongue=found.get(1, 0))


class FetchGreetingResponse(sdk.Message):
    __slots__ = ("greeting",)
    FULL_NAME = "greeting.v1.FetchGreetingResponse"

    def __init__(self, *, greeting: str = "") -> None:
        self.greeting = greeting

    def encode(self) -> bytes:
        return field(b"\x0a", self.greeting.encode()) if self.greeting else b""

    @classmethod
    def decode(cls, data):
        try:
            found = dict(fields(bytes(data)))
        except Malformed as error:
            raise sdk.DecodeError(str(error)) from None
        return cls(greeting=found.get(1, b"").decode())


class GreetingClient(sdk.Client):
    PACKAGE = "greeting.v1"
    SERVICE = "Greeting"
    ERRORS = GreetErr

    def fetch_greeting(self, request: FetchGreetingRequest) -> sdk.Future[FetchGreetingResponse]:
        return self._call("FetchGreeting", request, FetchGreetingResponse, FetchGreetingRequest)


class GreetingService(sdk.Service):
    PACKAGE = "greeting.v1"
    SERVICE = "Greeting"
    ERRORS = GreetErr
    METHODS = (sdk.Method("FetchGreeting", "fetch_greeting", FetchGreetingRequest, FetchGreetingResponse),)

    async def fetch_greeting(self, request: FetchGreetingRequest) -> FetchGreetingResponse:
        raise sdk.Unimplemented
