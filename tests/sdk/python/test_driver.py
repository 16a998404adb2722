"""The driver on the real kernel: startup, calls both ways, errors, time, and the end."""

from __future__ import annotations

import random

import pytest
from parigot import sdk
from parigot.errors import KernelErr
from parigot.sdk import envelope
from stage import Stage, greeting_code

pb = greeting_code()


class Greeting(pb.GreetingService):
    async def fetch_greeting(self, request):
        if request.tongue == 4:
            raise pb.GreetErr.UnknownLang.error("no klingon")
        if request.tongue == 5:
            raise ValueError("broken")
        if request.tongue == 6:
            return "no message"
        if request.tongue == 7:
            await sdk.sleep(1)
        return pb.FetchGreetingResponse(greeting=f"hello {int(request.tongue)}")


def program(body):
    """A program with a client of Greeting, whose life is `body(self, *args)`."""

    class Main(sdk.Program):
        greeting: pb.GreetingClient

        async def run(self, *args):
            return await body(self, *args)

    return Main


def asked(tongue):
    return pb.FetchGreetingRequest(tongue=tongue)


def play(body, *args, service=Greeting):
    stage = Stage()
    served, main = stage.add(service), stage.add(program(body), *args)
    stage.play()
    return served, main


def test_a_call_and_its_reply():
    async def body(self, *args):
        assert args == ("one", "two")
        reply = await self.greeting.fetch_greeting(asked(2))
        assert reply.greeting == "hello 2"
        return 7

    served, main = play(body, "one", "two")
    assert main.driver.exit_code == 7, main.log
    assert served.record.calls_in == 1
    assert main.calls.count("dispatch_") == 1


def test_the_first_events_of_a_life():
    seen = []

    class Curious(Greeting):
        def __init__(self):
            seen.append(("made", self.log is not None, self.environ["HOSTID_HIGH"] != ""))

        async def init(self):
            seen.append("init")

        async def ready(self):
            seen.append("ready")

    stage = Stage()
    actor = stage.add(Curious)
    stage.play()
    assert seen == [("made", True, True), "init", "ready"]
    assert actor.calls == ["register_", "export_", "bind_method_", "launch_", "read_one_", "read_one_"]


def test_an_error_of_the_service_is_a_failure_with_a_value_of_its_enum():
    async def body(self):
        with pytest.raises(sdk.Failure) as caught:
            await self.greeting.fetch_greeting(asked(4))
        assert caught.value.code is pb.GreetErr.UnknownLang

    served, main = play(body)
    assert main.driver.exit_code == 0, main.log
    assert "no klingon" in served.log
    assert "Traceback" not in served.log


def test_an_exception_resolves_the_call_is_told_once_and_the_service_lives_on():
    async def body(self):
        with pytest.raises(sdk.Failure) as caught:
            await self.greeting.fetch_greeting(asked(5))
        assert caught.value.code is pb.GreetErr.DispatchError
        assert (await self.greeting.fetch_greeting(asked(1))).greeting == "hello 1"

    served, main = play(body)
    assert main.driver.exit_code == 0, main.log
    assert served.log.count("Traceback") == 1
    assert "ValueError: broken" in served.log
    assert "test_driver.py" in served.log
    assert "sdk/driver.py" not in served.log
    assert served.driver.exit_code is None


def test_a_reply_that_is_none_is_a_marshal_error():
    async def body(self):
        with pytest.raises(sdk.Failure) as caught:
            await self.greeting.fetch_greeting(asked(6))
        assert caught.value.code is pb.GreetErr.MarshalError

    served, main = play(body)
    assert main.driver.exit_code == 0, main.log
    assert "must be a FetchGreetingResponse, not str" in served.log


def test_a_request_that_is_none_is_an_unmarshal_error():
    class Odd(pb.FetchGreetingRequest):
        __slots__ = ()

        def encode(self):
            return b"\x08"

    async def body(self):
        with pytest.raises(sdk.Failure) as caught:
            await self.greeting.fetch_greeting(Odd())
        assert caught.value.code is pb.GreetErr.UnmarshalError

    served, main = play(body)
    assert main.driver.exit_code == 0, main.log
    assert "cannot read" in served.log


def test_a_request_of_another_type_is_an_unmarshal_error():
    class Stranger(pb.FetchGreetingRequest):
        __slots__ = ()
        FULL_NAME = "other.v1.Stranger"

    async def body(self):
        with pytest.raises(sdk.Failure) as caught:
            await self.greeting._call("FetchGreeting", Stranger(tongue=1), pb.FetchGreetingResponse, Stranger)
        assert caught.value.code is pb.GreetErr.UnmarshalError

    served, main = play(body)
    assert main.driver.exit_code == 0, main.log
    assert "other.v1.Stranger" in served.log


def test_a_method_that_is_not_written_says_so():
    class Lazy(pb.GreetingService):
        pass

    async def body(self):
        with pytest.raises(sdk.Failure) as caught:
            await self.greeting.fetch_greeting(asked(1))
        assert caught.value.code is pb.GreetErr.DispatchError

    served, main = play(body, service=Lazy)
    assert main.driver.exit_code == 0, main.log
    assert "FetchGreeting is not implemented" in served.log
    assert "Traceback" not in served.log


def test_a_method_need_not_be_async():
    class Plain(pb.GreetingService):
        def fetch_greeting(self, request):
            return pb.FetchGreetingResponse(greeting="plain")

    async def body(self):
        assert (await self.greeting.fetch_greeting(asked(1))).greeting == "plain"

    _, main = play(body, service=Plain)
    assert main.driver.exit_code == 0, main.log


def test_calls_are_handled_while_others_wait():
    async def body(self):
        slow = self.greeting.fetch_greeting(asked(7))
        fast = await self.greeting.fetch_greeting(asked(1))
        assert fast.greeting == "hello 1"
        assert not slow.done
        assert (await slow).greeting == "hello 7"
        assert (await slow).greeting == "hello 7"  # as often as one likes
        assert self.now() >= 1_700_000_001

    _, main = play(body)
    assert main.driver.exit_code == 0, main.log


def test_a_call_that_the_kernel_refuses_fails_when_it_is_awaited():
    async def body(self):
        self.greeting.located({"fetchgreeting": b"\x0a\x00"})
        future = self.greeting.fetch_greeting(asked(1))
        with pytest.raises(sdk.KernelError) as caught:
            await future
        assert caught.value.code in KernelErr
        self.greeting.located({"other": b"x"})
        with pytest.raises(sdk.KernelError, match="not offered"):
            await self.greeting.fetch_greeting(asked(1))

    _, main = play(body)
    assert main.driver.exit_code == 0, main.log


def test_an_end_of_the_callee_is_an_error_of_the_kernel():
    class Leaving(pb.GreetingService):
        async def fetch_greeting(self, request):
            raise SystemExit(3)

    async def body(self):
        with pytest.raises(sdk.KernelError) as caught:
            await self.greeting.fetch_greeting(asked(1))
        assert caught.value.code is KernelErr.ClosedErr

    served, main = play(body, service=Leaving)
    assert served.driver.exit_code == 3
    assert main.driver.exit_code == 0, main.log


def test_errors_of_others_are_not_passed_on_as_ones_own():
    class Shy(pb.GreetingService):
        async def fetch_greeting(self, request):
            raise sdk.Failure(77 if request.tongue == 1 else pb.GreetErr.UnknownLang)

    class Front(sdk.Service):
        PACKAGE = "greeting.v1"
        SERVICE = "Front"
        ERRORS = pb.GreetErr
        METHODS = pb.GreetingService.METHODS
        greeting: pb.GreetingClient

        async def fetch_greeting(self, request):
            return await self.greeting.fetch_greeting(request)

    class FrontClient(pb.GreetingClient):
        SERVICE = "Front"

    class Main(sdk.Program):
        __annotations__ = {"front": FrontClient}

        async def run(self):
            codes = []
            for tongue in (1, 2):
                with pytest.raises(sdk.Failure) as caught:
                    await self.front.fetch_greeting(asked(tongue))
                codes.append(caught.value.code)
            assert codes == [pb.GreetErr.DispatchError, pb.GreetErr.UnknownLang]

    stage = Stage()
    stage.add(Shy)
    front, main = stage.add(Front), stage.add(Main)
    stage.play()
    assert main.driver.exit_code == 0, main.log
    assert "error 77" in front.log


def test_a_client_cannot_be_used_before_it_is_located():
    class Hasty(sdk.Program):
        greeting: pb.GreetingClient

        async def init(self):
            await self.greeting.fetch_greeting(asked(1))

        async def run(self):
            raise AssertionError

    stage = Stage()
    stage.add(Greeting)
    main = stage.add(Hasty)
    stage.play()
    assert main.driver.exit_code == 1
    assert "greeting.v1.Greeting.FetchGreeting was called before it is located" in main.log


def test_gather_keeps_the_order_and_takes_coroutines():
    async def body(self):
        async def double(tongue):
            return (await self.greeting.fetch_greeting(asked(tongue))).greeting * 2

        slow, plain, doubled = await sdk.gather(
            self.greeting.fetch_greeting(asked(7)), self.greeting.fetch_greeting(asked(1)), double(3)
        )
        assert (slow.greeting, plain.greeting, doubled) == ("hello 7", "hello 1", "hello 3hello 3")
        assert await sdk.gather() == []
        with pytest.raises(sdk.Failure):
            await sdk.gather(self.greeting.fetch_greeting(asked(1)), self.greeting.fetch_greeting(asked(4)))

    _, main = play(body)
    assert main.driver.exit_code == 0, main.log


def test_sleeps_end_in_order_on_the_guests_own_clock():
    async def body(self):
        woken = []

        async def nap(seconds):
            await sdk.sleep(seconds)
            woken.append(seconds)

        await sdk.gather(nap(0.3), nap(0.1), nap(0), nap(0.2))
        assert woken == [0, 0.1, 0.2, 0.3]

    _, main = play(body)
    assert main.driver.exit_code == 0, main.log
    assert main.stage.now == 300_000_000


def test_a_task_that_fails_unheard_is_told_in_the_log():
    async def body(self):
        async def doomed():
            raise LookupError("nobody listens")

        sdk.spawn(doomed())
        await sdk.sleep(0)

    _, main = play(body)
    assert main.driver.exit_code == 0
    assert "LookupError: nobody listens" in main.log


def test_awaiting_what_is_no_future_is_explained():
    class Foreign:
        def __await__(self):
            yield "something of asyncio"

    async def body(self):
        await Foreign()

    _, main = play(body)
    assert main.driver.exit_code == 1
    assert "a service awaits calls" in main.log


@pytest.mark.parametrize(
    ("raised", "code"),
    [(None, 0), (0, 0), (9, 9), (192, 192), (193, 192), (-1, 192), ("a word", 1)],
)
def test_exit_codes(raised, code):
    async def returns(self):
        return raised

    async def exits(self):
        await self.greeting.fetch_greeting(asked(1))
        raise SystemExit(raised)

    for body in (returns, exits):
        _, main = play(body)
        assert main.driver.exit_code == code
        assert main.calls.count("exit_") == 1
    if raised == "a word":
        assert "a word" in main.log


def test_an_uncaught_exception_ends_a_program_with_code_1():
    async def body(self):
        raise KeyError("lost")

    _, main = play(body)
    assert main.driver.exit_code == 1
    assert "KeyError: 'lost'" in main.log
    assert main.log.count("Traceback") == 1


def test_exit_is_called_once_and_may_await():
    seen = []

    class Tidy(sdk.Program):
        async def run(self):
            return 5

        async def exit(self, code):
            await sdk.sleep(0.2)
            seen.append(code)

    stage = Stage()
    main = stage.add(Tidy)
    stage.play()
    assert seen == [5]
    assert main.driver.exit_code == 5


def test_an_exit_event_cleans_up_and_ends():
    seen = []

    class Tidy(Greeting):
        async def ready(self):
            stage.kernel.send_exit(actor.record, 17)

        async def exit(self, code):
            seen.append(code)
            raise ValueError("not even now")

    stage = Stage()
    actor = stage.add(Tidy)
    stage.play()
    assert seen == [17]
    assert actor.driver.exit_code == 17
    assert "not even now" in actor.log


def test_a_name_that_nobody_exports():
    stage = Stage()

    async def body(self):
        raise AssertionError

    main = stage.add(program(body))
    stage.play()
    failure = stage.kernel.startup_failure()
    stage.kernel.fail_startup(failure)
    delivery = stage.kernel.deliver_next()
    main.driver.deliver(delivery.event)
    assert "cannot start" in main.log
    assert "error=NotFound" in main.log


def test_calls_wait_until_the_service_is_ready():
    order = []

    class Slow(Greeting):
        async def ready(self):
            await sdk.sleep(1)
            order.append("ready")

        async def fetch_greeting(self, request):
            order.append(int(request.tongue))
            return pb.FetchGreetingResponse()

    async def body(self):
        await sdk.gather(*(self.greeting.fetch_greeting(asked(n)) for n in (1, 2, 3)))

    _, main = play(body, service=Slow)
    assert main.driver.exit_code == 0, main.log
    assert order == ["ready", 1, 2, 3]


def test_chance_comes_from_the_world():
    drawn = []

    async def body(self):
        drawn.append([self.random.random() for _ in range(3)])
        assert isinstance(self.random, random.Random)

    play(body)
    play(body)
    assert drawn[0] == drawn[1]


def test_many_calls_at_once_all_find_their_way_back():
    async def body(self):
        replies = await sdk.gather(*(self.greeting.fetch_greeting(asked(1)) for _ in range(900)))
        assert len(replies) == 900

    _, main = play(body)
    assert main.driver.exit_code == 0, main.log


def test_closing_runs_what_is_left_of_coroutines():
    seen = []

    class Waiting(Greeting):
        async def fetch_greeting(self, request):
            try:
                await sdk.sleep(100)
            finally:
                seen.append("closed")

    class Main(sdk.Program):
        greeting: pb.GreetingClient

        async def run(self):
            self.greeting.fetch_greeting(asked(1))
            await sdk.sleep(1)

    stage = Stage()
    served = stage.add(Waiting)
    stage.add(Main)
    for actor in stage.actors:
        actor.driver.start()
    stage.kernel.begin_launching()
    while (delivery := stage.kernel.deliver_next()) is not None:
        stage.actors[delivery.target.index].driver.deliver(delivery.event)
    assert seen == []
    served.driver.close()
    assert seen == ["closed"]


@pytest.mark.parametrize(
    "event", [b"", b"\x12", b"\x12\x03abc", b"\x2a", b"\x2a\x02\x0a\x09", b"\x32\x7f", b"\xff"]
)
def test_events_that_are_none_do_no_harm(event):
    stage = Stage()
    served = stage.add(Greeting)
    stage.play()
    served.driver.deliver(event)
    assert served.driver.exit_code is None
    assert served.calls[-1] == "read_one_"


def test_a_call_to_a_method_that_it_does_not_have_is_refused():
    stage = Stage()
    served = stage.add(Greeting)
    stage.play()
    bundle = envelope.bundle_head(b"h", b"s", b"m") + b"\x22\x01c"
    served.driver.deliver(envelope.field(b"\x12", bundle))
    assert served.calls[-2:] == ["return_value_", "read_one_"]
