"""What the newest sync to the warehouse came to, for the collector's screen and `noctui doctor`."""

from __future__ import annotations

from pathlib import Path

from noctui.model.health import SyncHealth
from noctui.stores.warehouse import state
from noctui.stores.warehouse.faults import WarehouseFault


def measure(folder: Path) -> SyncHealth | None:
    """By the sync's own file; None: this history was never sent. A blocking call; never raises."""
    try:
        found = state.load(folder)
    except WarehouseFault as fault:
        return SyncHealth(status="failed", text=fault.text)
    if found is None or found.last is None:
        return None
    last = found.last
    running = last.ended is None and state.is_syncing(folder)
    status = "running" if running else "ended" if last.status == "running" else last.status
    return SyncHealth(
        ran_at=last.ended or last.began,
        status=status,
        text=last.text,
        whole_at=found.whole_at or 0.0,
        waiting=last.waiting,
        oldest=last.oldest or 0.0,
        credits_a_day=last.credits_a_day if last.credits_a_day is not None else float("nan"),
        every=last.every or 0.0,
    )
