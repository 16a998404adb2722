"""E-mail: writes the confirmation of an order, and sends it to the log."""

from shop.email.v1.email_pb import ConfirmRequest, ConfirmResponse, EmailErr, EmailService
from shop.v1.shop_pb import Address, Money, Order


class Email(EmailService):
    async def confirm(self, request: ConfirmRequest) -> ConfirmResponse:
        name, at, host = request.to.partition("@")
        if not (name and at and "." in host):
            raise EmailErr.BadRecipient.error(request.to)
        text = confirmation(request.order or Order())
        self.log.info("sent a confirmation", to=request.to, characters=len(text))
        return ConfirmResponse(text=text)


def confirmation(order: Order) -> str:
    """The letter."""
    lines = [
        "Thank you for your order!",
        "",
        f"Order {order.id}, tracking number {order.tracking_id}",
        "",
    ]
    for line in order.lines:
        quantity = line.item.quantity if line.item else 0
        lines.append(f"{quantity:4} x {line.name:<28}{amount(line.cost):>18}")
    lines.append(f"       {'Shipping':<28}{amount(order.shipping):>18}")
    lines.append(f"       {'Total':<28}{amount(order.total):>18}")
    address = order.address or Address()
    lines += ["", f"Sent to {address.street}, {address.zip} {address.city}, {address.country}"]
    return "\n".join(lines)


def amount(money: Money | None) -> str:
    """Two decimals: 12.50 EUR."""
    money = money or Money()
    nanos = money.units * 1_000_000_000 + money.nanos
    cents = (abs(nanos) + 5_000_000) // 10_000_000
    return f"{'-' if nanos < 0 else ''}{cents // 100}.{cents % 100:02} {money.currency}"
