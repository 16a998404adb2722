"""Payment: cards are checked as a real shop would, but no money moves."""

import time

from shop.payment.v1.payment_pb import ChargeRequest, ChargeResponse, PaymentErr, PaymentService


class Payment(PaymentService):
    async def charge(self, request: ChargeRequest) -> ChargeResponse:
        amount, card = request.amount, request.card
        if amount is None or amount.units < 0 or (amount.units, amount.nanos) <= (0, 0):
            raise PaymentErr.BadAmount.error()
        if card is None or not passes_luhn(card.number):
            raise PaymentErr.InvalidCard.error()
        brand = brand_of(card.number)
        if brand is None:
            raise PaymentErr.UnacceptedCard.error()
        today = time.gmtime(self.now())
        if (card.year, card.month) < (today.tm_year, today.tm_mon):
            raise PaymentErr.ExpiredCard.error()
        transaction = f"{self.random.getrandbits(64):016x}"
        self.log.info(
            "charged", brand=brand, last4=card.number[-4:], currency=amount.currency, units=amount.units
        )
        return ChargeResponse(transaction_id=transaction)


def passes_luhn(number: str) -> bool:
    """Whether the check digit is right (ISO/IEC 7812-1): every second digit from the right counts double."""
    if not (number.isascii() and number.isdigit() and 12 <= len(number) <= 19):
        return False
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def brand_of(number: str) -> str | None:
    """The brand of a card that the shop takes."""
    if number.startswith("4"):
        return "VISA"
    if 51 <= int(number[:2]) <= 55 or 2221 <= int(number[:4]) <= 2720:
        return "MasterCard"
    return None
