"""The screen that key presses are judged by."""

import sys

import pytest

from bench.screen import Screen
from bench.terminal import Terminal

SCENES = [
    ("text where the cursor is", b"ab\r\ncd", ["ab   ", "cd   ", "     "]),
    ("absolute positions", b"\x1b[2;3Hxy\x1b[H1", ["1    ", "  xy ", "     "]),
    (
        "colours and modes are passed over",
        b"\x1b[?25l\x1b[1;38;2;1;2;3ma\x1b[0mb",
        ["ab   ", "     ", "     "],
    ),
    ("titles are passed over", b"\x1b]0;title\x07a\x1b]2;more\x1b\\b", ["ab   ", "     ", "     "]),
    ("clearing the screen", b"abc\x1b[2J\x1b[Hd", ["d    ", "     ", "     "]),
    ("clearing to the end of the line", b"abcde\x1b[3G\x1b[K", ["ab   ", "     ", "     "]),
    ("line feeds at the bottom scroll", b"1\r\n2\r\n3\r\n4", ["2    ", "3    ", "4    "]),
    ("text beyond the edge is cut", b"abcdefg", ["abcde", "     ", "     "]),
    ("wide characters take two cells", "\u6f22x".encode(), ["\u6f22x  ", "     ", "     "]),
    ("relative moves", b"abc\x1b[2D_\x1b[B!\x1b[A?\x1b[C", ["a_c? ", "  !  ", "     "]),
]


@pytest.mark.parametrize(("written", "shown"), [scene[1:] for scene in SCENES], ids=[s[0] for s in SCENES])
def test_shows_what_was_written_whole_or_byte_by_byte(written: bytes, shown: list[str]) -> None:
    whole = Screen(5, 3)
    whole.feed(written)
    assert whole.lines() == shown
    piecewise = Screen(5, 3)
    for byte in written:
        piecewise.feed(bytes((byte,)))
    assert piecewise.lines() == shown
    assert piecewise.shows(shown[0])
    assert not piecewise.shows("nowhere")


def test_a_program_on_the_terminal_is_seen_and_answers_keys() -> None:
    program = "import os; print(os.get_terminal_size().columns, 'ready'); print('got ' + input())"
    with Terminal([sys.executable, "-c", program], 40, 5) as terminal:
        assert terminal.wait_for(lambda screen: screen.shows("40 ready"), 30) is not None
        terminal.press("key\n")
        assert terminal.wait_for(lambda screen: screen.shows("got key"), 30) is not None
        # The program has ended: nothing more can come, and nobody waits for it.
        assert terminal.wait_for(lambda screen: screen.shows("never"), 30) is None
