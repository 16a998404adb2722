"""The whole shop: an order through ten services in three languages, its refusals, and the load program."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

import parigot
import pytest
from parigot.app import App, GuestSpec, PythonSpec, load
from parigot.build.app import build_app
from parigot.cli.programargs import with_arguments
from parigot.session import CallDispatched, Event, LogWritten, Session

SHOP = Path(parigot.__file__).resolve().parents[2] / "examples" / "boutique"
SERVICES = {
    "ad",
    "cart",
    "catalog",
    "checkout",
    "currency",
    "email",
    "frontend",
    "payment",
    "recommendation",
    "shipping",
}
BAD_CARD = "4432801561520455"  # its check digit is wrong
CUSTOMER = """
from parigot import sdk
from shop.frontend.v1.frontend_pb import AddToCartRequest, FrontendClient, OrderRequest
from shop.v1.shop_pb import Address, Card, Item

class Customer(sdk.Program):
    frontend: FrontendClient

    async def run(self, quantity: str, city: str, country: str, email: str) -> None:
        card = Card(number="4432801561520454", cvv=123, year=2099, month=12)
        for product in ("watch", "sunglasses"):
            try:
                item = Item(product=product, quantity=int(quantity))
                await self.frontend.add_to_cart(AddToCartRequest(customer="eve", item=item))
                placed = await self.frontend.order(OrderRequest(
                    customer="eve", currency="USD", email=email, card=card,
                    address=Address(city=city, country=country),
                ))
                print(placed.order.tracking_id, len(placed.order.lines), len(placed.confirmation) > 0)
            except sdk.Failure as failure:
                print(failure.code.name)
"""


@pytest.fixture(scope="session")
def shop() -> App:
    build_app(load(SHOP, built=False))
    return load(SHOP)


@dataclass
class Run:
    code: int | None
    events: list[Event]

    @property
    def lines(self) -> list[str]:
        """What the program printed."""
        return [one.message for one in self.logs if one.stream == "stdout"]

    @property
    def logs(self) -> list[LogWritten]:
        return [one for one in self.events if isinstance(one, LogWritten)]

    @property
    def calls(self) -> list[str]:
        return [f"{one.callee}.{one.method}" for one in self.events if isinstance(one, CallDispatched)]

    @property
    def reasons(self) -> list[str]:
        """Why the program `order` says that there is no order."""
        return [
            dict(one.fields)["reason"]
            for one in self.logs
            if one.message == "no order" and one.service == "order"
        ]


def run(app: App, program: str, *arguments: str) -> Run:
    session = Session(with_arguments(app, [program], arguments), programs=[program])
    stream = session.subscribe(calls=True)
    session.start()
    assert session.wait(120)
    events, lost = stream.drain()
    assert lost == 0
    return Run(session.exit_code, list(events))


def cents(text: str) -> int:
    return int(text.replace(".", ""))


def test_an_order_goes_through_all_services_and_is_confirmed(shop):
    done = run(shop, "order")
    assert done.code == 0
    assert done.lines[0] == "Thank you for your order!"
    assert {call.partition(".")[0] for call in done.calls} == SERVICES
    assert any(
        re.fullmatch(r"Order order-000001, tracking number DE-\w{4}-000001", line) for line in done.lines
    )


def test_what_the_customer_reads_adds_up(shop):
    text = "\n".join(run(shop, "order").lines)
    amounts = [cents(amount) for amount in re.findall(r"(\d+\.\d\d) EUR$", text, re.MULTILINE)]
    *parts, total = amounts
    assert len(parts) == 3
    assert sum(parts) == total > 0


def test_shipping_costs_more_for_each_further_piece(shop):
    text = "\n".join(run(shop, "order", "--currency", "USD").lines)
    assert re.search(r"Shipping +7\.99 USD", text)  # three pieces: 4.99, and 1.50 for each of the two others


@pytest.mark.parametrize(
    ("arguments", "reason", "last"),
    [
        (["--card", BAD_CARD], "PaymentRefused", "payment.Charge"),
        (["--nothing"], "EmptyCart", "cart.Get"),
        (["--product", "moon"], "UnknownProduct", "catalog.Get"),
        (["--currency", "XXX"], "UnknownCurrency", "currency.Convert"),
    ],
)
def test_what_is_refused_goes_no_further(shop, arguments, reason, last):
    done = run(shop, "order", *arguments)
    assert (done.code, done.reasons, done.lines) == (1, [reason], [])
    assert done.calls[-1] == last


def test_load_places_all_orders(shop):
    done = run(shop, "load", "--orders", "50", "--parallel", "5")
    assert done.code == 0
    (line,) = done.lines
    assert re.fullmatch(r"50 orders, 5 in parallel: \d+ orders/s, p50 [\d.]+ ms, p99 [\d.]+ ms", line)
    assert done.calls.count("checkout.PlaceOrder") == done.calls.count("cart.Empty") == 50
    assert done.calls.count("frontend.AddToCart") == 100


def test_more_at_once_than_orders(shop):
    done = run(shop, "load", "--orders", "3", "--parallel", "10")
    assert done.code == 0
    assert done.calls.count("checkout.PlaceOrder") == 3


@pytest.mark.parametrize("arguments", [["--orders", "0"], ["--parallel", "x"], ["more"]])
def test_load_refuses_what_it_does_not_know(shop, arguments):
    done = run(shop, "load", *arguments)
    assert (done.code, done.lines, done.calls) == (2, [], [])


def customer(shop: App, folder: Path, *arguments: str) -> Run:
    """A program of ours among those of the shop."""
    path = folder / "customer.py"
    path.write_text(CUSTOMER)
    spec = GuestSpec("customer", "program", path, python=PythonSpec(path, "Customer"))
    return run(replace(shop, programs=(*shop.programs, spec)), "customer", *arguments)


@pytest.mark.parametrize(
    ("quantity", "city", "country", "error"),
    [
        ("1", "", "DE", "NotShippable"),
        ("1", "Berlin", "de", "NotShippable"),
        ("1", "Berlin", "DEU", "NotShippable"),
        ("0", "Berlin", "DE", "BadItem"),
        ("-1", "Berlin", "DE", "BadItem"),
    ],
)
def test_what_cannot_be_sent_is_not_paid(shop, tmp_path, quantity, city, country, error):
    done = customer(shop, tmp_path, quantity, city, country, "eve@example.com")
    assert done.lines == [error, error]
    assert "payment.Charge" not in done.calls


@pytest.mark.parametrize(("email", "confirmed"), [("eve@example.com", True), ("nobody", False)])
def test_an_order_stands_whether_or_not_the_letter_arrives(shop, tmp_path, email, confirmed):
    done = customer(shop, tmp_path, "1", "Paris", "FR", email)
    # One line each: the cart is empty after the first order.
    assert [re.sub(r"FR-\w{4}-", "FR-", line) for line in done.lines] == [
        f"FR-000001 1 {confirmed}",
        f"FR-000002 1 {confirmed}",
    ]
    assert done.calls.count("payment.Charge") == 2
