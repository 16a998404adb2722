"""What happens in the tests' runs: one function a story."""

from __future__ import annotations

from studio.fakes import MICROSECOND, Call, World, packed

GREETING = "greeting.v1.Greeting"


def greeting_request(tongue: int = 2) -> bytes:
    """A request for a greeting in French, or another tongue."""
    return packed("greeting.v1.FetchGreetingRequest", (1, tongue))


def greeting_reply(text: str = "bonjour") -> bytes:
    """Its reply."""
    return packed("greeting.v1.FetchGreetingResponse", (1, text))


def helloworld(world: World) -> None:
    """A program asks a service for a greeting, prints it, and ends with code 0."""
    world.guest("greeting", exports=(GREETING,))
    world.guest("hello", "program", requires=(GREETING,))
    world.edge("hello", "greeting", GREETING)
    world.log("parigot", "greeting exports greeting.v1.Greeting", "debug", stream="runtime")

    def answer(world: World, call: Call) -> None:
        world.now += 12 * MICROSECOND
        world.log("greeting", "asked for a greeting", fields=(("tongue", "French"),))
        world.now += 8 * MICROSECOND
        world.resolve(call, greeting_reply())

    def ended(world: World) -> None:
        world.log("hello", "bonjour world")
        world.state("hello", "ended", "code 0")
        world.state("greeting", "ended")
        world.finish(0)

    def ask(world: World) -> None:
        world.call("hello", "greeting", GREETING, "FetchGreeting", greeting_request(), answer, ended)

    world.launch("greeting")
    world.launch("hello", ask)


def shop(world: World) -> None:
    """Five guests, nested calls, an error, a slow call, log lines of every level; goes on for ever."""
    names = {"stock": "shop.v1.Stock", "pay": "shop.v1.Pay", "mail": "shop.v1.Mail", "front": "shop.v1.Front"}
    for name, export in names.items():
        world.guest(name, exports=(export,))
    world.guest("checkout", "program")
    world.guest("audit", exports=("shop.v1.Audit",))
    for source, target in (
        ("checkout", "front"),
        ("front", "stock"),
        ("front", "pay"),
        ("front", "mail"),
        ("pay", "mail"),
    ):
        world.edge(source, target, names[target])
    world.state("audit", "unneeded", "no program needs it")
    orders = [0]

    def order(world: World) -> None:
        orders[0] += 1
        item = ("lamp", "chair", "desk")[orders[0] % 3]
        request = packed("shop.v1.Order", (1, item), (2, orders[0]), (3, "please be quick"))
        world.call("checkout", "front", names["front"], "PlaceOrder", request, place, order)

    def place(world: World, call: Call) -> None:
        world.log("front", f"order {orders[0]}", "debug")
        world.call("front", "stock", names["stock"], "Reserve", packed("shop.v1.Order", (1, "lamp")), reserve)
        world.call(
            "front",
            "pay",
            names["pay"],
            "Charge",
            packed("shop.v1.Receipt", (2, 1999)),
            charge,
            lambda world: world.resolve(call, packed("shop.v1.Receipt", (1, "R-17"), (2, 1999))),
        )

    def reserve(world: World, call: Call) -> None:
        world.now += 70 * MICROSECOND
        if orders[0] % 4 == 0:
            world.log("stock", "out of lamps", "error")
            world.resolve(call, error=5, reason="")
        else:
            world.resolve(call, packed("shop.v1.Order", (1, "lamp"), (2, 1)))

    def charge(world: World, call: Call) -> None:
        world.log("pay", "charging", fields=(("cents", "1999"),))
        mail = packed("shop.v1.Order", (3, "receipt"))
        world.call("pay", "mail", names["mail"], "Send", mail, send, lambda world: world.resolve(call, mail))

    def send(world: World, call: Call) -> None:
        slow = orders[0] % 3 == 0
        world.now += (61_000 if slow else 40) * MICROSECOND
        if slow:
            world.log("parigot", "mail took 61 ms to handle Send", "warn", stream="runtime")
        world.resolve(call, packed("shop.v1.Receipt", (1, "sent")), slow=slow)

    for name in names:
        world.launch(name)
    world.launch("checkout", order)


NASTY = (
    "\x1b[31mred\x1b[0m [bold]markup[/bold] [link=http://x]y[/link] [/nothing]",
    "tab\there bell\a null\0 delete\x7f c1\x9b31m",
    "漢字とかな 👩‍👩‍👧‍👦 family 🇫🇷 flag e\u0301 é",
    "\u202egnirts desrever\u202c zero\u200bwidth\ufeff",
    "\u0301 starts with a mark",
    "x" * 100_000,
    "",
    "\ud800 lone surrogate",
)


def nasty(world: World) -> None:
    """A guest that writes everything that upsets terminals, and sends bytes that are no message."""
    world.guest("ev[il]", exports=("evil.v1.Evil",))
    world.guest("hello", "program")
    world.edge("hello", "ev[il]", "evil.v1.Evil")

    def garbage(world: World, call: Call) -> None:
        for text in NASTY:
            world.log("ev[il]", text, "warn", (("k[ey]", text[:40]),))
        world.resolve(call, b"\xff\xff\xff\xff\x00[red]")

    def ask(world: World) -> None:
        world.call("hello", "ev[il]", "evil.v1.Evil", "Do[it]\x1b[2J", b"\x0a\xff\x01garbage", garbage)

    world.launch("ev[il]")
    world.launch("hello", ask)


def trapped(world: World) -> None:
    """The callee traps; the run ends with 194 and a backtrace."""
    world.guest("greeting", exports=(GREETING,))
    world.guest("hello", "program")
    world.edge("hello", "greeting", GREETING)

    def trap(world: World, call: Call) -> None:
        world.state("greeting", "failed", "out of bounds memory access")
        world.resolve(call, error=23, reason="greeting trapped")
        world.finish(
            194,
            "greeting trapped: out of bounds memory access\n"
            "  in FetchGreeting (call 1 from hello)\n"
            "    0: pick_word      greeting.c:41\n"
            "    1: fetch_greeting greeting.c:58 [inlined]\n"
            "    2: _start         greeting.c:90",
        )

    def ask(world: World) -> None:
        world.call("hello", "greeting", GREETING, "FetchGreeting", greeting_request(), trap)

    world.launch("greeting")
    world.launch("hello", ask)


def cycle(world: World) -> None:
    """Two services wait for each other; the run ends with 193."""
    world.guest("alpha", exports=("a.v1.A",), requires=("b.v1.B",))
    world.guest("beta", exports=("b.v1.B",), requires=("a.v1.A",))
    world.edge("alpha", "beta", "b.v1.B")
    world.edge("beta", "alpha", "a.v1.A")
    world.edge("beta", "", "c.v1.Nowhere")
    world.state("alpha", "waiting", "for b.v1.B of beta")
    world.state("beta", "waiting", "for a.v1.A of alpha")
    world.finish(193, "startup failed: a cycle of requirements\n  alpha → b.v1.B (beta) → a.v1.A (alpha)")


def fleet(world: World, services: int = 300) -> None:
    """Many services in layers, of which a dozen are needed."""
    for number in range(services):
        world.guest(f"s{number:03}", exports=(f"fleet.v1.S{number}",))
        if number >= 10:
            world.edge(f"s{number:03}", f"s{number - 10:03}", f"fleet.v1.S{number - 10}")
    world.guest("checkout", "program")
    world.edge("checkout", "s050", "fleet.v1.S50")
    for number in range(services):
        if number % 10 or number > 50:
            world.state(f"s{number:03}", "unneeded")
        else:
            world.launch(f"s{number:03}")
    world.launch("checkout")
