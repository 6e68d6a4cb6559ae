"""Offenders as pictures: every ranking at the three sizes, of everything that is ranked, in 16 colours and without.

After a wanted change: `pytest tests/tui/app/test_offender_snapshots.py --snapshot-update`, then look at the pictures.
"""

from __future__ import annotations

import pytest

from noctui.clock import FixedClock
from noctui.tui.app import NoctuiApp, Options
from noctui.tui.place import OFFENDERS, of_circuit, of_site
from tests import night
from tests.tui.app.test_snapshots import SIZES, Compare, Steps, at


def stepping(*keys: str) -> Steps:
    """Press the keys one by one, waiting for each answer; then until the order is no longer held."""

    async def run(pilot: object) -> None:
        app: NoctuiApp = pilot.app  # type: ignore[attr-defined]
        await app.workers.wait_for_complete()
        await pilot.pause()  # type: ignore[attr-defined]
        for key in keys:
            await pilot.press(key)  # type: ignore[attr-defined]
            await app.workers.wait_for_complete()
            await pilot.pause()  # type: ignore[attr-defined]
        assert isinstance(app._clock, FixedClock)
        app._clock.move(6)
        await app.beat()
        await app.workers.wait_for_complete()
        await pilot.pause()  # type: ignore[attr-defined]

    return run


BY = {
    "utilisation": (), "loss": "m", "latency": "mmm", "flaps": "mmmm", "availability": "mmmmm", "failovers": "mmmmmm",
    "worsening": "mmmmmmm", "congested": "M",
}  # fmt: skip
OF = {"sites": "t", "regions": "tt", "carriers-availability": "tttmmmmm", "sites-failovers": "tmmmmmm"}


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
@pytest.mark.parametrize("by", BY)
def test_circuits(snap_compare: Compare, by: str, size: tuple[int, int]) -> None:
    assert snap_compare(at(OFFENDERS), terminal_size=size, run_before=stepping(*BY[by]))


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
@pytest.mark.parametrize("of", OF)
def test_groups(snap_compare: Compare, of: str, size: tuple[int, int]) -> None:
    assert snap_compare(at(OFFENDERS), terminal_size=size, run_before=stepping(*OF[of]))


@pytest.mark.parametrize("theme", ["light", "contrast", "ansi"])
def test_theme(snap_compare: Compare, theme: str) -> None:
    app = at(OFFENDERS, Options(theme=theme))
    assert snap_compare(app, terminal_size=(120, 40), run_before=stepping(*"mmmmm"))


def test_ascii_without_colour(snap_compare: Compare) -> None:
    app = at(OFFENDERS, Options(ascii=True, no_color=True))
    assert snap_compare(app, terminal_size=(120, 40), run_before=stepping("t"))


def test_help(snap_compare: Compare) -> None:
    assert snap_compare(at(OFFENDERS), terminal_size=(120, 40), run_before=stepping("question_mark"))


def test_the_past(snap_compare: Compare) -> None:
    assert snap_compare(at(OFFENDERS), terminal_size=(120, 40), run_before=stepping(*["["] * 30))


@pytest.mark.parametrize("place", [OFFENDERS, of_site("s0417"), of_circuit(night.HOT)], ids=lambda p: p.kind)
def test_stale(snap_compare: Compare, place: object) -> None:
    """Four minutes without a poll: colour leaves the figures too."""
    app = NoctuiApp(night.FakeScenes(), FixedClock(night.POLL + 252), Options())
    app._trail.jump(place)  # type: ignore[arg-type]
    assert snap_compare(app, terminal_size=(120, 40), run_before=stepping())
