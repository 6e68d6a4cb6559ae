"""A new user finds their way by what the screen says alone: a key is pressed only where footer, help or the line being
typed names it with what it does."""

from __future__ import annotations

from textual.pilot import Pilot

from noctui.tui.app import NoctuiApp, Options
from tests.tui.app.keys import typed
from tests.tui.app.seen import lines, text

SIZE = (120, 40)


class NewUser:
    """Reads, then presses."""

    def __init__(self, app: NoctuiApp, pilot: Pilot[None]) -> None:
        self._app, self._pilot = app, pilot

    async def settle(self) -> None:
        await self._app.workers.wait_for_complete()
        await self._pilot.pause()

    def sees(self, words: str) -> bool:
        return words in text(self._app)

    async def press(self, key: str, named: str) -> None:
        """Press a key that the screen names so: in its footer, or else in the help that the footer names."""
        if named not in lines(self._app)[-1]:
            assert lines(self._app)[-1].endswith("? help")
            await self._pilot.press("question_mark")
            assert self.sees(named), f"neither footer nor help says {named!r}:\n{text(self._app)}"
            assert self.sees("esc closes")
            await self._pilot.press("escape")
        await self._pilot.press(key)
        await self.settle()

    async def until(self, words: str, key: str, named: str, most: int = 12) -> None:
        for _ in range(most):
            if self.sees(words):
                return
            await self.press(key, named)
        assert self.sees(words), text(self._app)


async def test_what_a_new_user_is_asked_in_the_first_night(app: NoctuiApp, options: Options) -> None:
    async with app.run_test(size=SIZE) as pilot:
        user = NewUser(app, pilot)
        await user.settle()

        # the worst region now: the first row of the first screen
        title = next(i for i, line in enumerate(lines(app)) if line.startswith(" regions "))
        assert "worst first" in lines(app)[title]
        assert lines(app)[title + 2].startswith(" Mountain ")

        # the circuit with most flaps today
        await user.press("4", "1-7 0 screens")
        assert user.sees("› offenders")
        await user.until("[flaps]", "m", "m by")
        assert user.sees("window 24 h")
        head = next(i for i, line in enumerate(lines(app)) if "flaps↓" in line)
        assert "2511  Boise ID" in lines(app)[head + 1]

        # its last 12 hours
        await user.press("enter", "↵ open")
        assert user.sees("› 2511 Boise ID ›")
        await user.until("\n 12 h ─", "w", "w window")

        # its CSV
        await user.press("e", "write the table as CSV")
        said = lines(app)[-1]
        assert " rows in " in said
        file = next(options.exports.iterdir())
        assert file.suffix == ".csv"
        assert len(file.read_text().splitlines()) > 700  # a line a minute

        # how it looked then: 03:05 here, as this night ends at 03:14
        await user.press("ctrl+p", "look for a key or command")
        await pilot.press(*typed("network at"))
        assert all(user.sees(words) for words in (":at", "the network at that time", "enter runs"))
        await pilot.press("enter")
        assert user.sees("at TIME")
        await pilot.press(*typed("03:05"), "enter")
        await user.settle()
        assert "PAST 03:04:55" in lines(app)[0]  # the last poll before that
        assert "L = live" in lines(app)[0]
        assert "› 2511 Boise ID ›" in lines(app)[0]
