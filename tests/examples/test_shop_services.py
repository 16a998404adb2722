"""The shop's services in C, asked by a program in Python: money to the billionth, and every refusal."""

from __future__ import annotations

import json
import random
from fractions import Fraction
from pathlib import Path

import parigot
from parigot.app import load
from parigot.session import LogWritten, Session

SHOP = Path(parigot.__file__).resolve().parents[2] / "examples" / "boutique"
BILLION = 1_000_000_000
PROGRAM = """
import json
from parigot import sdk
from shop.ad.v1.ad_pb import AdClient, GetRequest as AdRequest
from shop.catalog.v1.catalog_pb import CatalogClient, GetRequest, SearchRequest
from shop.currency.v1.currency_pb import ConvertRequest, CurrencyClient
from shop.v1.shop_pb import Money


class Ask(sdk.Program):
    ad: AdClient
    catalog: CatalogClient
    currency: CurrencyClient

    async def run(self, *questions: str) -> None:
        for line in questions:
            what, *rest = json.loads(line)
            try:
                answer = await getattr(self, what)(*rest)
            except sdk.Failure as failure:
                answer = failure.code.name
            print(json.dumps(answer))

    async def convert(self, currency, units, nanos, to):
        money = Money(currency=currency, units=units, nanos=nanos)
        got = (await self.currency.convert(ConvertRequest(from_=money, to=to))).money
        return [got.currency, got.units, got.nanos]

    async def nothing(self):
        await self.currency.convert(ConvertRequest(to="EUR"))

    async def currencies(self):
        return (await self.currency.list()).currencies

    async def get(self, product):
        return (await self.catalog.get(GetRequest(id=product))).product.name

    async def everything(self):
        return [one.id for one in (await self.catalog.list()).products]

    async def search(self, words):
        return [one.id for one in (await self.catalog.search(SearchRequest(words=words))).products]

    async def adverts(self, *context):
        return [one.product for one in (await self.ad.get(AdRequest(context=context))).adverts]
"""


def ask(folder: Path, questions: list[list[object]]) -> list[object]:
    """What the services answer, in order."""
    folder.mkdir(exist_ok=True)
    (folder / "gen").symlink_to(SHOP / "gen")
    (folder / "ask.py").write_text(PROGRAM)
    lines = ['[program.ask]\npython = "ask.py:Ask"']
    lines.append(f"args = {json.dumps([json.dumps(question) for question in questions])}")
    lines += [
        f'[service.{name}]\nwasm = "{SHOP}/build/{name}.wasm"' for name in ("ad", "catalog", "currency")
    ]
    lines.append("[limits]\nlog_lines_per_s = 100000")
    (folder / "parigot.toml").write_text("\n".join(lines))
    session = Session(load(folder))
    stream = session.subscribe()
    session.start()
    assert session.wait(60)
    events, _ = stream.drain()
    assert session.exit_code == 0, session.report
    return [
        json.loads(event.message)
        for event in events
        if isinstance(event, LogWritten) and event.stream == "stdout"
    ]


def nanos_of(units: int, nanos: int) -> int:
    return units * BILLION + nanos


def test_conversions_are_right_to_the_billionth(tmp_path: Path) -> None:
    chance = random.Random(7)
    (names,) = ask(tmp_path / "names", [["currencies"]])
    assert isinstance(names, list)
    one = [["convert", "EUR", 1, 0, name] for name in names]
    rates = {got[0]: Fraction(nanos_of(got[1], got[2]), BILLION) for got in ask(tmp_path / "rates", one)}  # type: ignore[index]
    questions: list[list[object]] = []
    for _ in range(300):
        sign = chance.choice((-1, 1))
        units = sign * chance.choice((0, 1, chance.randrange(1000), chance.randrange(10**12)))
        nanos = sign * chance.choice((0, 1, 999_999_999, chance.randrange(BILLION)))
        questions.append(["convert", chance.choice(names), units, nanos, chance.choice(names)])
    for question, got in zip(questions, ask(tmp_path / "many", questions), strict=True):
        _, currency, units, nanos, to = question
        exact = Fraction(nanos_of(units, nanos)) * rates[to] / rates[currency]  # type: ignore[arg-type, index]
        assert got[0] == to  # type: ignore[index]
        assert abs(nanos_of(got[1], got[2]) - exact) <= Fraction(1, 2)  # type: ignore[index]
        assert got[1] * got[2] >= 0  # type: ignore[index]


def test_what_is_no_money_is_refused(tmp_path: Path) -> None:
    questions: list[list[object]] = [
        ["convert", "EUR", 1, -1, "USD"],
        ["convert", "EUR", 1, BILLION, "USD"],
        ["convert", "EUR", 10**12 + 1, 0, "USD"],
        ["nothing"],
        ["convert", "EUR", 1, 0, "XXX"],
        ["convert", "", 1, 0, "EUR"],
    ]
    assert ask(tmp_path, questions) == ["BadAmount"] * 4 + ["UnknownCurrency"] * 2


def test_the_catalog_is_searched_without_regard_to_case(tmp_path: Path) -> None:
    questions: list[list[object]] = [
        ["everything"],
        ["search", "GLASS"],
        ["search", "for the"],
        ["search", "zeppelin"],
        ["search", ""],
        ["get", "mug"],
        ["get", "zeppelin"],
    ]
    everything, *rest = ask(tmp_path, questions)
    assert isinstance(everything, list)
    assert len(everything) == 9
    assert rest == [
        ["sunglasses", "bamboo-jar"],
        ["loafers", "salt-shakers"],
        [],
        everything,
        "Mug",
        "UnknownProduct",
    ]


def test_adverts_go_with_the_context(tmp_path: Path) -> None:
    questions: list[list[object]] = [["adverts"], ["adverts", "kitchen", "clothing"], ["adverts", "moon"]]
    assert ask(tmp_path, questions) == [["tank-top"], ["tank-top", "bamboo-jar"], ["tank-top"]]
