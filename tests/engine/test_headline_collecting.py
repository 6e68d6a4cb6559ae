"""Whether collecting goes well, case by case: "well" only of whole sweeps, fresh data, feeds that answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs

from noctui.engine.headline_collecting import collecting_headline, swept_headline
from noctui.model.batch import FeedReport
from noctui.model.health import FeedHealth, Health, HistoryHealth, PlanLine, TokenHealth
from noctui.model.scene import Status
from noctui.model.words import Severity
from tests import night
from tests.night_health import HEALTH

NOW, AT = night.NOW, night.POLL
VIEW = replace(night.view(), reports=(), whole=True)
WELL = replace(night.STATUS, health=structs.replace(HEALTH, failed_24h=0))


def said(status: Status = WELL, now: float = NOW) -> str:
    return collecting_headline(status, VIEW, now).text


def test_all_is_well() -> None:
    assert said() == "Collecting well: whole sweep every 1m in 8.2 s. At this pace 74 % of the API budget is free."


def test_without_a_book_the_sweeps_alone_are_counted() -> None:
    """32 calls a minute are 1,920 of 5,000 an hour."""
    told = said(replace(night.STATUS, health=None))
    assert told.endswith("At this pace 62 % of the API budget is free.")


def test_failures_of_the_day_are_said_although_it_goes_well_now() -> None:
    assert said(replace(WELL, health=HEALTH)).endswith(" 1 of 1,440 sweeps failed in 24 h.")


def test_a_follower_names_who_collects() -> None:
    assert said(replace(WELL, mode="follower", leader="noc-a")).startswith("noc-a collects well: whole sweep every 1m")


FAULTS = {
    "lost": (
        replace(WELL, fault="lost", fault_since=NOW - 252, fault_text="Mist answers 503.", retry_at=NOW + 20),
        "Nothing comes in since 03:09: Mist answers 503. Trying again in 20s.",
    ),
    "resting": (
        replace(WELL, fault="resting", retry_at=night.utc(4, 0)),
        "Collecting rests: all tokens used their hour. Next call 04:00.",
    ),
    "warm": (replace(WELL, warm=True, pages_done=3), "The first sweep runs: 3 of 32 calls."),
    "loading": (replace(WELL, fault="loading", pages_done=7), "The first sweep runs: 7 of 32 calls."),
    "stale": (replace(WELL, fault="stale", heard_at=AT - 600), "No sweep has landed since 03:03 (10m)."),
    "partial": (
        replace(WELL, fault="partial"),
        "Collecting in part: the last sweep lost pages of a feed. A sweep every 1m in 8.2 s.",
    ),
    "history": (
        replace(WELL, history_text="the disk is full"),
        "Collecting, but history has a fault: the disk is full.",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_no_fault_is_told_as_well(fault: str) -> None:
    status, words = FAULTS[fault]
    made = collecting_headline(status, VIEW, NOW)
    assert made.text == words
    assert made.severity != Severity.OK
    assert "well" not in made.text


def test_data_that_grew_old_without_any_fault_told_is_not_well() -> None:
    assert said(now=AT + 252) == "No sweep has landed since 03:13 (4m)."
    assert said(now=AT + 180).startswith("Collecting well")  # three intervals are not old yet


def test_sweeps_that_bring_no_circuit_are_not_well() -> None:
    made = collecting_headline(WELL, replace(VIEW, silent=True), NOW)
    assert made.text.startswith("Sweeps come, but no circuit reports: ")


def test_a_lost_page_names_its_feed() -> None:
    reports = (FeedReport("circuits", pages=13, pages_lost=1), FeedReport("paths", error="timed out"), FeedReport("x"))
    made = collecting_headline(WELL, replace(VIEW, reports=reports), NOW)
    assert made.text.startswith("Collecting in part: the last sweep lost pages of circuits, paths.")


def test_a_feed_beside_the_sweeps_that_fails() -> None:
    feeds = (FeedHealth(feed="circuits", period=60), FeedHealth(feed="sle", period=600, last_at=AT - 720, error="404."))
    told = replace(WELL, health=structs.replace(HEALTH, feeds=feeds))
    assert said(told) == "Collecting, but sle has not answered since 03:01: 404."
    both = (FeedHealth(feed="sites", period=300, error="401"), *feeds)
    told = replace(WELL, health=structs.replace(HEALTH, feeds=both))
    assert said(told) == "Collecting, but sites and 1 more do not answer: 401."


def test_a_refused_token_and_a_disk_that_fills() -> None:
    tokens = (TokenHealth(number=1, ending="…a41f", used=1, limit=5000, state="in use"),
              TokenHealth(number=2, ending="…09be", used=0, limit=0, state="refused"))  # fmt: skip
    told = said(replace(WELL, health=Health(tokens=tokens)))
    assert told == "Collecting, but token 2 (…09be) was refused: make a new one; 1 token left."
    full = HistoryHealth(full_at=NOW + 3 * 86_400)
    assert said(replace(WELL, health=Health(history=full))) == "Collecting, but the disk is full in 3d00h at this pace."
    later = HistoryHealth(full_at=NOW + 8 * 86_400)
    assert said(replace(WELL, health=Health(history=later))).startswith("Collecting well")


def test_a_plan_above_the_budget_leaves_nothing_and_not_less() -> None:
    told = said(replace(WELL, health=Health(plan=(PlanLine("sweeps", 9000.0),), capacity=5000.0)))
    assert told.endswith(" At this pace 0 % of the API budget is free.")


def test_of_the_past_the_sweep_itself_is_told() -> None:
    assert swept_headline(night.view()).text == "This sweep was whole: 32 calls."
    assert swept_headline(replace(VIEW, whole=False)).text == "Nothing answered in this sweep."
    assert swept_headline(VIEW).text == "How this sweep went was not kept."
    reports = (FeedReport("circuits", pages=13, pages_lost=1), FeedReport("paths"))
    assert swept_headline(replace(VIEW, reports=reports)).text == (
        "This sweep came in part: pages of circuits were lost."
    )  # fmt: skip
