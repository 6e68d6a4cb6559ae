"""Makes the README's pictures from a real run: simulated cloud, collector, 31 days of history, the app.

.venv/bin/python docs/screenshots.py [NAME ...]    all of them, or those named
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

from noctui.clock import SystemClock
from noctui.runtime.child_keeper import InChild
from noctui.runtime.desk import Desk
from noctui.settings import Settings
from noctui.sim.demo import Demo
from noctui.tui.app import NoctuiApp
from noctui.tui.options import Options, Wall

HERE = Path(__file__).parent
SIZE = (120, 40)
STEPS = (("overview", ()), ("sites", ("enter",)), ("site", ("down", "down", "down", "down", "enter")),
         ("circuit", ("right", "enter")), ("alarms", ("5",)),
         ("maintenance", ("6",)), ("sla", ("7",)), ("collector", ("0",)))  # fmt: skip
WALL = "wall"


async def main(names: Collection[str]) -> None:
    """Write docs/NAME.svg for each screen of the walk, and for the wall."""
    clock = SystemClock()
    with tempfile.TemporaryDirectory() as folder, Demo(Settings(data=Path(folder) / "noctui"), sites=240) as demo:
        settings = demo.settings

        def ready() -> Settings:
            return replace(settings, host=demo.start_server(), promises=demo.promises())

        def desk(when_live: Callable[[Path], None] | None) -> Desk:
            made = Desk(
                data=settings.data,
                org_id="",
                poll_seconds=settings.poll_seconds,
                clock=clock,
                new_source=None,
                collecting=InChild(ready),
                thresholds=settings.thresholds,
                when_live=when_live,
            )
            made.promises, made.mails = demo.promises(), settings.mails
            return made

        settings.data.mkdir(parents=True)
        app = NoctuiApp(desk(demo.fill_past), clock, Options(exports=Path(folder)))
        async with app.run_test(size=SIZE) as pilot:
            await pilot.pause(45)  # until the past is filled in and a few polls have followed
            for name, keys in STEPS:
                for key in keys:
                    await pilot.press(key)
                    await pilot.pause(0.3)
                await pilot.pause(3.0)  # what is asked of history has come
                keep(app, name, names)
        if WALL in names:
            app = NoctuiApp(desk(None), clock, Options(exports=Path(folder), wall=Wall(pages=("overview",))))
            async with app.run_test(size=SIZE) as pilot:
                await pilot.pause(12)  # a poll has followed
                keep(app, WALL, names)


def keep(app: NoctuiApp, name: str, names: Collection[str]) -> None:
    if name in names:
        (HERE / f"{name}.svg").write_text(app.export_screenshot(title="noctui"), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:] or [*(name for name, _ in STEPS), WALL]))
