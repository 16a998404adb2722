"""Text that a terminal can be trusted with, and numbers in few cells."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from parigot_studio.render.numbers import count, count_in, duration, moment, plural, size
from parigot_studio.render.text import clean, crop, fit, wrap
from studio.scripts import NASTY

anything = st.text(alphabet=st.characters()) | st.sampled_from(NASTY)


@given(anything)
def test_nothing_is_left_that_a_terminal_acts_on(text: str) -> None:
    shown = clean(text)
    for char in shown:
        assert unicodedata.category(char) not in ("Cc", "Cs", "Zl", "Zp"), f"U+{ord(char):04x}"
        assert unicodedata.bidirectional(char) not in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "PDI")
    assert clean(shown) == shown


def test_plain_text_stays_as_it_is() -> None:
    assert clean("bonjour [bold]world[/bold] é 漢字") == "bonjour [bold]world[/bold] é 漢字"


def test_control_characters_are_shown() -> None:
    assert clean("\x1b[31m") == "␛[31m"
    assert clean("a\tb") == "a    b"
    assert clean("\u202e") == "\\u202e"
    assert clean("\u0301x") == "◌\u0301x"


@given(anything, st.integers(0, 60), st.booleans())
def test_fit_takes_exactly_its_width(text: str, width: int, right: bool) -> None:
    assert cell_len(fit(text, width, right)) == width


@given(anything, st.integers(0, 60))
def test_crop_takes_at_most_its_width(text: str, width: int) -> None:
    assert cell_len(crop(text, width)) <= width


def test_what_is_cut_shows_it() -> None:
    assert fit("bonjour", 5) == "bonj…"
    assert fit("漢字漢字", 4) == "漢 …"
    assert fit("ab", 4, right=True) == "  ab"
    assert crop("ab", 4) == "ab"


@given(anything, st.integers(1, 60))
def test_wrapped_lines_have_room(text: str, width: int) -> None:
    for line in wrap(text, width, 50):
        assert cell_len(line) <= max(width, 4)


def test_wrap_breaks_at_spaces_and_keeps_line_breaks() -> None:
    assert wrap("one two three", 9) == ["one two", "three"]
    assert wrap("a\n\nb", 9) == ["a", "", "b"]
    assert wrap("abcdefghijkl", 5) == ["abcde", "fghij", "kl"]
    assert wrap("x" * 1_000, 40, limit=3) == ["x" * 40] * 3 + ["… (1,000 characters in all)"]


@pytest.mark.parametrize(
    ("ns", "shown"),
    [
        (None, ""),
        (-5, "0ns"),
        (999, "999ns"),
        (1_000, "1.00µs"),
        (12_345, "12.3µs"),
        (999_400, "999µs"),
        (999_600, "1.00ms"),
        (61_000_000, "61.0ms"),
        (1_200_000_000, "1.20s"),
        (99_960_000_000, "1m40s"),
        (123_000_000_000, "2m03s"),
        (3_720_000_000_000, "1h02m"),
    ],
)
def test_durations(ns: int | None, shown: str) -> None:
    assert duration(ns) == shown


@given(st.integers(0, 359_000 * 10**9))
def test_durations_and_moments_keep_to_their_columns(ns: int) -> None:
    assert cell_len(duration(ns)) <= 6
    assert len(moment(ns)) <= 8


@given(st.integers(0, 10**11), st.integers(3, 6))
def test_counts_keep_to_their_columns(number: int, cells: int) -> None:
    assert len(count(number)) <= 6
    assert len(count_in(number, cells)) <= cells


def test_numbers_for_people() -> None:
    assert [count(n) for n in (0, 9_999, 56_700, 999_500, 1_234_567)] == [
        "0",
        "9,999",
        "56.7k",
        "1.00M",
        "1.23M",
    ]
    assert [count_in(n, 3) for n in (0, 999, 1_000, 12_000, 999_999, 5_000_000)] == [
        "0",
        "999",
        "1k",
        "12k",
        "99+",
        "5M",
    ]
    assert [size(n) for n in (0, 1023, 65_536, 3 * 1024 * 1024)] == ["0 B", "1023 B", "64 KiB", "3.0 MiB"]
    assert (plural(1, "call"), plural(2, "call"), plural(0, "delivery", "deliveries")) == (
        "1 call",
        "2 calls",
        "0 deliveries",
    )
