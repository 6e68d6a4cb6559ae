"""The frame's rows, state by state, as the table of states has them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from noctui.model.headline import Clause, Headline
from noctui.model.scene import Status
from noctui.model.words import Severity
from noctui.tui.frame.counts import counts_line
from noctui.tui.frame.footer import footer_line
from noctui.tui.frame.header import header, is_grey, past_side, right_side
from noctui.tui.frame.sentence import data_headline, filter_line, headline_line, nothing_matches, with_rest
from noctui.tui.keys import ACTIONS, EVERYWHERE, PAIRS, footer_words, help_words, offered
from noctui.tui.runs import Line, width_of
from tests import night

STATUS = night.STATUS
AT, NOW = night.POLL, night.NOW


def said(line: Line) -> str:
    return "".join(text for text, _ in line)


def side(status: Status, now: float = NOW, **more: bool) -> str:
    return said(right_side(status, AT, now, **more))


def reversed_part(status: Status, now: float = NOW) -> list[str]:
    return [t for t, role in right_side(status, AT, now) if "reverse" in role]


def test_live() -> None:
    assert side(STATUS) == "live 10s  leader  API 38%  03:14:07 UTC"


def test_the_age_goes_in_steps_of_five_seconds() -> None:
    assert [side(STATUS, AT + age).split("  ")[0] for age in (0, 4, 5, 59, 61, 99)] == [
        "live 0s", "live 0s", "live 5s", "live 55s", "live 1m", "live 1m35s",
    ]  # fmt: skip


def test_following() -> None:
    follower = replace(STATUS, mode="follower", leader="noc-a")
    assert side(follower) == "live 10s  follows noc-a  API 38%  03:14:07 UTC"
    assert side(follower, read_only=True) == "live 10s  follows noc-a  read-only  API 38%  03:14:07 UTC"


def test_a_follower_that_nobody_leads_names_nobody() -> None:
    alone = replace(STATUS, mode="follower", leader="", api_limit=0)
    assert side(alone) == "live 10s  follower  03:14:07 UTC"


def test_partial() -> None:
    status = replace(STATUS, fault="partial", pages_done=29)
    assert side(status) == " PARTIAL 29/32   live 10s  leader  API 38%  03:14:07 UTC"
    assert reversed_part(status) == [" PARTIAL 29/32 "]


def test_stale() -> None:
    late = AT + 252
    assert side(STATUS, late) == " DATA 4m10s OLD   leader  API 38%  03:18:07 UTC"
    assert reversed_part(STATUS, late) == [" DATA 4m10s OLD "]
    assert is_grey(STATUS, AT, late, silent=False)
    assert not is_grey(STATUS, AT, AT + 180, silent=False)
    assert is_grey(STATUS, AT, NOW, silent=True)


def test_mist_is_lost() -> None:
    status = replace(STATUS, fault="lost", fault_since=NOW - 252, retry_at=NOW + 20)
    text = " MIST LOST 4m10s   data 10s old  retry 20s  leader  API 38%  03:14:07 UTC"
    assert side(status) == text
    assert not is_grey(status, AT, NOW, silent=False)
    old = side(replace(status, retry_at=0.0), AT + 252)
    assert old.startswith(" MIST LOST ")
    assert "data 4m10s old" in old


def test_all_tokens_rest() -> None:
    status = replace(STATUS, fault="resting", retry_at=NOW + 46 * 60 + 5)
    assert side(status).startswith(" API RESTS 46m ")
    assert "API 38%" not in side(status)


def test_two_faults_the_worse_first_the_other_as_text() -> None:
    status = replace(STATUS, fault="resting", retry_at=NOW + 3600)
    line = right_side(status, AT, AT + 252)
    assert [t for t, role in line if "reverse" in role] == [" API RESTS 56m "]
    assert "data 4m10s old" in said(line)


def test_loading() -> None:
    status = replace(STATUS, fault="loading", pages_done=7)
    assert said(right_side(status, None, NOW)) == "sweep 7/32  leader  API 38%  03:14:07 UTC"


def test_the_past_has_no_clock() -> None:
    line = said(past_side(night.utc(2, 55, 30), NOW, 18_186))
    assert line == "PAST 02:55:30  −18m37s  poll 18,186   L = live"
    assert said(past_side(night.utc(2, 55, 30, day=20), NOW, 9)).startswith("PAST Nov 20 02:55:30  −3d00h")


def test_what_drops_first_when_the_header_is_narrow() -> None:
    crumbs = ("Acme Retail", "Mountain", "0417 Grand Junction CO")
    full = right_side(STATUS, AT, NOW)

    def shown(width: int) -> str:
        line = header(crumbs, full, width)
        assert width_of(line) == width
        return said(line)

    assert shown(120).startswith(" Acme Retail › Mountain › 0417 Grand Junction CO  ")
    assert shown(120).endswith("live 10s  leader  API 38%  03:14:07 UTC ")
    assert shown(80).startswith(" Mountain › 0417 Grand Junction CO ")
    assert shown(80).endswith("live 10s  leader  API 38%  03:14 ")
    assert shown(60).startswith(" 0417 Grand Junction CO ")
    assert shown(60).endswith("live 10s  leader  API 38%  03:14 ")
    assert shown(50).endswith("live 10s  leader  03:14 ")
    assert "0417" in shown(40)


def test_counts_are_dashes_before_anything_is_known() -> None:
    line = said(counts_line(None, 120))
    assert line.startswith(" ▼ – down  ▲ – critical  ● – high  ? – unknown  ○ – warn  ≡ – maint  · – ok")
    assert "0" not in line


def test_counts_of_the_night_and_only_the_down_count_is_filled() -> None:
    line = counts_line(night.view(), 120)
    assert said(line).startswith(" ▼ 8 down  ◄ 3 away  ▲ 3 critical  ● 3 high  ? 2 unknown  ○ 5 warn  ≡ 1 maint  · 81")
    assert said(line).endswith("2 dark, 8 failed over ")
    assert [t for t, role in line if role.startswith("down")] == [" ▼ 8 down "]
    assert width_of(line) == 120


def test_counts_lose_their_words_where_there_is_no_room() -> None:
    assert said(counts_line(night.view(), 80, short=True)).startswith(" ▼ 8  ◄ 3 ▲ 3 ● 3 ? 2 ○ 5 ≡ 1 · 81 ")
    assert width_of(counts_line(night.view(), 20, short=True)) >= 20


def test_away_is_not_counted_while_it_is_nought() -> None:
    view = night.view(night.utc(1, 0))
    severity = view.circuits.severity.copy()
    severity[severity == Severity.AWAY] = Severity.OK
    assert "away" not in said(counts_line(replace(view, circuits=replace(view.circuits, severity=severity)), 120))


def test_clauses_drop_from_the_right() -> None:
    headline = Headline(
        severity=Severity.DOWN,
        clauses=(
            Clause("Lumen is down at 31 sites", strong=True),
            Clause(" (23m): "),
            Clause("3 are dark"),
            Clause("."),
        ),
    )
    assert said(headline_line(headline, 120)) == " ▼ Lumen is down at 31 sites (23m): 3 are dark."
    assert said(headline_line(headline, 40)) == " ▼ Lumen is down at 31 sites (23m)"
    assert said(headline_line(headline, 20)) == " ▼ Lumen is down a…"


def test_the_filter_takes_the_headlines_place() -> None:
    line = said(filter_line("lumen", frozenset({Severity.HIGH}), (12, 9920), 120))
    assert line == " filter /lumen and ● high   12 of 9,920"
    assert said(filter_line("", frozenset({0, 3}), None, 120)) == " filter ▼ down or ● high"


def test_nothing_found_says_what_each_part_alone_would_show() -> None:
    assert nothing_matches("starlink", frozenset({Severity.HIGH}), (214, 61)) == (
        "Nothing matches.",
        "/starlink alone would show 214, ● high alone 61.",
        "esc removes the last filter",
    )


@pytest.mark.parametrize("width", [20, 40, 80, 120, 200])
def test_help_is_pinned_right_and_never_drops(width: int) -> None:
    line = footer_line(footer_words(("open", "filter", "time", "export", "quit")), width)
    assert said(line).endswith("? help ")
    assert width_of(line) == width
    note = footer_line([], width, note="1,000 rows in /a/long/path/that/does/not/fit/anywhere/at/all/x.csv")
    assert said(note).endswith("? help ")
    assert width_of(note) == width


def test_the_registry_has_no_key_twice_where_both_work() -> None:
    for name in EVERYWHERE:
        assert name in ACTIONS or name in PAIRS
    everywhere = [key for a in offered(EVERYWHERE) for key in a.keys]
    assert len(everywhere) == len(set(everywhere))
    assert all(words for _, words in help_words((*PAIRS, *ACTIONS)))


def test_a_sentence_that_does_not_fit_is_said_shortly_before_clauses_drop() -> None:
    told = night.FakeScene(night.view(), night.STATUS).headline()
    wide, narrow = said(headline_line(told, 120)), said(headline_line(told, 80))
    assert wide.startswith(" ▼ Lumen is down at ")
    assert narrow.startswith(" ▼ Lumen down at ")
    assert narrow.rstrip().endswith("1 dark; jmo has it")


def test_words_of_the_counts_go_from_the_right_and_the_worst_keeps_its_longest() -> None:
    words = ["down", "away", "critical", "high", "unknown", "warn", "maint", "ok"]
    seen = set()
    for width in range(70, 150):
        row = said(counts_line(night.view(), width))
        assert len(row) <= width
        left = row.split("dark")[0].split()
        shown = [w for w in words if w in left]
        assert shown == words[: len(shown)]
        seen.add(len(shown))
    assert {0, 4, 8} <= seen


def test_that_history_is_not_written_is_said_beside_what_is_worse() -> None:
    full = replace(STATUS, history_text="the disk is full", history_since=NOW - 725)
    assert side(full) == " NOT SAVED 12m   live 10s  leader  API 38%  03:14:07 UTC"
    assert reversed_part(full) == [" NOT SAVED 12m "]
    partial = replace(full, fault="partial", pages_done=29)
    assert side(partial) == " PARTIAL 29/32   not saved 12m  live 10s  leader  API 38%  03:14:07 UTC"
    assert reversed_part(partial) == [" PARTIAL 29/32 "]
    damaged = replace(STATUS, history_text="a block is damaged")
    assert side(damaged) == "history fault  live 10s  leader  API 38%  03:14:07 UTC"


def test_data_of_the_future_has_no_age() -> None:
    """This machine's clock was set back an hour: the data is not 0s old, and not live."""
    assert side(STATUS, AT - 3600).startswith(" DATA OF 03:13:55   leader")
    lost = replace(STATUS, fault="lost", fault_since=AT - 3600, retry_at=AT)
    assert side(lost, AT - 3590).startswith(" MIST LOST 10s   data of 03:13:55  retry 59m")


@pytest.mark.parametrize(
    ("width", "ends"),
    [
        (140, "3 are dark. 29 of 32 calls answered: what the others tell of keeps its age."),
        (90, "3 are dark. 29 of 32 calls answered."),
        (60, "3 are dark."),
    ],
)
def test_a_partial_sweep_is_told_after_what_is_worst_where_there_is_room(width: int, ends: str) -> None:
    worst = Headline(Severity.DOWN, (Clause("Lumen is down at 31 sites", strong=True), Clause(": 3 are dark.")))
    partial = replace(STATUS, fault="partial", pages_done=29, pages_expected=32)
    assert said(headline_line(with_rest(worst, partial, width), width)).endswith(ends)
    assert with_rest(worst, STATUS, width) is worst


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("No noctui with a token runs on this folder: nobody collects.", ": nobody collects. Values marked ~ are old."),
        ("Token 2 (…09be) was refused, and there is no other one: 401", "No new data since 03:13:55"),
    ],
)
def test_a_long_reason_is_told_by_its_end_where_that_says_something(reason: str, says: str) -> None:
    told = data_headline(replace(STATUS, fault="stale", fault_text=reason), AT, NOW, grey=True)
    assert told is not None
    assert said(headline_line(told, 80)).endswith(says)
