"""Writes parigot.toml of this app: 300 services in layers, one module in 300 roles.

Layer 0 requires nothing; each service above requires two of the layer below. `checkout` needs exactly 12
services, in a shape of its own (shop.v1), beside the layers. The output is committed.
"""

from pathlib import Path

LAYERS, WIDTH = 12, 24  # 288 services, and the 12 of the shop

SHOP = {
    "Clock": [],
    "Users": ["Clock"],
    "Catalogue": [],
    "Stock": ["Catalogue"],
    "Prices": ["Catalogue"],
    "Tax": [],
    "Cart": ["Users", "Stock"],
    "Vouchers": ["Users"],
    "Totals": ["Cart", "Prices", "Tax", "Vouchers"],
    "Bank": ["Clock"],
    "Payment": ["Bank", "Totals"],
    "Orders": ["Payment", "Cart"],
}


def guest(kind: str, name: str, exports: str, requires: list[str], *more: str) -> str:
    args = [f"exports={exports}"] if exports else []
    args += [f"requires={','.join(requires)}"] if requires else []
    words = ", ".join(f'"{word}"' for word in [*args, *more])
    return (
        f"\n[{kind}.{name}]\n"
        'wasm = "../../guests/build/role.wasm"\n'
        'build = { language = "c", sources = ["../../guests/role.c"] }\n'
        f"args = [{words}]\n"
    )


def text() -> str:
    """The descriptor."""
    parts = [
        "# 300 services in layers, one module. Written by make.py.\n\n"
        '[app]\nname = "fleet"\nprotos = ["../../guests/proto"]\ndefault = "checkout"\n'
    ]
    for layer in range(LAYERS):
        for place in range(WIDTH):
            below = sorted({place, (place * 5 + layer) % WIDTH}) if layer else []
            requires = [f"fleet.v1.L{layer - 1:02}S{other:02}" for other in below]
            name = f"l{layer:02}s{place:02}"
            parts.append(guest("service", name, f"fleet.v1.{name.upper()}", requires))
    for name, requires in SHOP.items():
        full = [f"shop.v1.{other}" for other in requires]
        parts.append(guest("service", name.lower(), f"shop.v1.{name}", full))
    top = [f"fleet.v1.L{LAYERS - 1:02}S{place:02}" for place in range(WIDTH)]
    everything = ["shop.v1.Orders", *top]
    # The lowest layer's unused services are needed by nobody above them; `all` names them itself.
    needed = _below(top)
    everything += [
        f"fleet.v1.L{layer:02}S{place:02}"
        for layer in range(LAYERS - 1)
        for place in range(WIDTH)
        if f"fleet.v1.L{layer:02}S{place:02}" not in needed
    ]
    parts.append(guest("program", "checkout", "", ["shop.v1.Orders"], "calls=1"))
    parts.append(guest("program", "all", "", everything, "calls=1"))
    parts.append(guest("program", "calls_among_1", "", ["shop.v1.Clock"], "calls=5000"))
    parts.append(guest("program", "calls_among_300", "", ["shop.v1.Clock", *everything], "calls=5000"))
    return "".join(parts)


def _below(names: list[str]) -> set[str]:
    """Everything that these services need, themselves included."""
    found = set(names)
    waiting = list(names)
    while waiting:
        layer, place = (int(part) for part in waiting.pop().removeprefix("fleet.v1.L").split("S"))
        if layer:
            for other in {place, (place * 5 + layer) % WIDTH}:
                name = f"fleet.v1.L{layer - 1:02}S{other:02}"
                if name not in found:
                    found.add(name)
                    waiting.append(name)
    return found


if __name__ == "__main__":
    Path(__file__).with_name("parigot.toml").write_text(text())
