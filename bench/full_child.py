"""The collector's process, with windows that hold a made-up day from its first poll on; `bench.live_app` starts it."""

from __future__ import annotations

import numpy as np

from noctui.engine.engine import Engine
from noctui.model.view import View
from noctui.model.work import Memory
from noctui.runtime import child
from noctui.runtime.lead import Lead

DAY_OF_POLLS = 1440


class LongDay(Engine):
    """An engine that begins with full windows, as after a day of watching: a made-up day behind the first poll."""

    def fill(self, view: View) -> None:
        rng = np.random.default_rng(5)
        interval, now = view.interval, int(view.at // view.interval)
        ticks = np.arange(now - DAY_OF_POLLS + 1, now + 1)
        size = (DAY_OF_POLLS, len(view.circuits))
        raw = np.where(rng.random(size, np.float32) < 0.02, rng.integers(0, 256, size, np.uint8), np.uint8(0))
        self.warm(
            Memory(
                view=view,
                tick=now,
                at=ticks.astype(np.float64) * interval,
                ticks=ticks,
                intervals=np.full(len(ticks), interval),
                raw_levels=raw.astype(np.uint8),
                valid=np.full(size, 143, np.uint8),
            )
        )


def _full_engine(lead: Lead) -> tuple[Engine, str]:
    """Made anew at the second poll: then history holds a View to fill the windows for."""
    from noctui.stores.history import open_reader

    history = open_reader(lead.folder)
    try:
        latest = history.latest()
        view = None if latest is None else history.view(latest)
    finally:
        history.close()
    if view is None:
        return Engine(), ""
    engine = LongDay()
    engine.fill(view)
    return engine, ""


if __name__ == "__main__":
    Lead._new_engine = _full_engine  # type: ignore[method-assign,assignment]
    raise SystemExit(child.main())
