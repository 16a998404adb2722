"""Carts, one a customer: kept as long as the run lasts."""

from shop.cart.v1.cart_pb import (
    AddRequest,
    CartErr,
    CartService,
    EmptyRequest,
    GetRequest,
    GetResponse,
)
from shop.v1.shop_pb import Item


class Cart(CartService):
    async def init(self) -> None:
        self.carts: dict[str, dict[str, int]] = {}

    async def add(self, request: AddRequest) -> None:
        item = request.item
        if item is None or not item.product or item.quantity <= 0:
            raise CartErr.BadItem.error()
        cart = self.carts.setdefault(request.customer, {})
        cart[item.product] = cart.get(item.product, 0) + item.quantity
        self.log.info("added", customer=request.customer, product=item.product, quantity=item.quantity)

    async def get(self, request: GetRequest) -> GetResponse:
        cart = self.carts.get(request.customer, {})
        return GetResponse(items=[Item(product=product, quantity=count) for product, count in cart.items()])

    async def empty(self, request: EmptyRequest) -> None:
        self.carts.pop(request.customer, None)
