"""Places one order, through all ten services, and prints the confirmation.

order [--currency EUR] [--card NUMBER] [--product ID] [--nothing]
"""

from parigot import sdk
from shop.frontend.v1.frontend_pb import (
    AddToCartRequest,
    FrontendClient,
    FrontendErr,
    HomeRequest,
    OrderRequest,
    ViewProductRequest,
)
from shop.v1.shop_pb import Address, Card, Item

CUSTOMER = "ada"
GOOD_CARD = "4432801561520454"
ADDRESS = Address(street="Hauptstr. 1", zip="10827", city="Berlin", country="DE")


class Order(sdk.Program):
    frontend: FrontendClient

    async def run(self, *args: str) -> int:
        options = dict(zip(args[::2], args[1::2], strict=False))
        currency = options.get("--currency", "EUR")
        try:
            if "--nothing" not in args:
                await self.fill_cart(currency, options.get("--product"))
            card = Card(number=options.get("--card", GOOD_CARD), cvv=123, year=2099, month=12)
            placed = await self.frontend.order(
                OrderRequest(
                    customer=CUSTOMER, currency=currency, address=ADDRESS, email="ada@example.com", card=card
                )
            )
        except sdk.Failure as failure:
            code = failure.code
            self.log.error("no order", reason=code.name if isinstance(code, FrontendErr) else str(code))
            return 1
        print(placed.confirmation)
        return 0

    async def fill_cart(self, currency: str, product: str | None) -> None:
        """Looks around as a customer does: the first page, a product, and one that is recommended with it."""
        home = await self.frontend.home(HomeRequest(customer=CUSTOMER, currency=currency))
        chosen = product or home.products[0].id
        page = await self.frontend.view_product(
            ViewProductRequest(customer=CUSTOMER, currency=currency, product=chosen)
        )
        await self.add(chosen, 2)
        await self.add(page.recommended[0].id, 1)

    async def add(self, product: str, quantity: int) -> None:
        item = Item(product=product, quantity=quantity)
        await self.frontend.add_to_cart(AddToCartRequest(customer=CUSTOMER, item=item))
