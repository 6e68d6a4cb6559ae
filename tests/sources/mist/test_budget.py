"""Which token makes the next call (mist facts 3: 5,000 calls per token and clock hour, 429 above)."""

from __future__ import annotations

import pytest

from noctui.clock import FixedClock
from noctui.sources.mist.budget import ASK_AGAIN, ASK_LAST_AGAIN, TokenBook
from noctui.sources.mist.errors import AllTokensRefused, AllTokensRest, SettingsError
from tests.sources.mist.cloud import FULL_HOUR, NOW, TOKENS


def book(n: int = 3) -> tuple[TokenBook, FixedClock]:
    clock = FixedClock(NOW)
    return TokenBook(TOKENS[:n], clock), clock


def test_the_token_with_most_left_goes_first() -> None:
    tokens, _ = book(2)
    first, second = tokens.tokens
    tokens.learn(first, 1902, 5000)
    tokens.learn(second, 311, 5000)

    assert tokens.pick() is second
    tokens.learn(second, 4000, 5000)
    assert tokens.pick() is first
    assert [s.state for s in tokens.states()] == ["in use", "spare"]
    assert (tokens.used, tokens.limit) == (5902, 10000)


def test_a_new_clock_hour_begins_at_nothing() -> None:
    tokens, clock = book(1)
    tokens.learn(tokens.tokens[0], 4321, 5000)
    tokens.spend(tokens.tokens[0])
    assert tokens.used == 4322

    clock.move(FULL_HOUR - NOW)

    assert tokens.used == 0


def test_429_rests_a_token_until_the_next_full_hour_in_utc() -> None:
    tokens, clock = book(2)
    first, second = tokens.tokens
    tokens.rest(first)

    assert first.rests_until == FULL_HOUR
    assert tokens.pick() is second
    assert tokens.states()[0].state == "rests"
    assert tokens.resting_until == 0.0

    clock.move(FULL_HOUR - NOW)
    assert tokens.pick() is first


def test_a_longer_retry_after_counts_and_an_absurd_one_ends_after_a_day() -> None:
    tokens, _ = book(3)
    first, second, third = tokens.tokens

    tokens.rest(first, 3000.0)
    tokens.rest(second, 1e12)
    tokens.rest(third, -5.0)

    assert first.rests_until == NOW + 3000
    assert second.rests_until == NOW + 86_400
    assert third.rests_until == FULL_HOUR


def test_when_all_rest_it_says_until_when() -> None:
    tokens, _ = book(2)
    for token in tokens.tokens:
        tokens.rest(token)

    with pytest.raises(AllTokensRest, match=r"^All 2 tokens used the hour's calls\. Next call 01:00 UTC\.$") as told:
        tokens.pick()
    assert told.value.until == FULL_HOUR
    assert tokens.resting_until == FULL_HOUR


def test_a_spent_token_rests_before_mist_has_to_say_so() -> None:
    tokens, _ = book(1)
    tokens.learn(tokens.tokens[0], 5000, 5000)

    with pytest.raises(AllTokensRest):
        tokens.pick()


def test_a_refused_token_is_named_by_its_ending_and_used_no_more() -> None:
    tokens, _ = book(2)

    line = tokens.refuse(tokens.tokens[1], "401 Unauthorized")

    assert line == "Token 2 (…09be) was refused: 401 Unauthorized"
    assert tokens.pick() is tokens.tokens[0]
    assert tokens.states()[1].state == "refused"
    assert tokens.limit == 5000
    tokens.refuse(tokens.tokens[0], "401")
    with pytest.raises(AllTokensRefused, match=r"Token 1 \(…a41f\) was refused: 401; Token 2"):
        tokens.pick()


def test_a_refused_token_is_asked_again_by_one_call_after_a_while() -> None:
    tokens, clock = book(2)
    first, second = tokens.tokens
    tokens.refuse(first, "401")
    clock.move(ASK_AGAIN - 1)
    assert tokens.pick() is second

    clock.move(1)

    assert tokens.pick() is first
    tokens.spend(first)
    assert tokens.pick() is second, "the others do not wait for its answer"
    tokens.accept(first)
    assert [s.state for s in tokens.states()] == ["spare", "in use"]


def test_the_last_refused_token_is_asked_again_sooner_and_a_stranger_never() -> None:
    tokens, clock = book(2)
    first, second = tokens.tokens
    tokens.refuse(first, "it cannot see the org", for_good=True)
    tokens.refuse(second, "401")
    assert tokens.to_check() == []

    clock.move(ASK_LAST_AGAIN)

    assert tokens.to_check() == [second]
    assert tokens.pick() is second
    tokens.spend(second)
    tokens.refuse(second, "401")
    with pytest.raises(AllTokensRefused):
        tokens.pick()


def test_tokens_never_show_in_repr() -> None:
    tokens, _ = book()

    assert not any(secret in repr(tokens.tokens) for secret in TOKENS)


def test_a_token_given_twice_is_one_and_none_is_an_error() -> None:
    assert len(TokenBook([TOKENS[0], f" {TOKENS[0]} ", ""], FixedClock(NOW)).tokens) == 1
    with pytest.raises(SettingsError, match="No Mist token"):
        TokenBook(["", " "], FixedClock(NOW))
