"""What the studio keeps of the log."""

from __future__ import annotations

from parigot.session.events import LogWritten

from parigot_studio.models.logs import LONGEST_LINE, LogBook


def write(book: LogBook, message: str, level: str = "info", call: int | None = None) -> None:
    book.written(LogWritten(book.count + 1, 0, "a", level, message, (), call, "stdout"))


def test_lines_are_bounded_in_number_and_in_bytes() -> None:
    book = LogBook(kept=100, size=5_000)
    for number in range(500):
        write(book, f"line {number}")
    assert 100 <= len(book.rows) <= 125
    for _ in range(20):
        write(book, "x" * 1_000)
    assert sum(row.size for row in book.rows) <= 5_000
    assert book.count == 520
    numbers = [row.number for row in book.rows]
    assert numbers == sorted(numbers)
    assert numbers[-1] == 520


def test_an_endless_line_is_cut_and_says_so() -> None:
    book = LogBook()
    write(book, "x" * 1_000_000)
    (row,) = book.rows
    assert len(row.message) < LONGEST_LINE + 100
    assert row.message.endswith("(1,000,000 characters)")


def test_lines_by_level_and_by_call() -> None:
    book = LogBook()
    write(book, "a", "error", call=1)
    write(book, "b", "strange", call=2)
    write(book, "c", "error", call=1)
    assert book.by_level["error"] == 2
    assert [row.message for row in book.of_call(1)] == ["a", "c"]
