"""The C and C++ programs that tests of debug information are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

SOURCES = {
    "inc/divide.h": """\
static inline __attribute__((always_inline)) int divide(int a, int b) {
  if (b == 0) __builtin_trap(); /*TRAP*/
  return a / b;
}
""",
    "main.c": """\
#include "inc/divide.h"
__attribute__((import_module("env"), import_name("host"))) int host(int);
static inline __attribute__((always_inline)) int middle(int a, int b) {
  int c = a + 1;
  return divide(c, b) * 2; /*DIVIDE*/
}
__attribute__((noinline)) int leaf(int a, int b) {
  int spoiled = a ^ b;
  return middle(a, b) + spoiled; /*MIDDLE*/
}
__attribute__((noinline)) int caller(int a) {
  int x = host(a);
  int y = leaf(
      x,
      a
  );
  return x + y;
}
int never_called(int a) {
  return a * 3; /*DEAD*/
}
int run(int a) {
  return caller(a) + 1; /*CALLER*/
}
""",
    "other.c": """\
int far_away(int a) {
  if (a == 0) __builtin_trap(); /*FAR*/
  return a + 1;
}
""",
    "near.c": """\
int far_away(int);
int run(int a) {
  return far_away(a) * 2; /*NEAR*/
}
""",
    "shop.cpp": """\
namespace shop {
namespace {
struct Cart {
  template <typename T> int total(T n) {
    if (n == 0) __builtin_trap(); /*TOTAL*/
    return 7 / n;
  }
};
}
struct Till { int open(int n); };
int Till::open(int n) {
  Cart cart;
  return cart.total(n) + 1; /*OPEN*/
}
}
extern "C" int run(int n) {
  shop::Till till;
  return till.open(n); /*RUN*/
}
""",
}


@dataclass(frozen=True)
class Program:
    """A compiled program and its sources."""

    code: bytes
    folder: Path

    def line(self, file: str, mark: str) -> int:
        """The line of `file` that holds the comment `/*mark*/`."""
        lines = SOURCES[file].splitlines()
        return 1 + next(i for i, line in enumerate(lines) if f"/*{mark}*/" in line)

    def path(self, file: str) -> str:
        return str(self.folder / file)


Compile = Callable[..., Program]


# --- debug information built by hand


def uleb(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def section(number: int, content: bytes) -> bytes:
    return bytes([number]) + uleb(len(content)) + content


def module(sections: dict[str, bytes], code_size: int = 1000) -> bytes:
    """A module with one function of `code_size` bytes (which nobody could run) and custom sections."""
    body = uleb(1) + uleb(code_size) + bytes(code_size)
    out = b"\0asm\x01\0\0\0" + section(1, b"\x01\x60\0\0") + section(3, b"\x01\0") + section(10, body)
    for name, content in sections.items():
        out += section(0, uleb(len(name)) + name.encode() + content)
    return out


CODE_START = 8 + 6 + 4 + 3  # of the code section's content in `module`, with its default size


def abbrev(code: int, tag: int, children: bool, *attributes: tuple[int, int]) -> bytes:
    out = uleb(code) + uleb(tag) + bytes([children])
    for attribute, form in attributes:
        out += uleb(attribute) + uleb(form)
    return out + b"\0\0"


def unit(entries: bytes, version: int = 4, abbrevs_at: int = 0) -> bytes:
    """A unit of `.debug_info` with addresses of 4 bytes; its entries start at byte 11 (12 in version 5)."""
    at = abbrevs_at.to_bytes(4, "little")
    body = version.to_bytes(2, "little") + (b"\x01\x04" + at if version >= 5 else at + b"\x04") + entries
    return len(body).to_bytes(4, "little") + body


def u32(*numbers: int) -> bytes:
    return b"".join(number.to_bytes(4, "little") for number in numbers)
