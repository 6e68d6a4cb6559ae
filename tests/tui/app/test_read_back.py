"""What is from the warehouse says so where it stands: months of promises, one promise, outages."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from noctui.model.works import Outages
from noctui.tui.app import NoctuiApp
from noctui.tui.place import of_promise
from tests import night_scores, night_works
from tests.tui.app.keys import typed
from tests.tui.app.seen import lines, text

SIZE = (120, 40)
TOLD = "until 2026-11-01 from Snowflake, read 3 h ago"


@pytest.fixture(autouse=True)
def far(monkeypatch: pytest.MonkeyPatch) -> None:
    """October as the warehouse measured it: 3 outages of the broken promise counted, which ones it does not say."""
    near_scores, near_outages = night_scores.board_at, night_works.outages_in

    def board_at(when: float, period: str, *about: str) -> Any:
        board = near_scores(when, period, *about)
        if board is None or period != "2026-10":
            return board
        far = tuple(
            structs.replace(
                line, told=TOLD,
                verdict=structs.replace(line.verdict, outages=(), counted_outages=3 if line.verdict.counted else 0),
            )
            for line in board.lines
        )  # fmt: skip
        return structs.replace(board, lines=far, told=TOLD)

    def outages_in(*about: Any) -> Outages:
        return Outages(near_outages(*about), TOLD)

    monkeypatch.setattr(night_scores, "board_at", board_at)
    monkeypatch.setattr(night_works, "outages_in", outages_in)


async def test_a_month_that_was_read_back_says_where_it_is_from(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("7")
        await pilot.pause()
        assert TOLD not in text(app)
        await pilot.press("w")
        await pilot.pause()
        assert f"44 circuits; {TOLD}" in text(app)
        assert "3 outages counted; Snowflake's measurement does not say which." in text(app)


async def test_a_promise_says_of_which_months_it_was_read_back(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*typed(":sla used>80 !broken"), "enter")
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert app.place == of_promise("s4500:ge-0/0/0", "gold 99.90")
        assert "source" not in text(app)
        await pilot.press("{")
        await pilot.pause()
        assert "source       until 2026-11-01 from Snowflake, read 3 h ago" in text(app)
        assert "3 outages counted; Snowflake's measurement" in text(app)
        assert "t: all outages of the circuit" in text(app)


async def test_outages_that_were_read_back_say_so(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*typed(":outages"), "enter")
        await pilot.pause()
        assert TOLD in next(line for line in lines(app) if "outages, 24h" in line)
