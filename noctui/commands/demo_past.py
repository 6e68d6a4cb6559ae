"""The days behind a demo, for commands that add days up: made once, and taken in at once."""

from __future__ import annotations

import asyncio

from noctui.commands.headless import Run
from noctui.runtime.headless import Step, known_folder
from noctui.runtime.headless_writer import take_in, writing
from noctui.stores.bus.folder import is_led


async def fill_past(run: Run) -> None:
    """Make the 31 days before a demo's first poll, unless they are there; some 20 s. Raises Stopped."""
    folder = known_folder(run.settings)
    if run.demo is None or run.dry or folder is None or is_led(folder):
        return
    making = asyncio.ensure_future(asyncio.to_thread(run.demo.make_past, folder))
    begun = run.clock.monotonic()
    while not making.done():
        spent = run.clock.monotonic() - begun
        run.telling.step(Step("past", f"making the days before the demo, once: {spent:.0f} s"))
        await asyncio.wait({making}, timeout=1.0)
    making.result()
    with writing(folder, folder.name, run.settings) as writer:
        if writer is not None:  # else whoever leads takes them in
            await take_in(writer, run.telling.step)
