"""Drill-down's share of the API budget, and what it remembers so as not to spend it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.clock import FixedClock
from noctui.sources.mist.budget import TokenBook
from noctui.sources.mist.detail_cache import Kept
from noctui.sources.mist.planner import Share, ShareUsed
from tests.sources.mist.cloud import FULL_HOUR, NOW, TOKENS


def share(clock: FixedClock, tokens: int = 1) -> tuple[Share, TokenBook]:
    book = TokenBook(TOKENS[:tokens], clock)
    return Share(book, clock), book


def test_the_share_is_a_tenth_of_what_the_accepted_tokens_may() -> None:
    found, book = share(FixedClock(NOW), tokens=3)
    assert found.limit == 1500
    book.learn(book.tokens[0], None, 2000)
    assert found.limit == 1200
    book.refuse(book.tokens[1], "401")
    assert found.limit == 700


def test_it_begins_anew_with_the_hour() -> None:
    clock = FixedClock(NOW)
    found, _ = share(clock)
    for _ in range(500):
        found.take()
    with pytest.raises(ShareUsed, match=r"\(500 of 5,000\); free again 01:00 UTC\.$"):
        found.take()

    clock.move(FULL_HOUR - NOW)
    found.take()

    assert found.used == 1


def test_without_an_accepted_token_it_is_the_token_that_says_so() -> None:
    found, book = share(FixedClock(NOW))
    book.refuse(book.tokens[0], "401")

    found.take()

    assert (found.limit, found.used) == (0, 1)


def test_a_part_of_it_may_be_kept_for_others() -> None:
    found, _ = share(FixedClock(NOW))
    found.take(249)
    assert found.free(0.5)
    found.count(1)
    assert not found.free(0.5)
    assert found.free(1.0)


def test_the_plan_says_it_in_words_and_numbers() -> None:
    found, _ = share(FixedClock(NOW))
    found.take(12)

    work, calls, text = found.plan

    assert (work, calls) == ("drill-down", 500)
    assert text.startswith("at most 10% of 5,000, 12 used this hour; a circuit's series 2 calls")


def test_a_kept_value_ends_with_its_own_time() -> None:
    clock = FixedClock(NOW)
    kept: Kept[str] = Kept(clock, 9)
    kept.put("short", "a", 10)
    kept.put("long", "b", 20)
    clock.move(10)

    assert (kept.get("short"), kept.get("long"), len(kept)) == (None, "b", 1)


@given(st.lists(st.integers(0, 9), max_size=60))
def test_of_many_values_the_least_used_go_first(asked: list[int]) -> None:
    """Three places, whatever is asked: what is there are the three asked for last."""
    kept: Kept[int] = Kept(FixedClock(NOW), 3)
    for key in asked:
        if kept.get(key) is None:
            kept.put(key, key, 60)

    newest = list(dict.fromkeys(reversed(asked)))[:3]
    assert [k for k in range(10) if kept.get(k) is not None] == sorted(newest)
