"""`parigot id`: the class in each language against the runtime's own ids, value by value."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest
from parigot.cli.main import main
from parigot.ids import Id, IdKind, IdSource

_MASK48, _MASK64 = (1 << 48) - 1, (1 << 64) - 1
_FILE = ord("f") << 56
BAD_WIRES = ["08", "0801", "ff" * 11, "0a05", "1b", "00", "08ffffffffffffffffffff01", "09ff", "0d01"]
# With fields that nobody knows, of every wire type, in front of and between the two.
ODD = Id(_FILE | 3 << 52, 7)
ODD_WIRE = "1a02ffff" + ODD.wire[:-2].hex() + "25010203042a00" + "1007" + "31" + "00" * 8 + "3005"


def cases() -> list[tuple[Id, Id]]:
    """Pairs of ids."""
    source = IdSource(random.Random(7).getrandbits)
    some = [source.new(IdKind.FILE) for _ in range(20)]
    some += [Id(_FILE, 0), Id(_FILE | _MASK48, _MASK64), Id(_FILE, 1), Id(_FILE | 0xFF << 48, 0)]
    some += [Id(some[0].high | 0x55 << 48, some[0].low), Id(_FILE | _MASK48, 0), Id(_FILE, _MASK64)]
    return [(a, b) for a in some for b in (a, some[0], some[-1])]


def expected() -> str:
    """What each driver prints for `cases`."""
    lines = []
    for a, b in cases():
        facts = (a.short, a.long, a.wire.hex(), str(int(a == b)), str(int(a.is_nothing)))
        lines.append(" ".join(facts))
    lines += ["0"] * len(BAD_WIRES)
    lines += [ODD.long, Id(_FILE, 0).long, "0"]
    return "\n".join(lines) + "\n"


def stdin() -> str:
    """What each driver reads: cases, wires that are none, an odd one, an empty one, one of another kind."""
    lines = [f"{a.high:x} {a.low:x} {b.high:x} {b.low:x}" for a, b in cases()]
    other = IdSource(random.Random(8).getrandbits).new(IdKind.ROW)
    return "\n".join([*lines, *BAD_WIRES, ODD_WIRE, "", other.wire.hex()]) + "\n"


def generate(folder: Path, language: str, name: str) -> Path:
    out = folder / name
    words = ["id", "file_id", "--letter", "f", "--short", "file", "--lang", language, "--out", str(out)]
    assert main(words) == 0
    return out


def output(*command: object, cwd: Path, **more: str) -> str:
    done = subprocess.run([*map(str, command)], cwd=cwd, capture_output=True, text=True, check=False, **more)
    assert done.returncode == 0, done.stderr
    return done.stdout


PYTHON = """\
import sys
from file_id import FileId
for line in sys.stdin:
    words = line.split()
    if len(words) == 4:
        a, b = FileId(int(words[0], 16), int(words[1], 16)), FileId(int(words[2], 16), int(words[3], 16))
        assert FileId.parse(a.serialize()).long == a.long and (not a == b or hash(a) == hash(b))
        print(a.short, a.long, a.serialize().hex(), int(a == b), int(a.is_nothing))
    else:
        try:
            print(FileId.parse(bytes.fromhex(line)).long)
        except ValueError:
            print(0)
import random
assert FileId.zero().is_nothing and FileId.empty().is_nothing and FileId.zero() != FileId.zero()
assert not FileId.new(random.Random(3).getrandbits).is_nothing
"""


def test_python(tmp_path: Path) -> None:
    out = generate(tmp_path, "python", "file_id.py")
    (tmp_path / "driver.py").write_text(PYTHON)
    assert output(sys.executable, "driver.py", cwd=tmp_path, input=stdin()) == expected()
    mypy = [sys.executable, "-m", "mypy", "--strict", "--config-file=", f"--cache-dir={tmp_path}/cache", out]
    assert "no issues" in output(*mypy, cwd=tmp_path)


C = """\
#include <stdio.h>
#include <string.h>
#include "file_id.h"
int main(void) {
  static char line[400];
  while (fgets(line, sizeof line, stdin)) {
    unsigned long long w[4];
    char text[FILE_ID_LONG_SIZE], name[FILE_ID_SHORT_SIZE];
    uint8_t wire[FILE_ID_WIRE_SIZE], given[200];
    if (sscanf(line, "%llx %llx %llx %llx", w, w + 1, w + 2, w + 3) == 4) {
      file_id a, b, again;
      if (!file_id_from(w[0], w[1], &a) || !file_id_from(w[2], w[3], &b)) return 1;
      size_t size = file_id_serialize(a, wire);
      if (!file_id_parse(wire, size, &again) || again.high != a.high || again.low != a.low) return 2;
      file_id_short(a, name), file_id_long(a, text);
      if (strlen(text) + 1 != sizeof text || strlen(name) + 1 != sizeof name) return 3;
      printf("%s %s ", name, text);
      for (size_t i = 0; i < size; i++) printf("%02x", wire[i]);
      printf(" %d %d\\n", file_id_equal(a, b), file_id_is_nothing(a));
    } else {
      size_t size = 0;
      unsigned byte;
      file_id id;
      for (char *at = line; sscanf(at, "%2x", &byte) == 1; at += 2) given[size++] = (uint8_t)byte;
      bool good = file_id_parse(given, size, &id);
      if (good) file_id_long(id, text);
      puts(good ? text : "0");
    }
  }
  file_id fresh = file_id_new(0x1234567812345678, 5);
  if (fresh.high != 0x6600567812345678 || file_id_equal(file_id_zero(), file_id_zero())) return 4;
  return !file_id_is_nothing(file_id_zero()) || !file_id_is_nothing(file_id_empty());
}
"""


def test_c(tmp_path: Path) -> None:
    generate(tmp_path, "c", "file_id.h")
    (tmp_path / "driver.c").write_text(C)
    zig = (sys.executable, "-m", "ziglang", "cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-o", "driver")
    output(*zig, "driver.c", cwd=tmp_path)
    assert output("./driver", cwd=tmp_path, input=stdin()) == expected()
    # And where there is no libc.
    (tmp_path / "alone.c").write_text('#include "file_id.h"\n')
    output(*zig, "-target", "wasm32-freestanding", "-c", "alone.c", cwd=tmp_path)


GO = """\
package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"os"

	"test/ids"
)

func number(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var w [4]uint64
		if n, _ := fmt.Sscanf(lines.Text(), "%x %x %x %x", &w[0], &w[1], &w[2], &w[3]); n == 4 {
			a, err := ids.FileIDFrom(w[0], w[1])
			b, err2 := ids.FileIDFrom(w[2], w[3])
			again, err3 := ids.ParseFileID(a.Serialize())
			if err != nil || err2 != nil || err3 != nil || again != a {
				panic(lines.Text())
			}
			fmt.Printf("%s %s %x ", a.Short(), a, a.Serialize())
			fmt.Println(number(a.Equal(b)), number(a.IsNothing()))
			continue
		}
		data, _ := hex.DecodeString(lines.Text())
		if id, err := ids.ParseFileID(data); err == nil {
			fmt.Println(id)
		} else {
			fmt.Println(0)
		}
	}
	fresh := ids.NewFileID(func() uint64 { return 0x1234567812345678 })
	if fresh.High != 0x6600567812345678 || !ids.ZeroFileID().IsNothing() || !ids.EmptyFileID().IsNothing() {
		panic(fresh)
	}
}
"""


def test_go(tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("module test\n\ngo 1.21\n")
    generate(tmp_path, "go", "ids/file.go")
    (tmp_path / "main.go").write_text(GO)
    go = Path(sys.executable).parent / "go"
    output(go, "vet", "./...", cwd=tmp_path)
    assert output(go, "run", ".", cwd=tmp_path, input=stdin()) == expected()


def test_it_goes_to_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["id", "OrderId", "--letter", "o", "--short", "order", "--lang", "python"]) == 0
    printed = capsys.readouterr()
    assert "class OrderId:" in printed.out
    assert printed.err == ""


def test_a_letter_of_the_kernel_is_mentioned(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["id", "cart_id", "--letter", "c", "--short", "cart", "--lang", "c"]) == 0
    printed = capsys.readouterr()
    assert printed.err == "parigot: the kernel's own call ids have the letter c, too\n"
    assert "} cart_id;" in printed.out


@pytest.mark.parametrize(
    ("name", "letter", "short", "package", "words"),
    [
        ("file id", "f", "file", "ids", "'file id' will not do as the name of a class"),
        ("return", "f", "file", "ids", "'return' will not do"),
        ("FileId", "ff", "file", "ids", "--letter ff: give one letter"),
        ("FileId", "é", "file", "ids", "give one letter from a to z"),
        ("FileId", "f", "File!", "ids", "--short File!: give up to 16 small letters"),
        ("FileId", "f", "file", "a-b", "--package a-b: not a name for a Go package"),
    ],
)
def test_names_that_will_not_do(
    capsys: pytest.CaptureFixture[str], name: str, letter: str, short: str, package: str, words: str
) -> None:
    command = ["id", name, "--letter", letter, "--short", short, "--lang", "go", "--package", package]
    assert main(command) == 2
    assert words in capsys.readouterr().err


def test_a_file_that_is_there_is_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "id.py"
    out.write_text("mine")
    command = ["id", "X", "--letter", "x", "--short", "x", "--lang", "python", "--out", str(out)]
    assert main(command) == 196
    assert "id.py: is there already" in capsys.readouterr().err
    assert out.read_text() == "mine"
    assert main([*command, "--force"]) == 0
    assert "class X:" in out.read_text()
