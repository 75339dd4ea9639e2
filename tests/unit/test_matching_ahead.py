"""Pieces worked on ahead of their reader: in order, bounded, and an error where its piece would have stood."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from clearcount.matching.ahead import ahead, made_ahead


def test_results_come_in_order_whatever_finishes_first() -> None:
    second_done = threading.Event()

    def slow_first() -> int:
        assert second_done.wait(10), "the second piece was not worked on while the first was"
        return 1

    def second() -> int:
        second_done.set()
        return 2

    assert list(ahead(iter([slow_first, second, lambda: 3]))) == [1, 2, 3]


@pytest.mark.parametrize(("workers", "held", "waiting"), [(1, 0, 1), (2, 0, 2), (4, 0, 4), (1, 4, 4)])
def test_no_more_pieces_are_taken_than_one_beyond_those_that_may_wait(workers: int, held: int, waiting: int) -> None:
    taken: list[int] = []

    def pieces() -> Iterator[Callable[[], int]]:
        for number in range(50):
            taken.append(number)
            yield partial(int, number)

    given = 0
    for number in ahead(pieces(), workers, held):
        assert number == given
        given += 1
        assert len(taken) <= given + waiting
    assert given == 50


def test_an_error_stands_where_its_piece_would() -> None:
    def fails() -> int:
        raise ValueError("the second piece")

    reading = ahead(iter([lambda: 1, fails, lambda: 3]))
    assert next(reading) == 1
    with pytest.raises(ValueError, match="the second piece"):
        next(reading)


def test_a_reader_that_stops_early_leaves_the_rest_alone() -> None:
    begun: list[int] = []

    def piece(number: int) -> int:
        begun.append(number)
        return number

    reading = ahead((partial(piece, number) for number in range(1_000)), 2)
    assert next(reading) == 0
    reading.close()
    assert max(begun) <= 3


def test_nothing_gives_nothing() -> None:
    assert list(ahead(iter(()))) == []


def test_items_are_made_while_the_reader_is_busy_and_stay_in_order() -> None:
    made = threading.Semaphore(0)

    def items() -> Iterator[int]:
        for number in range(5):
            yield number
            made.release()

    seen = []
    for number in made_ahead(items()):
        if number < 3:
            assert made.acquire(timeout=10), "nothing was made while the reader held an item"
        seen.append(number)
    assert seen == [0, 1, 2, 3, 4]


def test_an_error_of_the_maker_comes_after_the_items_before_it() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ValueError("no second item")

    reading = made_ahead(items())
    assert next(reading) == 1
    with pytest.raises(ValueError, match="no second item"):
        next(reading)


@pytest.mark.parametrize("items", [[], [None], [None, 0, False]])
def test_any_value_may_be_an_item(items: list[object]) -> None:
    assert list(made_ahead(items)) == items
