"""What the generator makes of test.proto, as far as these tests need it, written by hand."""

from __future__ import annotations

from parigot import sdk
from parigot.ids import encode_varint
from parigot.sdk.envelope import Malformed, field, fields


class TestErr(sdk.ErrorCode):
    __test__ = False
    NoError = 0
    DispatchError = 1
    UnmarshalError = 2
    MarshalError = 3
    Refused = 42


class Text(sdk.Message):
    __slots__ = ("number", "text")
    FULL_NAME = "test.v1.Text"

    def __init__(self, *, text: str = "", number: int = 0) -> None:
        self.text = text
        self.number = number

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and (self.text, self.number) == (other.text, other.number)

    def encode(self) -> bytes:
        out = field(b"\x0a", self.text.encode()) if self.text else b""
        return out + b"\x10" + encode_varint(self.number & (1 << 64) - 1) if self.number else out

    @classmethod
    def decode(cls, data):
        text, number = b"", 0
        try:
            for key, value in fields(bytes(data)):
                if key == 1:
                    text = value
                elif key == 2:
                    number = value - (1 << 64) if value >> 63 else value
            return cls(text=text.decode(), number=number)
        except (Malformed, AttributeError, TypeError, UnicodeError) as error:
            raise sdk.DecodeError(str(error)) from None


class Empty(sdk.Message):
    __slots__ = ()
    FULL_NAME = "test.v1.Empty"

    def encode(self) -> bytes:
        return b""

    @classmethod
    def decode(cls, data):
        return cls()


class EchoClient(sdk.Client):
    PACKAGE = "test.v1"
    SERVICE = "Echo"
    ERRORS = TestErr

    def echo(self, request: Text) -> sdk.Future[Text]:
        return self._call("Echo", request, Text, Text)

    def inflate(self, request: Text) -> sdk.Future[Text]:
        return self._call("Inflate", request, Text, Text)

    def refuse(self, request: Text) -> sdk.Future[Text]:
        return self._call("Refuse", request, Text, Text)

    def swallow(self, request: Text) -> sdk.Future[Text]:
        return self._call("Swallow", request, Text, Text)


class EchoService(sdk.Service):
    PACKAGE = "test.v1"
    SERVICE = "Echo"
    ERRORS = TestErr
    METHODS = (
        sdk.Method("Echo", "echo", Text, Text),
        sdk.Method("Inflate", "inflate", Text, Text),
        sdk.Method("Refuse", "refuse", Text, Text),
        sdk.Method("Swallow", "swallow", Text, Text),
    )

    async def echo(self, request: Text) -> Text:
        raise sdk.Unimplemented

    async def inflate(self, request: Text) -> Text:
        raise sdk.Unimplemented

    async def refuse(self, request: Text) -> Text:
        raise sdk.Unimplemented

    async def swallow(self, request: Text) -> Text:
        raise sdk.Unimplemented


class FaultyClient(sdk.Client):
    PACKAGE = "test.v1"
    SERVICE = "Faulty"
    ERRORS = TestErr

    def break_(self, request: Text) -> sdk.Future[Text]:
        return self._call("Break", request, Text, Text)


class FaultyService(sdk.Service):
    PACKAGE = "test.v1"
    SERVICE = "Faulty"
    ERRORS = TestErr
    METHODS = (sdk.Method("Break", "break_", Text, Text),)

    async def break_(self, request: Text) -> Text:
        raise sdk.Unimplemented


class PongClient(sdk.Client):
    PACKAGE = "test.v1"
    SERVICE = "Pong"
    ERRORS = TestErr

    def pong(self, request: Text) -> sdk.Future[Text]:
        return self._call("Pong", request, Text, Text)


class PongService(sdk.Service):
    PACKAGE = "test.v1"
    SERVICE = "Pong"
    ERRORS = TestErr
    METHODS = (sdk.Method("Pong", "pong", Text, Text),)


class BellClient(sdk.Client):
    PACKAGE = "test.v1"
    SERVICE = "Bell"
    ERRORS = TestErr

    def ring(self) -> sdk.Future[None]:
        return self._call("Ring", None, Empty, Empty)


class BellService(sdk.Service):
    PACKAGE = "test.v1"
    SERVICE = "Bell"
    ERRORS = TestErr
    METHODS = (sdk.Method("Ring", "ring", Empty, Empty),)
