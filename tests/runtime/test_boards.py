"""Boards of promises are made when somebody looks, and again when something was learned or time has passed."""

from __future__ import annotations

import asyncio

import pytest

from noctui.model.verdicts import Outcome
from noctui.model.words import State
from noctui.promise_settings import NOTHING
from noctui.runtime import boards
from noctui.runtime.boards import Boards
from tests.planned.made import work
from tests.runtime.test_score_running import BEGAN, NETWORK, POLL, SETTINGS, UP, Growing, fell
from tests.runtime.test_scoring import at


def test_a_board_has_a_line_for_each_promise_with_whose_it_is() -> None:
    board = Boards(Growing(UP), SETTINGS).board(BEGAN, live=True)
    assert board is not None
    assert (board.at, board.period, len(board.lines)) == (BEGAN, "running", 3)
    first = board.lines[0]
    assert (first.carrier, first.circuits, first.site_ids) == ("Zayo", (NETWORK.circuits[0].circuit_id,), ("s0",))


def test_where_nothing_is_promised_there_is_no_board() -> None:
    assert Boards(Growing(UP), NOTHING).board(BEGAN, live=True) is None


def test_a_live_board_is_kept_for_as_long_as_it_took_to_make_fifty_times(monkeypatch: pytest.MonkeyPatch) -> None:
    history = Growing(UP)
    ticks = iter((0.0, 1.0, 10.0, 10.0))  # it takes a second, then none
    monkeypatch.setattr("noctui.runtime.boards.time.perf_counter", lambda: next(ticks))
    made = Boards(history, SETTINGS)
    first = made.board(BEGAN, live=True)
    history.newest += POLL
    assert made.board(BEGAN + 49.0, live=True) is first
    later = made.board(history.newest, live=True)
    assert later is not None
    assert later is not first
    assert later.at == BEGAN + POLL


def test_what_was_known_at_a_past_instant_stays() -> None:
    cut = fell(0, BEGAN + 600)
    history = Growing([*UP, cut], [work("C-0", [(BEGAN, BEGAN + 9000)], ["IC-0"], known_at=BEGAN - 9 * 86_400)])
    history.newest = BEGAN + 6000.0
    made = Boards(history, SETTINGS)
    before, after = (made.board(t, live=False) for t in (BEGAN + 300.0, BEGAN + 6000.0))
    assert before is not None
    assert after is not None
    assert [b.lines[0].verdict.excused for b in (before, after)] == [0, 5400]
    assert made.board(BEGAN + 300.0, live=False) is before


def test_a_closed_month_is_kept_until_something_is_learned() -> None:
    cuts = [fell(0, at("2026-10-03")), fell(0, at("2026-10-03T02:00"), State.UP)]
    history = Growing([*UP, *cuts, fell(2, BEGAN + 7200)])
    made = Boards(history, SETTINGS)
    first = made.board(history.newest, live=True, period="2026-10")
    assert first is not None
    assert first.lines[0].verdict.outcome is Outcome.BROKEN
    history.newest += 600.0
    assert made.board(history.newest, live=True, period="2026-10") is first
    history.newest = BEGAN + 7200.0
    assert made.board(history.newest, live=True, period="2026-10") is not first


def test_no_such_month_is_said() -> None:
    made = Boards(Growing(UP), SETTINGS)
    with pytest.raises(ValueError, match="is no month"):
        made.board(BEGAN, live=True, period="October")
    with pytest.raises(ValueError, match="has not begun"):
        made.board(BEGAN, live=True, period="2027-03")


def test_who_asks_at_once_gets_one_board(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boards, "LEAST", 1e9)
    history = Growing(UP)
    made = Boards(history, SETTINGS)

    async def both() -> list[object]:
        return list(await asyncio.gather(made.ask(BEGAN, True), made.ask(BEGAN, True)))

    first, second = asyncio.run(both())
    history.pool.shutdown()
    assert first is second
