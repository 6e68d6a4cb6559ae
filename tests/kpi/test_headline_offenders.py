"""The sentence over the offenders, case by case."""

from __future__ import annotations

import math

from noctui.kpi.headline_offenders import Chronic, nobody_words, offenders_headline
from noctui.model.words import Severity


def test_chronic_ones_are_the_news_and_who_leads() -> None:
    """SCREENS 7, Offenders."""
    made = offenders_headline(Chronic(9, "2044 Waco Lumen", 5), "utilisation", "24 h")
    assert made.text == (
        "9 circuits are chronic: bad in 3 or more of the last 7 days. 2044 Waco Lumen leads for 5 days."
    )
    assert made.severity == Severity.HIGH


def test_one_alone_is_named_at_once() -> None:
    made = offenders_headline(Chronic(1, "2044 Waco Lumen", 4), "utilisation", "24 h")
    assert made.text == "1 circuit is chronic: 2044 Waco Lumen, bad on 4 of the last 7 days."


def test_who_is_first_in_the_list_comes_after() -> None:
    made = offenders_headline(Chronic(0), "flaps", "7 d", first="1571 Tampa Spectrum", said="19")
    assert made.text == "No circuit is chronic. Most flaps in 7 d: 1571 Tampa Spectrum, 19."
    assert made.severity == Severity.WARN
    assert offenders_headline(Chronic(2, "a", 3), "flaps", "7 d", first="b").severity == Severity.HIGH


def test_a_metric_names_what_it_was_above() -> None:
    made = offenders_headline(None, "jitter", "12 h", first="2919 Yuma Starlink", said="1h04m")
    assert made.text == "Longest above high jitter in 12 h: 2919 Yuma Starlink, 1h04m."


def test_trends_are_of_no_window_and_getting_better_is_no_fault() -> None:
    made = offenders_headline(None, "improving", "24 h", first="2511 Boise Cox", said="−19.6 points in a week")
    assert made.text == "Improves most: 2511 Boise Cox, −19.6 points in a week."
    assert made.severity == Severity.OK


def test_nobody_in_the_list_is_said_with_what_is_known() -> None:
    """SCREENS 8."""
    said = nobody_words("utilisation", "circuits", "24 h", 99.16)
    assert said == "Nobody was above a threshold in 24 h (coverage 99.1 %)."
    made = offenders_headline(Chronic(0), "utilisation", "24 h", nobody=said)
    assert made.text == f"No circuit is chronic. {said}"
    assert made.severity == Severity.OK


def test_where_nothing_is_known_nothing_is_claimed() -> None:
    for by in ("utilisation", "flaps", "availability"):
        assert nobody_words(by, "circuits", "13 mo", math.nan) == "Nothing is known of 13 mo."
        assert nobody_words(by, "circuits", "13 mo", 0.0) == "Nothing is known of 13 mo."


def test_each_list_has_its_own_words_for_nobody() -> None:
    def words(by: str) -> str:
        return nobody_words(by, "circuits", "3 h", 100.0)

    assert words("loss") == "Nobody was above a threshold of loss in 3 h (coverage 100 %)."
    assert words("flaps") == "Nobody flapped in 3 h (coverage 100 %)."
    assert words("availability") == "Nobody was seen down in 3 h (coverage 100 %)."
    assert words("failovers") == "No site ran without its primary in 3 h."
    assert words("congested") == "No circuit is congested and getting worse."
