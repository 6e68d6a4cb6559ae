"""What breaks underneath costs a pane its content, and what breaks the screen itself costs one line."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest

from noctui.clock import FixedClock
from noctui.model.stores import HistoryError
from noctui.tui.app import NoctuiApp
from noctui.tui.place import OVERVIEW, Place, of_circuit, of_site
from noctui.tui.screens.overview import Overview
from tests import night
from tests.tui.app.seen import lines, text

SIZE = (120, 40)


class Broken:
    """A reader of which nothing can be read."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, _name: str) -> Any:
        async def fail(*_args: object, **_more: object) -> None:
            raise self._error

        return fail


@pytest.fixture
def heard(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> pytest.LogCaptureFixture:
    """What noctui logs, whatever an earlier test did to its logger."""
    monkeypatch.setattr(logging.getLogger("noctui"), "propagate", True)
    return caplog


def break_reading(scenes: night.FakeScenes, error: Exception) -> None:
    assert scenes.now is not None
    scenes.now = replace(scenes.now, reader=Broken(error))


@pytest.mark.parametrize(
    ("place", "panes"), [(OVERVIEW, 2), (of_site("s0417"), 5), (of_circuit(night.HOT), 2)], ids=lambda p: str(p)[:20]
)
@pytest.mark.parametrize(
    ("error", "said"),
    [
        (HistoryError("history.db was damaged"), "cannot be read: history.db was damaged"),
        (OSError(28, "No space left on device"), "cannot be read: No space left on device"),
        (KeyError("rx"), "cannot be read: KeyError, the log has the details"),
    ],
)
async def test_a_pane_that_cannot_be_read_says_so_in_its_place(
    app: NoctuiApp, scenes: night.FakeScenes, place: Place, panes: int, error: Exception, said: str,
    heard: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    break_reading(scenes, error)
    app._trail.jump(place)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert text(app).count(said) == panes
        assert "▼ 29 down" in lines(app)[1] or "down" in lines(app)[1]
    assert any(r.name == "noctui.tui" and r.message == "pane.unread" for r in heard.records)


async def test_it_is_asked_again_with_the_next_poll(
    app: NoctuiApp, scenes: night.FakeScenes, clock: FixedClock
) -> None:
    break_reading(scenes, HistoryError("locked"))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert "cannot be read: locked" in text(app)
        clock.move(60)
        scenes.land(night.POLL + 60)
        await pilot.pause()
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert "cannot be read" not in text(app)


async def test_a_screen_that_breaks_ends_with_one_line_and_no_traceback_on_the_terminal(
    app: NoctuiApp, scenes: night.FakeScenes, clock: FixedClock, monkeypatch: pytest.MonkeyPatch,
    heard: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    async def run() -> None:
        async with app.run_test(size=SIZE) as pilot:
            monkeypatch.setattr(Overview, "show", lambda _self, _moment: 1 / 0)
            clock.move(60)
            scenes.land(night.POLL + 60)
            await pilot.pause()

    with pytest.raises(ZeroDivisionError):  # the pilot hands it on
        await run()
    assert app.return_code == 1
    assert app.broke == "the screen broke (ZeroDivisionError); the log has the details"
    assert capfd.readouterr() == ("", "")
    [record] = [r for r in heard.records if r.message == "app.broke"]
    assert record.name == "noctui.tui"
    assert record.exc_info is not None
    assert record.exc_info[0] is ZeroDivisionError
