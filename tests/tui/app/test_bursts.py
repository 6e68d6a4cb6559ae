"""Keys that come in one burst, as over a slow line: each does what it would do alone."""

from __future__ import annotations

from textual import events

from noctui.tui.app import NoctuiApp
from noctui.tui.place import CIRCUITS

SIZE = (120, 40)
_NAMES = {"/": "slash", ":": "colon", "\r": "enter", "\x1b": "escape", " ": "space"}


def burst(app: NoctuiApp, keys: str) -> None:
    """All of them lie in the app's queue before it looks at the first."""
    for character in keys:
        name = _NAMES.get(character, character)
        app.post_message(events.Key(name, character if character.isprintable() else None))


async def test_what_is_typed_behind_the_filters_key_is_the_filter(app: NoctuiApp) -> None:
    """`e` would export and `q` would quit."""
    async with app.run_test(size=SIZE) as pilot:
        burst(app, "3/query")
        await pilot.pause()
        assert app.place == CIRCUITS
        assert app._chosen[CIRCUITS][0].text == "query"
        assert app.is_running


async def test_keys_behind_enter_belong_to_the_table_again(app: NoctuiApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        burst(app, "3/lumen\rs")
        await pilot.pause()
        assert app._chosen[CIRCUITS][0].text == "lumen"
        assert app.screen.query_one("#circuits-pane-table").sort == ("state", False)  # type: ignore[attr-defined]
