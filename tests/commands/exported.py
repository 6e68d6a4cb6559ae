"""A history that the simulated cloud made in half an hour, and the files that `e` wrote of it on every screen."""

from __future__ import annotations

import asyncio
import io
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from noctui.commands import export
from noctui.runtime.following import Follower
from noctui.sim import incidents as do
from noctui.sim.world import World
from noctui.tui.app import NoctuiApp, Options
from noctui.tui.place import CIRCUITS, COLLECTOR, MIST_ALARMS, OFFENDERS, OVERVIEW, SITES, Place, of_circuit
from noctui.tui.screens.board import Board
from tests.walk.clock import GUARD
from tests.walk.test_past import answered
from tests.walk.walk import HOUR, MINUTE, T0, Walk, walking
from tests.walk.worlds import calm, ids_of, lines_of, site_with

START = T0 + 12 * HOUR
UNTIL = START + 30 * MINUTE
PAST = START + 14 * MINUTE
"""An instant that was looked back at."""
SITE, OTHER = site_with(2), site_with(3)
CIRCUIT = ids_of(SITE)[0]
"""It was cut for nine minutes, and its site ran on the second line."""
SCREENS: dict[str, Place] = {
    "regions": OVERVIEW, "sites": SITES, "circuits": CIRCUITS, "mist-alarms": MIST_ALARMS, "feeds": COLLECTOR,
    "series": of_circuit(CIRCUIT), "offenders": OFFENDERS,
}  # fmt: skip


WORDS: dict[str, tuple[str, ...]] = {
    "regions": ("regions",), "sites": ("sites",), "circuits": ("circuits",), "mist-alarms": ("mist-alarms",),
    "feeds": ("feeds",), "series": ("series", CIRCUIT), "offenders": ("offenders",),
}  # fmt: skip
"""Screen → the words that export the same."""


def eventful() -> World:
    m = MINUTE
    primary, second = lines_of(SITE)
    return calm().with_incidents(
        [
            do.cut(START + 5 * m + 7, START + 14 * m + 31, primary),
            do.congestion(START + 3 * m, START + 25 * m, second, level=0.97),
            do.flap(START + 8 * m, START + 22 * m, *lines_of(OTHER)[:1], flaps=5),
            do.lossy(START + 6 * m, START + 26 * m, *lines_of(OTHER)[1:2], percent=2.0),
        ]
    )


@dataclass(frozen=True)
class Half:
    """The data folder; the files, by screen, of the newest poll and of `PAST`; what the command gave while another
    noctui led."""

    data: Path
    now: dict[str, bytes]
    then: dict[str, bytes]
    beside: dict[str, Ran]


@dataclass(frozen=True)
class Ran:
    """What a run of the command gave."""

    code: int
    out: bytes
    said: str


def made(data: Path) -> Half:
    return asyncio.run(_made(data))


async def _made(data: Path) -> Half:
    async with walking(data, eventful(), start=START) as walk:
        await walk.watch()
        await walk.clock.run(UNTIL - START)
        await _told(walk)
        now, then = await _files(walk, None), await _files(walk, PAST)
        beside = {name: await asyncio.to_thread(run, data, *words) for name, words in WORDS.items()}
        return Half(data, now, then, beside)


async def _told(walk: Walk) -> None:
    """Until the leader has told those who follow of its last poll: it tells them at most once a (real) second."""
    following = Follower(walk.folder)
    async with asyncio.timeout(GUARD):
        while True:
            following.leader()
            health = following.said.health if following.said is not None else None
            if health is not None and max(f.last_at for f in health.feeds) >= UNTIL:
                return
            await asyncio.sleep(0.05)


async def _files(walk: Walk, at: float | None) -> dict[str, bytes]:
    """What `e` writes on each screen of a noctui that follows."""
    exports = walk.data / "exports"
    watch = await walk.watch(tokens=(), start=False)
    app = NoctuiApp(watch.desk, watch.hand, Options(exports=exports, state=None))
    found: dict[str, bytes] = {}
    async with app.run_test(size=(160, 50)) as pilot:
        await walk.clock.settle()
        if at is not None:
            app.post_message(Board.At(at))
        for name, place in SCREENS.items():
            app._trail.jump(place)
            await app.arrive()
            await answered(app, pilot)
            await pilot.press("e")
            await pilot.pause()
            (file,) = exports.iterdir()
            found[name] = file.read_bytes()
            file.unlink()
    await walk.close(watch)
    return found


def iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()


def run(half: Half | Path, *words: str) -> Ran:
    """`noctui export WORDS` over this data folder."""
    data = half.data if isinstance(half, Half) else half
    out, said = _Bytes(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(said):
        try:
            code = export.main([*words, "--data", str(data)])
        except SystemExit as ended:  # what argparse refuses
            code = int(ended.code or 0)
        out.flush()
    return Ran(code, out.buffer.getvalue(), said.getvalue())


class _Bytes(io.TextIOWrapper):
    """Standard output whose bytes can be had."""

    buffer: io.BytesIO

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", newline="")
