"""Bounded rows, and filtered looks at them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parigot_studio.models.window import Sieve, Window


@dataclass
class Row:
    number: int
    good: bool = True


def test_positions_stay_while_old_items_go() -> None:
    dropped: list[int] = []
    window: Window[int] = Window(100, on_drop=dropped.append)
    for value in range(1_000):
        window.append(value)
        assert 1 <= len(window) <= 125
    assert window.end == 1_000
    assert window[999] == 999
    assert window[window.first] == window.first
    assert dropped == list(range(window.first))
    with pytest.raises(IndexError, match="no longer kept"):
        window[window.first - 1]


@given(
    st.lists(st.one_of(st.lists(st.booleans(), max_size=30), st.just("update")), max_size=40), st.booleans()
)
def test_a_sieve_always_holds_what_a_look_at_all_rows_would_find(steps: list[object], volatile: bool) -> None:
    window: Window[Row] = Window(20)
    sieve = Sieve(window, lambda row: row.good, volatile)
    made = 0
    for step in steps:
        if step == "update":
            sieve.update()
            assert sieve.rows == [row for row in window if row.good]
        else:
            assert isinstance(step, list)
            for good in step:
                made += 3  # numbers may have gaps
                window.append(Row(made, good))
    sieve.update()
    assert sieve.rows == [row for row in window if row.good]
    for row in window:
        assert sieve.index_of(row.number) == (sieve.rows.index(row) if row.good else None)
    assert sieve.index_of(made + 1) is None


def test_update_says_how_many_rows_went_away() -> None:
    window: Window[Row] = Window(8)
    sieve = Sieve(window)
    for number in range(8):
        window.append(Row(number))
    assert sieve.update() == 0
    for number in range(8, 12):
        window.append(Row(number))
    assert sieve.update() == window.first


def test_a_volatile_sieve_takes_in_rows_that_changed() -> None:
    window: Window[Row] = Window(8)
    row = Row(1, good=False)
    window.append(row)
    steady, volatile = Sieve(window, lambda row: row.good), Sieve(window, lambda row: row.good, volatile=True)
    steady.update()
    volatile.update()
    row.good = True
    steady.update()
    volatile.update()
    assert steady.rows == []
    assert volatile.rows == [row]
