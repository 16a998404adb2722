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
